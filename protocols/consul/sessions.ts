// The leader's clockwork of sessions: it ends those that were not renewed in twice their TTL. A new leader gives every session
// its full time again. Lock-delays run on each server's own clock.
import { ms, type Context } from '../../sim/index.ts';
import { propose } from '../raft/index.ts';
import { failure, type ConsulResponse } from './requests.ts';
import type { Datacenter } from './datacenter.ts';
import type { Invalidation } from './state/sessions.ts';
import type { Consul, ConsulServerState } from './types.ts';

type Ctx = Context<Consul>;

/** A new leader gives sessions their time when it has applied all that its predecessors left: some may have ended by then. */
export function beginSessions(state: ConsulServerState, ctx: Ctx): void {
  state.sessionEnds.clear();
  state.hasSessionTimes = false;
  ctx.setTimer('sessions', ms(1));
}

export function sessionCreated(datacenter: Datacenter, state: ConsulServerState, id: string, ctx: Ctx): void {
  if (state.raft.role === 'leader') restart(datacenter, state, id, ctx);
}

export function sessionGone(state: ConsulServerState, id: string): void {
  state.sessionEnds.delete(id);
}

export function renewSession(datacenter: Datacenter, state: ConsulServerState, id: string, ctx: Ctx): ConsulResponse {
  const session = state.raft.machine.sessions.get(id);
  if (session === undefined) return failure(404, `Session id '${id}' not found`);
  restart(datacenter, state, id, ctx);
  return { status: 200, body: [{ ...session }] };
}

function restart({ rules }: Datacenter, state: ConsulServerState, id: string, ctx: Ctx): void {
  const ttl = state.raft.machine.sessions.get(id)?.ttl ?? 0;
  if (ttl === 0) return;
  state.sessionEnds.set(id, rules.endOf(ctx.monotonic(), ttl));
  ctx.note('session renewed', { session: id, term: state.raft.currentTerm });
  setTimer(state, ctx);
}

/** Proposes the end of each session whose time is over. Who does not lead any more leaves that to who does. */
export function endSessions(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const { raft } = datacenter;
  if (state.raft.role !== 'leader') return;
  if (!state.hasSessionTimes) {
    if (!raft.rules.knowsCommit(state.raft)) return ctx.setTimer('sessions', ms(1));
    state.hasSessionTimes = true;
    for (const id of state.raft.machine.sessions.keys()) restart(datacenter, state, id, ctx);
  }
  const now = ctx.monotonic();
  for (const [id, end] of state.sessionEnds) {
    if (end > now) continue;
    state.sessionEnds.delete(id);
    ctx.note('session overdue', { session: id, term: state.raft.currentTerm });
    propose(raft, state, { type: 'session-destroy', session: id, isExpired: true }, ctx);
  }
  setTimer(state, ctx);
}

function setTimer(state: ConsulServerState, ctx: Ctx): void {
  if (!state.hasSessionTimes) return;
  const next = Math.min(...state.sessionEnds.values());
  if (next < Infinity) ctx.setTimer('sessions', Math.max(0, next - ctx.monotonic()));
}

/** The former holder may not know yet that its session is over: for a while nobody gets its keys. */
export function startLockDelays(state: ConsulServerState, invalidated: readonly Invalidation[], ctx: Ctx): void {
  const now = ctx.monotonic();
  for (const [key, until] of state.lockDelays) if (until <= now) state.lockDelays.delete(key);
  for (const { key, lockDelay } of invalidated) {
    if (lockDelay > 0) state.lockDelays.set(key, now + lockDelay);
  }
}
