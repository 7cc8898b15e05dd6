// A lock on a single Redis server: safe as long as the server keeps what it has answered, and gone when a replica that never heard of
// it takes over (redis.io, "Why failover-based implementations are not enough").
import { ms, seconds, type Scenario, type TimedFault } from '../sim/index.ts';
import { redlockScenario, type RedlockFaults } from './redlock.ts';
import { greedy } from './redlock-workloads.ts';

export const redisLock = redlockScenario({
  name: 'redis-lock',
  story: 'One server that syncs its file before each answer gives the lock; while it is away nobody gets it.',
  expect: { type: 'holds' },
  fixed: { instances: 1, parallel: false },
});

/** The replica does not hear the last of its primary before that crashes; when it comes back it is the replica. */
const unheardPrimary: RedlockFaults = (random, { nodes, healAt }) => {
  const schedule: TimedFault[] = [];
  let [primary = '', replica = ''] = nodes;
  // The last failover is over before the world heals: a primary that is back too soon would find its replica still one.
  for (
    let at = random.between(ms(500), seconds(2));
    at + seconds(3) < healAt;
    at += random.between(ms(2_500), seconds(4))
  ) {
    schedule.push({ at, fault: { type: 'one-way', from: [primary], to: [replica], for: ms(600) } });
    const crashed = at + random.between(ms(200), ms(500));
    schedule.push({
      at: crashed,
      fault: { type: 'crash', node: primary, for: random.between(seconds(1), seconds(2)) },
    });
    [primary, replica] = [replica, primary];
  }
  return schedule;
};

/** The lock on a primary whose replica takes over [L17]: whoever answers as the primary gives it. */
export const redisLockFailover = redlockScenario({
  name: 'redis-lock-failover',
  story: 'A primary answers and crashes before its replica has heard of the lock; the replica gives it to another.',
  expect: { type: 'breaks', what: ['lock'] },
  fixed: { instances: 2, parallel: false, ttl: seconds(2) },
  rules: { isQuorum: (count) => count >= 1 },
  servers: (_world, place) => ({
    replicaOf: place === 0 ? null : 'r1',
    rejoins: place === 0 ? 'r2' : 'r1',
    replPing: ms(100),
    failoverAfter: ms(600),
  }),
  workload: greedy,
  faults: unheardPrimary,
});

export const redisLockStories: readonly Scenario[] = [redisLock, redisLockFailover];
