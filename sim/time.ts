// Virtual time is a whole number of microseconds held in a double: exact up to 2^53 µs, about 285 years.

/** A duration or an instant in whole microseconds of virtual time. */
export type Micros = number;

/** Microseconds, rounded down to a whole number. */
export const micros = (count: number): Micros => Math.floor(count);

/** Milliseconds as microseconds. */
export const ms = (count: number): Micros => Math.floor(count * 1_000);

/** Seconds as microseconds. */
export const seconds = (count: number): Micros => Math.floor(count * 1_000_000);

/** Minutes as microseconds. */
export const minutes = (count: number): Micros => seconds(count * 60);

const durationUnits = new Map<string, number>([
  ['us', 1],
  ['ms', 1_000],
  ['s', 1_000_000],
  ['m', 60_000_000],
  ['h', 3_600_000_000],
]);

/**
 * Reads a duration as people write it: `250us`, `150ms`, `30s`, `10m`, `1h`, or a bare number of microseconds.
 * @throws RangeError that names what was found and what was expected.
 */
export function parseDuration(text: string): Micros {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)?$/.exec(text.trim());
  const scale = durationUnits.get(match?.[2] ?? 'us');
  const duration = match === null || scale === undefined ? Number.NaN : Math.floor(Number(match[1]) * scale);
  if (!Number.isSafeInteger(duration)) {
    throw new RangeError(`expected a duration such as 250us, 150ms, 30s, 10m or 1h, found ${JSON.stringify(text)}`);
  }
  return duration;
}

/** A duration for people: `12.345 ms`, `3.2 s`. */
export function formatDuration(duration: Micros): string {
  if (duration < 1_000) return `${duration} µs`;
  if (duration < 1_000_000) return `${trimZeros((duration / 1_000).toFixed(3))} ms`;
  return `${trimZeros((duration / 1_000_000).toFixed(3))} s`;
}

function trimZeros(decimal: string): string {
  return decimal.replace(/\.?0+$/, '');
}
