// Writes of unknown outcome, which other checkers drown in: each of them may happen at any time, or never.
import { describe, expect, it } from 'vitest';
import { checkLinearizable, keyValue, register } from '../../checkers/index.ts';
import { concurrentHistory } from '../../bench/histories.ts';

describe.each([
  { values: 5, clients: 5 },
  { values: 1_000, clients: 5 },
  { values: 5, clients: 12 },
])('10,000 operations of $clients clients on $values values', ({ values, clients }) => {
  it.each([20, 50, 100])('with %i crashed writes are judged', (crashes) => {
    const right = concurrentHistory({ operations: 10_000, clients, values, crashes });
    const wrong = concurrentHistory({ operations: 10_000, clients, values, crashes, wrongAt: 9_000 });
    expect(checkLinearizable(right, register(), { engine: 'fast' }).verdict).toBe('valid');
    const { verdict, operations } = checkLinearizable(wrong, register(), { engine: 'fast' });
    expect(verdict).toBe('invalid');
    expect(operations.length).toBeGreaterThan(0);
  });
});

it('are judged key by key', () => {
  const options = { operations: 10_000, clients: 20, values: 50, crashes: 100, keys: 10 };
  expect(checkLinearizable(concurrentHistory(options), keyValue()).verdict).toBe('valid');
  expect(checkLinearizable(concurrentHistory({ ...options, wrongAt: 9_000 }), keyValue()).verdict).toBe('invalid');
});

it('50 clients and 100 crashed writes do not keep a right history from being explained', () => {
  const history = concurrentHistory({ operations: 10_000, clients: 50, values: 5, crashes: 100 });
  expect(checkLinearizable(history, register(), { engine: 'fast' }).verdict).toBe('valid');
});

it.each([0, 20, 50, 100])('%i crashed writes of 50 clients do not hide one wrong read', (crashes) => {
  const history = concurrentHistory({ operations: 10_000, clients: 50, values: 5, crashes, wrongAt: 9_000 });
  const { verdict, steps, operations } = checkLinearizable(history, register());
  expect(verdict).toBe('invalid');
  expect(operations).toHaveLength(1);
  expect(steps).toBeLessThan(2_000_000);
});

it.each([
  { engine: 'auto', operations: 1_000_000 },
  { engine: 'fast', operations: 300_000 },
] as const)(
  '$operations operations pass $engine without deep recursion',
  { timeout: 60_000 },
  ({ engine, operations }) => {
    const history = concurrentHistory({ operations, clients: 4, keys: 1_000 });
    expect(checkLinearizable(history, keyValue(), { engine }).verdict).toBe('valid');
  },
);
