// Failure detection by gossip on many seeds: what should hold holds, each broken partner is found by what it names, and runs
// keep the rules of the seam.
import { describe, expect, test } from 'vitest';
import { swimBugs, swimKnownBugs } from '../../scenarios/known-bugs/swim.ts';
import { swimSpreads } from '../../scenarios/swim-spreads.ts';
import { swimScenarios } from '../../scenarios/swim.ts';
import { breaks, expectCleanAndLively, expectSeamKept, firstViolation, named, rerun, violated } from './judged.ts';

const holding = [...swimScenarios, swimSpreads];
/** Worlds of a dozen members and more cost more. */
const big = new Set(['swim-late-acks', 'swim-spreads', 'swim-accurate', 'swim-wrong-relay']);

describe('failure detection by gossip', () => {
  test.each(named(holding))('%s holds, and every "sometimes" is reached', { timeout: 60_000 }, (name, scenario) => {
    expectCleanAndLively(scenario, big.has(name) ? 12 : 150);
  });

  test.each(named([...holding, ...swimKnownBugs]))(
    '%s keeps the rules of the seam, and debugging changes nothing',
    { timeout: 60_000 },
    (name, scenario) => expectSeamKept(scenario, { seed: 2, ...(big.has(name) ? { until: 30_000_000 } : {}) }),
  );
});

describe('a broken rule of failure detection', () => {
  test.each(swimBugs.map((bug) => [bug.scenario.name, bug] as const))(
    '%s is found by what it names, and the same world without it is clean',
    { timeout: 60_000 },
    (_name, { scenario, partner }) => {
      const run = firstViolation(scenario, 60);
      expect(violated(run)).toEqual(expect.arrayContaining([...breaks(scenario)]));
      const unbroken = holding.filter(({ name }) => name === partner);
      expect(unbroken.map((one) => rerun(run, one).findings)).toEqual([[]]);
    },
  );
});
