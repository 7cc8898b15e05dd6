// The search against the oracle: thousands of small random histories, for each model.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLinearizable, pairOperations, type Operation } from '../../checkers/index.ts';
import type { History } from '../../sim/history.ts';
import { arbitraryHistory, type Workload } from './arbitrary-history.ts';
import { hasOrder, split } from './brute-force.ts';
import { workloads } from './workloads.ts';

describe.each(workloads)('on random histories of a $model.name', (workload) => {
  const { model } = workload;
  const runs = (property: (history: History, operations: readonly Operation[]) => void) =>
    fc.assert(
      fc.property(arbitraryHistory(workload), (history) => property(history, pairOperations(history))),
      { numRuns: 3_000, seed: 7 },
    );

  it('gives the verdict of the oracle, and sees plenty of both', () => {
    const seen = { valid: 0, invalid: 0, unknown: 0 };
    runs((history, operations) => {
      const { verdict } = checkLinearizable(history, model);
      seen[verdict] += 1;
      expect(verdict).toBe(split(operations, model).every((part) => hasOrder(part, model)) ? 'valid' : 'invalid');
    });
    expect(seen.valid).toBeGreaterThan(300);
    expect(seen.invalid).toBeGreaterThan(300);
  });

  it('shows an order of a valid history that the model accepts and that respects real time', () => {
    runs((history, operations) => {
      for (const part of checkLinearizable(history, model, { witness: true }).partitions) {
        if (part.verdict !== 'valid') continue;
        const order = part.order!.map((id) => operations.find((operation) => operation.id === id)!);
        let state = model.init;
        for (const [place, operation] of order.entries()) {
          const step = model.step(state, operation);
          expect(step.type).toBe('next');
          if (step.type === 'next') state = step.state;
          const later = order.slice(place + 1).map(({ returned }) => returned?.index ?? Infinity);
          expect(Math.min(...later)).toBeGreaterThan(operation.called.index);
        }
        const of = (operation: Operation) => model.partition?.(operation) === part.key;
        const completed = operations.filter((operation) => operation.type === 'ok' && of(operation));
        expect(order).toEqual(expect.arrayContaining(completed));
      }
    });
  });

  it('reports a window that is impossible by itself and whichever of the other operations happened', () => {
    runs((history, operations) => {
      for (const { window, part } of invalidParts(history, operations, workload)) {
        const required = new Set(window.operations.map(({ id }) => id));
        expect(required).toContain(window.culprit.id);
        expect(window.minimal).toBe(true);
        expect(hasOrder(window.operations, model)).toBe(false);
        const until = part.filter(({ called }) => called.index < window.culprit.returned!.index);
        const before = ({ returned }: Operation) => returned !== undefined && returned.index < window.start;
        expect(hasOrder(until, model, (operation) => !required.has(operation.id) && !before(operation))).toBe(false);
      }
    });
  });

  it('names as culprit the operation whose return first made the history impossible', () => {
    runs((history, operations) => {
      for (const { window, part } of invalidParts(history, operations, workload)) {
        const end = window.culprit.returned!.index;
        const until = part.filter(({ called }) => called.index < end);
        expect(hasOrder(until, model, ({ returned }) => returned === undefined || returned.index >= end)).toBe(true);
        expect(hasOrder(until, model, ({ returned }) => returned === undefined || returned.index > end)).toBe(false);
      }
    });
  });
});

function invalidParts(history: History, operations: readonly Operation[], { model }: Workload) {
  return checkLinearizable(history, model).partitions.flatMap((result) => {
    if (result.verdict !== 'invalid') return [];
    const part = operations.filter((one) => one.type !== 'fail' && model.partition?.(one) === result.key);
    return [{ window: result.window, part }];
  });
}
