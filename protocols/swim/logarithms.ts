// The logarithms of memberlist in whole numbers. Engines round `Math.log` differently, so they are counted out instead: in
// digits of powers, which are exact.

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

const ratioCache = new Map<string, number>();

/** ⌊1,000 · log(a) / log(b)⌋ for whole numbers a of 1 and more and b of 2 and more: how often b goes into a to the 1,000th. */
export function logRatioPerMille(a: number, b: number): number {
  const key = `${a}/${b}`;
  const known = ratioCache.get(key);
  if (known !== undefined) return known;
  const bound = BigInt(a) ** 1_000n;
  let value = 0;
  for (let power = BigInt(b); power <= bound; power *= BigInt(b)) value++;
  ratioCache.set(key, value);
  return value;
}
