// One-way message delays as quantile tables in whole microseconds. No logarithm or exponential is involved (engines round
// them differently): a draw is a linear interpolation between two neighbouring quantiles.
import type { Random } from './random.ts';
import type { Micros } from './time.ts';

/** `[share in ppm, delay in µs]` pairs, both rising, from share 0 to share 1,000,000. */
export type LatencyTable = readonly (readonly [share: number, delay: Micros])[];

/** Named tables. `wan` is what lies between two regions; inside a region `lan` applies. */
export const latencyPresets = {
  loopback: [
    [0, 20],
    [500_000, 35],
    [900_000, 60],
    [990_000, 150],
    [1_000_000, 1_000],
  ],
  lan: [
    [0, 150],
    [500_000, 300],
    [900_000, 500],
    [990_000, 1_500],
    [999_000, 5_000],
    [1_000_000, 20_000],
  ],
  wan: [
    [0, 28_000],
    [500_000, 35_000],
    [900_000, 48_000],
    [990_000, 90_000],
    [1_000_000, 250_000],
  ],
  congested: [
    [0, 500],
    [500_000, 5_000],
    [900_000, 40_000],
    [990_000, 200_000],
    [1_000_000, 800_000],
  ],
} satisfies Record<string, LatencyTable>;

export type LatencyPreset = keyof typeof latencyPresets;

/** @throws RangeError when the table does not rise from share 0 to 1,000,000 in whole numbers. */
export function assertLatencyTable(table: LatencyTable): void {
  const rising = table.every(([share, delay], index) => {
    const before = table[index - 1];
    const whole = Number.isSafeInteger(share) && Number.isSafeInteger(delay) && delay >= 0;
    return whole && (before === undefined ? share === 0 : share > before[0] && delay >= before[1]);
  });
  if (!rising || table.length < 2 || table.at(-1)?.[0] !== 1_000_000) {
    throw new RangeError(
      `a latency table rises in whole numbers from [0, delay] to [1000000, delay], found ${JSON.stringify(table)}`,
    );
  }
}

/** A delay drawn from the table; uses exactly one draw of the stream. */
export function drawLatency(table: LatencyTable, random: Random): Micros {
  const share = random.below(1_000_000);
  let upper = 1;
  while ((table[upper] as readonly [number, number])[0] <= share) upper++;
  const [lowShare, lowDelay] = table[upper - 1] as readonly [number, number];
  const [highShare, highDelay] = table[upper] as readonly [number, number];
  return lowDelay + Math.floor(((highDelay - lowDelay) * (share - lowShare)) / (highShare - lowShare));
}
