// Failure detection by gossip on many seeds: what should hold holds, each broken partner is found by what it names, and runs
// keep the rules of the seam.
import { describe, expect, test } from 'vitest';
import { swimKnownBugs } from '../../scenarios/known-bugs/swim.ts';
import { swimSpreads } from '../../scenarios/swim-spreads.ts';
import { swimScenarios } from '../../scenarios/swim.ts';
import { simulate, type Run, type Scenario } from '../../sim/index.ts';

const holding = [...swimScenarios, swimSpreads];
/** Worlds of twelve and of forty members cost more. */
const seedsOf = ({ name }: Scenario): number => (name === 'swim-late-acks' || name === 'swim-spreads' ? 12 : 150);

test.each(holding.map((scenario) => [scenario.name, scenario] as const))(
  '%s holds, and every "sometimes" is reached',
  (_name, scenario) => {
    const missed = new Map<string, boolean>();
    for (let seed = 1; seed <= seedsOf(scenario); seed++) {
      const run = simulate(scenario, { seed });
      expect(run.findings, `seed ${seed}`).toEqual([]);
      for (const { name, reached } of run.sometimes) missed.set(name, (missed.get(name) ?? true) && !reached);
    }
    expect([...missed].filter(([, isMissed]) => isMissed)).toEqual([]);
  },
  60_000,
);

describe.each(swimKnownBugs.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  test('is found within 30 seeds, by what it names', { timeout: 60_000 }, () => {
    const what = scenario.expect.type === 'breaks' ? scenario.expect.what : [];
    const found = firstFinding(scenario, 30);
    expect(found.findings.filter(({ verdict }) => verdict === 'invalid').map(({ name }) => name)).toEqual(
      expect.arrayContaining([...what]),
    );
  });
});

test.each([...holding, ...swimKnownBugs].map((scenario) => [scenario.name, scenario] as const))(
  '%s keeps the rules of the seam, and debugging changes nothing',
  (_name, scenario) => {
    const options = { seed: 2, ...(scenario.name === 'swim-late-acks' ? { until: 30_000_000 } : {}) };
    const debugged = simulate(scenario, { ...options, debug: true });
    const plain = simulate(scenario, options);
    expect(debugged.findings).toEqual(plain.findings);
    expect(debugged.hash).toBe(plain.hash);
  },
  60_000,
);

function firstFinding(scenario: Scenario, seeds: number): Run {
  for (let seed = 1; seed <= seeds; seed++) {
    const run = simulate(scenario, { seed });
    if (run.findings.some(({ verdict }) => verdict === 'invalid')) return run;
  }
  throw new Error(`${scenario.name} was not found within ${seeds} seeds`);
}
