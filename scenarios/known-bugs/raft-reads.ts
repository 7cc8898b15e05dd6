// Known bugs in how Raft reads without writing, and hands leadership over.
import { ms, type NemesisOptions, type Scenario } from '../../sim/index.ts';
import { broken, plain } from './raft-broken.ts';

const stale = ['lease safety', 'fresh reads', 'linearizable key-value'];
const cutOff: NemesisOptions = { classes: ['isolate', 'half-isolate', 'hold', 'pause'], longest: ms(1_500) };
const leased = { reads: 'lease', guards: 'both', forwarding: false } as const;

export const raftLocalReads = broken(
  'raft-local-reads',
  'A leader that was cut off does not know that it was deposed, and answers reads from its old state.',
  ['linearizable key-value'],
  { isReadConfirmed: () => true },
  {
    nemesis: { classes: ['isolate', 'partition'], longest: ms(1_500), allClasses: true },
    reads: 600_000,
    outcomeOnly: true,
    fixed: { guards: 'none', membership: 'none', transfers: false, reads: 'index' },
  },
);

export const raftEarlyRound = broken(
  'raft-early-round',
  'A leader takes an answer to a heartbeat that it sent before the read arrived for proof that it still leads.',
  stale,
  { roundThatConfirms: (raft) => raft.round },
  { nemesis: cutOff, reads: 600_000, fixed: { guards: 'none', reads: 'index' } },
);

export const raftReadBeforeNoop = broken(
  'raft-read-before-noop',
  'A new leader reads before it knows what is committed.',
  stale,
  { knowsCommit: () => true },
  { reads: 600_000 },
);

export const raftReadBeforeApply = broken(
  'raft-read-before-apply',
  'A server answers a read before it has applied what was committed.',
  stale,
  { isApplied: () => true },
  { fixed: { apply: 1, batch: 64 } },
);

export const raftFastClocks = broken(
  'raft-fast-clocks',
  'The rules are kept, but clocks run apart by more than the lease was made for [etcd: ReadOnlyLeaseBased].',
  stale,
  {},
  { nemesis: cutOff, reads: 600_000, fixed: { ...leased, drift: 600_000, network: 'lan', nodes: 3 } },
);

export const raftLeaseOutlivesTransfer = broken(
  'raft-lease-outlives-transfer',
  'A leader that asked its successor to stand trusts its lease for the rest of it.',
  stale,
  { holdsLease: (raft, now) => now < raft.leaseUntil },
  {
    nemesis: { classes: ['half-isolate', 'slow-link', 'hold'], longest: ms(400), every: ms(150), allClasses: true },
    reads: 600_000,
    fixed: { ...leased, transfers: true, membership: 'none', drift: 0 },
  },
);

export const raftLeaseFromAnswer = broken(
  'raft-lease-from-answer',
  'A leader counts its lease from the answer to a heartbeat, though the voter counted from its arrival [thesis, Figure 6.3].',
  stale,
  { leaseBegins: (_sentAt, answeredAt) => answeredAt },
  {
    nemesis: {
      classes: ['half-isolate', 'slow-link', 'hold', 'isolate'],
      every: ms(150),
      longest: ms(600),
      allClasses: true,
    },
    reads: 600_000,
    network: { latency: 'congested' },
    fixed: { ...leased, membership: 'none', transfers: false, drift: 0, network: 'lan', election: 150, nodes: 3 },
  },
);

export const raftReusedNumber = broken(
  'raft-reused-number',
  'A server asks its leader for the index of every read under one number, and takes the answer to another for its own [etcd#20418].',
  stale,
  { readNumber: () => 1 },
  {
    nemesis: { classes: ['hold', 'slow-link', 'isolate', 'pause'], every: ms(100), longest: ms(800), allClasses: true },
    reads: 600_000,
    network: { latency: 'congested', reorder: 400_000 },
    fixed: { ...plain, forwarding: true, network: 'lan', clients: 12 },
  },
);

export const raftReadBugs: readonly Scenario[] = [
  raftLocalReads,
  raftEarlyRound,
  raftReadBeforeNoop,
  raftReadBeforeApply,
  raftFastClocks,
  raftLeaseOutlivesTransfer,
  raftLeaseFromAnswer,
  raftReusedNumber,
];
