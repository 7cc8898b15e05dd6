// Keyed streams of randomness. Every concern (one link's latency, one node's draws, the nemesis) owns a stream derived
// from the run's seed and the concern's name, so that removing one fault or one operation moves nothing unrelated.
import seedrandom from 'seedrandom';

/** A seeded stream of random numbers. */
export interface Random {
  /** An integer in [0, bound). */
  below(bound: number): number;
  /** An integer in [low, high], both ends included. */
  between(low: number, high: number): number;
  /** True with a probability of `ppm` in a million. */
  chance(ppm: number): boolean;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** The items in a random order (Fisher-Yates); the argument is left alone. */
  shuffle<T>(items: readonly T[]): T[];
}

/** The stream that `seed` gives to `concern`, for example `link/n1>n2/latency`. */
export function randomStream(seed: string, concern: string): Random {
  return randomOver(fractionStream(seed, concern));
}

/** The raw stream: numbers in [0, 1) with 32 random bits. */
export function fractionStream(seed: string, concern: string): () => number {
  return seedrandom.alea(`${seed}/${concern}`);
}

function randomOver(fraction: () => number): Random {
  const below = (bound: number): number => Math.floor(fraction() * bound);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (ppm) => fraction() * 1_000_000 < ppm,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('pick needs at least one item');
      return items[below(items.length)] as T;
    },
    shuffle<T>(items: readonly T[]): T[] {
      const order = [...items];
      for (let last = order.length - 1; last > 0; last--) {
        const other = below(last + 1);
        [order[last], order[other]] = [order[other] as T, order[last] as T];
      }
      return order;
    },
  };
}
