// Known bugs in how Raft compacts its log and recovers from its disk.
import { initialConfiguration } from '../../protocols/raft/index.ts';
import { ms, type Scenario } from '../../sim/index.ts';
import { broken, crashes } from './raft-broken.ts';

const often = { snapshot: 3, trailing: 1 } as const;

export const raftSnapshotBoundary = broken(
  'raft-snapshot-boundary',
  'A leader sends entries although the one before them is compacted, with a term that it does not know [WRaft#118.2].',
  [
    'log matching',
    'state machine safety',
    'truthful progress',
    'followers catch up',
    'handlers do not throw',
    'truncation',
  ],
  { needsSnapshot: (raft, { nextIndex }) => nextIndex < raft.log.base },
  { fixed: { ...often, trailing: 0, network: 'lan' } },
);

export const raftSnapshotGoesBack = broken(
  'raft-snapshot-goes-back',
  'A follower installs a snapshot of what it has committed already: its state goes back [etcd: RestoreIgnoreSnapshot].',
  ['commit monotonicity'],
  { isNewSnapshot: () => true },
  { fixed: { ...often, trailing: 0 } },
);

export const raftSnapshotTerm = broken(
  'raft-snapshot-term',
  'A server that installs a snapshot goes back to the snapshot’s term [WRaft#118.4].',
  ['term monotonicity', 'durable promises', 'election safety'],
  { termAfterSnapshot: (_raft, term) => term },
  { fixed: often },
);

export const raftSnapshotConfiguration = broken(
  'raft-snapshot-configuration',
  'A snapshot does not carry the members, so that those who install it go by the first ones.',
  ['snapshot equality', 'configuration safety', 'quorum durability'],
  { snapshotConfiguration: (_raft, _asOfSnapshot, initial) => initialConfiguration(initial.voters) },
  { fixed: { ...often, membership: 'joint', spares: 2 } },
);

export const raftSnapshotSessions = broken(
  'raft-snapshot-sessions',
  'A snapshot does not carry the clients’ sessions, so that a command may be executed twice.',
  ['snapshot equality', 'linearizable key-value'],
  { snapshotsSessions: false },
  { fixed: often },
);

export const raftAppliesAgain = broken(
  'raft-applies-again',
  'A server that restarts between writing a snapshot and trimming its log applies entries again that are in the snapshot.',
  ['snapshot equality', 'linearizable key-value', 'commit monotonicity'],
  { appliedAfterRestart: (_snapshot, base) => base },
  { nemesis: crashes, fixed: { ...often, trailing: 20 } },
);

export const raftTruncatedCorruption = broken(
  'raft-truncated-corruption',
  'A server takes a corrupt record in the middle of its log for a torn tail, and forgets what it acknowledged [FAST ’18].',
  [
    'durable promises',
    'truthful progress',
    'up-to-date votes',
    'leader completeness',
    'quorum durability',
    'truncation',
    'commit monotonicity',
    'state machine safety',
    'linearizable key-value',
  ],
  { truncatesCorruption: true },
  {
    nemesis: { classes: ['bit-rot', 'crash', 'isolate'], every: ms(150), longest: ms(400), allClasses: true },
    fixed: { snapshot: 0, nodes: 3, membership: 'none', network: 'lan', budget: 'over' },
  },
);

export const raftSnapshotBugs: readonly Scenario[] = [
  raftSnapshotBoundary,
  raftSnapshotGoesBack,
  raftSnapshotTerm,
  raftSnapshotConfiguration,
  raftSnapshotSessions,
  raftAppliesAgain,
  raftTruncatedCorruption,
];
