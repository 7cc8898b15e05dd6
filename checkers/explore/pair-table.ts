// A map from two small integers to a third: what every memo of the explorer is, as one typed array with open addressing.

export class PairTable {
  #slots = new Int32Array(3 * 1024); // first key, second key, value + 1; 0 there is an empty slot
  #mask = 1023;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** The value of a pair, or -1. */
  get(one: number, other: number): number {
    const slots = this.#slots;
    for (let slot = mix(one, other) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 3;
      const value = slots[at + 2]!;
      if (value === 0) return -1;
      if (slots[at] === one && slots[at + 1] === other) return value - 1;
    }
  }

  /** Adds a pair that is not there yet. The value is not negative. */
  add(one: number, other: number, value: number): void {
    if ((this.#size + 1) * 2 > this.#mask + 1) this.#grow();
    this.#size++;
    this.#place(one, other, value + 1);
  }

  #place(one: number, other: number, stored: number): void {
    const slots = this.#slots;
    let slot = mix(one, other) & this.#mask;
    while (slots[slot * 3 + 2] !== 0) slot = (slot + 1) & this.#mask;
    slots[slot * 3] = one;
    slots[slot * 3 + 1] = other;
    slots[slot * 3 + 2] = stored;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(3 * (this.#mask + 1));
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] !== 0) this.#place(old[at]!, old[at + 1]!, old[at + 2]!);
    }
  }
}

function mix(one: number, other: number): number {
  let hash = Math.imul(one, 0x9e3779b1) ^ Math.imul(other + 0x7f4a7c15, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
