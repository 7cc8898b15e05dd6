// What a result tells beside its verdict: who judged, an order that explains, and orders that lead nowhere.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkLinearizable,
  counter,
  fifoQueue,
  pairOperations,
  register,
  set,
  stack,
  type LinearizabilityResult,
  type Model,
} from '../../checkers/index.ts';
import type { Json } from '../../sim/protocol.ts';
import { concurrentHistory } from '../../bench/histories.ts';
import { distinctHistory, distinctWorkloads } from './distinct-history.ts';
import { modelCases } from './models/model-cases.ts';
import { drawnHistory } from './models/drawn-history.ts';
import { written } from './written-history.ts';

describe('the engine that judged', () => {
  const engines = ({ partitions }: LinearizabilityResult) => partitions.map(({ engine }) => engine);

  it('is a monitor where values are all different, and a search elsewhere', () => {
    const distinct = concurrentHistory({ operations: 200, clients: 4 });
    const repeated = concurrentHistory({ operations: 200, clients: 4, values: 3 });
    expect(engines(checkLinearizable(distinct, register()))).toEqual(['monitor']);
    expect(engines(checkLinearizable(repeated, register()))).toEqual(['wgl']);
    expect(engines(checkLinearizable(repeated, register(), { engine: 'fast' }))).toEqual(['fast']);
    const wrong = concurrentHistory({ operations: 200, clients: 4, wrongAt: 100 });
    expect(engines(checkLinearizable(wrong, register()))).toEqual(['monitor']);
  });
});

describe.each(distinctWorkloads)('what a monitor of a $model.name finds valid', ({ model, ...workload }) => {
  it('has an order on request, found by a search', () => {
    let shown = 0;
    fc.assert(
      fc.property(distinctHistory({ model, ...workload }), (history) => {
        for (const part of checkLinearizable(history, model, { witness: true }).partitions) {
          if (part.verdict !== 'valid') continue;
          shown += 1;
          const operations = new Map(pairOperations(history).map((operation) => [operation.id, operation]));
          let state: Json = model.init;
          for (const id of part.order!) {
            const step = model.step(state, operations.get(id)!);
            if (step.type === 'refused') expect.fail(step.reason());
            state = step.state;
          }
        }
      }),
      { numRuns: 300, seed: 9 },
    );
    expect(shown).toBeGreaterThan(50);
  });
});

describe('orders that lead nowhere', () => {
  it('are told with the reasons why nothing can follow', () => {
    const history = written([
      [1, 'invoke', 'write', 1],
      [1, 'ok', 'write', 1],
      [1, 'invoke', 'write', 2],
      [1, 'ok', 'write', 2],
      [2, 'invoke', 'read', null],
      [2, 'ok', 'read', 1],
    ]);
    const [part] = checkLinearizable(history, register(), { engine: 'wgl' }).partitions;
    if (part?.verdict !== 'invalid') expect.fail('it is not linearizable');
    expect(part.window.orders).toEqual([{ operations: [1], next: [{ operation: 2, reason: 'the register held 2' }] }]);
  });

  const cases = modelCases.filter(({ model }) => ['fifo-queue', 'stack', 'counter', 'set'].includes(model.name));

  it.each(cases)('of a $model.name end where the model refuses all that may be next', ({ model, reference }) => {
    let told = 0;
    fc.assert(
      fc.property(drawnHistory(reference, { operations: 8, lies: true }), (history) => {
        const operations = new Map(pairOperations(history).map((operation) => [operation.id, operation]));
        if ([...operations.values()].some((operation) => model.fault?.(operation) !== undefined)) return;
        for (const part of checkLinearizable(history, model).partitions) {
          if (part.verdict !== 'invalid') continue;
          const required = new Set(part.window.operations.map(({ id }) => id));
          for (const { operations: order, next } of part.window.orders) {
            told += 1;
            expect(new Set(order).size).toBe(order.length);
            for (const { operation, reason } of next) {
              expect(required).toContain(operation);
              expect(order).not.toContain(operation);
              expect(reason).not.toBe('');
            }
            if (part.window.start === 0) expectRefusals(model, order, next, operations);
          }
        }
      }),
      { numRuns: 400, seed: 4 },
    );
    expect(told).toBeGreaterThan(30);
  });
});

function expectRefusals(
  model: Model<Json>,
  order: readonly number[],
  next: readonly { readonly operation: number }[],
  operations: ReadonlyMap<number, ReturnType<typeof pairOperations>[number]>,
): void {
  let state = model.init;
  for (const id of order) {
    const step = model.step(state, operations.get(id)!);
    if (step.type === 'refused') expect.fail(step.reason());
    state = step.state;
  }
  for (const { operation } of next) expect(model.step(state, operations.get(operation)!).type).toBe('refused');
}

it('is narrowed down in little time for a queue, a stack and a set of many clients', () => {
  for (const [object, model] of [
    ['queue', fifoQueue()],
    ['stack', stack()],
    ['set', set()],
  ] as readonly (readonly ['queue' | 'stack' | 'set', Model<Json>])[]) {
    const history = concurrentHistory({ operations: 14, clients: 7, object, values: 6, wrongAt: 10 });
    const { verdict, steps } = checkLinearizable(history, model);
    expect(verdict).toBe('invalid');
    expect(steps).toBeLessThan(500_000);
  }
});

describe('evidence', () => {
  it.each([1, 2, 4])('is not narrowed any further once the time is over: after %i looks at the clock', (looks) => {
    const history = concurrentHistory({ operations: 600, clients: 8, object: 'counter', values: 3, wrongAt: 500 });
    let calls = 0;
    const result = checkLinearizable(history, counter(), { deadline: () => ++calls > looks });
    if (result.verdict === 'invalid') expect(result.partitions[0]).toMatchObject({ window: { minimal: false } });
    expect(calls).toBeGreaterThan(looks);
    expect(calls).toBeLessThan(looks + 40);
  });
});
