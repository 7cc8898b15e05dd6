// A source of ids, none of which it gives twice.
import { canonical } from '../canonical.ts';
import type { Model } from '../model.ts';
import { unknownFunction } from './cell.ts';
import { next, refuseBecause } from './collection.ts';

/** Ids from `generate` (or `next`). Each id is judged on its own: whether it was given before. */
export function uniqueIds(): Model<boolean> {
  return {
    name: 'unique-ids',
    init: false,
    step: (isTaken, { type }) => {
      if (type === 'info') return next(isTaken);
      return isTaken ? refuseBecause(() => 'it had been given before') : next(true);
    },
    key: String,
    observes: ({ type }) => type === 'info', // nobody knows which id it was
    describe: ({ f, result }) => `${f} that returned ${canonical(result)}`,
    fault: (call) => unknownFunction(call, ['generate', 'next']),
    partition: ({ result }) => canonical(result),
  };
}
