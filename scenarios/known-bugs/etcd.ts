// etcd with one rule broken at a time, in a member or in a client, each by one line, and what must catch it. The numbers in
// brackets are those of issues and pull requests of etcd.
import type { Store } from '../../protocols/etcd/store.ts';
import { compareHolds } from '../../protocols/etcd/transaction.ts';
import {
  ms,
  seconds,
  type Fault,
  type Micros,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../../sim/index.ts';
import { etcdLeaseScenario } from '../etcd-lease.ts';
import { etcdLockScenario } from '../etcd-lock.ts';
import { etcdWatchScenario } from '../etcd-watch.ts';
import { etcdScenario } from '../etcd.ts';

const breaks = (...what: string[]): Scenario['expect'] => ({ type: 'breaks', what });

type Faults = (random: Random, setting: Setting) => TimedFault[];

/** One fault after another, each over before the next begins. */
function inTurn(draw: (random: Random, setting: Setting) => Fault & { readonly for?: Micros }): Faults {
  return (random, setting) => {
    const schedule: TimedFault[] = [];
    for (let at = random.between(seconds(1), seconds(3)); at < setting.healAt - seconds(1);) {
      const fault = draw(random, setting);
      schedule.push({ at, fault });
      at += (fault.for ?? 0) + random.between(ms(300), seconds(2));
    }
    return schedule;
  };
}

/** The leader stops for longer than a lease, while another takes over. */
const pausedLeaders = inTurn((random) => ({
  type: 'pause',
  node: '@leader',
  for: random.between(seconds(2), seconds(5)),
}));

/** A member does not hear the others, but clients go on talking to it. */
const cutOffMembers = inTurn((random, { nodes }) => {
  const [one, ...others] = random.shuffle(nodes);
  return { type: 'partition', groups: [[one as string], others], for: random.between(seconds(3), seconds(6)) };
});

/** A client stops for longer than its lease. */
const pausedClients = inTurn((random, { clients }) => {
  return { type: 'pause', node: random.pick(clients), for: random.between(seconds(2), seconds(6)) };
});

export const etcdRetriesWrites = etcdScenario({
  name: 'etcd-retries-writes',
  story:
    'A client that got no answer to a compare-and-set asks again; the first one had happened, so the second one fails.',
  expect: breaks('linearizable key-value'),
  retriesWrites: true,
  reads: 300_000,
  cas: 400_000,
});

export const etcdGuardAtProposal = etcdScenario({
  name: 'etcd-guard-at-proposal',
  story: 'A member evaluates the compare of a transaction when it proposes it; when it is executed, it holds no more.',
  expect: breaks('linearizable key-value'),
  rules: {
    proposes(request, store) {
      if (request.type !== 'txn') return request;
      const holds = (request.compare ?? []).every((compare) => compareHolds(store, compare));
      return holds ? { ...request, compare: [] } : { ...request, compare: [never] };
    },
  },
  cas: 500_000,
});

/** No key has a version below 0. */
const never = { key: 'never', target: 'version', result: 'less', than: 0 } as const;

export const etcdRevisionFromKeys = etcdWatchScenario({
  name: 'etcd-revision-from-keys',
  story: 'A member that starts from a snapshot takes the newest revision of what is left in it for its own [17780].',
  expect: breaks('members agree', 'snapshot equality', 'watch'),
  rules: {
    restores: (store) => ({ ...store, revision: newestPut(store) }),
  },
  compaction: 150_000,
  snapshots: 20,
});

function newestPut({ changes }: Store): number {
  return changes.findLast(({ type }) => type === 'put')?.modRevision ?? 1;
}

export const etcdWatchForgetsOnResume = etcdWatchScenario({
  name: 'etcd-watch-forgets-on-resume',
  story: 'A watcher that has to go to another member begins there with what happens from now on.',
  expect: breaks('watch'),
  watcher: { resumesAt: () => 0 },
});

export const etcdWatchRepeatsOnResume = etcdWatchScenario({
  name: 'etcd-watch-repeats-on-resume',
  story: 'A watcher that has to go to another member asks again for the last revision that it was told.',
  expect: breaks('watch'),
  watcher: { resumesAt: (next) => next - 1 },
});

export const etcdWatchSplitsRevisions = etcdWatchScenario({
  name: 'etcd-watch-splits-revisions',
  story: 'A member fills its responses up to a number of events, in the middle of a transaction if need be.',
  expect: breaks('watch'),
  rules: { responses: (events) => events.map((event) => [event]) },
});

export const etcdWatchStarved = etcdWatchScenario({
  name: 'etcd-watch-starved',
  story: 'A watcher that is too slow is caught up with from the newest revision, not from where it stopped [17529].',
  expect: breaks('watch'),
  rules: { resumesFrom: (_next, current) => current + 1 },
  config: { watchWindow: 2 },
});

export const etcdWatchFuture = etcdWatchScenario({
  name: 'etcd-watch-future',
  story: 'A watch that is resumed at a member which is behind begins with what that member does next [15271, 20221].',
  expect: breaks('watch'),
  rules: {
    watchesFrom: (startRevision, current) =>
      startRevision === 0 || startRevision > current ? current + 1 : startRevision,
  },
});

export const etcdWatchTimeTravel = etcdWatchScenario({
  name: 'etcd-watch-time-travel',
  story: 'A member that was brought up to date by a snapshot tells its watchers everything in it once more [15271].',
  expect: breaks('watch'),
  rules: { goesOnFrom: (_next, compacted) => Math.max(1, compacted) },
  faults: cutOffMembers,
  snapshots: 20,
});

/** The place in the log is kept apart from the data that it belongs to, and ahead of it [13766]. */
export const etcdAppliedIndexAhead = etcdScenario({
  name: 'etcd-applied-index-ahead',
  story: 'A member that restarts takes one entry for applied whose effect its store does not have [13766].',
  expect: breaks('snapshot equality', 'commit monotonicity', 'members agree', 'linearizable key-value'),
  config: {
    raft: { snapshotThreshold: 20, trailing: 5 },
    raftRules: { appliedAfterRestart: (snapshot) => snapshot.index + 1 },
  },
});

export const etcdWatchEarlyBookmark = etcdWatchScenario({
  name: 'etcd-watch-early-bookmark',
  story: 'A member tells a watcher how far its store is, and not how far the watcher has been told [15220].',
  expect: breaks('watch'),
  rules: { isSynced: () => true },
  config: { watchWindow: 2 },
});

export const etcdWatchLosesDeletes = etcdWatchScenario({
  name: 'etcd-watch-loses-deletes',
  story: 'Compaction at the revision of a deletion forgets it, although a watch may still begin there [18089, 19179].',
  expect: breaks('watch', 'members agree'),
  rules: { keepsLast: ({ type }) => type === 'put' },
  compaction: 600_000,
});

export const etcdOldLeaderRevokes = etcdLeaseScenario({
  name: 'etcd-old-leader-revokes',
  story: 'A leader that was stalled finds leases expired that its successor has renewed, and has them revoked [17465].',
  expect: breaks('a trusted lease stays'),
  rules: { mayExpire: () => true },
  faults: pausedLeaders,
});

export const etcdUnconfirmedRenewal = etcdLeaseScenario({
  name: 'etcd-unconfirmed-renewal',
  story: 'A leader that was deposed and does not know it says that a lease was renewed [20616].',
  expect: breaks('a trusted lease stays'),
  rules: { confirmsRenewals: false },
  config: { raft: { checkQuorum: false } },
  faults: cutOffMembers,
});

export const etcdHastyLeader = etcdLeaseScenario({
  name: 'etcd-hasty-leader',
  story: 'A new leader takes it that leases which it has not measured itself are half over.',
  expect: breaks('a trusted lease stays'),
  rules: { restartsLeaseAt: (ttl) => Math.floor(ttl / 4) },
  faults: pausedLeaders,
});

export const etcdLockTrustedLease = etcdLockScenario({
  name: 'etcd-lock-trusted-lease',
  story:
    'A holder that was paused does not look at its lease; the transaction still refuses it, but two believe to hold.',
  expect: breaks('lock'),
  client: { checksLease: false },
  faults: pausedClients,
});

export const etcdLockWithoutGuard = etcdLockScenario({
  name: 'etcd-lock-without-guard',
  story:
    'A holder that was paused writes as if nothing had happened, and nothing checks that the lock is still its own.',
  expect: breaks('lock', 'no update is lost'),
  client: { checksLease: false, guards: false },
  faults: pausedClients,
});

export const etcdKnownBugs: readonly Scenario[] = [
  etcdRetriesWrites,
  etcdGuardAtProposal,
  etcdRevisionFromKeys,
  etcdWatchForgetsOnResume,
  etcdWatchRepeatsOnResume,
  etcdWatchSplitsRevisions,
  etcdWatchStarved,
  etcdWatchFuture,
  etcdWatchTimeTravel,
  etcdAppliedIndexAhead,
  etcdWatchEarlyBookmark,
  etcdWatchLosesDeletes,
  etcdOldLeaderRevokes,
  etcdUnconfirmedRenewal,
  etcdHastyLeader,
  etcdLockTrustedLease,
  etcdLockWithoutGuard,
];
