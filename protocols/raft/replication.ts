// Log replication on the leader's side (section 5.3): it sends entries, backs up a whole term at a time where logs differ,
// and commits what is durable on a quorum (section 5.4.2).
import type { NodeId } from '../../sim/index.ts';
import { commitTo } from './apply.ts';
import { entriesBehind, findConflictByTerm, lastIndex, termAt } from './log.ts';
import { advanceMatch, becomeProbing, becomeReplicating, hasRoom, markActive, progressOf } from './progress.ts';
import { quorumIndex } from './quorum.ts';
import { adoptConfiguration } from './membership.ts';
import { answerReads, beginRound } from './reads.ts';
import { sizeOf, type Turn } from './server.ts';
import { sendSnapshot } from './snapshot.ts';
import { appendEntry } from './storage.ts';
import { handOver } from './transfer.ts';
import type { AppendEntries, AppendEntriesReply, Entry, Progress } from './types.ts';

/** The leader appends an entry to its own log and sends it out, now or with what else has gathered; returns its index. */
export function appendAndSend(turn: Turn, entry: Entry<unknown>): number {
  const { raft, ctx, server } = turn;
  const isFirst = raft.flushedIndex === lastIndex(raft);
  appendEntry(turn, entry);
  const index = lastIndex(raft);
  if (entry.type === 'configuration') adoptConfiguration(turn);
  if (!server.config.groupCommit) flush(turn);
  else if (isFirst) ctx.setTimer('flush', 0); // comes up behind all that has arrived by now
  return index;
}

/** The leader makes the end of its log durable and sends it out; it counts itself only when its own write is durable. */
export function flush(turn: Turn): void {
  const { raft, ctx, server } = turn;
  const { rules, config } = server;
  const from = raft.flushedIndex + 1;
  const to = lastIndex(raft);
  if (raft.role !== 'leader' || from > to) return;
  raft.flushedIndex = to;
  if (!rules.syncsBeforeCounting) advanceCommit(turn);
  if (rules.syncsBeforeReply && config.leaderWrites === 'first') ctx.disk.sync();
  let last: AppendEntries | undefined;
  for (const peer of raft.followers) last = sendEntries(turn, peer, last);
  if (rules.syncsBeforeReply && config.leaderWrites === 'parallel') ctx.disk.sync();
  ctx.note('append', { from, to, term: raft.currentTerm });
  advanceCommit(turn);
}

export function proposeNoop(turn: Turn): void {
  appendAndSend(turn, { term: turn.raft.currentTerm, type: 'noop' });
}

/** A heartbeat round: every member hears from its leader. */
export function broadcast(turn: Turn): void {
  const { raft } = turn;
  beginRound(turn);
  let last: AppendEntries | undefined;
  for (const peer of raft.followers) {
    const progress = raft.progress[peer] as Progress;
    if (progress.mode === 'snapshot' || turn.server.rules.needsSnapshot(raft, progress)) {
      sendSnapshot(turn, peer, progress);
      continue;
    }
    // A probe may be lost, so it is repeated; entries that were sent on trust are missed by the next empty AppendEntries.
    last = sendAppend(turn, peer, progress, progress.mode === 'probe', last);
    if (progress.mode === 'replicate') sendEntries(turn, peer);
  }
}

export function onAppendEntriesReply(turn: Turn, from: NodeId, reply: AppendEntriesReply): void {
  const { raft, ctx, server } = turn;
  const progress = progressOf(turn, from);
  if (raft.role !== 'leader' || !server.rules.isCurrentReply(raft, reply.term) || progress === undefined) return;
  markActive(turn, progress);
  if (reply.round > progress.ackedRound) progress.ackedRound = reply.round;
  if (reply.success && progress.mode === 'probe')
    ctx.note('replicate', { peer: from, match: reply.matchIndex, answer: reply.term });
  if (reply.success) onMatch(turn, from, progress, server.rules.matchOf(raft, reply));
  else if (!onConflict(turn, from, progress, reply)) return;
  if (raft.role !== 'leader') return;
  answerReads(turn);
  sendNext(turn, from, progress);
}

/** Sends a member what it needs next, whatever that is. */
export function sendNext(turn: Turn, peer: NodeId, progress: Progress): void {
  const { raft, server } = turn;
  if (progress.mode === 'snapshot' || raft.progress[peer] !== progress) return; // it may just have been removed
  if (server.rules.needsSnapshot(raft, progress)) sendSnapshot(turn, peer, progress);
  else if (progress.mode === 'replicate') sendEntries(turn, peer);
  else if (progress.nextIndex <= raft.flushedIndex) sendAppend(turn, peer, progress, true);
}

/** The follower's log equals the leader's up to `match`: from there on entries are sent without waiting for replies. */
export function onMatch(turn: Turn, from: NodeId, progress: Progress, match: number): void {
  const isNews = advanceMatch(progress, match);
  if (progress.mode === 'probe') becomeReplicating(progress);
  else if (progress.snapshot !== null && match >= progress.snapshot.index) becomeProbing(progress, match + 1);
  if (isNews) {
    advanceCommit(turn);
    handOver(turn, from);
  }
}

/** Sends what the member lacks, message after message, up to what may be under way. */
function sendEntries(turn: Turn, peer: NodeId, like?: AppendEntries): AppendEntries | undefined {
  const { raft } = turn;
  const progress = raft.progress[peer] as Progress;
  if (progress.mode !== 'replicate') return like;
  let last = like;
  while (progress.nextIndex <= raft.flushedIndex && hasRoom(progress, turn)) {
    if (turn.server.rules.needsSnapshot(raft, progress)) {
      sendSnapshot(turn, peer, progress);
      return last;
    }
    last = sendAppend(turn, peer, progress, true, last);
    if (last.entries.length === 0) break;
  }
  return last;
}

/** One message; the same object goes to members that are equally far, so that it is made only once. */
function sendAppend(
  turn: Turn,
  peer: NodeId,
  progress: Progress,
  withEntries: boolean,
  like?: AppendEntries,
): AppendEntries {
  const { raft, ctx, server } = turn;
  const prevLogIndex = progress.nextIndex - 1;
  const count = withEntries ? Math.min(server.config.batch, Math.max(0, raft.flushedIndex - prevLogIndex)) : 0;
  const isSame = like !== undefined && like.prevLogIndex === prevLogIndex && like.entries.length === count;
  const message = isSame ? like : appendEntries(turn, prevLogIndex, count);
  const sent = message.entries.length;
  if (progress.mode === 'replicate' && sent > 0) {
    progress.nextIndex += sent;
    const bytes = server.config.maxInflightBytes === Infinity ? 0 : bytesOf(turn, message.entries);
    progress.inflight.push({ last: prevLogIndex + sent, bytes });
  }
  ctx.send(peer, message);
  return message;
}

function appendEntries(turn: Turn, prevLogIndex: number, count: number): AppendEntries {
  const { raft } = turn;
  return {
    type: 'AppendEntries',
    term: raft.currentTerm,
    prevLogIndex,
    prevLogTerm: termAt(raft, prevLogIndex),
    entries: count === 0 ? noEntries : (withinBytes(turn, entriesBehind(raft, prevLogIndex, count)) as Entry[]),
    leaderCommit: raft.commitIndex,
    round: raft.round,
  };
}

const noEntries: readonly never[] = Object.freeze([]);

/** The first of the entries that fit into one message, at least one. */
function withinBytes(turn: Turn, entries: Entry<unknown>[]): Entry<unknown>[] {
  const { maxMessageBytes } = turn.server.config;
  if (maxMessageBytes === Infinity) return entries;
  let count = 0;
  let bytes = 0;
  while (count < entries.length) {
    bytes += bytesOf(turn, [entries[count] as Entry<unknown>]);
    if (count > 0 && bytes > maxMessageBytes) break;
    count++;
  }
  return entries.slice(0, count);
}

function bytesOf({ server }: Turn, entries: readonly Entry<unknown>[]): number {
  return entries.reduce((sum, entry) => sum + (entry.type === 'command' ? sizeOf(server, entry.command) : 0), 0);
}

/** The logs differ, or entries were lost on the way: look further back. False if the reply is of an earlier question. */
function onConflict(turn: Turn, from: NodeId, progress: Progress, reply: AppendEntriesReply): boolean {
  const { raft, ctx, server } = turn;
  const { mode, nextIndex, matchIndex } = progress;
  const isStale = mode === 'probe' ? reply.prevLogIndex !== nextIndex - 1 : reply.prevLogIndex <= matchIndex;
  if (isStale || mode === 'snapshot') return false;
  const skipped = findConflictByTerm(raft, reply.conflictIndex, reply.conflictTerm);
  const agree = server.config.backsUpBy === 'term' ? skipped : reply.prevLogIndex - 1;
  becomeProbing(progress, Math.min(reply.prevLogIndex, agree + 1));
  const { conflictIndex, conflictTerm } = reply;
  ctx.note('back-up', { peer: from, conflictIndex, conflictTerm, next: progress.nextIndex });
  return mode !== 'probe' || progress.nextIndex < nextIndex; // else the next heartbeat asks again
}

/** Commits the highest index of this term that a quorum holds (Figure 2, leaders, last rule). */
export function advanceCommit(turn: Turn): void {
  const { raft, ctx, server } = turn;
  const { rules } = server;
  const own = raft.flushedIndex;
  const matchOf = (peer: NodeId): number => raft.progress[peer]?.matchIndex ?? 0;
  const index = Math.min(lastIndex(raft), quorumIndex(rules, raft.configuration, ctx.id, own, matchOf));
  if (index > raft.commitIndex && rules.mayCommit(raft, index)) commitTo(turn, index);
}
