// Raft with one rule broken at a time, each by one line, and what must catch it. The names in brackets are those of the
// literature: students' guides, SandTable's and CCF's bug lists, Jepsen's reports.
import { lastIndex, type Rules } from '../../protocols/raft/index.ts';
import { raftScenario, type RaftVariant } from '../raft.ts';
import { ms, type NemesisOptions, type Scenario } from '../../sim/index.ts';

const crashes: NemesisOptions = { classes: ['crash', 'power-loss', 'crash-at-write'] };

/** A leader answers reads from its own state without asking whether it still leads [Jepsen: etcd 0.4.1, Consul 2014]. */
export const raftLocalReads = broken(
  'raft-local-reads',
  'A leader that was cut off does not know that it was deposed, and answers reads from its old state.',
  ['linearizable key-value'],
  { isReadConfirmed: () => true },
  {
    nemesis: { classes: ['isolate', 'partition'], longest: ms(1_500), allClasses: true },
    reads: 600_000,
    outcomeOnly: true,
  },
);

export const raftForgottenVote = broken(
  'raft-forgotten-vote',
  'A server keeps its term on disk but not its vote, restarts, and votes again in the same term.',
  ['durable promises', 'election safety'],
  { persistsVote: false },
  {
    nemesis: {
      classes: ['crash-at-write', 'bridge', 'pause'],
      every: ms(50),
      longest: ms(400),
      allClasses: true,
      budget: 'over',
    },
    config: { electionSpread: ms(20) },
    fixed: { nodes: 3, network: 'lan', election: 150, clients: 2 },
  },
);

export const raftVoteForAnyone = broken(
  'raft-vote-for-anyone',
  'A server votes without comparing logs, so a candidate that lacks committed entries can win.',
  ['leader completeness', 'state machine safety', 'linearizable key-value'],
  { isUpToDate: () => true },
);

export const raftLengthOnly = broken(
  'raft-length-only',
  'A server compares only the lengths of logs, not their last terms, when it votes.',
  ['leader completeness', 'state machine safety', 'linearizable key-value'],
  { isUpToDate: (raft, lastLogIndex) => lastLogIndex >= lastIndex(raft) },
  { nemesis: { classes: ['isolate', 'partition', 'crash'], every: ms(150), longest: ms(900), allClasses: true } },
);

export const raftNoPreviousCheck = broken(
  'raft-no-previous-check',
  'A follower accepts entries although its log differs from its leader’s before them.',
  ['log matching', 'state machine safety', 'quorum durability', 'linearizable key-value', 'handlers do not throw'],
  { matchesPrevious: (raft, { prevLogIndex }) => prevLogIndex <= lastIndex(raft) },
);

export const raftAckBeforeSync = broken(
  'raft-ack-before-sync',
  'A server answers before its disk has what it promised.',
  ['durable promises', 'quorum durability', 'leader completeness', 'election safety', 'state machine safety'],
  { syncsBeforeReply: false },
  { nemesis: crashes },
);

export const raftOldTermCommit = broken(
  'raft-old-term-commit',
  'A leader commits entries of earlier terms by counting replicas (Figure 8 of the paper).',
  ['quorum durability', 'leader completeness', 'state machine safety'],
  { mayCommit: () => true },
);

export const raftOptimisticMatch = broken(
  'raft-optimistic-match',
  'A leader takes any acknowledgement to mean that the follower has its whole log.',
  ['quorum durability', 'leader completeness', 'state machine safety', 'linearizable key-value'],
  { matchOf: (raft) => lastIndex(raft) },
);

export const raftDuplicateCommands = broken(
  'raft-duplicate-commands',
  'A command whose answer was lost is sent again and executed again.',
  ['linearizable key-value'],
  { isDuplicate: () => false },
  { nemesis: { classes: ['isolate', 'half-isolate', 'pause', 'loss'] } },
);

export const raftDuplicateVotes = broken(
  'raft-duplicate-votes',
  'A candidate counts the same vote as often as the network delivers it.',
  ['election safety', 'leader completeness'],
  { isNewVote: () => true },
  {
    nemesis: { classes: ['isolate', 'partition', 'crash'], every: ms(150), longest: ms(600) },
    network: { latency: 'lan', duplicate: 400_000 },
    config: { electionSpread: ms(20) },
  },
);

export const raftCommitGoesBack = broken(
  'raft-commit-goes-back',
  'A follower takes over whatever commit index it is told, also an older one.',
  ['commit monotonicity'],
  { learnsCommit: (state, known) => known !== state.commitIndex },
);

export const raftEarlyRound = broken(
  'raft-early-round',
  'A leader takes an answer to a heartbeat that it sent before the read arrived for proof that it still leads.',
  ['fresh reads', 'linearizable key-value'],
  { roundThatConfirms: (state) => state.round },
  { nemesis: { classes: ['isolate', 'half-isolate', 'hold', 'pause'], longest: ms(1_500) }, reads: 600_000 },
);

export const raftForgottenTerm = broken(
  'raft-forgotten-term',
  'A server that restarts begins again in term 0.',
  ['term monotonicity'],
  { recovers: (left) => ({ ...left, currentTerm: 0 }) },
  { nemesis: crashes },
);

export const raftVoteForLife = broken(
  'raft-vote-for-life',
  'A server keeps its vote when the term changes; soon nobody can be elected any more.',
  ['progress'],
  { voteInNewTerm: (state) => state.votedFor },
);

export const raftSmallQuorum = broken(
  'raft-small-quorum',
  'Half of an even cluster counts as a majority.',
  ['election safety', 'quorum durability', 'leader completeness', 'state machine safety', 'linearizable key-value'],
  { quorumSize: (servers) => Math.ceil(servers / 2) },
);

export const raftKnownBugs: readonly Scenario[] = [
  raftLocalReads,
  raftForgottenVote,
  raftVoteForAnyone,
  raftLengthOnly,
  raftNoPreviousCheck,
  raftAckBeforeSync,
  raftOldTermCommit,
  raftOptimisticMatch,
  raftDuplicateCommands,
  raftDuplicateVotes,
  raftSmallQuorum,
  raftCommitGoesBack,
  raftVoteForLife,
  raftEarlyRound,
  raftForgottenTerm,
];

function broken(
  name: string,
  story: string,
  what: readonly string[],
  rules: Partial<Rules>,
  rest: Partial<RaftVariant> = {},
): Scenario {
  return raftScenario({ name, story, expect: { type: 'breaks', what }, rules, ...rest });
}
