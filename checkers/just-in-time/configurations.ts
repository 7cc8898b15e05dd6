// The fast search's memory: the configurations met so far, level by level, without those that another one makes superfluous.
//
// A configuration says what state the object is in after some returns and where each pending operation stands:
//   fresh:    it has not happened;
//   done:     it has happened, and what follows has seen it;
//   optional: it may have happened without a trace, or not yet, whichever turns out to be needed. So are operations that
//             never returned until they are used, operations that were overwritten, and reads that saw what they returned.
// Of two configurations with the same state, one is superfluous if the other differs from it only in operations that are
// optional there: whatever is done with an operation that is fresh or done can be done with an optional one.
import { TupleTable } from '../wing-gong/tuple-table.ts';

const header = 4; // level, state, parent, next of the same level and state
const compared = 64; // how many of the same level and state are compared for superfluity; all of them for identity

/** Configurations, numbered in the order in which they were added. */
export class Configurations {
  size = 0;
  /** Words of a mask: two masks a configuration, done and optional. */
  readonly width: number;
  private readonly stride: number;
  private words: Int32Array;
  private heads = new Int32Array(1024).fill(-1);
  private chains = 0;
  private readonly exact = new TupleTable();
  private readonly tuple: Int32Array;

  constructor(slots: number) {
    this.width = Math.max(1, (slots + 31) >> 5);
    this.stride = header + 2 * this.width;
    this.words = new Int32Array(this.stride * 1024);
    this.tuple = new Int32Array(2 + 2 * this.width);
  }

  /** An estimate of the memory in use. */
  get bytes(): number {
    return 4 * (this.words.length + this.heads.length) + this.exact.bytes;
  }

  level(number: number): number {
    return this.words[number * this.stride]!;
  }

  state(number: number): number {
    return this.words[number * this.stride + 1]!;
  }

  /** The one it was reached from; -1 for the first. */
  parent(number: number): number {
    return this.words[number * this.stride + 2]!;
  }

  /** Copies both masks into `masks`: done, then optional. */
  read(number: number, masks: Int32Array): void {
    const from = number * this.stride + header;
    for (let word = 0; word < 2 * this.width; word += 1) masks[word] = this.words[from + word]!;
  }

  /** Adds a configuration, unless it is superfluous: then the answer is -1, else its number. `masks` has both at `at`. */
  add(level: number, state: number, parent: number, masks: Int32Array, at: number): number {
    const place = this.placeOf(level, state);
    const head = this.heads[place]!;
    let seen = 0;
    for (let other = head; other !== -1; other = this.words[other * this.stride + 3]!) {
      if (covers(this.words, other * this.stride + header, masks, at, this.width)) return -1;
      seen += 1;
      if (seen === compared) {
        if (!this.isNew(level, state, masks, at)) return -1;
        break;
      }
    }
    const number = this.append(level, state, parent, head, masks, at);
    this.heads[place] = number;
    if (head === -1) {
      this.chains += 1;
      if (this.chains * 2 > this.heads.length) this.grow();
    }
    return number;
  }

  private append(level: number, state: number, parent: number, next: number, masks: Int32Array, at: number): number {
    const number = this.size;
    const offset = number * this.stride;
    this.size += 1;
    if (offset + this.stride > this.words.length) {
      const words = new Int32Array(this.words.length * 2);
      words.set(this.words);
      this.words = words;
    }
    this.words[offset] = level;
    this.words[offset + 1] = state;
    this.words[offset + 2] = parent;
    this.words[offset + 3] = next;
    for (let word = 0; word < 2 * this.width; word += 1) this.words[offset + header + word] = masks[at + word]!;
    return number;
  }

  private isNew(level: number, state: number, masks: Int32Array, at: number): boolean {
    this.tuple[0] = level;
    this.tuple[1] = state;
    for (let word = 0; word < 2 * this.width; word += 1) this.tuple[2 + word] = masks[at + word]!;
    const { size } = this.exact;
    this.exact.intern(this.tuple, this.tuple.length);
    return this.exact.size > size;
  }

  /** Where the chain of a level and a state starts, or would. */
  private placeOf(level: number, state: number): number {
    const { heads, words, stride } = this;
    const mask = heads.length - 1;
    let place = Math.imul(level, 0x9e3779b1) ^ Math.imul(state, 0x85ebca6b);
    place = (place ^ (place >>> 15)) & mask;
    for (let head = heads[place]!; head !== -1; head = heads[place]!) {
      if (words[head * stride] === level && words[head * stride + 1] === state) break;
      place = (place + 1) & mask;
    }
    return place;
  }

  private grow(): void {
    const old = this.heads;
    this.heads = new Int32Array(old.length * 2).fill(-1);
    for (const head of old) {
      if (head !== -1) this.heads[this.placeOf(this.level(head), this.state(head))] = head;
    }
  }
}

/** Whether the masks at `here` differ from those at `there` only where they are optional. Both: done, then optional. */
export function covers(one: Int32Array, here: number, other: Int32Array, there: number, width: number): boolean {
  for (let word = 0; word < width; word += 1) {
    const optional = one[here + width + word]!;
    const differs = (one[here + word]! ^ other[there + word]!) | (optional ^ other[there + width + word]!);
    if ((differs & ~optional) !== 0) return false;
  }
  return true;
}
