// Raft with one rule broken at a time, each by one line, and what must catch it.
import type { Scenario } from '../../sim/index.ts';
import { raftElectionBugs } from './raft-elections.ts';
import { raftMembershipBugs } from './raft-membership.ts';
import { raftReadBugs } from './raft-reads.ts';
import { raftReplicationBugs } from './raft-replication.ts';
import { raftSnapshotBugs } from './raft-snapshots.ts';

export const raftKnownBugs: readonly Scenario[] = [
  ...raftElectionBugs,
  ...raftReplicationBugs,
  ...raftSnapshotBugs,
  ...raftMembershipBugs,
  ...raftReadBugs,
];
