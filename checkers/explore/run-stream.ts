// The randomness of walks: a stream for each run of a seed, so that any run can be walked by itself, and runs can be shared out
// among threads.
import { randomStream, type Random } from '../../sim/random.ts';

export class RunStream implements Random {
  #stream: Random = randomStream('', '');

  /** From here on the draws of one run. */
  begin(seed: string, run: number): void {
    this.#stream = randomStream(seed, `random walk/${run}`);
  }

  below(bound: number): number {
    return this.#stream.below(bound);
  }

  between(low: number, high: number): number {
    return this.#stream.between(low, high);
  }

  chance(ppm: number): boolean {
    return this.#stream.chance(ppm);
  }

  pick<T>(items: readonly T[]): T {
    return this.#stream.pick(items);
  }

  shuffle<T>(items: readonly T[]): T[] {
    return this.#stream.shuffle(items);
  }
}
