// Several registers that a transaction reads and writes at once, as in Knossos.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault, Model, Step } from '../model.ts';
import { same, unknownFunction } from './cell.ts';
import { next, refuseBecause } from './collection.ts';

type Cells = { readonly [key: string]: Json };
type Micro = readonly [f: string, key: Json, value: Json];

/**
 * Registers with `txn`, whose value is a list of `["r", key, null]` and `["w", key, value]` (`read` and `write` will do);
 * the result is that list with what was read. Micro-operations act in their order, all at one instant. Null is absent.
 * @param initial what the registers hold at first, by the text of their keys.
 */
export function multiRegister(initial: Cells = {}): Model<Cells> {
  return {
    name: 'multi-register',
    init: initial,
    step: stepTransaction,
    key: (state) => canonical(state),
    observes: ({ value }) => microsOf(value)!.every(([f]) => isRead(f)),
    describe: ({ value, result, type }) => {
      return type === 'ok' && result !== null ? `txn ${canonical(result)}` : `txn ${canonical(value)} without a result`;
    },
    fault: (call) => unknownFunction(call, ['txn', 'read', 'write']) ?? transactionFault(call),
  };
}

function stepTransaction(state: Cells, call: Call): Step<Cells> {
  const isTold = call.type === 'ok' && call.result !== null;
  const cells = new Map<string, Json>();
  for (const [f, key, value] of microsOf(isTold ? call.result : call.value)!) {
    const name = nameOf(key);
    const held = cells.get(name) ?? state[name] ?? null;
    if (!isRead(f)) cells.set(name, value);
    else if (isTold && !same(held, value)) {
      return refuseBecause(() => `${name} ${held === null ? 'was absent' : `held ${canonical(held)}`}`);
    }
  }
  return next(cells.size === 0 ? state : { ...state, ...Object.fromEntries(cells) });
}

function microsOf(value: Json): readonly Micro[] | undefined {
  if (!isArray(value)) return undefined;
  return value.every(isMicro) ? value : undefined;
}

function isMicro(micro: Json): micro is Micro {
  return isArray(micro) && micro.length === 3 && typeof micro[0] === 'string' && functions.has(micro[0]);
}

function isRead(f: string): boolean {
  return f === 'r' || f === 'read';
}

function nameOf(key: Json): string {
  return typeof key === 'string' ? key : canonical(key);
}

function transactionFault({ value, result, type }: Call): Fault | undefined {
  const expected = 'a list of ["r", key, value] and ["w", key, value]';
  const asked = microsOf(value);
  if (asked === undefined) return { expected, found: canonical(value) };
  if (type !== 'ok' || result === null) return undefined;
  const told = microsOf(result);
  const isAnswer = told?.every(([f, key], index) => {
    const micro = asked[index];
    return micro !== undefined && isRead(micro[0]) === isRead(f) && same(micro[1], key);
  });
  if (isAnswer === true && told?.length === asked.length) return undefined;
  return { expected: `${expected} that answers ${canonical(value)}`, found: canonical(result) };
}

const functions = new Set(['r', 'w', 'read', 'write']);
