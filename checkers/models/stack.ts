// The stack: what was pushed last is popped first.
import type { Call, Model, Step } from '../model.ts';
import { canonical } from '../canonical.ts';
import { judgeStack } from '../monitors/stack.ts';
import { unknownFunction } from './cell.ts';
import { describeCollection, next, take, type Elements } from './collection.ts';

/** A stack with `push` of a value, and `pop` and `peek` (or `top`), which return the youngest value, null if empty. */
export function stack(): Model<Elements> {
  return {
    name: 'stack',
    init: [],
    step,
    key: canonical,
    observes: ({ f, result, type }) => f === 'peek' || f === 'top' || (f === 'pop' && type === 'ok' && result === null),
    describe: describeCollection,
    fault: (call) => unknownFunction(call, ['push', 'pop', 'peek', 'top']),
    hints: { step, monitor: judgeStack },
  };
}

function step(state: Elements, call: Call): Step<Elements> {
  if (call.f === 'push') return next([...state, call.value]);
  return take(state, call, state.at(-1), () => state.slice(0, -1), call.f !== 'pop');
}
