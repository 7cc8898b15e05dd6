// Known bugs in how Raft replicates, commits and applies.
import { lastIndex, termAt } from '../../protocols/raft/index.ts';
import { ms, type Scenario } from '../../sim/index.ts';
import { broken, crashes, plain } from './raft-broken.ts';

const logs = ['log matching', 'state machine safety', 'quorum durability', 'truthful progress', 'truncation'];

export const raftNoPreviousCheck = broken(
  'raft-no-previous-check',
  'A follower accepts entries although its log differs from its leader’s before them.',
  [...logs, 'linearizable key-value', 'handlers do not throw'],
  { matchesPrevious: (raft, { prevLogIndex }) => prevLogIndex <= lastIndex(raft) },
  { nemesis: { classes: ['isolate', 'partition', 'crash'], allClasses: true }, fixed: plain },
);

export const raftAppendAnywhere = broken(
  'raft-append-anywhere',
  'A follower accepts entries although it lacks those before them.',
  [...logs, 'linearizable key-value', 'handlers do not throw', 'commit monotonicity', 'durable promises'],
  { matchesPrevious: () => true },
);

export const raftAlwaysTruncates = broken(
  'raft-always-truncates',
  'A follower drops what lies behind the entries it is sent, though nothing conflicts: late messages shorten its log.',
  ['truncation', 'truthful progress'],
  { conflicts: (raft, index) => index <= lastIndex(raft) },
);

export const raftAckBeforeSync = broken(
  'raft-ack-before-sync',
  'A server answers before its disk has what it promised.',
  [
    'durable promises',
    'quorum durability',
    'leader completeness',
    'election safety',
    'state machine safety',
    'truthful progress',
  ],
  { syncsBeforeReply: false },
  { nemesis: crashes },
);

export const raftCountsBeforeSync = broken(
  'raft-counts-before-sync',
  'A leader counts itself before its own write is on its disk [etcd#14370].',
  ['quorum durability'],
  { syncsBeforeCounting: false },
);

export const raftOldTermCommit = broken(
  'raft-old-term-commit',
  'A leader commits entries of earlier terms by counting replicas (Figure 8 of the paper).',
  ['quorum durability', 'leader completeness', 'state machine safety'],
  { mayCommit: () => true },
);

export const raftOldTermBlocks = broken(
  'raft-old-term-blocks',
  'A leader commits nothing as long as an entry of an earlier term is not committed [RaftOS#30].',
  ['progress'],
  {
    mayCommit: (raft, index) => termAt(raft, Math.min(raft.commitIndex + 1, index)) === raft.currentTerm,
  },
);

export const raftOptimisticMatch = broken(
  'raft-optimistic-match',
  'A leader takes any acknowledgement to mean that the follower has its whole log [PySyncObj#167, RaftOS#25].',
  ['truthful progress', 'quorum durability', 'leader completeness', 'state machine safety', 'linearizable key-value'],
  { matchOf: (raft) => lastIndex(raft) },
);

export const raftBoastfulFollower = broken(
  'raft-boastful-follower',
  'A follower acknowledges its whole log instead of what it compared [CCF: inaccurate AE-ACK].',
  ['truthful progress', 'quorum durability', 'leader completeness', 'state machine safety', 'handlers do not throw'],
  { acknowledges: (raft) => lastIndex(raft) },
);

export const raftCommitsTail = broken(
  'raft-commits-tail',
  'A follower commits up to the end of its log, also what was not compared with its leader’s [Figure 2, AppendEntries, 5].',
  ['compared commits', 'state machine safety', 'quorum durability', 'truncation'],
  { knownCommit: (raft, { leaderCommit }) => Math.min(leaderCommit, lastIndex(raft)) },
);

export const raftStaleReplies = broken(
  'raft-stale-replies',
  'A leader that lost its office and has it again goes by acknowledgements of its earlier term [Students’ Guide].',
  ['current acknowledgements', 'truthful progress', 'quorum durability', 'fresh reads'],
  { isCurrentReply: () => true },
  {
    nemesis: { classes: ['hold', 'slow-link', 'pause'], every: ms(60), longest: ms(400), allClasses: true },
    network: { latency: 'congested', reorder: 300_000 },
    config: { electionSpread: ms(60), preVote: false },
    fixed: { ...plain, transfers: true, guards: 'none', network: 'lan', election: 150, nodes: 3 },
  },
);

export const raftCommitGoesBack = broken(
  'raft-commit-goes-back',
  'A follower takes over whatever commit index it is told, also an older one [PySyncObj#166].',
  ['commit monotonicity'],
  { learnsCommit: (raft, known) => known !== raft.commitIndex },
);

export const raftAppliesEarly = broken(
  'raft-applies-early',
  'A server applies what is in its log, committed or not.',
  ['commit monotonicity', 'snapshot equality', 'linearizable key-value', 'handlers do not throw'],
  { applicable: (raft) => lastIndex(raft) },
);

export const raftDuplicateCommands = broken(
  'raft-duplicate-commands',
  'A command whose answer was lost is sent again and executed again.',
  ['snapshot equality', 'linearizable key-value'],
  { isDuplicate: () => false },
  { nemesis: { classes: ['isolate', 'half-isolate', 'pause', 'loss'] }, fixed: plain },
);

export const raftOwnClockExpiry = broken(
  'raft-own-clock-expiry',
  'Each server lets clients’ sessions expire by its own clock: one executes what another refuses [thesis 6.3].',
  ['snapshot equality', 'linearizable key-value'],
  { sessionTime: (_logged, own) => own },
  { fixed: { expiry: 500, snapshot: 3 } },
);

export const raftReplicationBugs: readonly Scenario[] = [
  raftNoPreviousCheck,
  raftAppendAnywhere,
  raftAlwaysTruncates,
  raftAckBeforeSync,
  raftCountsBeforeSync,
  raftOldTermCommit,
  raftOldTermBlocks,
  raftOptimisticMatch,
  raftBoastfulFollower,
  raftCommitsTail,
  raftStaleReplies,
  raftCommitGoesBack,
  raftAppliesEarly,
  raftDuplicateCommands,
  raftOwnClockExpiry,
];
