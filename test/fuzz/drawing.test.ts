// Drawing with fast-check: every draw is a world that the simulator takes, within the budget, and the same for the same seed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  drawCase,
  faultsArbitrary,
  networkArbitrary,
  parametersArbitrary,
  sharpFault,
  workloadArbitrary,
} from '../../fuzz/drawing.ts';
import { mostImpaired } from '../../fuzz/impairment.ts';
import { findScenario } from '../../scenarios/index.ts';
import { parseFaults, resolveParameters, seconds, simulate, type Setting, type TimedFault } from '../../sim/index.ts';

const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
const setting: Setting = { nodes, clients: ['c1', 'c2'], roles: ['leader'], until: seconds(8), healAt: seconds(6) };
const known = { nodes: [...nodes, 'c1', 'c2'], roles: ['leader'] };

describe('what is drawn', () => {
  test('are faults of this world, before it heals, of a minority at a time', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(faultsArbitrary(setting), (faults) => {
        parseFaults(faults, known);
        expect(faults.every(({ at }) => at < setting.healAt)).toBe(true);
        expect(mostImpaired(faults, setting.healAt)).toBeLessThanOrEqual(2);
        for (const { fault } of faults) kinds.add(fault.type);
      }),
      { numRuns: 200, seed: 1 },
    );
    expect(kinds.size).toBeGreaterThan(20);
  });

  test('are schedules that fast-check shrinks to the one fault that matters, and to none where none does', () => {
    const shrunk = (isFine: (faults: readonly TimedFault[]) => boolean): readonly TimedFault[] | undefined =>
      fc.check(fc.property(faultsArbitrary(setting), isFine), { numRuns: 200, seed: 1 }).counterexample?.[0];
    const isPause = ({ fault }: TimedFault): boolean => fault.type === 'pause';
    const [only, ...others] = shrunk((faults) => !faults.some(isPause)) ?? [];
    expect(only?.fault.type).toBe('pause');
    expect(others).toEqual([]);
    expect(shrunk(() => false)).toEqual([]);
  });

  test('are sharp faults: aimed crashes, and leaders that are cut off or stand still', () => {
    const drawn = fc.sample(sharpFault(setting), { numRuns: 200, seed: 1 });
    parseFaults(drawn, known);
    expect(drawn.every(({ at }) => at < setting.healAt)).toBe(true);
    const texts = drawn.map((timed) => JSON.stringify(timed));
    for (const sharp of [/"when":"before-sync"/, /"isolate","node":"@leader"/, /"pause","node":"n\d"/]) {
      expect(texts.some((text) => sharp.test(text))).toBe(true);
    }
  });

  test('are operations in order, networks, and knobs that a scenario takes', () => {
    const raft = findScenario('raft');
    const operations = workloadArbitrary(setting, (serial) => fc.constant({ f: 'write', value: ['k', serial] }));
    fc.assert(
      fc.property(operations, parametersArbitrary(raft), networkArbitrary(), (workload, parameters, network) => {
        expect(workload.map(({ id }) => id)).toEqual(workload.map((_, index) => index));
        const times = workload.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
        expect(resolveParameters(raft, parameters, '1')).toEqual(parameters);
        expect(network.latency).toBeDefined();
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test('is a case for each seed that runs, the same each time', () => {
    const election = findScenario('election');
    const hashes = [1, 2, 3, 4, 5].map((seed) => {
      const drawn = drawCase(election, seed);
      expect(drawCase(election, seed)).toEqual(drawn);
      return simulate(election, drawn).hash;
    });
    expect(new Set(hashes).size).toBe(5);
  });
});
