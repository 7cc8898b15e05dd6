// The transitions of a search, kept for properties that need more than single states: three integers each, then by source.

export class TransitionGraph {
  #count = 0;
  #sources: Int32Array = new Int32Array(1024);
  #targets: Int32Array = new Int32Array(1024);
  #events: Int32Array = new Int32Array(1024);
  #expanded = new Uint8Array(1024);
  #starts = new Int32Array(1); // by state, where its edges begin in the order
  #order = new Int32Array(0);

  get bytes(): number {
    return this.#sources.byteLength * 3 + this.#expanded.byteLength + this.#starts.byteLength + this.#order.byteLength;
  }

  add(source: number, target: number, event: number): void {
    if (this.#count === this.#sources.length) {
      this.#sources = grown(this.#sources);
      this.#targets = grown(this.#targets);
      this.#events = grown(this.#events);
    }
    this.#sources[this.#count] = source;
    this.#targets[this.#count] = target;
    this.#events[this.#count++] = event;
  }

  /** All transitions out of a state are there. */
  markExpanded(state: number): void {
    while (state >= this.#expanded.length) {
      const larger = new Uint8Array(2 * this.#expanded.length);
      larger.set(this.#expanded);
      this.#expanded = larger;
    }
    this.#expanded[state] = 1;
  }

  isExpanded(state: number): boolean {
    return this.#expanded[state] === 1;
  }

  /** Sorts the edges by source; to be called once all are there. @param states how many states there are. */
  close(states: number): void {
    this.#starts = new Int32Array(states + 1);
    for (let edge = 0; edge < this.#count; edge++) this.#starts[this.#sources[edge]! + 1]!++;
    for (let state = 0; state < states; state++) this.#starts[state + 1]! += this.#starts[state]!;
    const next = this.#starts.slice();
    this.#order = new Int32Array(this.#count);
    for (let edge = 0; edge < this.#count; edge++) this.#order[next[this.#sources[edge]!]!++] = edge;
  }

  /** The edges out of a state have the places from this one up to that of the next state. */
  firstEdge(state: number): number {
    return this.#starts[state]!;
  }

  target(place: number): number {
    return this.#targets[this.#order[place]!]!;
  }

  event(place: number): number {
    return this.#events[this.#order[place]!]!;
  }

  source(place: number): number {
    return this.#sources[this.#order[place]!]!;
  }
}

function grown(column: Int32Array): Int32Array {
  const larger = new Int32Array(2 * column.length);
  larger.set(column);
  return larger;
}
