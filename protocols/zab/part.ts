// A server's part in the ensemble: how it enters a role and phase, and how it gives up and looks for a leader again.
import { writeQueue } from './broadcast.ts';
import { close } from './channel.ts';
import { lookForLeader, rest } from './election.ts';
import { lastLogged } from './history.ts';
import { learnersOf } from './quorum.ts';
import type { Turn } from './turn.ts';
import type { Phase, Role } from './types.ts';

export function enter({ state, ctx }: Turn, role: Role, phase: Phase, epoch: number): void {
  state.role = role;
  state.phase = phase;
  ctx.note('role', { role, phase, epoch });
}

/** The server leaves its leader, or stops to lead, and looks for a leader: the paper's "go to phase 0". */
export function giveUp(turn: Turn, why: string): void {
  const wasActive = turn.state.isActive || turn.state.leading !== null;
  leave(turn);
  turn.ctx.note('gives-up', { why });
  enter(turn, 'LOOKING', 'ELECTION', 0);
  // Whom a server could not follow just now it might not follow at once: without a rest it would try as fast as it can.
  if (wasActive) lookForLeader(turn);
  else rest(turn);
}

/** Ends the part: connections are closed and what waits is written, so that the election counts what is on disk. */
export function leave(turn: Turn): void {
  const { state, ctx, rules, hooks, host } = turn;
  for (const [peer, { channel }] of learnersOf(state.leading ?? { learners: {} }))
    close(turn, peer, channel.connection);
  if (state.following !== null) close(turn, state.following.leader, state.following.channel.connection);
  const wasActive = state.isActive;
  Object.assign(state, { leading: null, following: null, isActive: false });
  ctx.clearTimer('zab-tick');
  if (rules.drainsQueue) {
    ctx.clearTimer('zab-flush');
    if (state.queue.length > 0) {
      writeQueue(turn);
      ctx.note('drained', { zxid: lastLogged(state) });
    }
  }
  const history = rules.historyAtElection(state.log, state.lastApplied);
  if (history !== state.log) state.log = [...history];
  if (wasActive) hooks.deactivated?.(host, ctx);
}

/** A packet or a state that the protocol cannot produce. It is noted, so that a property can object, and the part ends. */
export function objectTo(
  turn: Turn,
  what: 'state' | 'ack' | 'proposal' | 'commit' | 'truncation',
  about: string,
): void {
  turn.state.objection = `bad ${what}: ${about}`;
  turn.ctx.note('bad', { what, about });
  giveUp(turn, `bad ${what}: ${about}`);
}
