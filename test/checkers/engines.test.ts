// Both engines against the oracle: thousands of small random histories, with many operations of unknown outcome.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLinearizable, pairOperations, type Operation } from '../../checkers/index.ts';
import { arbitraryHistory } from './arbitrary-history.ts';
import { hasOrder, split } from './brute-force.ts';
import { workloads } from './workloads.ts';

describe.each(workloads)('on random histories of a $model.name', (workload) => {
  const { model } = workload;

  it.each(['fast', 'wgl'] as const)(
    '%s gives the verdict and the culprit of the oracle, and orders that hold',
    (engine) => {
      const seen = { valid: 0, invalid: 0, unknown: 0 };
      fc.assert(
        fc.property(arbitraryHistory(workload), (history) => {
          const operations = pairOperations(history);
          const { verdict, partitions } = checkLinearizable(history, model, { engine, witness: true });
          seen[verdict] += 1;
          expect(verdict).toBe(split(operations, model).every((part) => hasOrder(part, model)) ? 'valid' : 'invalid');
          for (const part of partitions) {
            const own = operations.filter((one) => one.type !== 'fail' && model.partition?.(one) === part.key);
            if (part.verdict === 'valid') {
              const order = part.order!.map((id) => own.find((operation) => operation.id === id)!);
              expectOrder(order, own, model);
            } else if (part.verdict === 'invalid') {
              const end = part.window.culprit.returned!.index;
              const until = own.filter(({ called }) => called.index < end);
              expect(hasOrder(until, model, ({ returned }) => (returned?.index ?? end) >= end)).toBe(true);
              expect(hasOrder(until, model, ({ returned }) => (returned?.index ?? end + 1) > end)).toBe(false);
            }
          }
        }),
        { numRuns: 3_000, seed: 11 },
      );
      expect(seen.valid).toBeGreaterThan(300);
      expect(seen.invalid).toBeGreaterThan(300);
    },
  );
});

function expectOrder(
  order: readonly Operation[],
  own: readonly Operation[],
  model: (typeof workloads)[number]['model'],
) {
  let state = model.init;
  for (const [place, operation] of order.entries()) {
    const step = model.step(state, operation);
    expect(step.type).toBe('next');
    if (step.type === 'next') state = step.state;
    for (const later of order.slice(place + 1)) {
      expect(later.returned?.index ?? Infinity).toBeGreaterThan(operation.called.index);
    }
  }
  expect(new Set(order).size).toBe(order.length);
  expect(order).toEqual(expect.arrayContaining(own.filter(({ type }) => type === 'ok')));
}
