// Guidance: what it makes are worlds within the scenario's own budget, its failures come with what made them, and coverage tells runs apart.
import { describe, expect, test } from 'vitest';
import { campaign, optionsOf } from '../../fuzz/index.ts';
import { Coverage, SeenFeatures } from '../../fuzz/coverage.ts';
import { mostImpaired } from '../../fuzz/impairment.ts';
import { findScenario } from '../../scenarios/index.ts';
import { seconds, simulate, type NearMiss, type TimedFault } from '../../sim/index.ts';

describe('a guided campaign', () => {
  test('of a scenario that holds finds nothing, and is the same each time', async () => {
    const scenario = findScenario('two-phase-commit');
    const guided = async (): Promise<object> => {
      const { hash, verdict, coverage, failures } = await campaign(scenario, { seeds: 150, guided: true });
      return { hash, verdict, coverage, failures };
    };
    const one = await guided();
    expect(one).toMatchObject({ verdict: 'valid', failures: [] });
    expect(await guided()).toEqual(one);
  });

  test('finds failures that are made again from what it keeps', async () => {
    const scenario = findScenario('two-phase-commit-forgotten-vote');
    const { failures } = await campaign(scenario, { seeds: 200, guided: true });
    const made = failures.filter((failure) => failure.case !== undefined);
    expect(made.length).toBeGreaterThan(0);
    for (const failure of made) {
      const run = simulate(scenario, optionsOf(failure.case!));
      expect({ hash: run.hash, verdict: run.verdict }).toEqual({ hash: failure.hash, verdict: failure.verdict });
    }
  });
});

test('coverage tells runs apart by what was noted, and equal runs not at all', () => {
  const scenario = findScenario('election');
  const featuresOf = (seed: number): readonly number[] => {
    const coverage = new Coverage();
    const run = simulate(scenario, { seed, onNote: coverage.note });
    return coverage.features(run.history);
  };
  expect(featuresOf(1)).toEqual(featuresOf(1));
  const seen = new SeenFeatures();
  expect(seen.takeNew(featuresOf(1)).length).toBeGreaterThan(3);
  expect(seen.takeNew(featuresOf(1))).toEqual([]);
  expect(seen.takeNew(featuresOf(2)).length).toBeGreaterThan(0);
});

test('listening to notes changes no run', () => {
  const scenario = findScenario('election');
  expect(simulate(scenario, { seed: 3, onNote: () => {} }).hash).toBe(simulate(scenario, { seed: 3 }).hash);
});

test('near misses are told without changing the run; each that is nearer than before is new', () => {
  const scenario = findScenario('raft');
  const coverage = new Coverage();
  const told: NearMiss[] = [];
  const onNear = (miss: NearMiss): void => (told.push(miss), coverage.near(miss));
  const options = { seed: 3, until: seconds(6) };
  expect(simulate(scenario, { ...options, onNear }).hash).toBe(simulate(scenario, options).hash);
  const durable = told.filter(({ property }) => property === 'quorum durability').map(({ distance }) => distance);
  expect(Math.min(...durable)).toBeGreaterThanOrEqual(0);
  expect(coverage.nearest.get('quorum durability')).toBe(Math.min(...durable));
  const seen = new SeenFeatures();
  seen.takeNew(coverage.features([]));
  coverage.near({ at: 0, property: 'quorum durability', distance: -1 });
  expect(seen.takeNew(coverage.features([]))).toHaveLength(1);
});

test('nodes are impaired at once only while their faults overlap', () => {
  const fault = (at: number, node: string, length: number): TimedFault => ({
    at,
    fault: { type: 'crash', node, for: length },
  });
  const most = (...faults: TimedFault[]): number => mostImpaired(faults, seconds(10));
  expect(most()).toBe(0);
  expect(most(fault(0, 'n1', 10), fault(10, 'n2', 10))).toBe(1);
  expect(most(fault(0, 'n1', 11), fault(10, 'n2', 10))).toBe(2);
  expect(most(fault(0, 'n1', 11), fault(5, 'n1', 10))).toBe(1);
  expect(
    most({
      at: 0,
      fault: {
        type: 'partition',
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ],
      },
    }),
  ).toBe(2);
  expect(most(fault(0, '@leader', 11), fault(5, '@leader', 10))).toBe(2);
});
