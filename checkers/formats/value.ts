// How what EDN and JSON can say and plain JSON values cannot is kept: as an object with the one key `#tag`.
//
//   keyword :x         ":x"                        set #{2 1}        { "#set": [1, 2] }, sorted
//   string ":x"        { "#string": ":x" }         tagged #inst "…"  { "#inst": "…" }
//   2^53 and beyond    { "#integer": "9007…" }     character \c      { "#char": "c" }
//   1.5M, 1e400        { "#decimal": "1.5M" }      symbol x          { "#symbol": "x" }
//   1/3                { "#ratio": "1/3" }         ##NaN             { "#float": "NaN" }
//   a map whose keys have no text of their own, or are many of one text, or __proto__: { "#map": [[key, value], …] }, sorted
//
// Lists are arrays. In maps, keywords, strings and numbers are keys by their text: `{:a 1}` is `{ "a": 1 }`.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import { detached } from './cursor.ts';

/** An object that stands for something that JSON has no values for. */
export function tagged(tag: string, value: Json): Json {
  return { [`#${tag}`]: value };
}

/** The tag and the content of such an object; undefined for every other value. */
export function untagged(value: Json): readonly [tag: string, content: Json] | undefined {
  if (value === null || typeof value !== 'object' || isArray(value)) return undefined;
  let found: string | undefined;
  for (const key in value) {
    if (found !== undefined || !isTagKey(key)) return undefined;
    found = key;
  }
  const content = found === undefined ? undefined : value[found];
  return content === undefined ? undefined : [found!.slice(1), content];
}

/** Whether a string is spelled like a keyword, colon included. */
export function isKeyword(text: string): boolean {
  return text.charCodeAt(0) === colon && keyword.test(text);
}

/** Whether a word is spelled like a symbol or, behind its colon, a keyword: what needs no quotes. */
export function isWord(text: string): boolean {
  return word.test(text);
}

/** A keyword without its colon; every other text as it is. */
export function withoutColon(text: string): string {
  if (text.charCodeAt(0) !== colon) return text;
  const known = names.get(text);
  if (known !== undefined) return known;
  if (!keyword.test(text)) return text;
  const name = text.slice(1);
  if (names.size < 4_096 && text.length < 64) names.set(text, name);
  return name;
}

/** An integer from its decimal digits without leading zeros, which may exceed what a number holds. */
export function integer(digits: string): Json {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value + 0 === 0 ? 0 : value;
  return tagged('integer', detached(digits));
}

/** A decimal number from its text; one that is too large for a number keeps its text. */
export function decimal(text: string): Json {
  const value = Number(text);
  return Number.isFinite(value) ? value : tagged('decimal', detached(text));
}

/** The set of these elements; undefined if one of them is there twice. */
export function setOf(elements: Json[]): Json | undefined {
  const sorted = sortedBy(elements, (element) => element);
  return sorted === undefined ? undefined : tagged('set', sorted);
}

/** The map with these keys and values, alternating, from one position to another; undefined if a key is there twice. */
export function mapOf(entries: readonly Json[], from = 0, to = entries.length): Json | undefined {
  const map: Record<string, Json> = {};
  for (let index = from; index < to; index += 2) {
    const name = nameOf(entries[index]!);
    if (name === undefined || name === '__proto__' || Object.hasOwn(map, name)) return pairsOf(entries.slice(from, to));
    map[name] = entries[index + 1]!;
  }
  if (to === from + 2 && isTagKey(nameOf(entries[from]!)!)) return pairsOf(entries.slice(from, to));
  return map;
}

/** Whether the value is a list of micro-operations of a transaction, such as `[["append", 3, 1], ["r", 4, null]]`. */
export function isTransaction(value: Json): value is readonly (readonly [string, ...Json[]])[] {
  return isArray(value) && value.length > 0 && value.every(isMicroOperation);
}

/** Makes the functions of micro-operations plain words, in place: `[[:append 3 1]]` is `[["append", 3, 1]]`. */
export function settleFunctions(value: Json): void {
  if (!isTransaction(value)) return;
  for (const micro of value as readonly [string, ...Json[]][]) micro[0] = withoutColon(micro[0]);
}

function isMicroOperation(value: Json): boolean {
  if (!isArray(value) || value.length < 1 || value.length > 3) return false;
  const [f] = value;
  if (typeof f !== 'string' || !microFunctions.has(withoutColon(f))) return false;
  return value.length > 1 || withoutColon(f) === 'poll'; // what a poll returned stands behind it
}

function nameOf(key: Json): string | undefined {
  if (typeof key === 'string') return withoutColon(key);
  if (typeof key === 'number') return String(key);
  const parts = untagged(key);
  return parts?.[0] === 'string' && typeof parts[1] === 'string' ? parts[1] : undefined;
}

function pairsOf(entries: readonly Json[]): Json | undefined {
  const pairs: Json[] = [];
  for (let index = 0; index < entries.length; index += 2) pairs.push([entries[index]!, entries[index + 1]!]);
  const sorted = sortedBy(pairs, (pair) => (pair as readonly Json[])[0]!);
  return sorted === undefined ? undefined : tagged('map', sorted);
}

/** Sorted, numbers first and by size; undefined if two have the same key. */
function sortedBy(items: readonly Json[], keyOf: (item: Json) => Json): Json[] | undefined {
  if (items.every((item) => typeof keyOf(item) === 'number')) return sortedNumbers(items, keyOf);
  const keyed = items.map((item) => ({ item, key: keyOf(item), text: canonical(keyOf(item)) }));
  keyed.sort((one, other) => {
    const [a, b] = [one.key, other.key];
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
    return one.text < other.text ? -1 : one.text > other.text ? 1 : 0;
  });
  if (keyed.some(({ text }, index) => index > 0 && keyed[index - 1]!.text === text)) return undefined;
  return keyed.map(({ item }) => item);
}

function sortedNumbers(items: readonly Json[], keyOf: (item: Json) => Json): Json[] | undefined {
  const sorted = items.toSorted((one, other) => (keyOf(one) as number) - (keyOf(other) as number));
  return sorted.some((item, index) => index > 0 && keyOf(sorted[index - 1]!) === keyOf(item)) ? undefined : sorted;
}

function isTagKey(key: string): boolean {
  return key.charCodeAt(0) === hash && tagKey.test(key);
}

const colon = 0x3a;
const hash = 0x23;
const keyword = /^:[\w*+!\-'?<>=$%&|./#:\u{a1}-\u{d7ff}\u{e000}-\u{10ffff}]+$/u;
const word = /^[A-Za-z_][\w*+!\-'?<>=$%&|./#:\u{a1}-\u{d7ff}\u{e000}-\u{10ffff}]*$/u;
const tagKey = /^#[A-Za-z][\w.*+!\-?$%&=<>/]*$/;
/** The functions of micro-operations in Jepsen's and Elle's workloads. */
const microFunctions = new Set('r w append add read write insert delete update inc dec rp send poll'.split(' '));
const names = new Map<string, string>();
