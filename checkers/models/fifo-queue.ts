// The first-in-first-out queue (Herlihy & Wing 1990, section 3).
import type { Call, Model, Step } from '../model.ts';
import { canonical } from '../canonical.ts';
import { judgeQueue } from '../monitors/queue.ts';
import { unknownFunction } from './cell.ts';
import { describeCollection, next, take, type Elements } from './collection.ts';

/** A queue with `enqueue` (or `enq`) of a value, `dequeue` (`deq`) and `peek`, which return the oldest value, null if empty. */
export function fifoQueue(): Model<Elements> {
  return {
    name: 'fifo-queue',
    init: [],
    step,
    key: canonical,
    observes: ({ f, result, type }) =>
      f === 'peek' || (f !== 'enqueue' && f !== 'enq' && type === 'ok' && result === null),
    describe: describeCollection,
    fault: (call) => unknownFunction(call, ['enqueue', 'enq', 'dequeue', 'deq', 'peek']),
    hints: { step, monitor: judgeQueue },
  };
}

function step(state: Elements, call: Call): Step<Elements> {
  if (call.f === 'enqueue' || call.f === 'enq') return next([...state, call.value]);
  return take(state, call, state[0], () => state.slice(1), call.f === 'peek');
}
