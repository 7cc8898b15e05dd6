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
 * The exact sum of two decimals (`10.5`, `-.5`, `5.0e3`), rounded to 17 places and without zeros behind; undefined where one of
 * them is none. Redis adds 80-bit floats, which agree with this as long as 19 digits hold both.
 */
export function addDecimals(one: string, other: string): string | undefined {
  const [left, right] = [readDecimal(one), readDecimal(other)];
  if (left === undefined || right === undefined) return undefined;
  const sum = left + right;
  const rounded = (sum < 0n ? -sum : sum) + spare / 2n;
  const digits = String(rounded / spare).padStart(shownPlaces + 1, '0');
  const whole = digits.slice(0, -shownPlaces);
  const rest = digits.slice(-shownPlaces).replace(/0+$/, '');
  const size = rest === '' ? whole : `${whole}.${rest}`;
  return sum < 0n && size !== '0' ? `-${size}` : size;
}

const shownPlaces = 17;
const places = 340; // as many as an exponent of a double can move
const spare = 10n ** BigInt(places - shownPlaces);

/** The decimal times 10 to the power of `places`. */
function readDecimal(text: string): bigint | undefined {
  const [, sign, whole = '', rest = '', power = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const exponent = Number(power);
  if (sign === undefined || whole + rest === '' || exponent < -308 || exponent > 308) return undefined;
  const shift = places - rest.length + exponent;
  const digits = BigInt(whole + rest);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === '-' ? -value : value;
}

/** The bytes of a text in UTF-8: what Redis takes for its length. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
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
