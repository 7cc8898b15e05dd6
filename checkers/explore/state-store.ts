// All states that were reached, as rows of integers in chunks of typed memory, with the step that led to each. A state is
// known exactly if its very row is there: the hash only says where to look.

const chunkBits = 20;
const chunkInts = 1 << chunkBits;
const maxChunks = 4096; // offsets have 32 bits

export class StateStore {
  /** The number of the state that was added last, new or not. */
  last = -1;

  #count = 0;
  readonly #chunks: Int32Array[] = [];
  #end = chunkInts; // where in the last chunk the next row goes
  #offsets = new Uint32Array(1024); // of each state's row, whose first integer is its length
  #parents = new Int32Array(1024);
  #events = new Int32Array(1024);
  #slots = new Int32Array(2 * 4096); // state + 1, hash of its row
  #mask = 4095;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#chunks.length * chunkInts * 4 + this.#offsets.length * 12 + this.#slots.byteLength;
  }

  /** Adds the row of a state; its number if it is new, else -1. The parent of an initial state is -1. */
  add(row: Int32Array, length: number, parent: number, event: number): number {
    const hash = hashOf(row, length);
    const slots = this.#slots;
    let slot = hash & this.#mask;
    for (let stored = slots[slot * 2]!; stored !== 0; stored = slots[slot * 2]!) {
      if (slots[slot * 2 + 1] === hash && this.#isRow(stored - 1, row, length)) {
        this.last = stored - 1;
        return -1;
      }
      slot = (slot + 1) & this.#mask;
    }
    const state = this.#count++;
    this.last = state;
    slots[slot * 2] = state + 1;
    slots[slot * 2 + 1] = hash;
    this.#append(state, row, length);
    this.#parents[state] = parent;
    this.#events[state] = event;
    if (this.#count * 2 > this.#mask) this.#growTable();
    return state;
  }

  /** The number of the state with this row, or -1. */
  find(row: Int32Array, length: number): number {
    const hash = hashOf(row, length);
    const slots = this.#slots;
    let slot = hash & this.#mask;
    for (let stored = slots[slot * 2]!; stored !== 0; stored = slots[slot * 2]!) {
      if (slots[slot * 2 + 1] === hash && this.#isRow(stored - 1, row, length)) return stored - 1;
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }

  /** Copies the row of a state, and returns its length. */
  load(state: number, into: Int32Array): number {
    const offset = this.#offsets[state]!;
    const chunk = this.#chunks[offset >>> chunkBits]!;
    const base = offset & (chunkInts - 1);
    const length = chunk[base]!;
    for (let at = 0; at < length; at++) into[at] = chunk[base + 1 + at]!;
    return length;
  }

  lengthOf(state: number): number {
    const offset = this.#offsets[state]!;
    return this.#chunks[offset >>> chunkBits]![offset & (chunkInts - 1)]!;
  }

  parentOf(state: number): number {
    return this.#parents[state]!;
  }

  eventOf(state: number): number {
    return this.#events[state]!;
  }

  #isRow(state: number, row: Int32Array, length: number): boolean {
    const offset = this.#offsets[state]!;
    const chunk = this.#chunks[offset >>> chunkBits]!;
    const base = offset & (chunkInts - 1);
    if (chunk[base] !== length) return false;
    for (let at = 0; at < length; at++) if (chunk[base + 1 + at] !== row[at]) return false;
    return true;
  }

  #append(state: number, row: Int32Array, length: number): void {
    if (length >= chunkInts) throw new RangeError(`a state of ${length} integers is too large`);
    if (this.#end + length + 1 > chunkInts) {
      if (this.#chunks.length === maxChunks) throw new RangeError('more states than can be numbered');
      this.#chunks.push(new Int32Array(chunkInts));
      this.#end = 0;
    }
    if (state === this.#offsets.length) this.#growColumns();
    const chunk = this.#chunks[this.#chunks.length - 1]!;
    this.#offsets[state] = (this.#chunks.length - 1) * chunkInts + this.#end;
    chunk[this.#end] = length;
    for (let at = 0; at < length; at++) chunk[this.#end + 1 + at] = row[at]!;
    this.#end += length + 1;
  }

  #growColumns(): void {
    const capacity = Math.ceil(this.#offsets.length * 1.5);
    const grown = <A extends Uint32Array | Int32Array>(column: A, empty: A): A => {
      empty.set(column);
      return empty;
    };
    this.#offsets = grown(this.#offsets, new Uint32Array(capacity));
    this.#parents = grown(this.#parents, new Int32Array(capacity));
    this.#events = grown(this.#events, new Int32Array(capacity));
  }

  #growTable(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    const slots = (this.#slots = new Int32Array(2 * (this.#mask + 1)));
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0) continue;
      let slot = old[at + 1]! & this.#mask;
      while (slots[slot * 2] !== 0) slot = (slot + 1) & this.#mask;
      slots[slot * 2] = old[at]!;
      slots[slot * 2 + 1] = old[at + 1]!;
    }
  }
}

function hashOf(row: Int32Array, length: number): number {
  let hash = length;
  for (let at = 0; at < length; at++) {
    hash = Math.imul(hash ^ row[at]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
