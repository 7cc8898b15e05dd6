// The engines on histories that are too large for the oracle: they must agree, and the orders that they show must hold.
import { expect, it } from 'vitest';
import { casRegister, checkLinearizable, pairOperations, type Model, type Operation } from '../../checkers/index.ts';
import type { Json } from '../../sim/protocol.ts';
import { crowdedHistory } from './crowded-history.ts';
import { written } from './written-history.ts';

const cases = [
  { functions: ['read', 'write'], clients: 8, values: 3, crashes: 0 },
  { functions: ['read', 'write'], clients: 8, values: 4, crashes: 20 },
  { functions: ['read', 'read', 'write'], clients: 12, values: 8, crashes: 10 },
  { functions: ['read', 'write', 'write'], clients: 5, values: 40, crashes: 15 },
  { functions: ['read', 'write', 'cas'], clients: 6, values: 3, crashes: 10 },
];

it.each(cases)('all engines agree on $functions by $clients clients, $values values, $crashes % crashed', (options) => {
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  for (let seed = 0; seed < 250; seed += 1) {
    const history = crowdedHistory({ ...options, seed, operations: 60, lies: 5 * (seed % 4) });
    const model = casRegister();
    const { verdict, partitions } = checkLinearizable(history, model, { engine: 'fast', witness: true });
    seen[verdict] += 1;
    expect([seed, checkLinearizable(history, model, { engine: 'wgl' }).verdict]).toEqual([seed, verdict]);
    expect([seed, checkLinearizable(history, model).verdict]).toEqual([seed, verdict]);
    const [part] = partitions;
    if (part?.verdict === 'valid') expectOrder(part.order!, pairOperations(history), model);
  }
  expect(seen.valid).toBeGreaterThan(40);
  expect(seen.invalid).toBeGreaterThan(40);
});

it('a write that never returned can restore what a hidden one had replaced', () => {
  const history = written([
    [1, 'invoke', 'write', 0],
    [1, 'ok', 'write', 0],
    [2, 'invoke', 'write', 1],
    [3, 'invoke', 'write', 0], // after the write of 1, and before the cas
    [4, 'invoke', 'cas', [0, 2]],
    [4, 'ok', 'cas', [0, 2]],
    [2, 'ok', 'write', 1],
    [4, 'invoke', 'cas', [2, 0]],
    [4, 'ok', 'cas', [2, 0]],
  ]);
  for (const engine of ['fast', 'wgl', 'auto'] as const) {
    expect(checkLinearizable(history, casRegister(), { engine }).verdict).toBe('valid');
  }
});

function expectOrder(order: readonly number[], operations: readonly Operation[], model: Model<Json>): void {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  expect(new Set(order).size).toBe(order.length);
  let state = model.init;
  let latest = -1; // the latest call so far: nothing may follow that had returned before
  for (const id of order) {
    const operation = byId.get(id)!;
    const step = model.step(state, operation);
    if (step.type === 'refused') expect.fail(`${model.describe(operation)} does not follow: ${step.reason()}`);
    state = step.state;
    expect(operation.returned?.index ?? Infinity).toBeGreaterThan(latest);
    latest = Math.max(latest, operation.called.index);
  }
  const completed = operations.filter(({ type }) => type === 'ok').map(({ id }) => id);
  expect(order).toEqual(expect.arrayContaining(completed));
}
