// Counts what a lenient reading had to skip or mend, by reason, with the first place of each.
import type { MalformedInput, Place } from './malformed.ts';

/** What was skipped or mended for one reason. */
export interface Skipped {
  readonly reason: string;
  readonly count: number;
  readonly first: Place;
}

export interface Tally {
  add(error: MalformedInput): void;
  list(): readonly Skipped[];
}

/** Reasons beyond this many are counted together. */
const mostReasons = 50;

export function makeTally(): Tally {
  const reasons = new Map<string, { count: number; first: Place }>();
  return {
    add(error) {
      const named = `expected ${error.expected}`;
      const reason = reasons.has(named) || reasons.size < mostReasons ? named : 'other reasons';
      const entry = reasons.get(reason);
      if (entry === undefined) reasons.set(reason, { count: 1, first: error.place });
      else entry.count += 1;
    },
    list: () => [...reasons].map(([reason, { count, first }]) => ({ reason, count, first })),
  };
}
