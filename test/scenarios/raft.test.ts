// Raft under the full swarm holds every promise; with any one rule broken, a property or check says so.
import { describe, expect, test } from 'vitest';
import { raftKnownBugs } from '../../scenarios/known-bugs/raft.ts';
import { raftKv } from '../../scenarios/raft.ts';
import { simulate } from '../../sim/index.ts';
import { breaks, expectClean, expectCleanAndLively, expectSeamKept, firstViolation, named, rerun } from './judged.ts';

/** Enough to meet every fault class many times; the nightly campaign runs many more. */
const cleanSeeds = 2_000;

describe('raft', () => {
  test(`is clean on ${cleanSeeds} seeds of the full swarm, and something happens in them`, () => {
    expect(expectCleanAndLively(raftKv, cleanSeeds)).toBeGreaterThan(cleanSeeds * 50);
  }, 900_000);

  test('keeps the rules of the seam, and debugging changes nothing', () => {
    for (let seed = 0; seed < 20; seed++) expectSeamKept(raftKv, { seed });
  });

  test('keeps what is safe when more than a minority is impaired', () => {
    expectClean(raftKv, 60, { parameters: { budget: 'over' } });
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
  test.each(named(raftKnownBugs))(
    '%s is found',
    (_name, scenario) => {
      const run = firstViolation(scenario, 400);
      const expected = breaks(scenario);
      expect(expected).toContain(run.findings[0]?.name);
      // The finding is the variant's: unbroken servers, whose clocks run as promised, have nothing of the kind to say in the same world.
      const { findings } = rerun(run, { ...raftKv, name: scenario.name }, { drift: 0 });
      const others = findings.map(({ name }) => name).filter((name) => expected.includes(name));
      expect({ seed: run.seed, others }).toEqual({ seed: run.seed, others: [] });
    },
    120_000,
  );
});
