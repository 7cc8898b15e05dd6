// Linearizable reads without a log entry (thesis, section 6.4). ReadIndex: the leader remembers its commit index, makes sure
// with a round of heartbeats that it still leads, waits until that index is applied. Lease: it trusts that nobody else can
// have been elected since a quorum last answered, as long as clocks run alike. Followers ask the leader for the index.
import type { Micros, NodeId } from '../../sim/index.ts';
import { quorumIndex } from './quorum.ts';
import { broadcast } from './replication.ts';
import { hostContext, type Turn } from './server.ts';
import type { PendingRead, ReadIndex, ReadIndexReply } from './types.ts';

/** Reads that one server holds at most; what exceeds it is turned away and asks again. */
const readLimit = 10_000;

/** Why the read cannot be taken here, or undefined. */
export function askRead(turn: Turn, id: number): 'not-leader' | 'busy' | undefined {
  const { raft, ctx, server } = turn;
  forgetUnanswered(turn);
  if (raft.reads.length >= readLimit) return 'busy';
  if (raft.role === 'leader') {
    ctx.note('read-arrives', { read: id, at: ctx.monotonic() });
    takeRead(turn, { id, from: null, number: 0 });
    return undefined;
  }
  if (raft.leader === null || !server.config.forwardReads) return 'not-leader';
  ctx.note('read-arrives', { read: id, at: ctx.monotonic() });
  const number = server.rules.readNumber(raft);
  raft.nextReadNumber++;
  raft.reads.push({ id, from: null, number, round: 0, readIndex: -1, at: ctx.monotonic() });
  ctx.send(raft.leader, { type: 'ReadIndex', number });
  return undefined;
}

export function onReadIndex(turn: Turn, from: NodeId, { number }: ReadIndex): void {
  const { raft, ctx } = turn;
  if (raft.role === 'leader' && raft.reads.length < readLimit) takeRead(turn, { id: -1, from, number });
  else ctx.send(from, { type: 'ReadIndexReply', number, index: -1 });
}

export function onReadIndexReply(turn: Turn, { number, index }: ReadIndexReply): void {
  const { raft } = turn;
  const read = raft.reads.find((each) => each.from === null && each.number === number);
  if (read === undefined || raft.role === 'leader') return;
  if (index >= 0) read.readIndex = index;
  else {
    raft.reads.splice(raft.reads.indexOf(read), 1);
    drop(turn, read);
  }
  answerReads(turn);
}

/** Answers the reads whose leadership is confirmed and whose index is applied. */
export function answerReads(turn: Turn): void {
  const { raft } = turn;
  if (raft.rounds.length > 0) extendLease(turn);
  if (raft.reads.length === 0) return;
  const quorumRound = raft.role === 'leader' ? roundOfQuorum(turn) : Infinity;
  const waiting = raft.reads;
  raft.reads = [];
  const left = waiting.filter((read) => !answer(turn, read, quorumRound));
  raft.reads.unshift(...left);
}

/** Nobody here can confirm the reads any more: those who asked may ask again. */
export function dropReads(turn: Turn): void {
  const { raft } = turn;
  if (raft.reads.length === 0) return;
  const dropped = raft.reads;
  raft.reads = [];
  for (const read of dropped) drop(turn, read);
}

/** Begins a heartbeat round; what it confirms is known when a quorum has answered it. */
export function beginRound({ raft, ctx, server }: Turn): void {
  raft.round++;
  if (server.config.reads === 'lease') raft.rounds.push({ round: raft.round, at: ctx.monotonic() });
}

function takeRead(turn: Turn, read: Pick<PendingRead, 'id' | 'from' | 'number'>): void {
  const { raft, server, ctx } = turn;
  const isLeased = server.config.reads === 'lease' && server.rules.holdsLease(raft, ctx.monotonic());
  const round = isLeased ? 0 : server.rules.roundThatConfirms(raft);
  const readIndex = server.rules.knowsCommit(raft) ? raft.commitIndex : -1;
  raft.reads.push({ ...read, round, readIndex, at: 0 });
  if (!isLeased) broadcast(turn);
  answerReads(turn);
}

function answer(turn: Turn, read: PendingRead, quorumRound: number): boolean {
  const { raft, ctx, server, host } = turn;
  const { rules, hooks } = server;
  if (read.readIndex < 0 && raft.role === 'leader' && rules.knowsCommit(raft)) read.readIndex = raft.commitIndex;
  if (read.readIndex < 0 || !rules.isReadConfirmed(read, quorumRound)) return false;
  if (read.from !== null) {
    ctx.send(read.from, { type: 'ReadIndexReply', number: read.number, index: read.readIndex });
    return true;
  }
  if (!rules.isApplied(raft, read.readIndex)) return false;
  ctx.note('read-served', { read: read.id, index: raft.lastApplied });
  hooks.readReady?.(host, read.id, read.readIndex, hostContext(turn));
  return true;
}

function drop(turn: Turn, { from, number, id }: PendingRead): void {
  const { ctx, server, host } = turn;
  if (from !== null) ctx.send(from, { type: 'ReadIndexReply', number, index: -1 });
  else server.hooks.readDropped?.(host, id, hostContext(turn));
}

/** A question or its answer may be lost: after two election time-outs nobody waits for it any longer. */
function forgetUnanswered(turn: Turn): void {
  const { raft, ctx, server } = turn;
  if (raft.role === 'leader' || raft.reads.length === 0) return;
  const oldest = ctx.monotonic() - 2 * server.config.electionTimeout;
  const isLost = (read: PendingRead): boolean => read.readIndex < 0 && read.at < oldest;
  const lost = raft.reads.filter(isLost);
  if (lost.length === 0) return;
  raft.reads = raft.reads.filter((read) => !isLost(read));
  for (const read of lost) drop(turn, read);
}

/** The latest heartbeat round that a quorum has answered. */
function roundOfQuorum({ raft, ctx, server }: Turn): number {
  const roundOf = (peer: NodeId): number => raft.progress[peer]?.ackedRound ?? 0;
  return quorumIndex(server.rules, raft.configuration, ctx.id, raft.round, roundOf);
}

/** The lease runs from the sending of the latest heartbeat that a quorum has answered (thesis, section 6.4.1). */
function extendLease(turn: Turn): void {
  const { raft, ctx, server } = turn;
  const { electionTimeout, driftBound } = server.config;
  const reached = roundOfQuorum(turn);
  let begins: Micros | undefined;
  while ((raft.rounds[0]?.round ?? Infinity) <= reached) begins = raft.rounds.shift()?.at;
  if (begins === undefined) return;
  raft.leaseUntil = server.rules.leaseBegins(begins, ctx.monotonic()) + Math.floor(electionTimeout / driftBound);
}
