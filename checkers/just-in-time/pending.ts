// Which operations are pending at a level, in the order of their returns. Moves forwards and backwards with the search.
import { refused, type Transitions } from '../wing-gong/transitions.ts';
import type { Timeline } from './timeline.ts';

export class Pending<State> {
  /** The pending operations, earliest return first; crashed ones come last. */
  readonly operations: Int32Array;
  count = 0;
  /** Those of them that observe, in no particular order. */
  readonly reads: Int32Array;
  readCount = 0;
  /** The slots of the pending operations that overwrite, as a mask. */
  readonly overwriters: Int32Array;
  /** By operation, if it is a pending overwrite: how many pending reads accept what it leaves. */
  readonly readers: Int32Array;
  /** How many pending operations neither overwrite nor read. */
  others = 0;
  private level = 0;
  private readonly timeline: Timeline;
  private readonly transitions: Transitions<State>;
  private readonly isOverwriter: Uint8Array;

  /** @param isOverwriter by operation. */
  constructor(timeline: Timeline, transitions: Transitions<State>, isOverwriter: Uint8Array) {
    this.timeline = timeline;
    this.transitions = transitions;
    this.readers = new Int32Array(isOverwriter.length);
    this.isOverwriter = isOverwriter;
    this.operations = new Int32Array(timeline.slots + 1);
    this.reads = new Int32Array(timeline.slots + 1);
    this.overwriters = new Int32Array(Math.max(1, (timeline.slots + 31) >> 5));
    this.callAll(0);
  }

  /** What is pending just before return number `level`. */
  moveTo(level: number): void {
    const { returns, calls } = this.timeline;
    while (this.level < level) {
      this.remove(returns[this.level]!);
      this.level += 1;
      this.callAll(this.level);
    }
    while (this.level > level) {
      if (this.level < returns.length) {
        for (let operation = calls[this.level + 1]! - 1; operation >= calls[this.level]!; operation -= 1) {
          this.remove(operation);
        }
      }
      this.level -= 1;
      this.insert(returns[this.level]!);
    }
  }

  private callAll(level: number): void {
    const { returns, calls } = this.timeline;
    if (level === returns.length) return;
    for (let operation = calls[level]!; operation < calls[level + 1]!; operation += 1) this.insert(operation);
  }

  private insert(operation: number): void {
    const { operations } = this;
    const { rank } = this.timeline;
    let place = this.count;
    for (; place > 0 && rank[operations[place - 1]!]! > rank[operation]!; place -= 1) {
      operations[place] = operations[place - 1]!;
    }
    operations[place] = operation;
    this.count += 1;
    this.tally(operation, 1);
  }

  private remove(operation: number): void {
    const { operations } = this;
    let place = 0;
    while (operations[place] !== operation) place += 1;
    operations.copyWithin(place, place + 1, this.count);
    this.count -= 1;
    this.tally(operation, -1);
  }

  /** Counts an operation in, or out, among those that are pending. */
  private tally(operation: number, change: 1 | -1): void {
    const { operations, readers, transitions, isOverwriter } = this;
    const { observes, kinds } = transitions;
    const isRead = observes[kinds[operation]!] === 1;
    if (isRead) this.tallyRead(operation, change);
    if (isOverwriter[operation] === 1) {
      const slot = this.timeline.slot[operation]!;
      this.overwriters[slot >> 5] = this.overwriters[slot >> 5]! ^ (1 << (slot & 31));
      readers[operation] = 0;
    } else if (!isRead) this.others += change;
    for (let place = 0; place < this.count; place += 1) {
      const other = operations[place]!;
      if (isRead && isOverwriter[other] === 1 && this.satisfies(other, operation)) {
        readers[other] = readers[other]! + change;
      }
      if (change === 1 && isOverwriter[operation] === 1 && observes[kinds[other]!] === 1) {
        if (this.satisfies(operation, other)) readers[operation] = readers[operation]! + 1;
      }
    }
  }

  private tallyRead(read: number, change: 1 | -1): void {
    const { reads } = this;
    if (change === 1) reads[this.readCount] = read;
    else reads[reads.indexOf(read)] = reads[this.readCount - 1]!;
    this.readCount += change;
  }

  private satisfies(overwrite: number, read: number): boolean {
    const { transitions } = this;
    const left = transitions.next(0, transitions.kinds[overwrite]!);
    return left !== refused && transitions.next(left, transitions.kinds[read]!) !== refused;
  }
}
