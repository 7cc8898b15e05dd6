// Values that are written more than once: nobody can tell whose write was read, so that they prove nothing by themselves.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIsolation } from '../../../checkers/index.ts';
import type { History } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';
import { smallHistories, type SmallTransaction } from './arbitrary-transactions.ts';
import { isSerializable } from './brute-force.ts';
import { inTurn } from './written-transactions.ts';

type Micro = readonly [string, string, Json];

/** The micro-operation with numbers from a few only. */
function folded([f, key, value]: Micro): Micro {
  if (typeof value === 'number') return [f, key, value % 3];
  return [f, key, Array.isArray(value) ? value.map((element) => (element as number) % 3) : value];
}

const foldHistory = (history: History): History =>
  history.map((event) => ({ ...event, value: (event.value as unknown as readonly Micro[]).map(folded) }));

const foldAll = (transactions: readonly SmallTransaction[]) =>
  transactions.map((one) => ({ ...one, micros: one.micros.map(folded) }));

describe('values that are written twice', () => {
  it.each(['list-append', 'rw-register'] as const)(
    'never make a %s history invalid that some order explains',
    (workload) => {
      const histories = smallHistories({ workload, most: 4, lies: true, reader: false, endings: true });
      const seen = { valid: 0, invalid: 0, unknown: 0 };
      fc.assert(
        fc.property(histories, ({ transactions, history }) => {
          const { verdict, reason } = checkIsolation(foldHistory(history), { workload });
          const isExplained = isSerializable(foldAll(transactions), 'real time');
          if (verdict === 'invalid') expect([isExplained, reason]).toEqual([false, reason]);
          if (verdict === 'valid' && workload === 'list-append') expect(isExplained).toBe(true);
          seen[verdict] += 1;
        }),
        { numRuns: 2_500, seed: 37 },
      );
      expect(Math.min(seen.invalid, seen.unknown)).toBeGreaterThan(50);
    },
  );

  it('leave what is wrong with other keys', () => {
    const { verdict, reason } = checkIsolation(inTurn('append x 1', 'append x 1', 'r x [1 1]', 'append y 1', 'r y []'));
    expect(verdict).toBe('invalid');
    expect(reason).not.toContain(' x ');
  });

  it('leave a doubt where nothing else is wrong', () => {
    const { verdict, reason } = checkIsolation(inTurn('append x 1', 'append x 1', 'r x [1 1]'));
    expect(verdict).toBe('unknown');
    expect(reason).toContain('both appended 1 to x: values must be unique');
  });
});
