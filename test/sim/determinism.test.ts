// The same seed gives the same run: in one process twice, with the trace and without, and whatever else is left out.
import { describe, expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { simulate, type Scenario } from '../../sim/index.ts';
import { rows } from './world.ts';

const names = ['ping-pong', 'counter', 'gossip', 'election', 'two-phase-commit', 'lock'];

describe.each(names)('%s', (name) => {
  const scenario: Scenario = findScenario(name);

  test('has equal hashes for equal seeds, and different ones for different seeds', () => {
    const hashes = [1, 2, 3, 1, 2, 3].map((seed) => simulate(scenario, { seed }).hash);
    expect(hashes.slice(3)).toEqual(hashes.slice(0, 3));
    expect(new Set(hashes).size).toBe(3);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);
  });

  test('has the same hash with its trace and without, judged and not judged', () => {
    const { hash, events } = simulate(scenario, { seed: 7 });
    for (const options of [{ trace: true }, { fingerprints: true }, { judge: false }, { trace: true, debug: true }]) {
      const again = simulate(scenario, { seed: 7, ...options });
      expect([again.hash, again.events]).toEqual([hash, events]);
    }
  });

  test('runs the same from the faults and the workload that a run reports as from its seed', () => {
    const drawn = simulate(scenario, { seed: 5 });
    const { faults, workload, parameters, until } = JSON.parse(JSON.stringify(drawn)) as typeof drawn;
    expect(simulate(scenario, { seed: 5, faults, workload, parameters, until }).hash).toBe(drawn.hash);
  });
});

test('two interleaved simulations do not disturb each other', async () => {
  const { Simulation } = await import('../../sim/index.ts');
  const scenario = findScenario('lock');
  const [one, other] = [new Simulation(scenario, { seed: 1 }), new Simulation(scenario, { seed: 2 })];
  for (let going = 2; going > 0;) going = Number(one.step()) + Number(other.step());
  expect([one.finish().hash, other.finish().hash]).toEqual([1, 2].map((seed) => simulate(scenario, { seed }).hash));
});

test('fingerprints show the first event at which two runs part', () => {
  const scenario = findScenario('counter');
  const drawn = simulate(scenario, { seed: 5, fingerprints: true });
  const without = drawn.faults.slice(0, -1);
  const shrunk = simulate(scenario, { seed: 5, fingerprints: true, faults: without });
  const [long = [], short = []] = [drawn.fingerprints, shrunk.fingerprints];
  const parted = long.findIndex((bits, event) => bits !== short[event]);
  expect(parted).toBeGreaterThan(0);
  expect(parted).toBeLessThan(Math.min(long.length, short.length));
});

test('leaving one fault out moves nothing that happened before it', () => {
  const scenario = findScenario('two-phase-commit');
  const drawn = simulate(scenario, { seed: 9, trace: true });
  const last = drawn.faults.at(-1);
  const without = simulate(scenario, { seed: 9, trace: true, faults: drawn.faults.slice(0, -1) });
  const before = (run: typeof drawn): unknown[] =>
    rows(run)
      .filter(({ time }) => time < (last?.at ?? 0))
      .map(({ time, kind, node, peer, payload }) => [time, kind, node, peer, payload]);
  expect(before(without)).toEqual(before(drawn));
});

test('a run that reaches its bound of events says so', () => {
  const run = simulate(findScenario('lock'), { seed: 1, maxEvents: 500 });
  expect(run.events).toBe(500);
  expect(run.verdict).toBe('unknown');
  expect(run.findings.map(({ name }) => name)).toContain('event bound');
});
