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
import { simulate, type Run, type Scenario } from '../../sim/index.ts';

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
      const reached = new Map<string, number>();
      let acknowledged = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const run = simulate(scenario, { seed });
        expect({ seed, findings: run.findings }).toEqual({ seed, findings: [] });
        for (const { name, reached: isReached } of run.sometimes)
          reached.set(name, (reached.get(name) ?? 0) + Number(isReached));
        acknowledged += run.history.filter(({ type }) => type === 'ok').length;
      }
      expect([...reached].filter(([name, runs]) => runs === 0 && !rare.has(name))).toEqual([]);
      expect(acknowledged).toBeGreaterThan(seeds * 20);
    });

    test('keeps the rules of the seam, and debugging changes nothing', () => {
      for (const seed of [1]) {
        const debugged = simulate(scenario, { seed, debug: true });
        expect(debugged.findings).toEqual([]);
        expect(debugged.hash).toBe(simulate(scenario, { seed }).hash);
      }
    });
  },
);

describe('what does not hold', () => {
  test.each(
    [zooKeeperStaleReads, zooKeeperDeposedSync, zooKeeperLockOverlap].map(
      (scenario) => [scenario.name, scenario] as const,
    ),
  )('%s is found by what it names', (_name, scenario) => {
    const { run } = firstViolation(scenario, 60);
    expect(namesOf(scenario)).toContain(run.findings[0]?.name);
  });

  test('the store refuses the late write of a paused holder, whose belief overlaps with the next one’s', () => {
    const { seed, run } = firstViolation(zooKeeperLockOverlap, 60);
    const { parameters, faults, workload } = run;
    const fenced = simulate(
      { ...zooKeeperLock, name: zooKeeperLockOverlap.name },
      { seed, parameters, faults, workload },
    );
    expect(fenced.findings).toEqual([]);
  });
});

describe('a broken rule', () => {
  test.each(zooKeeperKnownBugs.map((scenario) => [scenario.name, scenario] as const))(
    '%s is found',
    (_name, scenario) => {
      const { seed, run } = firstViolation(scenario, 80);
      expect(namesOf(scenario)).toContain(run.findings[0]?.name);
      const partner = repairedPartner(scenario)!;
      const { parameters, faults, workload } = run;
      const clean = simulate(partner, { seed, parameters, faults, workload });
      expect({ seed, findings: clean.findings }).toEqual({ seed, findings: [] });
    },
  );
});

function namesOf({ expect: expectation }: Scenario): readonly string[] {
  return expectation.type === 'breaks' ? expectation.what : [];
}

function firstViolation(scenario: Scenario, limit: number): { readonly seed: number; readonly run: Run } {
  for (let seed = 0; seed < limit; seed++) {
    const run = simulate(scenario, { seed });
    if (run.verdict === 'invalid') return { seed, run };
  }
  throw new Error(`no violation of ${scenario.name} in ${limit} seeds`);
}
