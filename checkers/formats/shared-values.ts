// Lets equal small values of a history be one object: a key and a value, or a micro-operation, are in memory once however many
// events name them one after the other. A history holds some hundred bytes an event, and half of them would be such arrays.
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';

/** Longer arrays seldom have an equal. */
const longest = 3;

/** Powers of two: values that share a slot drive each other out. A small history needs no large table. */
const fewest = 1 << 6;
const most = 1 << 16;

/** Values met lately. They are never changed, so that nobody can tell whether two are one. */
export class SharedValues {
  #met = emptyTable(fewest);
  #stored = 0;

  /** The value, or one that is equal: arrays of up to three plain values are shared, alone or as elements of another. */
  share(value: Json): Json {
    if (!isArray(value) || value.length === 0) return value;
    const inner = value[0]!;
    if (inner === null || typeof inner !== 'object') return value.length > longest ? value : this.#shareOne(value);
    let changed: Json[] | undefined;
    for (let index = 0; index < value.length; index += 1) {
      const element = value[index]!;
      if (!isArray(element) || element.length === 0 || element.length > longest) continue;
      const shared = this.#shareOne(element);
      if (shared !== element) (changed ??= [...value])[index] = shared;
    }
    return changed ?? value;
  }

  #shareOne(value: readonly Json[]): readonly Json[] {
    let hash = value.length;
    for (const element of value) {
      const code = hashOf(element);
      if (code === undefined) return value;
      hash = Math.imul(hash ^ code, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const slot = hash & (this.#met.length - 1);
    const known = this.#met[slot];
    if (known !== undefined && isSame(known, value)) return known;
    this.#met[slot] = value;
    this.#stored += 1;
    if (this.#stored > this.#met.length && this.#met.length < most) this.#met = emptyTable(this.#met.length * 4);
    return value;
  }
}

function emptyTable(slots: number): (readonly Json[] | undefined)[] {
  return Array.from({ length: slots }, () => undefined);
}

/** Undefined for what is not shared. */
function hashOf(element: Json): number | undefined {
  switch (typeof element) {
    case 'number':
      return element | 0;
    case 'string':
      return Math.imul(element.length, 31) + element.charCodeAt(0) * 7 + element.charCodeAt(element.length - 1);
    case 'boolean':
      return element ? 1 : 2;
    default:
      return element === null ? 3 : undefined;
  }
}

function isSame(one: readonly Json[], other: readonly Json[]): boolean {
  return one.length === other.length && one.every((element, index) => Object.is(element, other[index]));
}
