// The counter, a number that only grows or shrinks by what is added.
import { canonical } from '../canonical.ts';
import type { Call, Fault, Model, Step } from '../model.ts';
import { describeCell, unknownFunction } from './cell.ts';
import { next, refuseBecause } from './collection.ts';

/**
 * A counter with `add` of a number, `increment` and `decrement` (by 1 unless the value says more), `add-and-get`, which
 * returns the new value, and `read`. The results of the first three are not looked at.
 * @param initial what it holds at first.
 */
export function counter(initial = 0): Model<number> {
  return {
    name: 'counter',
    init: initial,
    step: stepCounter,
    key: String,
    observes: ({ f }) => f === 'read',
    describe: (call) =>
      call.f === 'add-and-get' && call.type === 'ok'
        ? `add of ${canonical(call.value)} that returned ${canonical(call.result)}`
        : describeCell(call, ''),
    fault: (call) =>
      unknownFunction(call, ['add', 'increment', 'decrement', 'add-and-get', 'read']) ?? counterFault(call),
    hints: {
      step: stepCounter,
      growth: {
        grows: (call) => call.f !== 'read' && deltaOf(call) >= 0,
        canReach: (state, { f, result }) => f !== 'read' || state <= (result as number),
      },
    },
  };
}

function stepCounter(state: number, call: Call): Step<number> {
  const total = call.f === 'read' ? state : state + deltaOf(call);
  const isTold = call.type === 'ok' && (call.f === 'read' || call.f === 'add-and-get');
  return isTold && call.result !== total ? refuseBecause(() => `the counter held ${state}`) : next(total);
}

function deltaOf({ f, value }: Call): number {
  const amount = typeof value === 'number' ? value : 1;
  return f === 'decrement' ? -amount : amount;
}

function counterFault({ f, value, result, type }: Call): Fault | undefined {
  const needsNumber = f === 'add' || f === 'add-and-get';
  if (f !== 'read' && !(typeof value === 'number' || (!needsNumber && value === null))) {
    return { expected: `a number to ${f}`, found: canonical(value) };
  }
  if (type !== 'ok' || (f !== 'read' && f !== 'add-and-get') || typeof result === 'number') return undefined;
  return { expected: `a number as the result of ${f}`, found: canonical(result) };
}
