// Who has a vote among the servers follows who is there: one that leaves gives its vote up, so that those who stay need fewer; one
// that joins learns at first, and votes when it has been well for a while. (Consul's leader.go: joinConsulServer and
// removeConsulServer; server.go: Leave; hashicorp/raft-autopilot: promoteStableServers.)
import { seconds, type Context, type NodeId } from '../../sim/index.ts';
import { changeMembership, lastIndex, type MembershipChange } from '../raft/index.ts';
import { isLive, memberOf } from '../swim/index.ts';
import type { Datacenter } from './datacenter.ts';
import type { Consul, ConsulServerState } from './types.ts';

type Ctx = Context<Consul>;

/** How often the leader looks who may vote now (AutopilotInterval), and how long one must have been well (ServerStabilizationTime). */
const autopilotInterval = seconds(10);
/** How many entries one may be behind and still be well (MaxTrailingLogs). */
const maxTrailingLogs = 250;

/** A new leader does not know how well the learners have been. */
export function beginAutopilot(state: ConsulServerState, ctx: Ctx): void {
  state.learningSince.clear();
  if (state.lan !== null && state.raft.configuration.learners.length > 0) ctx.setTimer('autopilot', autopilotInterval);
}

/** A server that is there and in no configuration learns from now on. */
export function admitServer(datacenter: Datacenter, state: ConsulServerState, server: NodeId, ctx: Ctx): void {
  const { voters, learners } = state.raft.configuration;
  if (voters.includes(server) || learners.includes(server)) return;
  if (propose(datacenter, state, { type: 'add-learner', server }, ctx)) ctx.setTimer('autopilot', autopilotInterval);
}

/** A server that left has no vote any more. The leader's own goes last: with it, it ceases to lead. */
export function dismissServer(datacenter: Datacenter, state: ConsulServerState, server: NodeId, ctx: Ctx): void {
  const { voters, learners } = state.raft.configuration;
  if (voters.includes(server) || learners.includes(server)) propose(datacenter, state, { type: 'remove', server }, ctx);
}

/** Learners that were well the whole time get their votes, one at a time. */
export function onAutopilotTimer(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const { raft, lan, learningSince } = state;
  if (raft.role !== 'leader' || lan === null) return;
  const now = ctx.monotonic();
  const { learners } = raft.configuration;
  for (const learner of learningSince.keys()) if (!learners.includes(learner)) learningSince.delete(learner);
  for (const server of learners) {
    const member = memberOf(lan, server);
    const matched = raft.progress[server]?.matchIndex ?? 0;
    const isWell = member !== undefined && isLive(member) && matched + maxTrailingLogs >= lastIndex(raft);
    if (!isWell) learningSince.delete(server);
    else if (!learningSince.has(server)) learningSince.set(server, now);
  }
  const stable = learners.find((server) => now - (learningSince.get(server) ?? now) >= autopilotInterval);
  if (stable !== undefined) propose(datacenter, state, { type: 'add-voter', server: stable }, ctx);
  if (learners.length > 0) ctx.setTimer('autopilot', autopilotInterval);
}

/** What is refused now, as an earlier change is not committed yet, is tried again when the leader next goes through all members. */
function propose({ raft }: Datacenter, state: ConsulServerState, change: MembershipChange, ctx: Ctx): boolean {
  const proposed = changeMembership(raft, state, { changes: [change] }, ctx);
  if (proposed.type === 'accepted') ctx.note('server membership', { change: change.type, server: change.server });
  return proposed.type === 'accepted';
}
