// The knobs of a Redlock client, and how the libraries that people use have set them.
import { ms, seconds, type Micros } from '../../sim/index.ts';

export interface RedlockConfig {
  /** How long a lock is taken for. */
  readonly ttl: Micros;
  /** How long one instance may take to answer; small beside the time to live. */
  readonly instanceTimeout: Micros;
  /** The instances are asked one after the other, as specified, or all at once. */
  readonly order: 'sequential' | 'parallel';
  /** Attempts of one acquire. */
  readonly attempts: number;
  /** The pause between two attempts: at least, and up to so much more at random. */
  readonly retryDelay: Micros;
  readonly retryJitter: Micros;
  /** What clocks may drift by in a lifetime of the lock: a share of it in parts per million, and a constant. */
  readonly driftFactor: number;
  readonly driftMargin: Micros;
  /** Which clock of its own the client measures with. */
  readonly clock: 'wall' | 'monotonic';
  /** Whether an attempt that took longer than the lock lives is no success (step 3 of the specification). */
  readonly checksElapsed: boolean;
  /** Whether a failed attempt releases what it took (step 5). */
  readonly releasesPartial: boolean;
  /** How often a lock may be extended. */
  readonly maxExtensions: number;
  /** How many of n instances make a majority: more than half, or, as a division that does not round would have it, more. */
  readonly quorum: 'majority' | 'half plus one';
}

/** The specification (redis.io, "Distributed Locks with Redis"). */
export const specified: RedlockConfig = {
  ttl: seconds(10),
  instanceTimeout: ms(50),
  order: 'sequential',
  attempts: 3,
  retryDelay: 0,
  retryJitter: ms(200),
  driftFactor: 10_000,
  driftMargin: ms(2),
  clock: 'monotonic',
  checksElapsed: true,
  releasesPartial: true,
  maxExtensions: 3,
  quorum: 'majority',
};

/** redlock-rb: three attempts, a random pause of up to 200 ms. */
export const redlockRb: RedlockConfig = { ...specified };

/** node-redlock: ten retries, 200 ± 100 ms, all instances at once; v5.0.0-beta.2 neither checks what an attempt took nor
 * releases what it took between the attempts of one acquire. */
export const nodeRedlock: RedlockConfig = {
  ...specified,
  order: 'parallel',
  attempts: 11,
  retryDelay: ms(100),
  retryJitter: ms(200),
  clock: 'wall',
  checksElapsed: false,
  releasesPartial: false,
};

/** SPSCommerce's redlock-py: three attempts, 200 ms between them; under Python 3 its (n / 2) + 1 is not a whole number, and
 * two of three instances are not enough. */
export const redlockPy: RedlockConfig = {
  ...specified,
  retryDelay: ms(200),
  retryJitter: 0,
  clock: 'wall',
  quorum: 'half plus one',
};

export const redlockPresets = { specified, redlockRb, nodeRedlock, redlockPy } as const;
