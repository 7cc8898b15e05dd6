// What the models of transactions share: lists of micro-operations on cells, all at one instant. Where each transaction touches
// one cell only, cells are judged on their own, so that histories of any length can be searched for a strict serial order.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault, Hints, Model, Step } from '../model.ts';
import type { Operation } from '../operations.ts';
import { same, unknownFunction } from './cell.ts';
import { next, refuseBecause } from './collection.ts';

export type Cells = { readonly [key: string]: Json };
export type Micro = readonly [f: string, key: Json, value: Json];

/** What the cells are. */
export interface CellKind {
  readonly name: string;
  /** The words of micro-operations that write, the usual one first. */
  readonly writes: readonly string[];
  /** What a cell that held something, or null, holds after a write. */
  after(held: Json, value: Json): Json;
  /** What a cell holds that shows this value to a read. */
  shown(value: Json): Json;
  /** What a cell holds, in words. */
  describe(held: Json): string;
  /** What is known of a cell that is judged on its own. */
  hints(init: Cells): Omit<Hints<Cells>, 'step' | 'specialise'>;
}

/** @param init what the cells hold at first, by the text of their keys. */
export function transactionsOn(kind: CellKind, init: Cells): Model<Cells> {
  const step = (state: Cells, call: Call): Step<Cells> => stepTransaction(kind, state, call);
  const model: Model<Cells> = {
    name: kind.name,
    init,
    step,
    key: (state) => canonical(state),
    observes: ({ value }) => microsOf(value).every(([f]) => isRead(f)),
    describe: ({ value, result, type }) => {
      return type === 'ok' && result !== null ? `txn ${canonical(result)}` : `txn ${canonical(value)} without a result`;
    },
    fault: (call) => unknownFunction(call, ['txn', 'read', 'write', 'append']) ?? transactionFault(kind, call),
  };
  const single: Model<Cells> = {
    ...model,
    partition: (call) => singleKey(call.value) ?? '',
    hints: { ...kind.hints(init), step },
  };
  return { ...model, hints: { step, specialise: (operations) => (operations.every(isSingle) ? single : undefined) } };
}

/** The only cell that a transaction touches, by its text; undefined if there are several, or none. */
export function singleKey(value: Json): string | undefined {
  if (!isArray(value)) return undefined;
  let only: string | undefined;
  for (const micro of value) {
    if (!isArray(micro) || micro[1] === undefined) return undefined;
    const name = nameOf(micro[1]);
    if (only !== undefined && name !== only) return undefined;
    only = name;
  }
  return only;
}

/** The micro-operations as they were told, or as they were asked for where the result is not known. */
export function toldMicros({ type, value, result }: Call): {
  readonly isTold: boolean;
  readonly micros: readonly Micro[];
} {
  const isTold = type === 'ok' && result !== null;
  return { isTold, micros: microsOf(isTold ? result : value) };
}

export function nameOf(key: Json): string {
  return typeof key === 'string' ? key : canonical(key);
}

export function isRead(f: string): boolean {
  return f === 'r' || f === 'read';
}

function isSingle({ value }: Operation): boolean {
  return singleKey(value) !== undefined;
}

function stepTransaction(kind: CellKind, state: Cells, call: Call): Step<Cells> {
  const { isTold, micros } = toldMicros(call);
  const cells = new Map<string, Json>();
  for (const [f, key, value] of micros) {
    const name = nameOf(key);
    const held = cells.has(name) ? cells.get(name)! : heldBy(state, name);
    if (!isRead(f)) cells.set(name, kind.after(held, value));
    else if (isTold && !same(held, kind.shown(value))) {
      return refuseBecause(() => `${name} ${held === null ? 'was absent' : `held ${kind.describe(held)}`}`);
    }
  }
  return next(cells.size === 0 ? state : { ...state, ...Object.fromEntries(cells) });
}

/** What a cell holds; a cell may be named like something that all objects have. */
export function heldBy(state: Cells, name: string): Json {
  return Object.hasOwn(state, name) ? state[name]! : null;
}

/** The micro-operations of a call without a fault. */
function microsOf(value: Json): readonly Micro[] {
  return value as readonly Micro[];
}

function areMicros(value: Json, { writes }: CellKind): value is readonly Micro[] {
  return (
    isArray(value) &&
    value.every((micro) => {
      if (!isArray(micro) || micro.length !== 3) return false;
      const [f] = micro;
      return typeof f === 'string' && (isRead(f) || writes.includes(f));
    })
  );
}

function transactionFault(kind: CellKind, { value, result, type }: Call): Fault | undefined {
  const expected = `a list of ["r", key, value] and ["${kind.writes[0]}", key, value]`;
  if (!areMicros(value, kind)) return { expected, found: canonical(value) };
  if (type !== 'ok' || result === null) return undefined;
  const isAnswer =
    areMicros(result, kind) &&
    result.length === value.length &&
    result.every(([f, key, told], index) => {
      const [asked, name, argument] = value[index]!;
      return isRead(asked) === isRead(f) && same(name, key) && (isRead(f) || same(argument, told));
    });
  return isAnswer ? undefined : { expected: `${expected} that answers ${canonical(value)}`, found: canonical(result) };
}
