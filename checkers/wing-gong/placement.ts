// Where the search stands: which operations are placed, which still can be. The doubly linked list of calls and returns of
// Wing & Gong (1993, section 4) as typed arrays, with Lowe's (2017, section 2) configurations as its memory.
import type { Problem } from './problem.ts';
import { TupleTable } from './tuple-table.ts';

const widestMask = 256;

/**
 * The order built so far. The list holds the calls, and the returns of required operations, of what is not placed yet, in
 * history order: entry 2i is the call of operation i, 2i+1 its return, and the last entry is head and tail.
 */
export class Placement {
  readonly problem: Problem;
  readonly end: number;
  readonly next: Int32Array;
  /** How many required operations are not placed. */
  remaining = 0;
  /** For each kind of crashed operation how many of its group are placed: always the ones that were called first. */
  readonly crashedPlaced: Int32Array;
  /** The operations that left the list, in order; an expired one is stored as ~operation. */
  readonly trail: Int32Array;
  trailLength = 0;
  private readonly previous: Int32Array;
  private readonly latestBefore: Int32Array; // beside the trail: `latest` before this step
  private latest = -1; // the highest operation that left the list
  private readonly crashedSorted: Int32Array; // crashed operations that are placed, ascending
  private crashedCount = 0;
  private readonly crashedSets = new TupleTable();
  private crashedSet: number;
  private readonly crashedSetBefore: Int32Array;
  private readonly visited = new TupleTable();
  private words = new Int32Array(64);
  private readonly groupOf: Int32Array;
  private readonly canExpire: boolean;

  constructor(problem: Problem) {
    const { deadlines, required, members } = problem;
    this.problem = problem;
    this.end = 2 * deadlines;
    this.next = new Int32Array(this.end + 1);
    this.previous = new Int32Array(this.end + 1);
    this.trail = new Int32Array(members.length);
    this.latestBefore = new Int32Array(members.length);
    this.crashedSetBefore = new Int32Array(members.length);
    this.crashedPlaced = new Int32Array(problem.crashed.length);
    this.crashedSorted = new Int32Array(members.length - deadlines);
    this.crashedSet = this.crashedSets.intern(this.words, 0);
    for (let operation = 0; operation < deadlines; operation += 1) this.remaining += required[operation]!;
    this.canExpire = this.remaining < deadlines;
    this.groupOf = new Int32Array(members.length);
    for (const [group, operations] of problem.crashed.entries()) {
      for (const operation of operations) this.groupOf[operation] = group;
    }
    this.linkInHistoryOrder();
  }

  /** An estimate of the memory in use. */
  get bytes(): number {
    return this.visited.bytes + this.crashedSets.bytes;
  }

  /** Places an operation that has a deadline, and expires the optional ones that had returned before its call. */
  place(operation: number): void {
    this.expireBefore(this.problem.called[operation]!);
    this.remove(operation, operation);
  }

  /** Places the next crashed operation of a group. */
  placeCrashed(group: number): void {
    const operation = this.problem.crashed[group]![this.crashedPlaced[group]!]!;
    this.expireBefore(this.problem.called[operation]!);
    this.record(operation);
    this.crashedPlaced[group] = this.crashedPlaced[group]! + 1;
    const sorted = this.crashedSorted;
    let slot = this.crashedCount;
    for (; slot > 0 && sorted[slot - 1]! > operation; slot -= 1) sorted[slot] = sorted[slot - 1]!;
    sorted[slot] = operation;
    this.crashedCount += 1;
    this.crashedSet = this.crashedSets.intern(sorted, this.crashedCount);
  }

  /** Takes back everything after the first `length` steps of the trail. */
  undo(length: number): void {
    while (this.trailLength > length) {
      this.trailLength -= 1;
      const step = this.trail[this.trailLength]!;
      this.latest = this.latestBefore[this.trailLength]!;
      if (step >= this.problem.deadlines) {
        const group = this.groupOf[step]!;
        this.crashedPlaced[group] = this.crashedPlaced[group]! - 1;
        this.crashedSet = this.crashedSetBefore[this.trailLength]!;
        this.crashedCount -= 1;
        this.crashedSorted.copyWithin(this.crashedSorted.indexOf(step), this.crashedSorted.indexOf(step) + 1);
      } else {
        this.relink(step < 0 ? ~step : step);
      }
    }
  }

  /** Whether this configuration with this state is met for the first time; it is remembered from then on. */
  isNew(state: number): boolean {
    const size = this.visited.size;
    const length = this.encode(state);
    this.visited.intern(this.words, length);
    return this.visited.size > size;
  }

  /**
   * Writes the configuration into `words` and returns its length. Every operation up to `latest` has left the list except
   * for those that a walk from the head meets before it. These are no more than the processes, as each was running when
   * `latest` was called, and lie close together: a mask of bits back from `latest`, or a list of them when they do not.
   */
  private encode(state: number): number {
    const { next, latest, end } = this;
    this.words[0] = latest;
    this.words[1] = state;
    this.words[2] = this.crashedSet;
    let length = 3;
    let entry = next[end]!;
    const width = latest - (entry >> 1);
    if (entry === end || width <= 0) return length;
    if (width <= widestMask) {
      length += ((width - 1) >> 5) + 1;
      this.words.fill(0, 3, length);
      for (; entry >> 1 < latest; entry = next[entry]!) {
        const bit = latest - 1 - (entry >> 1);
        this.words[3 + (bit >> 5)] = this.words[3 + (bit >> 5)]! | (1 << (bit & 31));
      }
      return length;
    }
    this.words[0] = ~latest;
    for (; entry >> 1 < latest; entry = next[entry]!) {
      if (length === this.words.length) this.widenWords();
      this.words[length] = entry >> 1;
      length += 1;
    }
    return length;
  }

  private widenWords(): void {
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
  }

  /** An optional operation that had returned before this call is placed before it or not at all. */
  private expireBefore(called: number): void {
    if (!this.canExpire) return;
    const { next, end, problem } = this;
    for (let entry = next[end]!; entry !== end && (entry & 1) === 0; entry = next[entry]!) {
      const operation = entry >> 1;
      if (problem.called[operation]! >= called) return;
      if (problem.required[operation] === 0 && problem.returned[operation]! < called)
        this.remove(operation, ~operation);
    }
  }

  private remove(operation: number, step: number): void {
    this.record(step);
    if (operation > this.latest) this.latest = operation;
    const { next, previous } = this;
    const call = 2 * operation;
    next[previous[call]!] = next[call]!;
    previous[next[call]!] = previous[call]!;
    if (this.problem.required[operation] === 0) return;
    next[previous[call + 1]!] = next[call + 1]!;
    previous[next[call + 1]!] = previous[call + 1]!;
    this.remaining -= 1;
  }

  private relink(operation: number): void {
    const { next, previous } = this;
    const call = 2 * operation;
    if (this.problem.required[operation] === 1) {
      next[previous[call + 1]!] = call + 1;
      previous[next[call + 1]!] = call + 1;
      this.remaining += 1;
    }
    next[previous[call]!] = call;
    previous[next[call]!] = call;
  }

  private record(step: number): void {
    this.trail[this.trailLength] = step;
    this.latestBefore[this.trailLength] = this.latest;
    this.crashedSetBefore[this.trailLength] = this.crashedSet;
    this.trailLength += 1;
  }

  private linkInHistoryOrder(): void {
    const { deadlines, required, called, returned } = this.problem;
    const entries: number[] = [];
    for (let operation = 0; operation < deadlines; operation += 1) {
      entries.push(2 * operation);
      if (required[operation] === 1) entries.push(2 * operation + 1);
    }
    const position = (entry: number) => ((entry & 1) === 0 ? called : returned)[entry >> 1]!;
    entries.sort((one, other) => position(one) - position(other));
    let last = this.end;
    for (const entry of [...entries, this.end]) {
      this.next[last] = entry;
      this.previous[entry] = last;
      last = entry;
    }
  }
}
