// The rules of Redlock (redis.io, "Distributed Locks with Redis"), each small; a broken variant replaces one of them.
import type { Micros } from '../../sim/index.ts';
import type { RedlockConfig } from './config.ts';

type Words = readonly string[];

export interface RedlockRules {
  /** What an instance is asked for the lock: only if nobody has it, and for a limited time. */
  takes(lock: string, value: string, milliseconds: string): Words;
  /** What an instance is asked to prolong it: only if it is the client's own. */
  extends(lock: string, value: string, milliseconds: string): Words;
  /** What an instance is asked to give it up: only if it is the client's own. */
  releases(lock: string, value: string): Words;
  /** Whether so many of n instances are enough. */
  isQuorum(count: number, instances: number, config: RedlockConfig): boolean;
  /** What is left of the lock's life when an attempt is over: minus what it took, minus what clocks may drift. */
  validity(config: RedlockConfig, elapsed: Micros): Micros;
  /** An extension needs a majority as the lock did, and must come while the lock is valid. */
  isExtended(count: number, instances: number, isValid: boolean, config: RedlockConfig): boolean;
  /** Whether a holder begins work of this length: it must be done, and its write have arrived, while the lock is valid. */
  mayWork(remaining: Micros, work: Micros, config: RedlockConfig): boolean;
}

export const redlockRules: RedlockRules = {
  takes: (lock, value, milliseconds) => ['SET', lock, value, 'NX', 'PX', milliseconds],
  extends: (lock, value, milliseconds) => ['EVAL', 'compare-and-extend', '1', lock, value, milliseconds],
  releases: (lock, value) => ['EVAL', 'compare-and-delete', '1', lock, value],
  isQuorum: (count, instances, { quorum }) =>
    quorum === 'majority' ? count >= Math.floor(instances / 2) + 1 : count >= instances / 2 + 1,
  validity: ({ ttl, driftFactor, driftMargin }, elapsed) =>
    ttl - elapsed - Math.floor((ttl * driftFactor) / 1_000_000) - driftMargin,
  isExtended: (count, instances, isValid, config) => isValid && redlockRules.isQuorum(count, instances, config),
  mayWork: (remaining, work, { instanceTimeout }) => remaining > work + 2 * instanceTimeout,
};
