// Objects that transactions read by predicates as well as by their keys, as in Elle's closed-predicate workload: a search for a
// serial order needs no theory of what a predicate depends on.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault, Model, Step } from '../model.ts';
import { same, unknownFunction } from './cell.ts';
import { next, refuseBecause } from './collection.ts';
import { heldBy, isRead, nameOf, type Cells } from './transactions.ts';

/**
 * Objects with `txn`, a list of `["r", key, value]`, `["w", key, value]`, `["insert", key, value]`, `["delete", key]` and
 * `["rp", predicate, objects]`, and with `init`, whose value has objects by key. A predicate is `"true"`, `["=", value]` or
 * `["mod", divisor, remainder]`; objects are a map of all that it holds of, those of the own transaction included.
 * Micro-operations act in their order, all at one instant. Null is absent.
 */
export function predicateStore(): Model<Cells> {
  return {
    name: 'predicate-store',
    init: {},
    step: stepStore,
    key: (state) => canonical(state),
    observes: ({ f, value }) => f === 'txn' && (value as readonly Json[]).every(isObservation),
    describe: ({ f, value, result, type }) =>
      type === 'ok' && result !== null ? `${f} ${canonical(result)}` : `${f} ${canonical(value)} without a result`,
    fault: (call) => unknownFunction(call, ['txn', 'init']) ?? storeFault(call),
  };
}

function stepStore(state: Cells, call: Call): Step<Cells> {
  const isTold = call.type === 'ok' && call.result !== null;
  const told = isTold ? call.result : call.value;
  if (call.f === 'init') return next({ ...state, ...(told as Cells) });
  let held = state;
  for (const micro of told as readonly (readonly [string, Json, Json?])[]) {
    const [f, what, value = null] = micro;
    if (f === 'rp') {
      if (!isTold || same(matches(held, what), textKeyed(value))) continue;
      const found = canonical(matches(held, what));
      return refuseBecause(() => `the predicate ${canonical(what)} held of ${found}`);
    }
    const name = nameOf(what);
    if (isRead(f)) {
      const there = heldBy(held, name);
      if (!isTold || same(there, value)) continue;
      return refuseBecause(() => `${name} ${there === null ? 'was absent' : `held ${canonical(there)}`}`);
    }
    const { [name]: _, ...others } = held;
    held = f === 'delete' || value === null ? others : { ...others, [name]: value };
  }
  return next(held);
}

/** The objects of which a predicate holds. */
function matches(state: Cells, predicate: Json): Cells {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => holds(predicate, value)));
}

function holds(predicate: Json, value: Json): boolean {
  if (!isArray(predicate)) return true;
  const [f = null, first = null, second = null] = predicate;
  if (plainWord(f) === '=') return same(value, first);
  return typeof value === 'number' && ((value % Number(first)) + Number(first)) % Number(first) === second;
}

/** What a read by predicate returned; null where nothing was found. */
function textKeyed(objects: Json): Json {
  return objects ?? {};
}

function isObservation(micro: Json): boolean {
  return isArray(micro) && (micro[0] === 'rp' || isRead(micro[0] as string));
}

/** The word behind a keyword's colon. */
function plainWord(f: Json): string | undefined {
  if (typeof f !== 'string') return undefined;
  return f.startsWith(':') ? f.slice(1) : f;
}

function isPredicate(predicate: Json): boolean {
  if (!isArray(predicate)) return plainWord(predicate) === 'true';
  const [f = null, first, second] = predicate;
  if (plainWord(f) === '=') return predicate.length === 2 && first !== undefined;
  return plainWord(f) === 'mod' && typeof first === 'number' && first > 0 && typeof second === 'number';
}

function storeFault({ f, value, result, type }: Call): Fault | undefined {
  const isTold = type === 'ok' && result !== null;
  if (f === 'init') {
    const wrong = [value, ...(isTold ? [result] : [])].find((objects) => !isMap(objects));
    return wrong === undefined ? undefined : { expected: 'objects by their keys', found: canonical(wrong) };
  }
  const found = !areMicros(value) ? value : isTold && !areMicros(result) ? result : undefined;
  if (found !== undefined) return { expected, found: canonical(found) };
  if (!isTold || canonical(shapeOf(value)) === canonical(shapeOf(result))) return undefined;
  return { expected: `a result that answers ${canonical(value)}`, found: canonical(result) };
}

const expected =
  'a list of ["r", key, value], ["w", key, value], ["insert", key, value], ["delete", key] and ["rp", predicate, objects]';

function areMicros(value: Json): boolean {
  return isArray(value) && value.every((micro) => isArray(micro) && isMicro(micro));
}

function isMicro([f, what, value]: readonly Json[]): boolean {
  if (what === undefined) return false;
  if (f === 'rp') return isPredicate(what) && (value === undefined || value === null || isMap(value));
  if (f === 'w' || f === 'insert') return value !== undefined;
  return f === 'delete' || (typeof f === 'string' && isRead(f));
}

function isMap(value: Json): boolean {
  return value !== null && typeof value === 'object' && !isArray(value);
}

/** What was asked for, without what was read. */
function shapeOf(micros: Json): Json {
  return (micros as readonly (readonly Json[])[]).map(([f, what, value]) =>
    f === 'w' || f === 'insert' ? [f, what!, value!] : [f!, what!],
  );
}
