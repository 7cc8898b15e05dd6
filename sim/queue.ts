// The event queue: a 4-ary heap on (time, order) over parallel typed arrays, with no object and no closure per event.
// Ties leave in the order they were pushed, or in a seeded order that does not depend on who else is in the tie.
import { fractionStream } from './random.ts';
import type { Micros } from './time.ts';

const orderSpan = 2 ** 40; // pushes per run; the tie key occupies the 13 bits above

export class EventQueue {
  /** The event that `pop` took: its time, its kind and what its kind makes of three integers and a payload. */
  time: Micros = 0;
  kind = 0;
  a = 0;
  b = 0;
  c = 0;
  payload: unknown = undefined;
  size = 0;

  #times = new Float64Array(256);
  #orders = new Float64Array(256);
  #slots = new Int32Array(256);
  #kinds = new Uint8Array(256);
  #as = new Int32Array(256);
  #bs = new Int32Array(256);
  #cs = new Int32Array(256);
  #payloads: unknown[] = [];
  #free: Int32Array = new Int32Array(256);
  #freeCount = 0;
  #used = 0;
  #pushes = 0;
  readonly #tieKey: (() => number) | undefined;

  /** With `shuffleTies`, events of one instant leave in an order drawn from that seed instead of first in, first out. */
  constructor(shuffleTies?: string) {
    if (shuffleTies !== undefined) this.#tieKey = fractionStream(shuffleTies, 'ties');
  }

  push(time: Micros, kind: number, a: number, b: number, c: number, payload: unknown): void {
    const slot = this.#takeSlot();
    this.#kinds[slot] = kind;
    this.#as[slot] = a;
    this.#bs[slot] = b;
    this.#cs[slot] = c;
    this.#payloads[slot] = payload;
    let order = this.#pushes++;
    if (this.#tieKey !== undefined) order += Math.floor(this.#tieKey() * 8192) * orderSpan;
    this.#siftUp(this.size++, time, order, slot);
  }

  /** Takes the earliest event into the fields above; false when there is none. */
  pop(): boolean {
    if (this.size === 0) return false;
    const slot = this.#slots[0] as number;
    this.time = this.#times[0] as number;
    this.kind = this.#kinds[slot] as number;
    this.a = this.#as[slot] as number;
    this.b = this.#bs[slot] as number;
    this.c = this.#cs[slot] as number;
    this.payload = this.#payloads[slot];
    this.#payloads[slot] = undefined;
    this.#free[this.#freeCount++] = slot;
    const last = --this.size;
    if (last > 0)
      this.#siftDown(this.#times[last] as number, this.#orders[last] as number, this.#slots[last] as number);
    return true;
  }

  /** The time of the earliest event; meaningless when the queue is empty. */
  peekTime(): Micros {
    return this.#times[0] as number;
  }

  #siftUp(start: number, time: number, order: number, slot: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    let hole = start;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime < time || (parentTime === time && (orders[parent] as number) < order)) break;
      times[hole] = parentTime;
      orders[hole] = orders[parent] as number;
      slots[hole] = slots[parent] as number;
      hole = parent;
    }
    times[hole] = time;
    orders[hole] = order;
    slots[hole] = slot;
  }

  #siftDown(time: number, order: number, slot: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    const size = this.size;
    let hole = 0;
    for (let first = 1; first < size; first = (hole << 2) + 1) {
      let least = first;
      let leastTime = times[first] as number;
      const end = first + 4 < size ? first + 4 : size;
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child] as number;
        if (
          childTime < leastTime ||
          (childTime === leastTime && (orders[child] as number) < (orders[least] as number))
        ) {
          least = child;
          leastTime = childTime;
        }
      }
      if (leastTime > time || (leastTime === time && (orders[least] as number) > order)) break;
      times[hole] = leastTime;
      orders[hole] = orders[least] as number;
      slots[hole] = slots[least] as number;
      hole = least;
    }
    times[hole] = time;
    orders[hole] = order;
    slots[hole] = slot;
  }

  #takeSlot(): number {
    if (this.#freeCount > 0) return this.#free[--this.#freeCount] as number;
    if (this.#used === this.#kinds.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const capacity = this.#kinds.length * 2;
    this.#times = copyInto(new Float64Array(capacity), this.#times);
    this.#orders = copyInto(new Float64Array(capacity), this.#orders);
    this.#slots = copyInto(new Int32Array(capacity), this.#slots);
    this.#kinds = copyInto(new Uint8Array(capacity), this.#kinds);
    this.#as = copyInto(new Int32Array(capacity), this.#as);
    this.#bs = copyInto(new Int32Array(capacity), this.#bs);
    this.#cs = copyInto(new Int32Array(capacity), this.#cs);
    this.#free = copyInto(new Int32Array(capacity), this.#free);
  }
}

function copyInto<A extends { set(from: A): void }>(to: A, from: A): A {
  to.set(from);
  return to;
}
