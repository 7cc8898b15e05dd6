// What gossip knows becomes what the catalog says: the leader registers members that live, marks those that failed critical,
// and removes those that left. Sessions hang on the check that it writes, so that a false alarm of gossip ends them.
// (Consul's leader.go: handleAliveMember, handleFailedMember, handleLeftMember, reconcileReaped.)
import { ms, seconds, type Context } from '../../sim/index.ts';
import { propose } from '../raft/index.ts';
import { memberOf, membersOf, type Member } from '../swim/index.ts';
import { admitServer, dismissServer } from './autopilot.ts';
import type { Datacenter } from './datacenter.ts';
import type { Pool } from './gossip.ts';
import { serfHealth, type Deregistration, type Registration } from './state/catalog.ts';
import type { CheckStatus } from './state/types.ts';
import type { Consul, ConsulServerState } from './types.ts';

type Ctx = Context<Consul>;

/** How often the leader goes through all members, whatever it has heard (ReconcileInterval). */
const reconcileInterval = seconds(60);

export const serfOutput: Readonly<Record<'passing' | 'critical', string>> = {
  passing: 'Agent alive and reachable',
  critical: 'Agent not live or unreachable',
};

/** A new leader goes through all members as soon as it knows what the catalog says. */
export function beginReconciling(ctx: Ctx): void {
  ctx.setTimer('reconcile', ms(1));
}

export function onReconcileTimer(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const { raft, lan } = state;
  if (raft.role !== 'leader' || lan === null) return;
  if (!datacenter.raft.rules.knowsCommit(raft)) return ctx.setTimer('reconcile', datacenter.raft.config.heartbeat);
  ctx.setTimer('reconcile', reconcileInterval);
  for (const member of membersOf(lan)) reconcile(datacenter, state, member, ctx);
  for (const name of lan.swim.failed.keys()) fail(datacenter, state, name, ctx);
  removeUnknown(datacenter, state, lan, ctx);
}

/** The leader acts on the news at once; the others leave it to the leader. */
export function reconcileNews(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const { lan, raft } = state;
  if (lan === null || lan.changed.size === 0) return;
  const names = [...lan.changed];
  lan.changed.clear();
  if (raft.role !== 'leader') return;
  for (const name of names) {
    const member = memberOf(lan, name);
    if (member !== undefined) reconcile(datacenter, state, member, ctx);
  }
}

function reconcile(datacenter: Datacenter, state: ConsulServerState, member: Member, ctx: Ctx): void {
  switch (member.status) {
    case 'alive':
    case 'suspect':
      return admit(datacenter, state, member, ctx);
    case 'dead':
      return fail(datacenter, state, member.name, ctx);
    case 'left':
      if (member.meta === 'server') dismissServer(datacenter, state, member.address, ctx);
      return remove(datacenter, state, member.name, ctx);
  }
}

/** Registers a member that lives, with what servers offer: the service `consul`. */
function admit(datacenter: Datacenter, state: ConsulServerState, { name, address, meta }: Member, ctx: Ctx): void {
  const { machine } = state.raft;
  const isServer = meta === 'server';
  if (isServer) admitServer(datacenter, state, address, ctx);
  const isKnown =
    machine.nodes.get(name)?.address === address &&
    machine.checks.get(`${name}/${serfHealth}`)?.status === 'passing' &&
    (!isServer || machine.services.has(`${name}/consul`));
  if (isKnown) return;
  const service = { id: 'consul', service: 'consul', tags: [], port: 8300 };
  const checks = [serfCheck('passing')];
  register(datacenter, state, { node: name, address, checks, ...(isServer && { service }) }, ctx);
  ctx.note('node passing', { node: name });
}

/** The check of a member that failed turns critical, and with it the sessions that hang on it end. */
function fail(datacenter: Datacenter, state: ConsulServerState, name: string, ctx: Ctx): void {
  const { machine } = state.raft;
  const node = machine.nodes.get(name);
  if (node === undefined || machine.checks.get(`${name}/${serfHealth}`)?.status === 'critical') return;
  register(datacenter, state, { node: name, address: node.address, checks: [serfCheck('critical')] }, ctx);
  ctx.note('node critical', { node: name });
}

/** A leader that leaves is removed from the catalog by its successor. */
function remove(datacenter: Datacenter, state: ConsulServerState, name: string, ctx: Ctx): void {
  if (name === ctx.id || !state.raft.machine.nodes.has(name)) return;
  const deregistration: Deregistration = { node: name };
  propose(datacenter.raft, state, { type: 'deregister', deregistration }, ctx);
  ctx.note('node removed', { node: name });
}

/** Nodes that gossip once watched and does not know any more. Those that others registered are none of its business. */
function removeUnknown(datacenter: Datacenter, state: ConsulServerState, { swim }: Pool, ctx: Ctx): void {
  for (const { node, id } of state.raft.machine.checks.values()) {
    const isKnown = memberOf({ swim }, node) !== undefined || swim.failed.has(node);
    if (id === serfHealth && !isKnown) remove(datacenter, state, node, ctx);
  }
}

function register(datacenter: Datacenter, state: ConsulServerState, registration: Registration, ctx: Ctx): void {
  propose(datacenter.raft, state, { type: 'register', registration }, ctx);
}

function serfCheck(status: CheckStatus & keyof typeof serfOutput): NonNullable<Registration['checks']>[number] {
  return { id: serfHealth, name: 'Serf Health Status', status, output: serfOutput[status], serviceId: '' };
}
