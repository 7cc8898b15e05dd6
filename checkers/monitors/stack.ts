// Stacks whose values are all different, in O(n log n) for a bounded number of clients. The idea is that of Lee & Mathur
// (2025, section 5): look at the stretches of time in which some value is surely on the stack.
//
// A value that can be popped at the moment it is pushed is in nobody's way. Of the others, those of different stretches are
// independent: between stretches the stack can be empty, and each operation can go to its own side of that moment. Within a
// stretch the stack is never empty, so one value lies at the bottom: it is pushed before and popped after all others of the
// stretch. Whichever value can lie there may, as an order of the others stays one when it is put between this push and
// this pop. Without that value the stretch falls apart into smaller ones, and so on.
import type { Json } from '../../sim/protocol.ts';
import type { Operation } from '../operations.ts';
import { LeastTree } from './least-tree.ts';
import { judgeMatching, match, operationsOf, type Matching } from './matching.ts';
import { contradiction, declined, type MonitorOutcome } from './monitor.ts';
import { chainOf, checkEmpties } from './presence.ts';

/** Judges `push` and `pop` of one stack that is empty at first; null is the result when empty. */
export function judgeStack(operations: readonly Operation[], initial: readonly Json[]): MonitorOutcome {
  if (initial.length > 0) return declined('it is not empty at first');
  const matching = match(operations, 'push', 'pop');
  if (matching.type !== 'matched') return matching;
  return judgeMatching(matching, (form) => {
    const empties = checkEmpties(operations, form);
    return empties.type === 'valid' ? new Stretches(form).judge() : empties;
  });
}

class Stretches {
  private readonly matching: Matching;
  /** The values that matter, by the ends of their pushes. */
  private readonly values: readonly number[];
  /** The moments at which a value's stay begins or ends, ascending: cell i is the time from moment i to moment i+1. */
  private readonly moments: Float64Array;
  /** By value's place: its first cell, and the cell after its last one. */
  private readonly first: Int32Array;
  private readonly after: Int32Array;
  /** By cell: how many values stay there. */
  private readonly covered: LeastTree;
  /** By value's place: when its push was called. */
  private readonly called: LeastTree;
  /** Ranges of cells that are covered throughout and have cells that are not at both sides. */
  private readonly open: (readonly [number, number])[] = [];

  constructor(matching: Matching) {
    const { insertCall, insertEnd, removeCall } = matching;
    this.matching = matching;
    this.values = [...insertEnd.keys()]
      .filter((value) => insertEnd[value]! < removeCall[value]!)
      .sort((one, other) => insertEnd[one]! - insertEnd[other]!);
    const moments = Float64Array.from(this.values.flatMap((value) => [insertEnd[value]!, removeCall[value]!])).sort();
    this.moments = moments.filter((moment, index) => index === 0 || moments[index - 1] !== moment);
    const cells = new Map(Array.from(this.moments, (moment, cell) => [moment, cell]));
    this.first = Int32Array.from(this.values, (value) => cells.get(insertEnd[value]!)!);
    this.after = Int32Array.from(this.values, (value) => cells.get(removeCall[value]!)!);
    this.covered = new LeastTree(countCover(this.first, this.after, this.moments.length));
    this.called = new LeastTree(Float64Array.from(this.values, (value) => insertCall[value]!));
  }

  judge(): MonitorOutcome {
    const { matching, moments, values } = this;
    this.split(0, moments.length);
    for (let range = this.open.pop(); range !== undefined; range = this.open.pop()) {
      const [from, until] = range;
      const bottom = this.bottomOf(from, until);
      if (bottom === -1) {
        const inside = values.filter((_, place) => this.isIn(place, from, until));
        const chain = chainOf(matching, inside, moments[from]!, moments[until]!);
        const reason = 'none of these values can have been below the others';
        return contradiction(operationsOf(matching, chain), reason);
      }
      this.called.add(bottom, bottom + 1, Infinity);
      this.covered.add(this.first[bottom]!, this.after[bottom]!, -1);
      this.split(from, until);
    }
    return { type: 'valid' };
  }

  /** The place of a value that can have been pushed first and popped last of all that stay in the range; -1 if none can. */
  private bottomOf(from: number, until: number): number {
    const { matching, moments, values } = this;
    const start = moments[from]!;
    const end = moments[until]!;
    const last = firstAtLeast(this.first, until);
    let place = this.called.firstBelow(start, firstAtLeast(this.first, from), last);
    while (place !== -1) {
      const value = values[place]!;
      if (matching.removeEnd[value]! > end || matching.removeCall[value] === end) return place;
      place = this.called.firstBelow(start, place + 1, last);
    }
    return -1;
  }

  /** Opens the ranges between the cells that nothing covers any more; those are not looked at again. */
  private split(from: number, until: number): void {
    let start = from;
    while (start < until) {
      const gap = this.covered.firstBelow(1, start, until);
      const end = gap === -1 ? until : gap;
      if (end > start) this.open.push([start, end]);
      if (gap === -1) return;
      this.covered.add(gap, gap + 1, Infinity);
      start = gap + 1;
    }
  }

  /** Whether the value still counts and stays within the range. */
  private isIn(place: number, from: number, until: number): boolean {
    if (this.first[place]! < from || this.after[place]! > until) return false;
    return this.called.firstBelow(Infinity, place, place + 1) !== -1;
  }
}

function countCover(first: Int32Array, after: Int32Array, cells: number): Float64Array {
  const cover = new Float64Array(cells);
  for (const cell of first) cover[cell] = cover[cell]! + 1;
  for (const cell of after) cover[cell] = cover[cell]! - 1;
  for (let cell = 1; cell < cells; cell += 1) cover[cell] = cover[cell]! + cover[cell - 1]!;
  return cover;
}

/** The first place in ascending numbers with one that is not below `limit`. */
function firstAtLeast(numbers: Int32Array, limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
