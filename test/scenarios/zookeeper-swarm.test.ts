// ZooKeeper's writes and quorum reads under the full swarm: thousands of seeds without a finding, in which everything happens.
import { expect, test } from 'vitest';
import { zooKeeperWrites } from '../../scenarios/zookeeper.ts';
import { expectCleanAndLively, expectSeamKept } from './judged.ts';

/** Enough to meet every fault class many times; the nightly campaign runs many more. */
const cleanSeeds = 2_000;

test(`ZooKeeper is clean on ${cleanSeeds} seeds of the full swarm, and something happens in them`, () => {
  expect(expectCleanAndLively(zooKeeperWrites, cleanSeeds)).toBeGreaterThan(cleanSeeds * 20);
}, 1_800_000);

test('it keeps the rules of the seam, and debugging changes nothing', () => {
  for (const seed of [1, 2, 3]) expectSeamKept(zooKeeperWrites, { seed });
});
