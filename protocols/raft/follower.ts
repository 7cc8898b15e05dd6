// Log replication on the follower's side (section 5.3): it accepts entries where the logs match, tells the leader where to
// look where they do not, and commits what it is told is committed.
import type { NodeId } from '../../sim/index.ts';
import { commitTo } from './apply.ts';
import { findConflictByTerm, lastIndex, termAt } from './log.ts';
import { adoptConfiguration } from './membership.ts';
import { followLeader } from './roles.ts';
import type { Turn } from './server.ts';
import { appendEntry, syncBeforeReply, truncateFrom } from './storage.ts';
import type { AppendEntries } from './types.ts';

export function onAppendEntries(turn: Turn, from: NodeId, message: AppendEntries): void {
  const { raft, ctx, server } = turn;
  const { rules } = server;
  if (message.term < raft.currentTerm) {
    if (rules.answersLowerTerm) refuse(turn, from, message);
    return;
  }
  followLeader(turn, from);
  if (!rules.matchesPrevious(raft, message)) {
    syncBeforeReply(turn);
    return refuse(turn, from, message);
  }
  const firstNew = accept(turn, message);
  syncBeforeReply(turn);
  if (firstNew <= lastIndex(raft)) ctx.note('append', { from: firstNew, to: lastIndex(raft), term: raft.currentTerm });
  ctx.send(from, {
    type: 'AppendEntriesReply',
    term: raft.currentTerm,
    success: true,
    matchIndex: rules.acknowledges(raft, message),
    conflictTerm: 0,
    conflictIndex: 0,
    prevLogIndex: message.prevLogIndex,
    round: message.round,
  });
  const known = rules.knownCommit(raft, message);
  if (rules.learnsCommit(raft, known)) commitTo(turn, known, message.prevLogIndex + message.entries.length);
}

/**
 * Writes the entries that are not there yet; what conflicts with them was never committed and goes (section 5.3).
 * Returns the index of the first entry written, or one behind the log.
 */
function accept(turn: Turn, { prevLogIndex, entries }: AppendEntries): number {
  const { raft, server } = turn;
  let first = Math.max(0, raft.log.base - prevLogIndex); // what was compacted is committed, and agrees
  const isThere = (place: number): boolean =>
    prevLogIndex + place + 1 <= lastIndex(raft) &&
    !server.rules.conflicts(raft, prevLogIndex + place + 1, entries[place]?.term ?? 0);
  while (first < entries.length && isThere(first)) first++;
  if (first >= entries.length) return lastIndex(raft) + 1;
  const from = prevLogIndex + first + 1;
  if (lastIndex(raft) >= from) truncateFrom(turn, from);
  let changes = raft.configurationIndex >= from;
  for (const entry of entries.slice(first)) {
    appendEntry(turn, entry);
    changes ||= entry.type === 'configuration';
  }
  if (changes) adoptConfiguration(turn);
  return from;
}

/** Tells the leader where to look next: behind the last entry that may agree (section 5.3, last paragraphs). */
function refuse({ raft, ctx }: Turn, leader: NodeId, { prevLogIndex, prevLogTerm, round }: AppendEntries): void {
  const conflictIndex = findConflictByTerm(raft, prevLogIndex, prevLogTerm);
  ctx.send(leader, {
    type: 'AppendEntriesReply',
    term: raft.currentTerm,
    success: false,
    matchIndex: 0,
    conflictTerm: termAt(raft, conflictIndex),
    conflictIndex,
    prevLogIndex,
    round,
  });
}
