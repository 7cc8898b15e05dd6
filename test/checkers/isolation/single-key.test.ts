// Transactions of one key each, judged by a search for an order: the same answers as isolation's where dependencies tell all,
// and the same as brute force where they do not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIsolation, checkLinearizable, listAppend, multiRegister } from '../../../checkers/index.ts';
import type { History } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';
import { smallHistories, type SmallTransaction } from './arbitrary-transactions.ts';
import { isSerializable } from './brute-force.ts';
import { inTurn, together } from './written-transactions.ts';

type Micros = readonly (readonly [string, string, Json])[];

/** What a history says of one key; transactions that do not touch it are left out. */
function onKey(history: History, key: string): History {
  return history
    .map((event) => ({ ...event, value: (event.value as unknown as Micros).filter(([, name]) => name === key) }))
    .filter(({ value }) => value.length > 0)
    .map((event, index) => ({ ...event, index, value: event.value as Json }));
}

function transactionsOn(transactions: readonly SmallTransaction[], key: string): readonly SmallTransaction[] {
  return transactions
    .map((one) => ({ ...one, micros: one.micros.filter(([, name]) => name === key) }))
    .filter(({ micros }) => micros.length > 0);
}

describe('transactions of a single key', () => {
  it('over lists are linearizable exactly if isolation calls them strictly serializable', () => {
    const histories = smallHistories({ workload: 'list-append', most: 6, lies: true, reader: true, endings: true });
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(histories, ({ history }) => {
        const projected = onKey(history, 'x');
        const expected = checkIsolation(projected, { workload: 'list-append' }).verdict;
        expect(checkLinearizable(projected, listAppend()).verdict).toBe(expected);
        seen[expected === 'valid' ? 'valid' : 'invalid'] += 1;
      }),
      { numRuns: 1_500, seed: 29 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(100);
  });

  it('over registers are linearizable exactly if some order that respects real time explains them', () => {
    const histories = smallHistories({
      workload: 'rw-register',
      most: 4,
      lies: true,
      reader: false,
      endings: true,
      isWild: true,
    });
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(histories, ({ history, transactions }) => {
        const projected = onKey(history, 'x');
        const expected = isSerializable(transactionsOn(transactions, 'x'), 'real time') ? 'valid' : 'invalid';
        expect(checkLinearizable(projected, multiRegister()).verdict).toBe(expected);
        const byDependencies = checkIsolation(projected, { workload: 'rw-register' }).verdict;
        if (byDependencies === 'invalid') expect(expected).toBe('invalid');
        seen[expected] += 1;
      }),
      { numRuns: 1_500, seed: 31 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(200);
  });

  it.each([
    ['valid', 'r x [1 1]'],
    ['invalid', 'r x [1]'],
  ])('may append an element twice, which leaves isolation in doubt: %s', (verdict, read) => {
    const history = inTurn('append x 1', 'append x 1', read);
    expect(checkLinearizable(history, listAppend()).verdict).toBe(verdict);
    if (verdict === 'valid') expect(checkIsolation(history).verdict).not.toBe('valid');
  });

  it('are judged key by key', () => {
    const history = inTurn('append x 1, r x [1]', 'append y 1', 'r y []', 'append x 2', 'r x [1 2]');
    const { partitions } = checkLinearizable(history, listAppend());
    expect(partitions.map(({ key, verdict }) => [key, verdict])).toEqual([
      ['x', 'valid'],
      ['y', 'invalid'],
    ]);
  });

  it('are told with what the list held', () => {
    const { reason } = checkLinearizable(inTurn('append x 1', 'append x 2', 'r x [1]'), listAppend());
    expect(reason).toContain('x held [1,2]');
  });
});

describe('transactions of several keys', () => {
  it('are judged together', () => {
    const history = together('r x nil, w y 1', 'r y nil, w x 1');
    const { verdict, partitions } = checkLinearizable(history, multiRegister());
    expect([verdict, partitions.length]).toEqual(['invalid', 1]);
  });

  it('may name a cell like what all objects have, and write nothing to it', () => {
    const history = inTurn('r constructor nil', 'w constructor 1', 'w constructor nil, r constructor nil');
    expect(checkLinearizable(history, multiRegister()).verdict).toBe('valid');
  });
});
