// Shortcuts through a cycle: where an order that is transitive, of sessions or of real time, holds between transactions further
// apart, the way between them can be left out.
import type { Operation } from '../operations.ts';

/** A step of the way: from one place to another, which is the next one unless `isShortcut`. */
export interface Stride {
  readonly from: number;
  readonly to: number;
  readonly isShortcut: boolean;
}

/**
 * The fewest strides from place 1 to the last one; of equally few those that leave from the earliest places.
 * @param operations by place, beginning with place 0, which is not on the way.
 * @param groupOf what two operations share between which the order of real time counts.
 */
export function shortestWay(
  operations: readonly Operation[],
  groupOf: (operation: Operation) => number,
): readonly Stride[] {
  const length = new Int32Array(operations.length); // by place: the strides of the shortest way there
  const strides: Stride[] = [];
  const members = new Map<number, number[]>();
  for (const [place, operation] of operations.entries()) {
    const group = members.get(groupOf(operation));
    if (group === undefined) members.set(groupOf(operation), [place]);
    else group.push(place);
  }
  const groups = new Map(Array.from(members, ([group, places]) => [group, new Earlier(operations, places, length)]));
  const groupAt = (place: number): Earlier => groups.get(groupOf(operations[place]!))!;
  for (let to = 2; to < operations.length; to++) {
    groupAt(to - 1).add(to - 1);
    const early = groupAt(to).nearest(operations[to]!.called.index);
    const isShortcut = early > 0 && length[early]! <= length[to - 1]!;
    const from = isShortcut ? early : to - 1;
    length[to] = length[from]! + 1;
    strides[to] = { from, to, isShortcut: isShortcut && from < to - 1 };
  }
  const way: Stride[] = [];
  for (let place = operations.length - 1; place > 1; place = strides[place]!.from) way.push(strides[place]!);
  return way.toReversed();
}

/** Places in the order of the completions there, with the nearest to the beginning among those up to each: a tree of Fenwick's. */
class Earlier {
  private readonly ends: readonly number[];
  private readonly best: Int32Array;
  private readonly operations: readonly Operation[];
  private readonly length: Int32Array;

  constructor(operations: readonly Operation[], places: readonly number[], length: Int32Array) {
    this.operations = operations;
    this.ends = places.map((place) => endOf(operations[place]!)).sort((one, other) => one - other);
    this.best = new Int32Array(places.length + 1);
    this.length = length;
  }

  add(place: number): void {
    const { best } = this;
    for (let at = this.countBelow(endOf(this.operations[place]!)) + 1; at < best.length; at += at & -at) {
      best[at] = this.nearer(best[at]!, place);
    }
  }

  /** Of the places added that had completed before a moment the one with the shortest way; 0 if there is none. */
  nearest(moment: number): number {
    let found = 0;
    for (let at = this.countBelow(moment); at > 0; at -= at & -at) found = this.nearer(found, this.best[at]!);
    return found;
  }

  private nearer(one: number, other: number): number {
    if (one === 0 || other === 0) return one + other;
    const further = this.length[one]! - this.length[other]!;
    return further < 0 || (further === 0 && one < other) ? one : other;
  }

  private countBelow(moment: number): number {
    let low = 0;
    for (let high = this.ends.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function endOf({ returned }: Operation): number {
  return returned?.index ?? Infinity;
}
