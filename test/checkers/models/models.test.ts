// Every model: what a right object answers passes, what no right one can answer is caught, and brute force agrees.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../../checkers/linearizability.ts';
import type { Model } from '../../../checkers/model.ts';
import { counter } from '../../../checkers/models/counter.ts';
import { fifoQueue } from '../../../checkers/models/fifo-queue.ts';
import { leaderRegister } from '../../../checkers/models/leader-register.ts';
import { mutex } from '../../../checkers/models/lock.ts';
import { multiRegister } from '../../../checkers/models/multi-register.ts';
import { priorityQueue } from '../../../checkers/models/priority-queue.ts';
import { semaphore } from '../../../checkers/models/semaphore.ts';
import { set } from '../../../checkers/models/set.ts';
import { HistoryError, pairOperations } from '../../../checkers/operations.ts';
import type { Json } from '../../../sim/protocol.ts';
import { hasOrder, split } from '../brute-force.ts';
import { written, type Line } from '../written-history.ts';
import { drawnHistory } from './drawn-history.ts';
import { modelCases, type Told } from './model-cases.ts';

const inTurn = (told: readonly Told[]) =>
  written(
    told.flatMap(([client, f, value, result]): Line[] => [
      [client, 'invoke', f, value],
      [client, 'ok', f, result],
    ]),
  );

describe.each(modelCases)('the model $model.name', ({ model, reference, planted }) => {
  it('accepts whatever a right implementation answers', () => {
    fc.assert(
      fc.property(drawnHistory(reference, { operations: 12 }), (history) => {
        const { verdict, reason } = checkLinearizable(history, model);
        expect([verdict, reason]).toEqual(['valid', '']);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it.each(planted)('refuses what cannot be: %s', (why, told) => {
    const { verdict, reason, operations } = checkLinearizable(inTurn(told), model);
    expect(verdict).toBe('invalid');
    expect(reason).toContain(why);
    expect(operations.length).toBeGreaterThan(0);
  });

  it('is judged as brute force judges it when some answers are those of others', () => {
    fc.assert(
      fc.property(drawnHistory(reference, { operations: 6, lies: true }), (history) => {
        const operations = pairOperations(history);
        if (operations.some((operation) => model.fault?.(operation) !== undefined)) return;
        const expected = split(operations, model).every((part) => hasOrder(part, model)) ? 'valid' : 'invalid';
        expect(checkLinearizable(history, model).verdict).toBe(expected);
      }),
      { numRuns: 500, seed: 5 },
    );
  });
});

describe('a model that does not understand a call', () => {
  it.each([
    [fifoQueue(), [1, 'push', 1, 1], 'expected one of enqueue, enq, dequeue, deq, peek, found push'],
    [priorityQueue(), [1, 'insert', 'x', null], 'expected a number to insert, found "x"'],
    [set(), [1, 'read', null, 3], 'expected a list of elements as the result of read, found 3'],
    [set(), [1, 'contains', 1, null], 'expected true or false as the result of contains, found null'],
    [counter(), [1, 'add', 'x', null], 'expected a number to add, found "x"'],
    [counter(), [1, 'read', null, 'x'], 'expected a number as the result of read, found "x"'],
    [multiRegister(), [1, 'txn', [['r', 'x']], null], 'expected a list of ["r", key, value]'],
    [multiRegister(), [1, 'txn', [['r', 'x', null]], []], 'that answers [["r","x",null]], found []'],
    [semaphore(1), [1, 'acquire', { permits: 0 }, null], 'expected a positive whole number of permits, found 0'],
    [mutex(), [1, 'acquire', { lease: -1 }, null], 'expected a lease of 0 µs or more, found -1'],
    [leaderRegister(), [1, 'elect', 'a', null], 'expected [term, leader] as the argument of elect, found "a"'],
  ] as readonly (readonly [Model<Json>, Told, string])[])('$name says so', (model, told, message) => {
    expect(() => checkLinearizable(inTurn([told]), model)).toThrow(HistoryError);
    expect(() => checkLinearizable(inTurn([told]), model)).toThrow(message);
  });

  it('is the semaphore without permits', () => {
    expect(() => semaphore(0)).toThrow('expected a positive integer as the number of permits, found 0');
  });
});
