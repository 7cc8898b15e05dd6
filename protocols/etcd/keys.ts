// Keys and intervals of keys, with etcd's conventions: no end is one key, an end of "\0" is everything from the key on, and
// any other end is not included. Keys are ordered as their UTF-8 bytes are.

/** An interval of keys, as requests name it. */
export interface KeyInterval {
  readonly key: string;
  readonly rangeEnd?: string;
}

/** The end that means "everything from the key on"; as the key it is the smallest one. */
export const toTheEnd = '\0';

/** Negative, zero or positive: by code points, which is the order of the UTF-8 bytes. */
export function compareKeys(one: string, other: string): number {
  if (one === other) return 0;
  const shorter = Math.min(one.length, other.length);
  let at = 0;
  while (at < shorter && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  if (at === shorter) return one.length - other.length;
  return rankOf(one.charCodeAt(at)) - rankOf(other.charCodeAt(at));
}

/** Surrogates stand for code points behind all others. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Whether the interval holds the key. */
export function holdsKey({ key, rangeEnd = '' }: KeyInterval, candidate: string): boolean {
  if (rangeEnd === '') return candidate === key;
  if (compareKeys(candidate, key) < 0) return false;
  return rangeEnd === toTheEnd || compareKeys(candidate, rangeEnd) < 0;
}

/** The end of the interval of all keys that begin with the prefix; `toTheEnd` if nothing is greater. */
export function prefixEnd(prefix: string): string {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  while (points.length > 0) {
    const last = points.pop() as number;
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return toTheEnd;
}

/** The interval of all keys that begin with the prefix; the empty prefix is all keys. */
export function withPrefix(prefix: string): KeyInterval {
  return { key: prefix === '' ? toTheEnd : prefix, rangeEnd: prefixEnd(prefix) };
}

/** The number of bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}
