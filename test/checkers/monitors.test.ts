// Each monitor against the oracle: thousands of small random histories with values that are all different.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairOperations } from '../../checkers/index.ts';
import { distinctHistory, distinctWorkloads } from './distinct-history.ts';
import { hasOrder } from './brute-force.ts';

describe.each(distinctWorkloads)('the monitor of a $model.name', (workload) => {
  const { model } = workload;

  it('gives the verdict of the oracle unless it declines, and evidence that contradicts itself', () => {
    const seen = { valid: 0, invalid: 0, declined: 0 };
    fc.assert(
      fc.property(distinctHistory(workload), (history) => {
        const operations = pairOperations(history).filter(
          (one) => one.type !== 'fail' && !(one.type === 'info' && model.observes(one)),
        );
        const outcome = model.hints!.monitor!(operations, model.init);
        seen[outcome.type] += 1;
        if (outcome.type === 'declined') return;
        expect(outcome.type).toBe(hasOrder(operations, model) ? 'valid' : 'invalid');
        if (outcome.type === 'invalid') {
          const evidence = outcome.operations.map((index) => operations[index]!);
          expect(hasOrder(evidence, model)).toBe(false);
        }
      }),
      { numRuns: 6_000, seed: 5 },
    );
    expect(seen.valid).toBeGreaterThan(600);
    expect(seen.invalid).toBeGreaterThan(600);
    expect(seen.declined).toBeLessThan(1_500);
  });
});
