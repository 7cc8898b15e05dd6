// The isolation check against brute force on small histories, and against serial executions, which must pass.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIsolation, checkWeakIsolation, type IsolationModel } from '../../../checkers/index.ts';
import { smallHistories } from './arbitrary-transactions.ts';
import { isSerializable, isSnapshotIsolated, isWeaklyConsistent } from './brute-force.ts';

const numRuns = 1_500;

describe('small list histories whose versions are all known', () => {
  const histories = smallHistories({ workload: 'list-append', most: 3, lies: true, reader: true, endings: true });

  it.each<[IsolationModel, 'any' | 'sessions' | 'real time']>([
    ['serializable', 'any'],
    ['strong-session-serializable', 'sessions'],
    ['strict-serializable', 'real time'],
  ])('are %s exactly if some order that respects %s explains them', (model, order) => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(histories, ({ transactions, history }) => {
        const result = checkIsolation(history, { model, workload: 'list-append' });
        expect(result.verdict).toBe(isSerializable(transactions, order) ? 'valid' : 'invalid');
        seen[result.verdict === 'valid' ? 'valid' : 'invalid'] += 1;
      }),
      { numRuns, seed: 7 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(100);
  });

  it('are snapshot isolated exactly if snapshots with first-committer-wins explain them', () => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(histories, ({ transactions, history }) => {
        const result = checkIsolation(history, { model: 'snapshot-isolation', workload: 'list-append' });
        expect(result.verdict).toBe(isSnapshotIsolated(transactions) ? 'valid' : 'invalid');
        seen[result.verdict === 'valid' ? 'valid' : 'invalid'] += 1;
      }),
      { numRuns: 800, seed: 7 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(50);
  });
});

describe('small list histories without a last reader', () => {
  const histories = smallHistories({ workload: 'list-append', most: 4, lies: true, reader: false, endings: true });

  it('are never called invalid if some order explains them', () => {
    fc.assert(
      fc.property(histories, ({ transactions, history }) => {
        const { verdict } = checkIsolation(history, { workload: 'list-append' });
        if (verdict === 'invalid') expect(isSerializable(transactions, 'real time')).toBe(false);
      }),
      { numRuns, seed: 11 },
    );
  });
});

describe('small register histories', () => {
  const lying = smallHistories({ workload: 'rw-register', most: 4, lies: true, reader: false, endings: true });
  const certain = smallHistories({
    workload: 'rw-register',
    most: 4,
    lies: true,
    reader: false,
    endings: false,
    isWild: true,
  });

  it('are never called invalid if some order explains them', () => {
    fc.assert(
      fc.property(lying, ({ transactions, history }) => {
        const { verdict } = checkIsolation(history, { workload: 'rw-register' });
        if (verdict === 'invalid') expect(isSerializable(transactions, 'real time')).toBe(false);
      }),
      { numRuns, seed: 13 },
    );
  });

  it('are never called broken under snapshot isolation if snapshots explain them', () => {
    fc.assert(
      fc.property(certain, ({ transactions, history }) => {
        const { verdict } = checkIsolation(history, { workload: 'rw-register', model: 'snapshot-isolation' });
        if (verdict === 'invalid') expect(isSnapshotIsolated(transactions)).toBe(false);
      }),
      { numRuns: 400, seed: 23 },
    );
  });

  it.each(['read-committed', 'read-atomic', 'causal'] as const)(
    'are %s exactly if some commit order explains them',
    (level) => {
      const seen = { valid: 0, invalid: 0 };
      fc.assert(
        fc.property(certain, ({ transactions, history }) => {
          const result = checkWeakIsolation(history, level);
          fc.pre(!/^(?:internal|future-read|G1b)/.test(result.reason)); // the axioms take those for granted
          expect(result.verdict).toBe(isWeaklyConsistent(transactions, level) ? 'valid' : 'invalid');
          seen[result.verdict === 'valid' ? 'valid' : 'invalid'] += 1;
        }),
        { numRuns: 2_500, seed: 17 },
      );
      expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(50);
    },
  );
});

describe('true executions', () => {
  it.each(['list-append', 'rw-register'] as const)('of %s pass strict serializability', (workload) => {
    const histories = smallHistories({
      workload,
      most: 12,
      lies: false,
      reader: workload === 'list-append',
      endings: true,
    });
    fc.assert(
      fc.property(histories, ({ history }) => {
        const options = { wfrKeys: true, sequentialKeys: true, linearizableKeys: true };
        const { anomalies } = checkIsolation(history, { workload, ...options });
        expect(anomalies).toEqual([]);
      }),
      { numRuns, seed: 19 },
    );
  });
});
