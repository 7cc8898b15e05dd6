// Which operations are pending at a level, in the order of their returns. Moves forwards and backwards with the search.
import type { Timeline } from './timeline.ts';

export class Pending {
  /** The pending operations, earliest return first; crashed ones come last. */
  readonly operations: Int32Array;
  count = 0;
  /** The slots of the pending operations that overwrite, as a mask. */
  readonly overwriters: Int32Array;
  private level = 0;
  private readonly timeline: Timeline;
  private readonly isOverwriter: Uint8Array;

  /** @param isOverwriter by operation. */
  constructor(timeline: Timeline, isOverwriter: Uint8Array) {
    this.timeline = timeline;
    this.isOverwriter = isOverwriter;
    this.operations = new Int32Array(timeline.slots + 1);
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
    if (this.isOverwriter[operation] === 1) this.flip(operation);
  }

  private remove(operation: number): void {
    const { operations } = this;
    let place = 0;
    while (operations[place] !== operation) place += 1;
    operations.copyWithin(place, place + 1, this.count);
    this.count -= 1;
    if (this.isOverwriter[operation] === 1) this.flip(operation);
  }

  private flip(operation: number): void {
    const slot = this.timeline.slot[operation]!;
    this.overwriters[slot >> 5] = this.overwriters[slot >> 5]! ^ (1 << (slot & 31));
  }
}
