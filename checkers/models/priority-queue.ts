// The priority queue: whatever the order of insertion, the element of the highest rank comes out first.
import type { Call, Fault, Model } from '../model.ts';
import { canonical } from '../canonical.ts';
import { judgePriorityQueue } from '../monitors/priority-queue.ts';
import { unknownFunction } from './cell.ts';
import { describeCollection, next, take, type Elements } from './collection.ts';

/**
 * A priority queue of numbers with `insert`; `delete-min` and `find-min` take and look at the least, `delete-max` and
 * `find-max` at the greatest, `poll` and `peek` at the one that `first` says. All of them return null when it is empty.
 * @param first what `poll` takes: `greatest`, as in fastlin's files, unless said otherwise.
 */
export function priorityQueue(first: 'greatest' | 'least' = 'greatest'): Model<Elements> {
  const takesLeast = (f: string) => f.endsWith('-min') || (!f.endsWith('-max') && first === 'least');
  const step = (state: Elements, call: Call) => {
    if (call.f === 'insert') return next(inserted(state, call.value as number));
    if (takesLeast(call.f)) return take(state, call, state[0], () => state.slice(1), looksOnly(call.f));
    return take(state, call, state.at(-1), () => state.slice(0, -1), looksOnly(call.f));
  };
  return {
    name: 'priority-queue',
    init: [],
    step,
    key: canonical,
    observes: ({ f, result, type }) => looksOnly(f) || (f !== 'insert' && type === 'ok' && result === null),
    describe: describeCollection,
    fault: (call) => unknownFunction(call, functions) ?? rankFault(call),
    hints: {
      step,
      monitor: (operations, init) => judgePriorityQueue(operations, init, { takesLeast, looksOnly }),
    },
  };
}

const functions = ['insert', 'poll', 'peek', 'delete-min', 'delete-max', 'find-min', 'find-max'];

function looksOnly(f: string): boolean {
  return f === 'peek' || f === 'find-min' || f === 'find-max';
}

/** In ascending order. */
function inserted(state: Elements, value: number): Elements {
  const place = state.findIndex((other) => (other as number) > value);
  return place === -1 ? [...state, value] : state.toSpliced(place, 0, value);
}

function rankFault({ f, value }: Call): Fault | undefined {
  if (f !== 'insert' || typeof value === 'number') return undefined;
  return { expected: 'a number to insert', found: canonical(value) };
}
