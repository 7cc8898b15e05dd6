// A set of tuples of integers, packed into two typed arrays: the search's memory. Tuples are compared word by word, so that
// two that share a hash are never taken for one another.

const headerWords = 2; // each tuple is stored as its hash, its length, its words

/** Holds each tuple once and gives it a number. */
export class TupleTable {
  /** How many tuples it holds. */
  size = 0;
  private slots = new Int32Array(64); // offset in the pool + 1, or 0 for a free slot; at most half are in use
  private pool = new Int32Array(256);
  private used = 0;

  /** The memory in use. */
  get bytes(): number {
    return 4 * (this.slots.length + this.pool.length);
  }

  /** The number of the tuple in the first `length` words: a new one, and `size` grows, if it was not there. */
  intern(words: Int32Array, length: number): number {
    const hash = hashWords(words, length);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let offset = this.slots[slot]!; offset !== 0; offset = this.slots[slot]!) {
      if (this.equals(offset - 1, hash, words, length)) return offset;
      slot = (slot + 1) & mask;
    }
    const offset = this.append(hash, words, length) + 1;
    this.slots[slot] = offset;
    this.size += 1;
    if (this.size * 2 > this.slots.length) this.grow();
    return offset;
  }

  private equals(offset: number, hash: number, words: Int32Array, length: number): boolean {
    const pool = this.pool;
    if (pool[offset] !== hash || pool[offset + 1] !== length) return false;
    for (let word = 0; word < length; word += 1) if (pool[offset + headerWords + word] !== words[word]) return false;
    return true;
  }

  private append(hash: number, words: Int32Array, length: number): number {
    const offset = this.used;
    this.used += headerWords + length;
    if (this.used > this.pool.length) {
      const pool = new Int32Array(Math.max(this.pool.length * 2, this.used));
      pool.set(this.pool);
      this.pool = pool;
    }
    this.pool[offset] = hash;
    this.pool[offset + 1] = length;
    for (let word = 0; word < length; word += 1) this.pool[offset + headerWords + word] = words[word]!;
    return offset;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let offset = 0; offset < this.used; offset += headerWords + this.pool[offset + 1]!) {
      let slot = this.pool[offset]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = offset + 1;
    }
    this.slots = slots;
  }
}

/** A 32-bit mix in the manner of MurmurHash3. */
function hashWords(words: Int32Array, length: number): number {
  let hash = length;
  for (let word = 0; word < length; word += 1) {
    hash = Math.imul(hash ^ Math.imul(words[word]!, 0xcc9e2d51), 0x1b873593);
    hash = ((hash << 13) | (hash >>> 19)) + 0x6546b64;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
