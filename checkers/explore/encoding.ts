// The canonical text of plain data: one text for each value, and no two values with the same text (containers carry their
// length, so nothing runs into its neighbour). States are told apart by it, so what it cannot tell apart it refuses.

/** A value that is not plain data; the path says where. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

/**
 * The text of a value: numbers (with NaN, the infinities and -0), bigints, strings, booleans, null, undefined, arrays, plain
 * objects, Maps and Sets. Properties and the members of Maps and Sets are sorted, their order is no part of the value.
 * @param what names the value in errors: `the state of n1`.
 * @throws EncodingError on functions, symbols, class instances, holes in arrays and cycles, with the path to them.
 */
export function encode(value: unknown, what: string): string {
  return encodePart(value, { what, path: [], open: new Set() });
}

/**
 * A copy that shares nothing with the original and has its properties and members in canonical order, or in the reverse of
 * it. Handlers run on such copies, so what a handler does cannot depend on an order that the encoding leaves out.
 */
export function normalise<T>(value: T, order: 'canonical' | 'reversed' = 'canonical'): T {
  return copyPart(value, order === 'reversed') as T;
}

/**
 * A frozen copy of what leaves a process: a message, a record, a response. Its parts are arrays and plain objects.
 * @throws EncodingError on what `encode` refuses, and on Maps and Sets, which cannot be frozen.
 */
export function frozenCopy<T>(value: T, what: string): T {
  encode(value, what);
  refuseCollections(value, what);
  return deepFreeze(normalise(value));
}

/** Freezes a plain value in depth; Maps and Sets in it cannot be frozen. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

function refuseCollections(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Map || value instanceof Set) {
    throw new EncodingError(`${what} holds a Map or Set: expected arrays and plain objects`);
  }
  for (const part of Object.values(value)) refuseCollections(part, what);
}

interface Walk {
  readonly what: string;
  readonly path: string[];
  readonly open: Set<object>; // the containers on the path
}

function encodePart(value: unknown, walk: Walk): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return Object.is(value, -0) ? 'd-0;' : `d${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'bigint':
      return `i${value};`;
    case 'object':
      return value === null ? 'n' : encodeContainer(value, walk);
    default:
      throw refusal(`a ${typeof value}`, walk);
  }
}

function encodeContainer(value: object, walk: Walk): string {
  if (walk.open.has(value)) throw refusal('part of itself', walk);
  walk.open.add(value);
  const text = encodeMembers(value, walk);
  walk.open.delete(value);
  return text;
}

function encodeMembers(value: object, walk: Walk): string {
  if (Array.isArray(value)) {
    let text = `a${value.length}:`;
    for (let index = 0; index < value.length; index++) {
      if (!Object.hasOwn(value, index)) throw refusal(`an array with a hole at ${index}`, walk);
      text += encodeAt(`[${index}]`, value[index], walk);
    }
    if (Object.keys(value).length > value.length) throw refusal('an array with named properties', walk);
    return text;
  }
  if (isCollection(value) && (isSubclass(value) || Object.keys(value).length > 0)) {
    throw refusal('a Map or Set with something added', walk);
  }
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)].map(
      ([key, item]) => encodeAt('.key', key, walk) + encodeAt(`.get(${String(key)})`, item, walk),
    );
    return `m${entries.length}:${entries.sort().join('')}`;
  }
  if (value instanceof Set) {
    const members = [...(value as Set<unknown>)].map((member) => encodeAt('.member', member, walk));
    return `e${members.length}:${members.sort().join('')}`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw refusal('a class instance', walk);
  if (Object.getOwnPropertySymbols(value).length > 0) throw refusal('an object with symbols for keys', walk);
  const keys = Object.keys(value).sort();
  let text = `o${keys.length}:`;
  if (Object.getOwnPropertyNames(value).length > keys.length) throw refusal('an object with hidden properties', walk);
  for (const key of keys) {
    if (Object.getOwnPropertyDescriptor(value, key)?.get !== undefined) throw refusal('an object with getters', walk);
    if (key === '__proto__') throw refusal('an object with a property __proto__', walk);
    text += `${key.length}:${key}${encodeAt(`.${key}`, (value as Record<string, unknown>)[key], walk)}`;
  }
  return text;
}

function isCollection(value: object): value is Map<unknown, unknown> | Set<unknown> {
  return value instanceof Map || value instanceof Set;
}

function isSubclass(value: Map<unknown, unknown> | Set<unknown>): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Map.prototype && prototype !== Set.prototype;
}

function encodeAt(step: string, value: unknown, walk: Walk): string {
  if (typeof value !== 'object' || value === null) {
    if (typeof value !== 'function' && typeof value !== 'symbol') return encodePart(value, walk);
  }
  walk.path.push(step);
  const text = encodePart(value, walk);
  walk.path.pop();
  return text;
}

function refusal(found: string, walk: Walk): EncodingError {
  const place = walk.path.length === 0 ? walk.what : `${walk.path.join('').replace(/^\./, '')} in ${walk.what}`;
  return new EncodingError(`${place} is ${found}: expected plain data`);
}

function copyPart(value: unknown, reversed: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyPart(item, reversed));
  const arrange = <T>(items: readonly T[]): T[] => (reversed ? items.toReversed() : [...items]);
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)].map(
      ([key, item]) => [encode(key, 'a key'), copyPart(key, reversed), copyPart(item, reversed)] as const,
    );
    return new Map(arrange(entries.sort(byText)).map(([, key, item]) => [key, item]));
  }
  if (value instanceof Set) {
    const members = [...(value as Set<unknown>)].map(
      (member) => [encode(member, 'a member'), copyPart(member, reversed)] as const,
    );
    return new Set(arrange(members.sort(byText)).map(([, member]) => member));
  }
  const copy: Record<string, unknown> = {};
  for (const key of arrange(Object.keys(value).sort())) {
    copy[key] = copyPart((value as Record<string, unknown>)[key], reversed);
  }
  return copy;
}

function byText(one: readonly [string, ...unknown[]], other: readonly [string, ...unknown[]]): number {
  return one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0;
}
