// Stretches of time in order of their beginnings, and those among them that touch a window, found without looking at all.
import { upperBound } from './search.ts';

/** Stretches as columns: `from` never falls, and no `to` is before its `from`. */
export interface Intervals {
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  /** The latest end in each block of `blockSize` stretches. */
  readonly blockEnds: Float64Array;
}

const blockSize = 256;

/** Prepares stretches to be visited. */
export function intervals(from: ArrayLike<number>, to: ArrayLike<number>): Intervals {
  const blockEnds = new Float64Array(Math.ceil(from.length / blockSize)).fill(-Infinity);
  for (let index = 0; index < from.length; index++) {
    const block = Math.floor(index / blockSize);
    blockEnds[block] = Math.max(blockEnds[block] as number, to[index] as number);
  }
  return { from, to, blockEnds };
}

/** Calls `visit` with the place of each stretch that touches [start, end], in order, until it returns false. */
export function visitIntervals(all: Intervals, start: number, end: number, visit: (place: number) => boolean): void {
  const last = upperBound(all.from, end);
  for (let block = 0; block * blockSize < last; block++) {
    if ((all.blockEnds[block] as number) < start) continue;
    const stop = Math.min(last, (block + 1) * blockSize);
    for (let index = block * blockSize; index < stop; index++) {
      if ((all.to[index] as number) >= start && !visit(index)) return;
    }
  }
}
