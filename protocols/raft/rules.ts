// The rules of the paper that safety hangs on, each a small pure function. A server is built with these; a broken variant
// replaces one of them by a one-liner, so that every rule can be shown to matter.
import type { Micros, NodeId } from '../../sim/index.ts';
import { isJoint, isVoter, type Configuration } from './configuration.ts';
import { hasCommittedInTerm, lastIndex, lastTerm, termAt } from './log.ts';
import type { Recovered } from './storage.ts';
import type { AppendEntries, AppendEntriesReply, PendingRead, Progress, RaftState, Snapshot } from './types.ts';

export interface Rules {
  // Persistence.
  /** A server that restarts goes on in the term, with the vote and the log that it left on disk (Figure 2). */
  recovers(left: Recovered, self: NodeId): Recovered;
  /** What was promised must be on disk before it is told (Figure 2, persistent state). */
  readonly syncsBeforeReply: boolean;
  /** A leader may send entries while it writes them, but counts itself only when they are on its disk (thesis 10.2.1). */
  readonly syncsBeforeCounting: boolean;
  /** The term is persistent (Figure 2). */
  readonly persistsTerm: boolean;
  /** The vote is persistent as well as the term (Figure 2). */
  readonly persistsVote: boolean;
  /** A record in the middle of the log whose checksum is wrong was acknowledged: it may not be cut off. */
  readonly truncatesCorruption: boolean;
  /** A server that comes back goes on applying behind its snapshot, not before it (section 7). */
  appliedAfterRestart(snapshot: Snapshot, base: number): number;

  // Terms and elections.
  /** A higher term makes anybody a follower (Figure 2, all servers). */
  isNewerTerm(raft: RaftState, term: number): boolean;
  /** A new term begins without a vote (Figure 2, all servers). */
  voteInNewTerm(raft: RaftState): NodeId | null;
  /** At most one vote a term, first come, first served (section 5.2). */
  isFreeToVote(raft: RaftState, candidate: NodeId): boolean;
  /** The candidate's log is at least as up to date as the voter's: later last term, or same and not shorter (5.4.1). */
  isUpToDate(raft: RaftState, lastLogIndex: number, lastLogTerm: number): boolean;
  /** A vote counts for the candidacy that asked for it only (5.2). */
  countsVote(raft: RaftState, term: number): boolean;
  /** A vote that would be given counts only for the term that was asked about (thesis 9.6). */
  countsPreVote(raft: RaftState, term: number): boolean;
  /** A voter counts once, however often its reply arrives (5.2). */
  isNewVote(raft: RaftState, voter: NodeId): boolean;
  /** Only a vote that is given puts the voter's own candidacy off (5.2): else a hopeless candidate holds the others up. */
  resetsTimer(granted: boolean): boolean;
  /** A server that hears from its leader ignores candidates (thesis 4.2.3). */
  isSticky(silence: Micros, electionTimeout: Micros): boolean;
  /** Messages of an earlier term are answered: one who is ahead, alone, is found that way. */
  readonly answersLowerTerm: boolean;
  /** Who may stand: a voter, and one whose removal is not committed, as it may be needed to commit it (thesis 4.2.2). */
  mayCampaign(raft: RaftState, self: NodeId, committed: Configuration): boolean;

  // Replication and commitment.
  /** The follower's log contains the entry before the new ones, with the same term (5.3); what was compacted agrees. */
  matchesPrevious(raft: RaftState, message: AppendEntries): boolean;
  /** An entry that is there with another term was never committed, and goes; one with the same term stays (5.3). */
  conflicts(raft: RaftState, index: number, term: number): boolean;
  /** What a follower may acknowledge: what it compared or wrote, not whatever lies behind it (5.3). */
  acknowledges(raft: RaftState, message: AppendEntries): number;
  /** A reply speaks for the term that it was sent in only. */
  isCurrentReply(raft: RaftState, term: number): boolean;
  /** What a leader may conclude from a successful reply. */
  matchOf(raft: RaftState, reply: AppendEntriesReply): number;
  /** A leader counts replicas only for entries of its own term (5.4.2, Figure 8). */
  mayCommit(raft: RaftState, index: number): boolean;
  /** A follower commits what the leader has, as far as it compared it (Figure 2, AppendEntries, rule 5). */
  knownCommit(raft: RaftState, message: AppendEntries): number;
  /** What is committed stays committed: a late AppendEntries with an older commit index says nothing (Figure 2). */
  learnsCommit(raft: RaftState, known: number): boolean;
  /** Only what is committed is applied (Figure 2, all servers). */
  applicable(raft: RaftState): number;

  // Quorums and membership.
  /** A majority of so many. */
  quorumSize(servers: number): number;
  /** The sets whose majorities must all agree: two while the configuration is joint (thesis 4.3). Learners are in none. */
  halves(configuration: Configuration): readonly (readonly NodeId[])[];
  /** A leader that is to be removed does not count itself (thesis 4.2.2). */
  countsItself(half: readonly NodeId[], self: NodeId): boolean;
  /** A change waits until the one before it is committed (thesis 4.1). */
  isChangeSettled(raft: RaftState): boolean;
  /** And until an entry of the leader's own term is (Ongaro's correction of the thesis, raft-dev, July 2015). */
  mayChangeMembership(raft: RaftState): boolean;
  /** A configuration is in force as soon as it is in the log (thesis 4.1); the index up to which that is looked for. */
  configurationHorizon(raft: RaftState): number;
  /** A joint configuration is left once it is committed (thesis 4.3). */
  mayLeaveJoint(raft: RaftState): boolean;
  /** A leader steps down when a configuration without it is committed (thesis 4.2.2). */
  stepsDownWhenRemoved(raft: RaftState, self: NodeId): boolean;

  // Snapshots.
  /** A follower needs a snapshot if the entry before the next one is gone (section 7). */
  needsSnapshot(raft: RaftState, progress: Progress): boolean;
  /** A snapshot of what is committed already says nothing new (Figure 13). */
  isNewSnapshot(raft: RaftState, index: number): boolean;
  /** A snapshot changes a server's log, not its term. */
  termAfterSnapshot(raft: RaftState, snapshotTerm: number): number;
  /** A snapshot carries the configuration as of its last entry (thesis 5.1). */
  snapshotConfiguration(raft: RaftState, asOfSnapshot: Configuration, initial: Configuration): Configuration;
  /** A snapshot carries the clients' sessions (thesis 6.3). */
  readonly snapshotsSessions: boolean;

  // Reads, transfers and clients.
  /** The number of a question that is forwarded to the leader: none is used twice, as an answer may be late (thesis 6.4). */
  readNumber(raft: RaftState): number;
  /** The first heartbeat round that begins after a read arrives. */
  roundThatConfirms(raft: RaftState): number;
  /** A read needs a heartbeat round that began after it arrived, answered by a quorum (section 8; thesis 6.4). */
  isReadConfirmed(read: PendingRead, quorumRound: number): boolean;
  /** Before an entry of its term is committed, a leader does not know which entries are (thesis 6.4, step 1). */
  knowsCommit(raft: RaftState): boolean;
  /** A read waits until what was committed is applied (thesis 6.4, step 4). */
  isApplied(raft: RaftState, readIndex: number): boolean;
  /** A lease begins when the heartbeat was sent, not when its answer came (thesis 6.4.1). */
  leaseBegins(sentAt: Micros, answeredAt: Micros): Micros;
  /** A lease ends early when a successor was asked to stand (thesis 6.4.1). */
  holdsLease(raft: RaftState, now: Micros): boolean;
  /** The successor must have the whole log before it is asked to stand (thesis 3.10). */
  mayTakeOver(raft: RaftState, matchIndex: number): boolean;
  /** What time it is for sessions: what the log says, the same on every server, not a server's own clock (thesis 6.3). */
  sessionTime(logged: Micros, own: Micros): Micros;
  /** A command that was executed before is not executed again (thesis 6.3). */
  isDuplicate(executed: number, sequence: number): boolean;
}

export const paperRules: Rules = {
  recovers: (left) => left,
  syncsBeforeReply: true,
  syncsBeforeCounting: true,
  persistsTerm: true,
  persistsVote: true,
  truncatesCorruption: false,
  appliedAfterRestart: ({ index }) => index,

  isNewerTerm: (raft, term) => term > raft.currentTerm,
  voteInNewTerm: () => null,
  isFreeToVote: (raft, candidate) => raft.votedFor === null || raft.votedFor === candidate,
  isUpToDate(raft, lastLogIndex, lastLogTerm) {
    const ownTerm = lastTerm(raft);
    return lastLogTerm > ownTerm || (lastLogTerm === ownTerm && lastLogIndex >= lastIndex(raft));
  },
  countsVote: (raft, term) => term === raft.currentTerm,
  countsPreVote: (raft, term) => term === raft.currentTerm + 1,
  isNewVote: (raft, voter) => !raft.votes.includes(voter),
  resetsTimer: (granted) => granted,
  isSticky: (silence, electionTimeout) => silence < electionTimeout,
  answersLowerTerm: true,
  mayCampaign: (raft, self, committed) =>
    isVoter(raft.configuration, self) || (raft.configurationIndex > raft.commitIndex && isVoter(committed, self)),

  matchesPrevious: (raft, { prevLogIndex, prevLogTerm }) =>
    prevLogIndex <= raft.log.base || termAt(raft, prevLogIndex) === prevLogTerm,
  conflicts: (raft, index, term) => index <= lastIndex(raft) && termAt(raft, index) !== term,
  acknowledges: (_raft, { prevLogIndex, entries }) => prevLogIndex + entries.length,
  isCurrentReply: (raft, term) => term === raft.currentTerm,
  matchOf: (_raft, reply) => reply.matchIndex,
  mayCommit: (raft, index) => termAt(raft, index) === raft.currentTerm,
  knownCommit: (_raft, { leaderCommit, prevLogIndex, entries }) =>
    Math.min(leaderCommit, prevLogIndex + entries.length),
  learnsCommit: (raft, known) => known > raft.commitIndex,
  applicable: (raft) => raft.commitIndex,

  quorumSize: (servers) => Math.floor(servers / 2) + 1,
  halves: (configuration) =>
    isJoint(configuration) ? [configuration.voters, configuration.outgoing] : [configuration.voters],
  countsItself: (half, self) => half.includes(self),
  isChangeSettled: (raft) => raft.configurationIndex <= raft.commitIndex,
  mayChangeMembership: hasCommittedInTerm,
  configurationHorizon: lastIndex,
  mayLeaveJoint: (raft) => raft.configurationIndex <= raft.commitIndex,
  stepsDownWhenRemoved: ({ configuration }, self) => !isVoter(configuration, self),

  needsSnapshot: (raft, { nextIndex }) => nextIndex <= raft.log.base,
  isNewSnapshot: (raft, index) => index > raft.commitIndex,
  termAfterSnapshot: (raft) => raft.currentTerm,
  snapshotConfiguration: (_raft, asOfSnapshot) => asOfSnapshot,
  snapshotsSessions: true,

  readNumber: (raft) => raft.nextReadNumber,
  roundThatConfirms: (raft) => raft.round + 1,
  isReadConfirmed: (read, quorumRound) => quorumRound >= read.round,
  knowsCommit: hasCommittedInTerm,
  isApplied: (raft, readIndex) => raft.lastApplied >= readIndex,
  leaseBegins: (sentAt) => sentAt,
  holdsLease: (raft, now) => now < raft.leaseUntil && !raft.leaseForfeited,
  mayTakeOver: (raft, matchIndex) => matchIndex === lastIndex(raft),
  sessionTime: (logged) => logged,
  isDuplicate: (executed, sequence) => sequence <= executed,
};
