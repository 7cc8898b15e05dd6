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

/**
 * The same stream as `randomStream` gives, kept in four small integers instead of in closures: for the links of big worlds,
 * of which there are millions.
 */
export function compactStream(seed: string, concern: string): Random {
  return new CompactStream(seedrandom.alea(`${seed}/${concern}`, { state: true }).state());
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
    pick: (items) => pickFrom(items, below),
    shuffle: (items) => shuffled(items, below),
  };
}

function pickFrom<T>(items: readonly T[], below: Random['below']): T {
  if (items.length === 0) throw new RangeError('pick needs at least one item');
  return items[below(items.length)] as T;
}

function shuffled<T>(items: readonly T[], below: Random['below']): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

const twoTo32 = 4_294_967_296;

/** Alea (Baagøe): its three fractions have 32 bits each, so that whole numbers hold them exactly. */
class CompactStream implements Random {
  #first: number;
  #second: number;
  #third: number;
  #carry: number;

  constructor({ s0, s1, s2, c }: seedrandom.State.Alea) {
    this.#first = (s0 * twoTo32) | 0;
    this.#second = (s1 * twoTo32) | 0;
    this.#third = (s2 * twoTo32) | 0;
    this.#carry = c;
  }

  below(bound: number): number {
    return Math.floor(this.#fraction() * bound);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(ppm: number): boolean {
    return this.#fraction() * 1_000_000 < ppm;
  }

  pick<T>(items: readonly T[]): T {
    return pickFrom(items, (bound) => this.below(bound));
  }

  shuffle<T>(items: readonly T[]): T[] {
    return shuffled(items, (bound) => this.below(bound));
  }

  #fraction(): number {
    const product = 2_091_639 * (this.#first >>> 0) + this.#carry;
    this.#carry = Math.floor(product / twoTo32);
    this.#first = this.#second;
    this.#second = this.#third;
    this.#third = (product - this.#carry * twoTo32) | 0;
    return (this.#third >>> 0) / twoTo32;
  }
}
