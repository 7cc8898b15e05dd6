// The log of a server by index, whatever was compacted: the arithmetic that everything else relies on.
import type { Configuration } from './configuration.ts';
import type { Entry, RaftState } from './types.ts';

export function lastIndex({ log }: RaftState): number {
  return log.base + log.entries.length;
}

export function lastTerm(raft: RaftState): number {
  return termAt(raft, lastIndex(raft));
}

/** The term of the entry at `index`; 0 if it is not there, or not there any more. */
export function termAt({ log }: RaftState, index: number): number {
  if (index === log.base) return log.baseTerm;
  return log.entries[index - log.base - 1]?.term ?? 0;
}

export function entryAt({ log }: RaftState, index: number): Entry<unknown> | undefined {
  return log.entries[index - log.base - 1];
}

/** `count` entries behind `index`. */
export function entriesBehind({ log }: RaftState, index: number, count: number): Entry<unknown>[] {
  const from = Math.max(0, index - log.base);
  return log.entries.slice(from, from + count);
}

/** The index that the next entry will have. */
export function nextIndex(raft: RaftState): number {
  return lastIndex(raft) + 1;
}

/**
 * The largest index, from `index` down, whose entry has this term or an earlier one: behind it the log cannot agree with
 * one whose entry at `index` has `term`. Used on both sides, it skips a term with each message (section 5.3).
 */
export function findConflictByTerm(raft: RaftState, index: number, term: number): number {
  let found = Math.min(index, lastIndex(raft));
  while (found > raft.log.base && termAt(raft, found) > term) found--;
  return found;
}

/** An entry of the leader's own term is committed: from then on it knows what is (section 8; thesis 6.4). */
export function hasCommittedInTerm(raft: RaftState): boolean {
  return termAt(raft, raft.commitIndex) === raft.currentTerm;
}

/** The configuration that the log holds at `index`, and the index of its entry. */
export function configurationAt(
  raft: RaftState,
  index: number,
  initial: Configuration,
): { configuration: Configuration; index: number } {
  const { log, snapshot } = raft;
  const oldest = Math.max(log.base, snapshot?.index ?? 0);
  for (let place = Math.min(index, lastIndex(raft)); place > oldest; place--) {
    const entry = entryAt(raft, place);
    if (entry?.type === 'configuration') return { configuration: entry.configuration, index: place };
  }
  if (snapshot === null) return { configuration: initial, index: 0 };
  return { configuration: snapshot.configuration, index: snapshot.index };
}
