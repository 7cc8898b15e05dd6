// Quantiles of durations by nearest rank, in whole microseconds: the same on every machine.
import type { Micros } from '../../sim/time.ts';

/** The least, the median, the 95th and 99th of a hundred, and the greatest of some durations. */
export interface Quantiles {
  readonly count: number;
  readonly min: Micros;
  readonly p50: Micros;
  readonly p95: Micros;
  readonly p99: Micros;
  readonly max: Micros;
}

/** Undefined if there are none. */
export function quantilesOf(durations: readonly Micros[]): Quantiles | undefined {
  const sorted = durations.toSorted((one, other) => one - other);
  const count = sorted.length;
  if (count === 0) return undefined;
  const rank = (percent: number) => sorted[Math.max(0, Math.ceil((count * percent) / 100) - 1)]!;
  return { count, min: rank(0), p50: rank(50), p95: rank(95), p99: rank(99), max: rank(100) };
}
