// Log replication (section 5.3): the leader sends entries, followers accept them where the logs match, and the leader backs
// up a whole term at a time where they do not. An entry is committed once it is durable on a majority (section 5.4.2).
import type { Context, NodeId } from '../../sim/index.ts';
import { applyCommitted } from './apply.ts';
import { becomeFollower, resetElectionTimer } from './election.ts';
import type { Command } from './machine.ts';
import type { Server } from './raft.ts';
import { answerReads } from './read-index.ts';
import { appendEntry, syncBeforeReply, truncateFrom } from './storage.ts';
import type { AppendEntries, AppendEntriesReply, Progress, Raft, RaftState } from './types.ts';

/** The leader appends a command to its own log and sends it out; returns its index. */
export function propose(server: Server, state: RaftState, command: Command, ctx: Context<Raft>): number {
  appendEntry(state, { term: state.currentTerm, command }, ctx);
  const index = state.log.length;
  let last: AppendEntries | undefined;
  for (const peer of ctx.peers) last = sendEntries(server, state, peer, ctx, last);
  // Followers write in parallel with the leader, which counts itself only when its own write is durable.
  syncBeforeReply(server.rules, ctx);
  ctx.note('append', { from: index, to: index, term: state.currentTerm });
  advanceCommit(server, state, ctx);
  return index;
}

export function proposeNoop(server: Server, state: RaftState, ctx: Context<Raft>): void {
  propose(server, state, { type: 'noop' }, ctx);
}

/** A heartbeat round: every follower hears from its leader. */
export function broadcast(server: Server, state: RaftState, ctx: Context<Raft>): void {
  state.round++;
  let last: AppendEntries | undefined;
  for (const peer of ctx.peers) {
    const { probing } = state.progress[peer] as Progress;
    // A probe may be lost, so it is repeated; entries that were sent on trust are missed by the next empty AppendEntries.
    last = sendAppend(state, peer, probing ? server.config.batch : 0, ctx, last);
    if (!probing) sendEntries(server, state, peer, ctx);
  }
}

export function onAppendEntries(
  server: Server,
  state: RaftState,
  from: NodeId,
  message: AppendEntries,
  ctx: Context<Raft>,
): void {
  const { rules } = server;
  if (message.term < state.currentTerm) return refuse(state, from, message, 0, 0, ctx);
  if (state.role === 'candidate') becomeFollower(server, state, ctx);
  state.leader = from;
  resetElectionTimer(server, ctx);
  if (!rules.matchesPrevious(state, message)) {
    syncBeforeReply(rules, ctx);
    const conflictTerm = state.log[message.prevLogIndex - 1]?.term ?? 0;
    return refuse(state, from, message, conflictTerm, startOfTerm(state, message.prevLogIndex), ctx);
  }
  const firstNew = accept(state, message, ctx);
  syncBeforeReply(rules, ctx);
  if (firstNew <= state.log.length)
    ctx.note('append', { from: firstNew, to: state.log.length, term: state.currentTerm });
  ctx.send(from, {
    type: 'AppendEntriesReply',
    term: state.currentTerm,
    success: true,
    matchIndex: rules.acknowledges(state, message),
    conflictTerm: 0,
    conflictIndex: 0,
    prevLogIndex: message.prevLogIndex,
    round: message.round,
  });
  const known = Math.min(message.leaderCommit, message.prevLogIndex + message.entries.length);
  if (rules.learnsCommit(state, known)) commitTo(server, state, known, ctx);
}

export function onAppendEntriesReply(
  server: Server,
  state: RaftState,
  from: NodeId,
  reply: AppendEntriesReply,
  ctx: Context<Raft>,
): void {
  const progress = state.progress[from];
  if (state.role !== 'leader' || reply.term !== state.currentTerm || progress === undefined) return;
  if (reply.round > progress.ackedRound) progress.ackedRound = reply.round;
  if (reply.success) onMatch(server, state, progress, server.rules.matchOf(state, reply), ctx);
  else if (!onConflict(state, progress, reply)) return;
  if (state.reads.length > 0) answerReads(server, state, ctx);
  if (progress.probing) sendAppend(state, from, server.config.batch, ctx);
  else sendEntries(server, state, from, ctx);
}

/** The follower's log equals the leader's up to `match`: from there on entries are sent without waiting for replies. */
function onMatch(server: Server, state: RaftState, progress: Progress, match: number, ctx: Context<Raft>): void {
  if (progress.probing) {
    progress.probing = false;
    progress.nextIndex = Math.max(match, progress.matchIndex) + 1;
  }
  if (match <= progress.matchIndex) return;
  progress.matchIndex = match;
  if (progress.nextIndex <= match) progress.nextIndex = match + 1;
  advanceCommit(server, state, ctx);
}

/** The logs differ, or entries were lost on the way: look further back. False if there is nothing new to ask at once. */
function onConflict(state: RaftState, progress: Progress, reply: AppendEntriesReply): boolean {
  const { probing, nextIndex, matchIndex } = progress;
  const isStale = probing ? reply.prevLogIndex !== nextIndex - 1 : reply.prevLogIndex <= matchIndex;
  if (isStale) return false;
  progress.probing = true;
  progress.nextIndex = Math.max(matchIndex + 1, Math.min(reply.prevLogIndex, backUp(state, reply)));
  return !probing || progress.nextIndex < nextIndex; // else the next heartbeat asks again
}

/** Sends what the follower lacks, batch after batch, up to the window of unanswered entries. */
function sendEntries(
  server: Server,
  state: RaftState,
  peer: NodeId,
  ctx: Context<Raft>,
  like?: AppendEntries,
): AppendEntries | undefined {
  const progress = state.progress[peer];
  if (progress === undefined || progress.probing) return like;
  const { batch, window } = server.config;
  let last = like;
  while (progress.nextIndex <= state.log.length && progress.nextIndex - progress.matchIndex <= window) {
    last = sendAppend(state, peer, batch, ctx, last);
  }
  return last;
}

/** Sends up to `limit` entries, or none, and returns the message; followers that are equally far get the very same one. */
function sendAppend(
  state: RaftState,
  peer: NodeId,
  limit: number,
  ctx: Context<Raft>,
  like?: AppendEntries,
): AppendEntries {
  const progress = state.progress[peer] as Progress;
  const prevLogIndex = progress.nextIndex - 1;
  const count = Math.max(0, Math.min(limit, state.log.length - prevLogIndex));
  const isSame = like !== undefined && like.prevLogIndex === prevLogIndex && like.entries.length === count;
  const message = isSame ? like : appendEntries(state, prevLogIndex, count);
  if (!progress.probing) progress.nextIndex += count;
  ctx.send(peer, message);
  return message;
}

function appendEntries(state: RaftState, prevLogIndex: number, count: number): AppendEntries {
  return {
    type: 'AppendEntries',
    term: state.currentTerm,
    prevLogIndex,
    prevLogTerm: prevLogIndex === 0 ? 0 : (state.log[prevLogIndex - 1]?.term ?? 0),
    entries: count === 0 ? noEntries : state.log.slice(prevLogIndex, prevLogIndex + count),
    leaderCommit: state.commitIndex,
    round: state.round,
  };
}

const noEntries: readonly never[] = Object.freeze([]);

/**
 * Writes the entries that are not there yet; what conflicts with them was never committed and goes (section 5.3).
 * Returns the index of the first entry written, or one behind the log.
 */
function accept(state: RaftState, { prevLogIndex, entries }: AppendEntries, ctx: Context<Raft>): number {
  let first = 0;
  while (first < entries.length && state.log[prevLogIndex + first]?.term === entries[first]?.term) first++;
  if (first === entries.length) return state.log.length + 1;
  const from = prevLogIndex + first + 1;
  if (state.log.length >= from) {
    ctx.note('truncate', { from, to: state.log.length });
    truncateFrom(state, from, ctx);
  }
  for (const entry of entries.slice(first)) appendEntry(state, entry, ctx);
  return from;
}

/** Tells the leader where to look next: a whole conflicting term at once (section 5.3, last paragraphs). */
function refuse(
  state: RaftState,
  leader: NodeId,
  { prevLogIndex, round }: AppendEntries,
  conflictTerm: number,
  conflictIndex: number,
  ctx: Context<Raft>,
): void {
  ctx.send(leader, {
    type: 'AppendEntriesReply',
    term: state.currentTerm,
    success: false,
    matchIndex: 0,
    conflictTerm,
    conflictIndex,
    prevLogIndex,
    round,
  });
}

/** Where the term of the entry at `index` begins, or where the log ends if it is shorter. */
function startOfTerm({ log }: RaftState, index: number): number {
  if (index > log.length) return log.length + 1;
  let first = index;
  while (first > 1 && log[first - 2]?.term === log[index - 1]?.term) first--;
  return first;
}

/** The next index to try: behind the leader's own last entry of the conflicting term, or where that term begins. */
function backUp({ log }: RaftState, { conflictTerm, conflictIndex }: AppendEntriesReply): number {
  if (conflictTerm === 0) return Math.max(1, conflictIndex);
  let index = Math.min(log.length, conflictIndex);
  while (index < log.length && (log[index]?.term ?? 0) <= conflictTerm) index++;
  return log[index - 1]?.term === conflictTerm ? index + 1 : Math.max(1, conflictIndex);
}

/** Commits the highest index of this term that a majority holds (Figure 2, leaders, last rule). */
function advanceCommit(server: Server, state: RaftState, ctx: Context<Raft>): void {
  const { peers } = ctx;
  const matchOf = (peer: NodeId): number => state.progress[peer]?.matchIndex ?? 0;
  let best = server.rules.isQuorum(1, 1 + peers.length) ? state.log.length : 0;
  for (const peer of peers) {
    const index = matchOf(peer);
    if (index <= best) continue;
    let holders = 1; // the leader itself
    for (const other of peers) if (matchOf(other) >= index) holders++;
    if (server.rules.isQuorum(holders, 1 + peers.length)) best = index;
  }
  const index = Math.min(best, state.log.length);
  if (index > state.commitIndex && server.rules.mayCommit(state, index)) commitTo(server, state, index, ctx);
}

function commitTo(server: Server, state: RaftState, index: number, ctx: Context<Raft>): void {
  ctx.note('commit', { from: state.commitIndex + 1, to: index, role: state.role, term: state.currentTerm });
  state.commitIndex = index;
  applyCommitted(server, state, ctx);
}
