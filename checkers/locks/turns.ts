// The turns with one lock in the order in which they began, for two questions: how many were under way when another began, and
// which of those that had begun lasts longest.
import type { Micros } from '../../sim/time.ts';
import type { Holding, Span } from './holdings.ts';

/** A span in which a client surely held the lock. */
export interface Turn extends Span {
  readonly holding: Holding;
}

/** In the order of their beginnings. */
export function turnsOf(holdings: readonly Holding[]): readonly Turn[] {
  return holdings
    .flatMap((holding) => holding.valid.filter(({ from, to }) => from < to).map((span) => ({ ...span, holding })))
    .toSorted((one, other) => one.from - other.from);
}

/** By client, in the same order. */
export function groupByClient(turns: readonly Turn[]): ReadonlyMap<string, readonly Turn[]> {
  const byClient = new Map<string, Turn[]>();
  for (const turn of turns) {
    const others = byClient.get(turn.holding.client);
    if (others === undefined) byClient.set(turn.holding.client, [turn]);
    else others.push(turn);
  }
  return byClient;
}

/** For each turn, how many before it were still under way when it began. They are counted, as there may be millions of pairs. */
export function countUnderWay(turns: readonly Turn[]): Int32Array {
  const ends = Float64Array.from(turns, ({ to }) => to).sort();
  let over = 0; // a turn that is over had begun before, so it is one of those before
  return Int32Array.from(turns, ({ from }, place) => {
    while (over < ends.length && ends[over]! <= from) over += 1;
    return place - over;
  });
}

/** Finds, of the turns that had begun by some moment, the one that ends last. */
export function longestBegun(turns: readonly Turn[]): (hasBegun: (from: Micros) => boolean) => Turn | undefined {
  const longest: Turn[] = []; // of each turn and all before it
  for (const turn of turns) {
    const before = longest.at(-1);
    longest.push(before !== undefined && before.to >= turn.to ? before : turn);
  }
  return (hasBegun) => {
    let low = 0;
    for (let high = turns.length; low < high;) {
      const middle = (low + high) >> 1;
      if (hasBegun(turns[middle]!.from)) low = middle + 1;
      else high = middle;
    }
    return longest[low - 1];
  };
}
