// Zab under the full swarm holds every promise; with any one rule broken, a property or check says so.
import { describe, expect, test } from 'vitest';
import { zabKnownBugs } from '../../scenarios/known-bugs/zab.ts';
import { zabBroadcast } from '../../scenarios/zab.ts';
import { simulate, type Run, type Scenario } from '../../sim/index.ts';

/** Enough to meet every fault class many times; the nightly campaign runs many more. */
const cleanSeeds = 2_000;

describe('zab', () => {
  test(`is clean on ${cleanSeeds} seeds of the full swarm, and something happens in them`, () => {
    const reached = new Set<string>();
    let acknowledged = 0;
    for (let seed = 0; seed < cleanSeeds; seed++) {
      const run = simulate(zabBroadcast, { seed });
      expect({ seed, findings: run.findings }).toEqual({ seed, findings: [] });
      for (const { name, reached: isReached } of run.sometimes) if (isReached) reached.add(name);
      acknowledged += run.history.filter(({ type }) => type === 'ok').length;
    }
    const { parameters } = simulate(zabBroadcast, { seed: 0 });
    const sometimes = zabBroadcast.world(parameters).properties.filter(({ type }) => type === 'sometimes');
    expect(sometimes.length).toBeGreaterThan(3);
    expect([...reached].sort()).toEqual(sometimes.map(({ name }) => name).sort());
    expect(acknowledged).toBeGreaterThan(cleanSeeds * 50);
  }, 1_200_000);

  test('keeps the rules of the seam: frozen messages, plain states, no promises', () => {
    for (let seed = 0; seed < 15; seed++) {
      expect({ seed, findings: simulate(zabBroadcast, { seed, debug: true }).findings }).toEqual({
        seed,
        findings: [],
      });
    }
  });

  test('keeps what is safe when more than a minority is impaired', () => {
    for (let seed = 0; seed < 60; seed++) {
      const { findings } = simulate(zabBroadcast, { seed, parameters: { budget: 'over' } });
      expect({ seed, findings }).toEqual({ seed, findings: [] });
    }
  });

  test('runs alone, in even ensembles, with observers, and without faults', () => {
    for (const voters of [1, 2, 4, 7]) {
      for (const observers of [0, 2]) {
        const parameters = { voters, observers, swarm: false, network: 'lan' };
        const { findings, history } = simulate(zabBroadcast, { seed: 1, parameters });
        expect({ voters, observers, findings }).toEqual({ voters, observers, findings: [] });
        expect(history.filter(({ type, f }) => type === 'ok' && f === 'write').length).toBeGreaterThan(5);
      }
    }
  });
});

describe('a broken rule of zab', () => {
  test.each(zabKnownBugs.map((scenario) => [scenario.name, scenario] as const))('%s is found', (_name, scenario) => {
    const { seed, run } = firstViolation(scenario, 400);
    const expected = scenario.expect.type === 'breaks' ? scenario.expect.what : [];
    expect(expected).toContain(run.findings[0]?.name);
    // The finding is the variant's: with unbroken rules the same world is clean.
    expect({ seed, findings: withoutVariant(scenario, run).findings }).toEqual({ seed, findings: [] });
  });
});

function firstViolation(scenario: Scenario, limit: number): { seed: number; run: Run } {
  for (let seed = 0; seed < limit; seed++) {
    const run = simulate(scenario, { seed });
    if (run.verdict === 'invalid') return { seed, run };
  }
  throw new Error(`no violation of ${scenario.name} in ${limit} seeds`);
}

/** The same parameters, faults and operations with unbroken servers. */
function withoutVariant(scenario: Scenario, run: Run): Run {
  const { seed, parameters, faults, workload } = run;
  return simulate(
    { ...zabBroadcast, name: scenario.name },
    { seed, parameters: { ...parameters, budget: 'over' }, faults, workload },
  );
}
