// The rules of the paper that safety hangs on, each a small pure function. A server is built with these; a broken variant
// replaces one of them by a one-liner, so that every rule can be shown to matter.
import type { Recovered } from './storage.ts';
import type { AppendEntries, AppendEntriesReply, RaftState } from './types.ts';

export interface Rules {
  /** A server that restarts goes on in the term, with the vote and the log that it left on disk (Figure 2). */
  recovers(left: Recovered): Recovered;
  /** A new term begins without a vote (Figure 2, all servers). */
  voteInNewTerm(state: RaftState): string | null;
  /** At most one vote a term, first come, first served (section 5.2). */
  isFreeToVote(state: RaftState, candidate: string): boolean;
  /** The candidate's log is at least as up to date as the voter's: later last term, or same and not shorter (5.4.1). */
  isUpToDate(state: RaftState, lastLogIndex: number, lastLogTerm: number): boolean;
  /** A vote counts for the candidacy that asked for it only (5.2). */
  countsVote(state: RaftState, term: number): boolean;
  /** A voter counts once, however often its reply arrives (5.2). */
  isNewVote(state: RaftState, voter: string): boolean;
  /** The follower's log contains the entry before the new ones, with the same term (5.3). */
  matchesPrevious(state: RaftState, message: AppendEntries): boolean;
  /** What a follower may acknowledge: what it compared or wrote, not whatever lies behind it (5.3). */
  acknowledges(state: RaftState, message: AppendEntries): number;
  /** What a leader may conclude from a successful reply. */
  matchOf(state: RaftState, reply: AppendEntriesReply): number;
  /** A leader counts replicas only for entries of its own term (5.4.2, Figure 8). */
  mayCommit(state: RaftState, index: number): boolean;
  /** What is committed stays committed: a late AppendEntries with an older commit index says nothing (Figure 2). */
  learnsCommit(state: RaftState, known: number): boolean;
  /** A majority of the cluster. */
  isQuorum(count: number, servers: number): boolean;
  /** What was promised must be on disk before it is told (Figure 2, persistent state). */
  readonly syncsBeforeReply: boolean;
  /** The vote is persistent as well as the term (Figure 2). */
  readonly persistsVote: boolean;
  /** The first heartbeat round that begins after a read arrives. */
  roundThatConfirms(state: RaftState): number;
  /** A read needs a heartbeat round that began after it arrived, answered by a majority (section 8; thesis 6.4). */
  isReadConfirmed(ackedRounds: readonly number[], servers: number, round: number): boolean;
  /** A command that was executed before is not executed again (thesis 6.3). */
  isDuplicate(executed: number, sequence: number): boolean;
}

export const paperRules: Rules = {
  recovers: (left) => left,
  voteInNewTerm: () => null,
  isFreeToVote: (state, candidate) => state.votedFor === null || state.votedFor === candidate,
  isUpToDate(state, lastLogIndex, lastLogTerm) {
    const ownTerm = state.log.at(-1)?.term ?? 0;
    return lastLogTerm > ownTerm || (lastLogTerm === ownTerm && lastLogIndex >= state.log.length);
  },
  countsVote: (state, term) => term === state.currentTerm,
  isNewVote: (state, voter) => !state.votes.includes(voter),
  matchesPrevious: ({ log }, { prevLogIndex, prevLogTerm }) =>
    prevLogIndex === 0 || log[prevLogIndex - 1]?.term === prevLogTerm,
  acknowledges: (_state, { prevLogIndex, entries }) => prevLogIndex + entries.length,
  matchOf: (_state, reply) => reply.matchIndex,
  mayCommit: (state, index) => state.log[index - 1]?.term === state.currentTerm,
  learnsCommit: (state, known) => known > state.commitIndex,
  isQuorum: (count, servers) => count * 2 > servers,
  syncsBeforeReply: true,
  persistsVote: true,
  roundThatConfirms: (state) => state.round + 1,
  isReadConfirmed: (ackedRounds, servers, round) =>
    (ackedRounds.filter((acked) => acked >= round).length + 1) * 2 > servers,
  isDuplicate: (executed, sequence) => sequence <= executed,
};
