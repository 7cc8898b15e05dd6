// Two runs side by side: where they part, and which of their inputs differ.
import { expect, test } from 'vitest';
import { differentInputs, partingOf, simulate, type Run, type SimulateOptions } from '../../sim/index.ts';
import { findScenario } from '../../scenarios/index.ts';

const run = (options: Partial<SimulateOptions> = {}): Run =>
  simulate(findScenario('counter'), { seed: 7, trace: true, ...options });

test('equal runs do not part', () => {
  expect(partingOf(run(), run())).toBeUndefined();
  expect(differentInputs(run(), run())).toEqual([]);
});

test('runs part at the first event that differs, after common lines', () => {
  const one = run();
  const changed = one.workload.map((operation, index) =>
    index === 60 ? { ...operation, at: operation.at + 1 } : operation,
  );
  const other = run({ workload: changed });
  const parting = partingOf(one, other);
  expect(parting).toBeDefined();
  expect(parting!.time).toBe(one.workload[60]!.at);
  expect(parting!.one).toContain(`invoke ${one.workload[60]!.f}`);
  expect(parting!.other).toBeDefined();
  expect(parting!.other).not.toBe(parting!.one);
  expect(parting!.before).toHaveLength(5);
  expect(differentInputs(one, other)).toEqual(['workload']);
});

test('a run that is longer parts from the shorter one where that ends', () => {
  const parting = partingOf(run(), run({ maxEvents: 200 }));
  expect(parting!.one).toBeDefined();
  expect(parting!.event).toBe(200);
});

test('inputs are told by their names', () => {
  expect(differentInputs(run(), run({ seed: 8, parameters: { reads: 10 } }))).toEqual([
    'seed',
    'parameters.reads',
    'faults',
    'workload',
  ]);
});

test('a run without a trace cannot be compared', () => {
  expect(() => partingOf(run(), run({ trace: false }))).toThrow('both runs need a trace');
});
