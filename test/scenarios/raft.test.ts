// Raft under the full swarm holds every promise; with any one rule broken, a property or check says so.
import { describe, expect, test } from 'vitest';
import { raftKnownBugs } from '../../scenarios/known-bugs/raft.ts';
import { raftKv } from '../../scenarios/raft.ts';
import { simulate, type Run, type Scenario } from '../../sim/index.ts';

/** Enough to meet every fault class many times; the nightly campaign runs many more. */
const cleanSeeds = 2_000;

describe('raft', () => {
  test(`is clean on ${cleanSeeds} seeds of the full swarm, and something happens in them`, () => {
    const reached = new Set<string>();
    let acknowledged = 0;
    for (let seed = 0; seed < cleanSeeds; seed++) {
      const run = simulate(raftKv, { seed });
      expect({ seed, findings: run.findings }).toEqual({ seed, findings: [] });
      for (const { name, reached: isReached } of run.sometimes) if (isReached) reached.add(name);
      acknowledged += run.history.filter(({ type }) => type === 'ok').length;
    }
    expect([...reached]).toEqual(
      raftKv
        .world(run0().parameters)
        .properties.filter(isSometimes)
        .map(({ name }) => name),
    );
    expect(acknowledged).toBeGreaterThan(cleanSeeds * 50);
  }, 900_000);

  test('keeps the rules of the seam: frozen messages, plain states, no promises', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect({ seed, findings: simulate(raftKv, { seed, debug: true }).findings }).toEqual({ seed, findings: [] });
    }
  });

  test('keeps what is safe when more than a minority is impaired', () => {
    for (let seed = 0; seed < 60; seed++) {
      const { findings } = simulate(raftKv, { seed, parameters: { budget: 'over' } });
      expect({ seed, findings }).toEqual({ seed, findings: [] });
    }
  });

  test('runs alone, in even clusters, and without faults', () => {
    for (const nodes of [1, 2, 4, 9]) {
      const parameters = { nodes, swarm: false, network: 'lan', membership: 'none' };
      const { findings, history } = simulate(raftKv, { seed: 1, parameters });
      expect({ nodes, findings }).toEqual({ nodes, findings: [] });
      expect(history.some(({ type, f }) => type === 'ok' && f === 'read')).toBe(true);
    }
  });
});

describe('a broken rule of raft', () => {
  test.each(raftKnownBugs.map((scenario) => [scenario.name, scenario] as const))(
    '%s is found',
    (_name, scenario) => {
      const { seed, run } = firstViolation(scenario, 400);
      expect(scenario.expect.type).toBe('breaks');
      const expected = scenario.expect.type === 'breaks' ? scenario.expect.what : [];
      expect(expected).toEqual(expect.arrayContaining([run.findings[0]?.name]));
      // The finding is the variant's: with the paper's rules the same world has nothing of the kind to say.
      const others = withoutVariant(scenario, run).findings.map(({ name }) => name);
      expect({ seed, others: others.filter((name) => expected.includes(name)) }).toEqual({ seed, others: [] });
    },
    120_000,
  );
});

function run0(): Run {
  return simulate(raftKv, { seed: 0 });
}

function isSometimes(property: { readonly type: string }): boolean {
  return property.type === 'sometimes';
}

function firstViolation(scenario: Scenario, limit: number): { seed: number; run: Run } {
  for (let seed = 0; seed < limit; seed++) {
    const run = simulate(scenario, { seed });
    if (run.verdict === 'invalid') return { seed, run };
  }
  throw new Error(`no violation of ${scenario.name} in ${limit} seeds`);
}

/** The same faults and operations with unbroken servers, whose clocks run as they were promised to. */
function withoutVariant(scenario: Scenario, run: Run): Run {
  const { seed, faults, workload } = run;
  const parameters = { ...run.parameters, drift: 0 };
  return simulate({ ...raftKv, name: scenario.name }, { seed, parameters, faults, workload });
}
