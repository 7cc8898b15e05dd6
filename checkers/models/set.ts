// The set, as one object whose whole content can be read, and element by element.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault, Model, Step } from '../model.ts';
import { judgeGrowingSet } from '../monitors/growing-set.ts';
import { unknownFunction } from './cell.ts';
import { describeCollection, next, refuseBecause, type Elements } from './collection.ts';

/**
 * A set with `add`, `remove` and `contains` of an element, and `read`, which returns all elements in any order, each once.
 * An add that returned true has made the set larger, a remove that returned true has made it smaller; false: they changed
 * nothing. Any other result of them only acknowledges. Results are `v` or `[element, v]`. A history without `read` is judged
 * element by element.
 */
export function set(): Model<Elements> {
  return {
    name: 'set',
    init: [],
    step: stepSet,
    key: canonical,
    observes: ({ f, ...call }) => f === 'read' || f === 'contains' || outcomeOf({ f, ...call }) === false,
    describe: describeCollection,
    fault: (call) => unknownFunction(call, ['add', 'remove', 'contains', 'read']) ?? setFault(call),
    hints: {
      step: stepSet,
      monitor: judgeGrowingSet,
      growth: {
        grows: ({ f }) => f === 'add',
        canReach: (state, call) => {
          if (call.f !== 'read') return true;
          const found = new Set((call.result as Elements).map(canonical));
          return state.every((element) => found.has(canonical(element)));
        },
      },
      specialise: (operations, init) =>
        operations.some(({ f }) => f === 'read') ? undefined : { ...elementSet(), init },
    },
  };
}

/** The same set without `read`: each element is judged on its own. */
export function elementSet(): Model<Elements> {
  return {
    ...set(),
    name: 'element-set',
    fault: (call) => unknownFunction(call, ['add', 'remove', 'contains']) ?? setFault(call),
    partition: ({ value }) => canonical(value),
    hints: { step: stepSet, overwrites: (call) => call.f !== 'contains' && outcomeOf(call) === undefined },
  };
}

function stepSet(state: Elements, call: Call): Step<Elements> {
  if (call.f === 'read') {
    if (call.type === 'info' || canonical(sorted(call.result as Elements)) === canonical(state)) return next(state);
    return refuseBecause(() => `the set held ${canonical(state)}`);
  }
  const element = canonical(call.value);
  const isThere = state.some((other) => canonical(other) === element);
  const changes = call.f === 'contains' ? isThere : (call.f === 'add') !== isThere;
  const outcome = outcomeOf(call);
  if (outcome !== undefined && outcome !== changes) {
    return refuseBecause(() => `${element} was ${isThere ? '' : 'not '}in the set`);
  }
  if (call.f === 'contains' || !changes) return next(state);
  if (call.f === 'add') return next(sorted([...state, call.value]));
  return next(state.filter((other) => canonical(other) !== element));
}

/** The boolean that came back; undefined if the call was only acknowledged, or never answered. */
function outcomeOf({ f, value, result, type }: Call): boolean | undefined {
  if (type !== 'ok') return undefined;
  const isPair = isArray(result) && result.length === 2 && canonical(result[0]!) === canonical(value);
  const plain = isPair ? result[1]! : result;
  if (typeof plain !== 'boolean') return undefined;
  return f !== 'contains' && plain === value ? undefined : plain; // an element that is a boolean, repeated
}

function setFault(call: Call): Fault | undefined {
  if (call.type !== 'ok') return undefined;
  if (call.f === 'read' && !isArray(call.result)) {
    return { expected: 'a list of elements as the result of read', found: canonical(call.result) };
  }
  if (call.f !== 'contains' || outcomeOf(call) !== undefined) return undefined;
  return { expected: 'true or false as the result of contains', found: canonical(call.result) };
}

function sorted(elements: readonly Json[]): Elements {
  const texts = new Map(elements.map((element) => [element, canonical(element)]));
  return elements.toSorted((one, other) => (texts.get(one)! < texts.get(other)! ? -1 : 1));
}
