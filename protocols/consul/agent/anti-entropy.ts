// Anti-entropy: what changes locally is pushed to the servers at once; now and then the agent compares all it has with what the
// catalog says of its node and repairs what differs, whoever changed it. (Consul's agent/ae and agent/local.)
import { seconds, type Context, type Micros } from '../../../sim/index.ts';
import { membersOf } from '../../swim/index.ts';
import type { ConsulResponse } from '../requests.ts';
import type { CatalogService, HealthCheck } from '../state/types.ts';
import { call, type Finish } from './calls.ts';
import { compareChecks, compareServices, duePushes, settlePush } from './local.ts';
import type { AgentParts, AgentState, ConsulAgent, Purpose } from './types.ts';

type Ctx = Context<ConsulAgent>;

/** Up to so many agents the interval is as configured; each doubling beyond adds one more. */
const scaleThreshold = 128;

/** Any server may say what the catalog has, if it has heard of the leader lately (fullSyncReadMaxStale). */
const howFresh = { consistency: 'stale', maxStale: seconds(2) } as const;

/** Compares everything: services first, then checks, then what differs is pushed. */
export function beginFullSync(parts: AgentParts, state: AgentState, ctx: Ctx, finish: Finish): void {
  const node = ctx.id;
  call(parts, state, { type: 'compare services' }, { type: 'catalog-node', node, ...howFresh }, ctx, finish);
}

export function onSynced(
  parts: AgentParts,
  state: AgentState,
  purpose: Exclude<Purpose, { type: 'client' }>,
  response: ConsulResponse,
  ctx: Ctx,
  finish: Finish,
): void {
  const { local } = state;
  const node = ctx.id;
  if (purpose.type === 'push') {
    // One that fails waits for the next change or the next comparison, which it must not put off: pushes may go on failing.
    if (response.status === 200) settlePush(local, purpose.key, purpose.version);
    return;
  }
  if (response.status !== 200) return setSyncTimer(parts.config.syncRetry, state, ctx);
  switch (purpose.type) {
    case 'compare services': {
      const services = (response.body as { readonly services: readonly CatalogService[] } | null)?.services ?? [];
      if (parts.rules.repairs) {
        for (const serviceId of compareServices(local, services)) {
          ctx.note('drift', { service: serviceId });
          drop(parts, state, { node, serviceId }, ctx, finish);
        }
      }
      const request = { type: 'health-node', node, ...howFresh } as const;
      return call(parts, state, { type: 'compare checks' }, request, ctx, finish);
    }
    case 'compare checks': {
      if (parts.rules.repairs) {
        for (const checkId of compareChecks(local, response.body as unknown as readonly HealthCheck[])) {
          ctx.note('drift', { check: checkId });
          drop(parts, state, { node, checkId }, ctx, finish);
        }
      }
      pushChanges(parts, state, ctx, finish);
      return setSyncTimer(parts.config.syncInterval, state, ctx);
    }
  }
}

/** Tells the servers what they do not know yet, unless they are being told just now. */
export function pushChanges(parts: AgentParts, state: AgentState, ctx: Ctx, finish: Finish): void {
  const underWay = new Set<string>();
  for (const { purpose } of state.calls.values()) {
    if (purpose.type === 'push') underWay.add(`${purpose.key} ${purpose.version}`);
  }
  for (const { key, version, request } of duePushes(state.local, ctx.id)) {
    if (!underWay.has(`${key} ${version}`)) call(parts, state, { type: 'push', key, version }, request, ctx, finish);
  }
}

/** After the interval and up to as much again, or more in a big datacenter, so that agents do not come all at once. */
function setSyncTimer(interval: Micros, { lan }: AgentState, ctx: Ctx): void {
  ctx.setTimer('sync', interval + ctx.random(interval * scaleOf(membersOf(lan).length) + 1));
}

function scaleOf(agents: number): number {
  let scale = 1;
  for (let size = scaleThreshold; size < agents; size *= 2) scale++;
  return scale;
}

function drop(
  parts: AgentParts,
  state: AgentState,
  deregistration: { readonly node: string; readonly serviceId?: string; readonly checkId?: string },
  ctx: Ctx,
  finish: Finish,
): void {
  const purpose = { type: 'push', key: 'stranger', version: ++state.local.version } as const;
  call(parts, state, purpose, { type: 'catalog-deregister', deregistration }, ctx, finish);
}
