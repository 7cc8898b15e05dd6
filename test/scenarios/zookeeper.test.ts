// ZooKeeper's stories: what holds holds under every fault, what is said to break breaks, and each broken rule is caught by
// what it names, while the same world without the defect is clean.
import { describe, expect, test } from 'vitest';
import { repairedPartner, zooKeeperKnownBugs } from '../../scenarios/known-bugs/zookeeper.ts';
import { zooKeeperConfiguration, zooKeeperLock, zooKeeperLockOverlap } from '../../scenarios/zookeeper-recipes.ts';
import {
  zooKeeperDeposedSync,
  zooKeeperLocalReads,
  zooKeeperStaleReads,
  zooKeeperSyncReads,
} from '../../scenarios/zookeeper.ts';
import type { Scenario } from '../../sim/index.ts';
import { breaks, expectCleanAndLively, expectSeamKept, firstViolation, named, rerun } from './judged.ts';

const holding: readonly (readonly [Scenario, number])[] = [
  [zooKeeperLocalReads, 20],
  [zooKeeperSyncReads, 15],
  [zooKeeperLock, 20],
  [zooKeeperConfiguration, 20],
];

/** What too few seeds reach for a test of every day; the nightly campaign reaches them. */
const rare = new Set([
  'client refused happens',
  'session expires happens',
  'lost happens',
  'refused happens',
  'a learner is synchronized by TRUNC+DIFF',
  'a learner is synchronized by SNAP',
]);

describe.each(holding.map(([scenario, seeds]) => [scenario.name, scenario, seeds] as const))(
  '%s',
  (_name, scenario, seeds) => {
    test(`holds on ${seeds} seeds, and something happens in them`, () => {
      expect(expectCleanAndLively(scenario, seeds, rare)).toBeGreaterThan(seeds * 20);
    });

    test('keeps the rules of the seam, and debugging changes nothing', () => {
      expectSeamKept(scenario, { seed: 1 });
    });
  },
);

describe('what does not hold', () => {
  test.each(named([zooKeeperStaleReads, zooKeeperDeposedSync, zooKeeperLockOverlap]))(
    '%s is found by what it names',
    (_name, scenario) => {
      expect(breaks(scenario)).toContain(firstViolation(scenario, 60).findings[0]?.name);
    },
  );

  test('the store refuses the late write of a paused holder, whose belief overlaps with the next one’s', () => {
    const run = firstViolation(zooKeeperLockOverlap, 60);
    expect(rerun(run, { ...zooKeeperLock, name: zooKeeperLockOverlap.name }).findings).toEqual([]);
  });
});

describe('a broken rule', () => {
  test.each(named(zooKeeperKnownBugs))('%s is found', (_name, scenario) => {
    const run = firstViolation(scenario, 80);
    expect(breaks(scenario)).toContain(run.findings[0]?.name);
    const { findings } = rerun(run, repairedPartner(scenario)!);
    expect({ seed: run.seed, findings }).toEqual({ seed: run.seed, findings: [] });
  });
});
