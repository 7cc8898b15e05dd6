// Guidance: what it makes are worlds within the scenario's own budget, its failures come with what made them, and coverage tells runs apart.
import { describe, expect, test } from 'vitest';
import { campaign, optionsOf } from '../../fuzz/index.ts';
import { Coverage, SeenFeatures } from '../../fuzz/coverage.ts';
import { Guide } from '../../fuzz/guide.ts';
import { mostImpaired } from '../../fuzz/impairment.ts';
import { findScenario } from '../../scenarios/index.ts';
import { seconds, simulate, type HistoryEvent, type NearMiss, type TimedFault } from '../../sim/index.ts';

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

test('what is made stays within what the scenario itself draws: its kinds of faults, as many nodes at once, before it heals', () => {
  for (const name of ['election', 'two-phase-commit', 'lock']) {
    const scenario = findScenario(name);
    const guide = new Guide(scenario, {});
    const seen = new SeenFeatures();
    const drawn = { kinds: new Set<string>(), impaired: 0 };
    let changed = 0;
    for (let seed = 1; seed <= 120; seed++) {
      const made = guide.make(String(seed));
      const coverage = new Coverage();
      const run = simulate(scenario, { ...(made ?? { seed }), onNote: coverage.note, onNear: coverage.near });
      const impaired = mostImpaired(run.faults, run.healAt);
      if (made === undefined) {
        for (const { fault } of run.faults) drawn.kinds.add(fault.type);
        drawn.impaired = Math.max(drawn.impaired, impaired);
      } else {
        changed++;
        expect(run.faults.filter(({ fault }) => !drawn.kinds.has(fault.type))).toEqual([]);
        expect(impaired).toBeLessThanOrEqual(drawn.impaired);
        expect(run.faults.filter(({ at }) => at >= run.healAt)).toEqual([]);
      }
      const fresh = seen.takeNew(coverage.features(run.history));
      guide.learn(run, { fresh, nearest: coverage.nearest });
    }
    expect(changed).toBeGreaterThan(5);
  }
});

test('runs that reached nothing new teach nothing to change', () => {
  const scenario = findScenario('election');
  const guide = new Guide(scenario, {});
  const seeds = Array.from({ length: 100 }, (_, index) => String(index));
  const teach = (fresh: readonly number[]): void => {
    for (let seed = 1; seed <= 8; seed++) guide.learn(simulate(scenario, { seed }), { fresh, nearest: new Map() });
  };
  teach([]);
  expect(seeds.filter((seed) => guide.make(seed) !== undefined)).toEqual([]);
  teach([1]);
  expect(seeds.filter((seed) => guide.make(seed) !== undefined).length).toBeGreaterThan(5);
});

test('coverage counts what follows what, here and elsewhere, and how operations end; not that they begin', () => {
  const featuresOf = (...nodes: readonly string[]): number => {
    const coverage = new Coverage();
    for (const [place, node] of nodes.entries()) coverage.note({ at: place, node, kind: `k${place}`, data: {} });
    return coverage.features([]).length;
  };
  expect(featuresOf('a', 'a')).toBe(2); // k0, and k1 after it
  expect(featuresOf('a', 'b')).toBe(3); // k0, k1, and k1 elsewhere after k0
  const ends = (...types: readonly HistoryEvent['type'][]): number =>
    new Coverage().features(types.map((type) => ({ type, f: 'read' }) as HistoryEvent)).length;
  expect(ends('invoke')).toBe(0);
  expect(ends('invoke', 'ok', 'invoke', 'ok', 'invoke', 'fail')).toBe(2);
});

test('what was seen is remembered up to a bound, beyond which nothing is new', () => {
  const seen = new SeenFeatures();
  seen.takeNew(Array.from({ length: 1_000_000 }, (_, index) => index));
  expect(seen.takeNew([2_000_000])).toEqual([]);
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
  const deaf = { type: 'one-way' as const, from: ['n1'], to: ['n2', 'n3'] };
  expect(most({ at: 0, fault: deaf }, fault(seconds(9), 'n4', 10))).toBe(3); // what has no end lasts until all heals
  expect(most({ at: 0, fault: { ...deaf, for: 10 } }, fault(10, 'n4', 10))).toBe(2);
  const aimed: TimedFault = { at: 0, fault: { type: 'crash', node: 'n1', when: 'after-sync', for: seconds(1) } };
  expect(most(aimed, fault(1_999, 'n2', 10))).toBe(2); // nobody knows when it strikes
  expect(most(aimed, fault(2_000, 'n2', 10))).toBe(1);
  expect(most({ at: 0, fault: { type: 'disk-wipe', node: 'n1' } }, fault(5_000, 'n2', 10))).toBe(1);
});
