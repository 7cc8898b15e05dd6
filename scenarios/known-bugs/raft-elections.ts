// Known bugs in how Raft elects: votes, terms, and what keeps disturbers quiet.
import { lastIndex } from '../../protocols/raft/index.ts';
import { ms, type Scenario } from '../../sim/index.ts';
import { broken, crashes, plain } from './raft-broken.ts';

const restless = {
  classes: ['isolate', 'partition', 'crash'] as const,
  every: ms(150),
  longest: ms(600),
  allClasses: true,
};

export const raftForgottenVote = broken(
  'raft-forgotten-vote',
  'A server keeps its term on disk but not its vote, restarts, and votes again in the same term.',
  ['durable promises', 'one vote a term', 'election safety'],
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
    fixed: { ...plain, nodes: 3, network: 'lan', election: 150, clients: 2 },
  },
);

export const raftUnwrittenTerm = broken(
  'raft-unwritten-term',
  'A server keeps its vote on disk but not its term.',
  ['durable promises', 'term monotonicity'],
  { persistsTerm: false },
);

export const raftForgottenTerm = broken(
  'raft-forgotten-term',
  'A server that restarts begins again in term 0.',
  ['term monotonicity'],
  { recovers: (left) => ({ ...left, currentTerm: 0 }) },
  { nemesis: crashes },
);

export const raftVoteForAnyone = broken(
  'raft-vote-for-anyone',
  'A server votes without comparing logs, so a candidate that lacks committed entries can win.',
  ['up-to-date votes', 'leader completeness', 'truncation', 'state machine safety', 'linearizable key-value'],
  { isUpToDate: () => true },
);

export const raftLengthOnly = broken(
  'raft-length-only',
  'A server compares only the lengths of logs, not their last terms, when it votes.',
  ['up-to-date votes', 'leader completeness', 'truncation', 'state machine safety', 'linearizable key-value'],
  { isUpToDate: (raft, lastLogIndex) => lastLogIndex >= lastIndex(raft) },
  {
    nemesis: { classes: ['half-isolate', 'isolate', 'crash'], every: ms(150), longest: ms(900), allClasses: true },
    reads: 0,
    fixed: { ...plain, nodes: 5, clients: 12, guards: 'none', network: 'lan', election: 150, snapshot: 0 },
  },
);

export const raftVoteForLife = broken(
  'raft-vote-for-life',
  'A server keeps its vote when the term changes; soon nobody can be elected any more.',
  ['progress', 'followers catch up'],
  { voteInNewTerm: (raft) => raft.votedFor },
);

export const raftTwoVotes = broken(
  'raft-two-votes',
  'A server votes for everybody who asks in a term.',
  ['one vote a term', 'election safety', 'quorum durability', 'log matching', 'role chart'],
  { isFreeToVote: () => true },
  { nemesis: restless, config: { electionSpread: ms(20) } },
);

export const raftDuplicateVotes = broken(
  'raft-duplicate-votes',
  'A candidate counts the same vote as often as the network delivers it [akka-raft#45].',
  ['election safety', 'leader completeness'],
  { isNewVote: () => true },
  {
    nemesis: restless,
    network: { latency: 'lan', duplicate: 400_000 },
    config: { electionSpread: ms(20) },
    fixed: { guards: 'none', membership: 'none' },
  },
);

export const raftStaleVotes = broken(
  'raft-stale-votes',
  'A candidate counts votes that were meant for an earlier candidacy of its own [akka-raft#46, Xraft#33].',
  ['election safety', 'leader completeness'],
  { countsVote: () => true },
  {
    nemesis: { classes: ['hold', 'slow-link', 'isolate', 'crash'], every: ms(60), longest: ms(500), allClasses: true },
    network: { latency: 'congested', reorder: 300_000 },
    config: { electionSpread: ms(60), preVote: false },
    fixed: { ...plain, nodes: 3, guards: 'none', election: 150, clients: 2 },
  },
);

export const raftImpatientVoter = broken(
  'raft-impatient-voter',
  'A server that has voted stands itself when its old time-out passes, and deposes whom it elected.',
  ['patient voters'],
  { resetsTimer: () => false },
);

export const raftDeafLeader = broken(
  'raft-deaf-leader',
  'A leader does not step down when it hears of a higher term [Figure 2, all servers].',
  [
    'role chart',
    'fresh reads',
    'linearizable key-value',
    'handlers do not throw',
    'term monotonicity',
    'followers catch up',
    'progress',
    'truncation',
  ],
  { isNewerTerm: (raft, term) => term > raft.currentTerm && raft.role !== 'leader' },
);

export const raftSilence = broken(
  'raft-silence',
  'A server that was cut off came back with a higher term: nobody answers it, and it follows nobody [etcd: FreeStuckCandidate].',
  ['followers catch up', 'progress'],
  { answersLowerTerm: false },
  { config: { preVote: false }, fixed: { guards: 'check-quorum', membership: 'none', network: 'lan' } },
);

export const raftSmallQuorum = broken(
  'raft-small-quorum',
  'Half of an even cluster counts as a majority.',
  [
    'election safety',
    'quorum durability',
    'leader completeness',
    'state machine safety',
    'linearizable key-value',
    'log matching',
  ],
  { quorumSize: (servers) => Math.ceil(servers / 2) },
);

export const raftElectionBugs: readonly Scenario[] = [
  raftForgottenVote,
  raftUnwrittenTerm,
  raftForgottenTerm,
  raftVoteForAnyone,
  raftLengthOnly,
  raftVoteForLife,
  raftTwoVotes,
  raftDuplicateVotes,
  raftStaleVotes,
  raftImpatientVoter,
  raftDeafLeader,
  raftSilence,
  raftSmallQuorum,
];
