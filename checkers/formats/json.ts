// Reads JSON where the engine's own parser would not do: it rounds integers beyond 2^53, does not say where a text is
// wrong, and cannot read a value from a text that is still arriving. What it reads is what that parser would read, but for
// those integers and for what `value.ts` says of keys.
import type { Json } from '../../sim/protocol.ts';
import { checkDepth, cursorOn, deepest, refuse, type Cursor } from './cursor.ts';
import { foundAt, Unreadable } from './malformed.ts';
import { readQuoted } from './quoted.ts';
import { decimal, integer, tagged } from './value.ts';

/** A value from one whole text. @throws Unreadable */
export function parseJson(text: string): Json {
  if (!delicate.test(text) && isShallow(text)) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      // read again below, to say where it is wrong
    }
  }
  const cursor = cursorOn(text);
  const value = readJson(cursor, 0);
  skipSpace(cursor);
  if (cursor.at < text.length) throw new Unreadable(cursor.at, 'the end of the text', foundAt(text, cursor.at));
  return value;
}

/** Reads the next value. @throws Unreadable, or the request for more text */
export function readJson(cursor: Cursor, depth: number): Json {
  checkDepth(cursor, depth);
  if (depth === 0) cursor.top = 0;
  const code = skipSpace(cursor);
  switch (code) {
    case 0x7b: // {
      return readObject(cursor, depth);
    case 0x5b: // [
      return readArray(cursor, depth);
    case 0x22: // "
      return readQuoted(cursor, false);
    case 0x74: // t
      return readLiteral(cursor, 'true', true);
    case 0x66: // f
      return readLiteral(cursor, 'false', false);
    case 0x6e: // n
      return readLiteral(cursor, 'null', null);
    default:
      return readJsonNumber(cursor);
  }
}

/** Moves over blanks to the next character; NaN at the end of the text. */
export function skipSpace(cursor: Cursor): number {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code > 32 || !(code === 32 || code === 10 || code === 13 || code === 9)) return code;
    cursor.at += 1;
  }
}

function readObject(cursor: Cursor, depth: number): Json {
  const object: Record<string, Json> = {};
  let unsafe: Json | undefined;
  cursor.at += 1;
  if (skipSpace(cursor) === 0x7d) {
    cursor.at += 1;
    return object;
  }
  for (;;) {
    if (skipSpace(cursor) !== 0x22) refuse(cursor, cursor.at, 'a key in quotes');
    const key = readQuoted(cursor, false);
    if (skipSpace(cursor) !== 0x3a) refuse(cursor, cursor.at, 'a colon');
    cursor.at += 1;
    const value = readJson(cursor, depth + 1);
    if (key === '__proto__') unsafe = value;
    else object[key] = value;
    if (readSeparator(cursor, 0x7d)) break;
  }
  if (unsafe === undefined) return object;
  const entries: [string, Json][] = [...Object.entries(object), ['__proto__', unsafe]];
  return tagged(
    'map',
    entries.toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function readArray(cursor: Cursor, depth: number): Json {
  const base = cursor.top;
  cursor.at += 1;
  if (skipSpace(cursor) === 0x5d) {
    cursor.at += 1;
    return [];
  }
  do {
    const item = readJson(cursor, depth + 1);
    cursor.stack[cursor.top++] = item;
  } while (!readSeparator(cursor, 0x5d));
  const items = cursor.stack.slice(base, cursor.top);
  cursor.top = base;
  return items;
}

/** Reads a comma, or the closing bracket, for which it returns true. */
function readSeparator(cursor: Cursor, closing: number): boolean {
  const code = skipSpace(cursor);
  if (code !== closing && code !== 0x2c) refuse(cursor, cursor.at, `a comma or ${String.fromCharCode(closing)}`);
  cursor.at += 1;
  return code === closing;
}

function readLiteral(cursor: Cursor, word: string, value: Json): Json {
  const { text, at } = cursor;
  if (!text.startsWith(word, at)) {
    const cut = at + word.length > text.length && word.startsWith(text.slice(at));
    refuse(cursor, cut ? text.length : at, 'a value');
  }
  cursor.at = at + word.length;
  return value;
}

function readJsonNumber(cursor: Cursor): Json {
  const { text } = cursor;
  const start = cursor.at;
  let at = start;
  while (isNumeric(text.charCodeAt(at))) at += 1;
  if (at === text.length && !cursor.final) refuse(cursor, at, 'the end of a number');
  const token = text.slice(start, at);
  cursor.at = at;
  if (integers.test(token)) return token === '-0' ? -0 : integer(token);
  return numbers.test(token) ? decimal(token) : refuse(cursor, start, 'a value');
}

/** Whether the value surely nests no deeper than is accepted; brackets inside strings count as well. */
function isShallow(text: string): boolean {
  if (text.length < 2 * deepest) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 0x20;
    if (code === 0x7b) depth += 1;
    else if (code === 0x7d) depth -= 1;
    if (depth > deepest) return false;
  }
  return true;
}

function isNumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e || (code | 32) === 0x65;
}

const integers = /^-?(?:0|[1-9]\d*)$/;
const numbers = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Integers that may be rounded, numbers that may be infinite, keys that may be `__proto__`, spelled out or not. */
const delicate = /\d{16}|\d[eE]\+?\d{3}|\\u|__proto__/;
