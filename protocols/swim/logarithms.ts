// The logarithms of memberlist in whole numbers. Engines round `Math.log` differently, so they are counted out instead: in
// digits of powers, which are exact, and in binary digits by squaring.

const perMilleCache = new Map<number, number>();

/** ⌊1,000 · log10(n)⌋: the number of digits of n to the 1,000th, less one. */
export function log10PerMille(n: number): number {
  const known = perMilleCache.get(n);
  if (known !== undefined) return known;
  const value = String(BigInt(n) ** 1_000n).length - 1;
  perMilleCache.set(n, value);
  return value;
}

/** ⌈log10(n + 1)⌉ for n of 1 and more: the number of its digits. */
export function ceilLog10OfNext(n: number): number {
  return String(n).length;
}

/** ⌈log2(n)⌉ for n of 1 and more. */
export function ceilLog2(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

/** log(a) / log(b) in millionths, rounded, for whole numbers a of 1 and more and b of 2 and more. */
export function logRatioPerMillion(a: number, b: number): number {
  return a === b ? 1_000_000 : Math.round((log2Scaled(a) / log2Scaled(b)) * 1_000_000);
}

const fractionBits = 30;
const scaledCache = new Map<number, number>();

/** log2(n) · 2^30, rounded down: each squaring of a number between 1 and 2 gives the next binary digit of its logarithm. */
function log2Scaled(n: number): number {
  const known = scaledCache.get(n);
  if (known !== undefined) return known;
  const whole = 31 - Math.clz32(n);
  const precision = 64n;
  let power = (BigInt(n) << precision) >> BigInt(whole);
  let value = whole;
  for (let bit = 0; bit < fractionBits; bit++) {
    power = (power * power) >> precision;
    const digit = Number(power >> (precision + 1n));
    value = value * 2 + digit;
    power >>= BigInt(digit);
  }
  scaledCache.set(n, value);
  return value;
}
