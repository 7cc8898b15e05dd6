// Raft and requests run in threads of their own. Who goes on first when the whole process was stopped is chance: for some
// milliseconds a deposed leader may answer requests before its Raft has had a look at the clock or at its mail.
import { ms, type Context } from '../../sim/index.ts';
import { onRaftMessage, onRaftTimer } from '../raft/index.ts';
import type { Datacenter } from './datacenter.ts';
import type { Consul, ConsulServerState, RaftEvent } from './types.ts';

type Ctx = Context<Consul>;

/** A leader has something to do at every heartbeat; after so many without it was stopped. */
const missedHeartbeats = 3;
/** How long the scheduler may let Raft wait. */
const longestWait = ms(5);

/** To be called before anything else is done with an event. */
export function noticeStop({ raft }: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const now = ctx.monotonic();
  const wasStopped = state.raft.role === 'leader' && now - state.ranAt > missedHeartbeats * raft.config.heartbeat;
  state.ranAt = now;
  if (!wasStopped || state.late !== null || ctx.random(2) === 0) return;
  state.late = [];
  ctx.setTimer('raft thread', 1 + ctx.random(longestWait));
}

export function runRaft(datacenter: Datacenter, state: ConsulServerState, event: RaftEvent, ctx: Ctx): void {
  if (state.late === null) step(datacenter, state, event, ctx);
  else state.late.push(event);
}

export function onRaftThread(datacenter: Datacenter, state: ConsulServerState, ctx: Ctx): void {
  const late = state.late ?? [];
  state.late = null;
  for (const event of late) step(datacenter, state, event, ctx);
}

function step({ raft, rules }: Datacenter, state: ConsulServerState, event: RaftEvent, ctx: Ctx): void {
  switch (event.type) {
    case 'message':
      onRaftMessage(raft, state, event.from, event.message, ctx);
      if (rules.isContact(state.raft, event.from, event.message)) state.lastContact = ctx.monotonic();
      return;
    case 'timer':
      return onRaftTimer(raft, state, event.timer, ctx);
  }
}
