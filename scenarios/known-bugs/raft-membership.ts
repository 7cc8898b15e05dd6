// Known bugs in how Raft changes its members.
import { initialConfiguration, membersOf, type Recovered } from '../../protocols/raft/index.ts';
import type { Scenario } from '../../sim/index.ts';
import { broken } from './raft-broken.ts';

const single = { membership: 'single', spares: 2 } as const;
const joint = { membership: 'joint', spares: 2 } as const;
const safety = [
  'configuration safety',
  'quorum durability',
  'election safety',
  'leader completeness',
  'state machine safety',
];

export const raftEarlyChange = broken(
  'raft-early-change',
  'A leader changes the members before it has committed an entry of its own term [Ongaro 2015, correction of the thesis].',
  safety,
  { mayChangeMembership: () => true },
  { fixed: single },
);

export const raftTwoChanges = broken(
  'raft-two-changes',
  'A leader changes the members again before the last change is committed.',
  safety,
  { isChangeSettled: () => true },
  { fixed: single },
);

export const raftLateConfiguration = broken(
  'raft-late-configuration',
  'A configuration is in force only once it is committed, and nothing guards the time between.',
  safety,
  { configurationHorizon: (raft) => raft.commitIndex },
  { fixed: single },
);

export const raftJointUnion = broken(
  'raft-joint-union',
  'A joint decision takes a majority of all servers together, not of each half [CCF: incorrect election quorum tally].',
  safety,
  { halves: ({ voters, outgoing }) => [[...new Set([...voters, ...outgoing])]] },
  { fixed: joint },
);

export const raftEarlyLeave = broken(
  'raft-early-leave',
  'A leader leaves the joint configuration before it is committed [etcd: confchange_v2_add_double_auto].',
  safety,
  { mayLeaveJoint: () => true },
  { fixed: joint },
);

export const raftLearnersCount = broken(
  'raft-learners-count',
  'A learner counts for the quorum.',
  safety,
  {
    halves: ({ voters, outgoing, learners }) =>
      outgoing.length > 0 ? [[...voters, ...learners], outgoing] : [[...voters, ...learners]],
  },
  { fixed: joint },
);

export const raftRemovedCounts = broken(
  'raft-removed-counts',
  'A leader that is being removed counts itself [thesis 4.2.2; etcd: confchange_v1_remove_leader].',
  safety,
  { countsItself: () => true },
  { fixed: { ...single, nodes: 3 } },
);

export const raftRemovedLeads = broken(
  'raft-removed-leads',
  'A leader whose removal is committed goes on leading.',
  safety,
  { stepsDownWhenRemoved: () => false },
  { fixed: single },
);

export const raftForgottenMember = broken(
  'raft-forgotten-member',
  'A server that was removed restarts with an empty disk, and may be added again: it votes twice [Jepsen: RethinkDB 2.2.3].',
  ['term monotonicity', 'one vote a term', 'truthful progress', 'quorum durability'],
  { recovers: (left, self) => (isRemoved(left, self) ? nothing : left) },
  { fixed: single },
);

const nothing = { currentTerm: 0, votedFor: null, snapshot: null, log: { base: 0, baseTerm: 0, entries: [] } };

function isRemoved({ log, snapshot }: Recovered, self: string): boolean {
  const latest = log.entries.findLast((entry) => entry.type === 'configuration');
  const configuration = latest?.configuration ?? snapshot?.configuration ?? initialConfiguration([self]);
  return !membersOf(configuration).includes(self);
}

export const raftMembershipBugs: readonly Scenario[] = [
  raftEarlyChange,
  raftTwoChanges,
  raftLateConfiguration,
  raftJointUnion,
  raftEarlyLeave,
  raftLearnersCount,
  raftRemovedCounts,
  raftRemovedLeads,
  raftForgottenMember,
];
