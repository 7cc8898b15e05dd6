// The rules of Redlock, each small; a broken variant replaces one of them.
import type { Micros } from '../../sim/index.ts';
import type { RedlockConfig } from './config.ts';

export interface RedlockRules {
  /** Whether so many of n instances are enough. */
  isQuorum(count: number, instances: number, config: RedlockConfig): boolean;
  /** What is left of the lock's life when an attempt is over: minus what it took, minus what clocks may drift. */
  validity(config: RedlockConfig, elapsed: Micros): Micros;
  /** An extension needs a majority as the lock did, and must come while the lock is valid. */
  isExtended(count: number, instances: number, isValid: boolean, config: RedlockConfig): boolean;
  /** A lock is released by its owner alone: the instance compares the value. */
  readonly comparesValue: boolean;
}

export const redlockRules: RedlockRules = {
  isQuorum: (count, instances, { quorum }) =>
    quorum === 'majority' ? count >= Math.floor(instances / 2) + 1 : count >= instances / 2 + 1,
  validity: ({ ttl, driftFactor, driftMargin }, elapsed) =>
    ttl - elapsed - Math.floor((ttl * driftFactor) / 1_000_000) - driftMargin,
  isExtended: (count, instances, isValid, config) => isValid && redlockRules.isQuorum(count, instances, config),
  comparesValue: true,
};
