// The stack: what was pushed last is popped first.
import type { Model } from '../model.ts';
import { canonical } from '../canonical.ts';
import { unknownFunction } from './cell.ts';
import { describeCollection, next, take, type Elements } from './collection.ts';

/** A stack with `push` of a value, and `pop` and `peek` (or `top`), which return the youngest value, null if empty. */
export function stack(): Model<Elements> {
  return {
    name: 'stack',
    init: [],
    step: (state, call) => {
      if (call.f === 'push') return next([...state, call.value]);
      return take(state, call, state.at(-1), () => state.slice(0, -1), call.f !== 'pop');
    },
    key: canonical,
    observes: ({ f, result, type }) => f === 'peek' || f === 'top' || (f === 'pop' && type === 'ok' && result === null),
    describe: describeCollection,
    fault: (call) => unknownFunction(call, ['push', 'pop', 'peek', 'top']),
  };
}
