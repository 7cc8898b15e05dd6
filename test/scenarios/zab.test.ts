// Zab under the full swarm holds every promise; with any one rule broken, a property or check says so.
import { describe, expect, test } from 'vitest';
import { zabKnownBugs } from '../../scenarios/known-bugs/zab.ts';
import { zabBroadcast } from '../../scenarios/zab.ts';
import { simulate } from '../../sim/index.ts';
import { breaks, expectClean, expectCleanAndLively, expectSeamKept, firstViolation, named, rerun } from './judged.ts';

/** Enough to meet every fault class many times; the nightly campaign runs many more. */
const cleanSeeds = 2_000;

describe('zab', () => {
  test(`is clean on ${cleanSeeds} seeds of the full swarm, and something happens in them`, () => {
    expect(expectCleanAndLively(zabBroadcast, cleanSeeds)).toBeGreaterThan(cleanSeeds * 50);
  }, 1_200_000);

  test('keeps the rules of the seam, and debugging changes nothing', () => {
    for (let seed = 0; seed < 15; seed++) expectSeamKept(zabBroadcast, { seed });
  });

  test('keeps what is safe when more than a minority is impaired', () => {
    expectClean(zabBroadcast, 60, { parameters: { budget: 'over' } });
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
  test.each(named(zabKnownBugs))('%s is found', (_name, scenario) => {
    const run = firstViolation(scenario, 400);
    expect(breaks(scenario)).toContain(run.findings[0]?.name);
    // The finding is the variant's: with unbroken rules the same world is clean.
    const { findings } = rerun(run, { ...zabBroadcast, name: scenario.name }, { budget: 'over' });
    expect({ seed: run.seed, findings }).toEqual({ seed: run.seed, findings: [] });
  });
});
