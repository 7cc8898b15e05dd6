// Synchronization, phase 2 of the paper, at the leader: what a learner must drop, and what it must be given, so that its history
// becomes the leader's (ZooKeeper's LearnerHandler.syncFollower: DIFF, TRUNC, SNAP, or TRUNC and DIFF).
import type { Json, NodeId } from '../../sim/index.ts';
import { establishIfReady } from './broadcast.ts';
import { transmit } from './channel.ts';
import { dropLearner } from './discovery.ts';
import { between, lastOf } from './history.ts';
import { copyOf } from './plain.ts';
import { newLeaderZxid } from './rules.ts';
import type { Turn } from './turn.ts';
import type { Leading, Learner, Payload, ZabState } from './types.ts';
import { epochOf, formatZxid, type Zxid } from './zxid.ts';

/** Sends a learner everything up to NEWLEADER. From now on it gets every proposal and commit as well. */
export function synchronize(turn: Turn, peer: NodeId, learner: Learner): void {
  const { state, ctx, rules } = turn;
  const { epoch } = state.leading as Leading;
  // Before the broadcast the whole history is the initial one; later, what is not committed is proposed again.
  const last = state.phase === 'BROADCAST' ? state.committed : lastOf(state);
  const packets = initialHistory(turn, learner, last);
  const outstanding = learner.isObserver ? [] : between(state, last, Infinity);
  const proposals = outstanding.map((entry): Payload => ({ type: 'PROPOSAL', entry }));
  learner.stage = 'synchronizing';
  ctx.note('synchronizes', { learner: peer, by: packets.map(({ type }) => type).join('+') });
  for (const packet of rules.packetsInOrder([...packets, ...proposals, { type: 'NEWLEADER', epoch }])) {
    transmit(turn, peer, learner.channel, packet);
  }
}

/** How a learner with this last transaction gets to the leader's history up to `last`. */
function initialHistory(turn: Turn, learner: Learner, last: Zxid): readonly Payload[] {
  const { state, rules } = turn;
  const { lastZxid } = learner.credentials;
  const shared = sharedPoint(state, learner, last);
  if (shared === undefined) return [{ type: 'SNAP', zxid: last, machine: machineAt(turn, last) }];
  const entries = rules.missing(between(state, shared, last));
  const diff: Payload = { type: 'DIFF', entries, committed: last };
  return shared === lastZxid ? [diff] : [{ type: 'TRUNC', zxid: shared }, diff];
}

/**
 * The last transaction that learner and leader share, or undefined where only a snapshot will do: the leader's log does not
 * reach back far enough, the learner cannot truncate as far as it must, or it cannot be known whether it has that transaction.
 */
export function sharedPoint(
  state: Pick<ZabState, 'log' | 'queue' | 'base'>,
  { credentials, snapshotZxid }: Pick<Learner, 'credentials' | 'snapshotZxid'>,
  last: Zxid,
): Zxid | undefined {
  const { lastZxid } = credentials;
  if (lastZxid < state.base) return undefined;
  if (lastZxid === last) return last;
  const before = between(state, state.base, Math.min(lastZxid, last)).at(-1)?.zxid ?? state.base;
  if (before === lastZxid) return before;
  if (before < snapshotZxid) return undefined;
  // Within its epoch a history has all that came before; and who is beyond the leader's end has what the leader has.
  return lastZxid > last || epochOf(before) === epochOf(lastZxid) ? before : undefined;
}

/** The machine after the transaction `last`, which the leader may not have applied yet. */
function machineAt({ state, service }: Turn, last: Zxid): Json {
  const machine = copyOf(state.machine);
  for (const { txn, zxid } of between(state, state.lastApplied, last)) service.apply(machine, txn, zxid);
  return machine as unknown as Json;
}

/** A learner has the initial history on disk, with the epoch. */
export function onNewLeaderAck(turn: Turn, from: NodeId, learner: Learner, zxid: Zxid): void {
  const { state, ctx } = turn;
  const leading = state.leading as Leading;
  if (zxid !== newLeaderZxid(leading.epoch)) {
    state.objection = `bad ack: ${from} acknowledges ${formatZxid(zxid)} before NEWLEADER`;
    ctx.note('bad', { what: 'ack', about: state.objection });
    return dropLearner(turn, from);
  }
  learner.stage = 'ready';
  if ((!learner.isObserver || turn.rules.weightOfObserver > 0) && !leading.newLeaderAcks.includes(from))
    leading.newLeaderAcks.push(from);
  if (state.phase === 'BROADCAST') admit(turn, from, learner);
  else establishIfReady(turn);
}

/** The learner may serve. */
export function admit(turn: Turn, peer: NodeId, learner: Learner): void {
  const { state, rules } = turn;
  learner.stage = 'active';
  const committed = rules.committedAtUpToDate(state, state.leading as Leading);
  transmit(turn, peer, learner.channel, { type: 'UPTODATE', committed });
}
