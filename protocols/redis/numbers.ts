// Numbers as Redis reads and keeps them: signed, 64 bits, in decimal, without a sign or zeros in front. Counters are exact,
// whatever JavaScript's numbers can hold.
import { error, notAnInteger, type Reply } from './reply.ts';

const least = -(2n ** 63n);
const greatest = 2n ** 63n - 1n;

/** The number in a text, or undefined where Redis would not take it for one. */
export function readInteger(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < least || value > greatest ? undefined : value;
}

/** The sum as text, or why there is none. */
export function add(text: string, by: bigint): { readonly sum: string } | { readonly refusal: Reply } {
  const value = readInteger(text);
  if (value === undefined) return { refusal: notAnInteger };
  const sum = value + by;
  if (sum < least || sum > greatest) return { refusal: error('ERR increment or decrement would overflow') };
  return { sum: String(sum) };
}

/**
 * When a key runs out, in Unix milliseconds, from what a command says.
 * @param unit milliseconds of one unit of the text
 * @param base Unix milliseconds that the text is relative to; 0 for an instant
 */
export function readExpiry(
  text: string,
  unit: 1 | 1_000,
  base: number,
  command: string,
  allowsPast: boolean,
): { readonly at: number } | { readonly refusal: Reply } {
  const value = readInteger(text);
  if (value === undefined) return { refusal: notAnInteger };
  const invalid = error(`ERR invalid expire time in '${command}' command`);
  if (!allowsPast && value <= 0n) return { refusal: invalid };
  const at = value * BigInt(unit) + BigInt(base);
  if (value * BigInt(unit) > greatest || at > greatest || value * BigInt(unit) < least) return { refusal: invalid };
  return { at: Number(at) };
}
