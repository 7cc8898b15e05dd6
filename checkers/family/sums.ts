// Which numbers some of many amounts add up to: of whole numbers close together as the bits of one large integer, of a few
// others one by one.

/** The widest range of sums that is told apart; 8 KiB of bits. */
const widest = 65_536;

/** The most amounts whose sums are listed where the range is wider, or the amounts are no whole numbers. */
const mostListed = 12;

/** The sums of some of a number of amounts. Amounts are only added, and what was there before can be kept. */
export interface Sums {
  readonly count: number;
  /** The least sum and the greatest. */
  readonly lower: number;
  readonly upper: number;
  /** Bit i is set if the least sum and i more is a sum; undefined if the range is too wide. */
  readonly bits: bigint | undefined;
  /** The first amounts. */
  readonly few: readonly number[];
}

/** Of no amounts: zero. */
export const noSums: Sums = { count: 0, lower: 0, upper: 0, bits: 1n, few: [] };

/** The sums with one more amount, which is there `often` times. */
export function withAmount(sums: Sums, amount: number, often = 1): Sums {
  const lower = sums.lower + Math.min(0, amount) * often;
  const upper = sums.upper + Math.max(0, amount) * often;
  const isTold = Number.isInteger(amount) && upper - lower <= widest;
  const more =
    sums.few.length > mostListed ? [] : Array.from({ length: Math.min(often, mostListed + 1) }, () => amount);
  return {
    count: sums.count + often,
    lower,
    upper,
    bits: isTold && sums.bits !== undefined ? repeated(sums.bits, Math.abs(amount), often) : undefined,
    few: more.length === 0 ? sums.few : [...sums.few, ...more],
  };
}

/** Whether some of the amounts, or none, make up the target; true as well where that is not told apart. */
export function isSum({ count, lower, bits, few }: Sums, target: number): boolean {
  if (bits !== undefined)
    return Number.isInteger(target) && target >= lower && ((bits >> BigInt(target - lower)) & 1n) === 1n;
  if (count > mostListed) return true;
  let found = new Set([0]);
  for (const amount of few) found = new Set([...found, ...Array.from(found, (sum) => sum + amount)]);
  return found.has(target);
}

/** Any number of steps up to `often`, in steps that double: 1, 2, 4 and what is left. */
function repeated(bits: bigint, step: number, often: number): bigint {
  let reached = bits;
  for (let left = often, several = 1; left > 0; several *= 2) {
    const taken = Math.min(several, left);
    reached |= reached << BigInt(step * taken);
    left -= taken;
  }
  return reached;
}
