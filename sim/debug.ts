// Debug mode: proves that handlers keep the rules of the seam. Sent messages and written records are frozen, states must be
// plain data, no object may belong to two nodes, no handler may read the real clock or Math.random. That no handler returns a
// promise is looked at in every mode: what it does later would be in no run.
import type { SimNode } from './node.ts';

/** Thrown inside a handler's turn; becomes a finding that names the node and the handler. */
export class SeamError extends Error {
  override readonly name = 'SeamError';
}

/** @throws SeamError when a handler has gone on as a promise; whether that fails later is of no interest any more */
export function refusePromise(handler: string, result: unknown): void {
  if (!isPromise(result)) return;
  Promise.resolve(result).catch(() => {});
  throw new SeamError(`${handler} returned a promise: handlers are synchronous`);
}

export class Debugger {
  readonly #owner = new WeakMap<object, SimNode>();

  before(_node: SimNode): void {
    forbidWorld();
  }

  after(node: SimNode): void {
    allowWorld();
    if (node.status === 'up') this.#claim(node, node.state, 'state', new Set());
  }

  sends(_node: SimNode, message: object): void {
    freeze(message, 'message', new Set());
  }

  writes(_node: SimNode, write: object): void {
    freeze(write, 'record', new Set());
  }

  /** Every mutable object in a state belongs to that node alone. */
  #claim(node: SimNode, value: unknown, path: string, seen: Set<object>): void {
    if (!isObject(value) || seen.has(value)) return;
    seen.add(value);
    if (!Object.isFrozen(value)) {
      const owner = this.#owner.get(value);
      if (owner !== undefined && owner !== node) {
        throw new SeamError(`${path} of ${node.id} is an object that belongs to ${owner.id}`);
      }
      this.#owner.set(value, node);
    }
    forEachPart(value, path, (part, at) => this.#claim(node, part, at, seen));
  }
}

/** Calls `visit` with every part of a plain value. @throws SeamError where it is not plain data. */
function forEachPart(value: object, path: string, visit: (part: unknown, path: string) => void): void {
  if (value instanceof Map) {
    for (const [key, part] of value) visit(part, `${path}.get(${String(key)})`);
  } else if (value instanceof Set) {
    for (const part of value) visit(part, `${path}.has`);
  } else if (Array.isArray(value)) {
    value.forEach((part, index) => visit(part, `${path}[${index}]`));
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new SeamError(
        `${path} is not plain data but a ${(value.constructor as { name?: string }).name ?? 'class instance'}`,
      );
    }
    for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  }
}

function freeze(value: unknown, path: string, seen: Set<object>): void {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new SeamError(`${path} is a ${typeof value}, not plain data`);
  if (!isObject(value) || Object.isFrozen(value) || seen.has(value)) return;
  if (value instanceof Map || value instanceof Set)
    throw new SeamError(`${path} is a Map or Set: use arrays and objects`);
  seen.add(value);
  forEachPart(value, path, (part, at) => freeze(part, at, seen));
  Object.freeze(value);
}

function isObject(value: unknown): value is object {
  if (typeof value === 'function') throw new SeamError('a state holds a function: states are plain data');
  return typeof value === 'object' && value !== null;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

const forbidden: readonly (readonly [object: object, key: string])[] = [
  [Math, 'random'],
  [Reflect.get(globalThis, 'Date') as object, 'now'],
];
const originals = forbidden.map(([object, key]) => Reflect.get(object, key) as unknown);

function forbidWorld(): void {
  for (const [object, key] of forbidden) {
    Reflect.set(object, key, () => {
      throw new SeamError(`a handler called ${key === 'now' ? 'Date.now' : 'Math.random'}: use ctx.${key}`);
    });
  }
}

/** Gives the real clock and the real randomness back. */
export function allowWorld(): void {
  forbidden.forEach(([object, key], index) => Reflect.set(object, key, originals[index]));
}
