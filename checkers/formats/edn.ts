// Reads EDN, the notation of Jepsen's, Knossos' and Elle's histories. See `value.ts` for what becomes of what JSON lacks.
import type { Json } from '../../sim/protocol.ts';
import { checkDepth, cursorOn, detached, refuse, type Cursor } from './cursor.ts';
import { readCharacter, readKeyword, readNumber, readToken, skipBlanks } from './edn-tokens.ts';
import { foundAt, Unreadable } from './malformed.ts';
import { readQuoted } from './quoted.ts';
import { isKeyword, mapOf, setOf, tagged } from './value.ts';

/** The one form that a text consists of. @throws Unreadable */
export function parseEdn(text: string): Json {
  const cursor = cursorOn(text);
  const value = readEdn(cursor, 0);
  skipDiscarded(cursor, 0);
  if (cursor.at < text.length) throw new Unreadable(cursor.at, 'the end of the text', foundAt(text, cursor.at));
  return value;
}

/** Reads the next form. @throws Unreadable, or the request for more text */
export function readEdn(cursor: Cursor, depth: number): Json {
  if (depth === 0) cursor.top = 0;
  checkDepth(cursor, depth);
  return readForm(cursor, skipDiscarded(cursor, depth), depth);
}

/** Reads the form that begins with a character at the cursor. */
function readForm(cursor: Cursor, code: number, depth: number): Json {
  switch (code) {
    case 0x7b: // {
      return readMap(cursor, depth);
    case 0x5b: // [
      return readUntil(cursor, 0x5d, depth);
    case 0x28: // (
      return readUntil(cursor, 0x29, depth);
    case 0x22: // "
      return readString(cursor);
    case 0x3a: // :
      return readKeyword(cursor);
    case 0x23: // #
      return readDispatch(cursor, depth);
    case 0x5c: // \
      return readCharacter(cursor);
    case 0x2b: // +
    case 0x2d: // -
      return isDigit(cursor.text.charCodeAt(cursor.at + 1)) ? readNumber(cursor) : readSymbol(cursor);
    default:
      return isDigit(code) ? readNumber(cursor) : readSymbol(cursor);
  }
}

/** Moves over blanks, comments and forms discarded by `#_` to the next character; NaN at the end of the text. */
export function skipDiscarded(cursor: Cursor, depth: number): number {
  const first = cursor.text.charCodeAt(cursor.at);
  if (first > 0x3b) return first;
  for (;;) {
    const code = skipBlanks(cursor);
    if (code !== 0x23) return code;
    if (cursor.at + 1 >= cursor.text.length) refuse(cursor, cursor.text.length, 'a form');
    if (cursor.text.charCodeAt(cursor.at + 1) !== 0x5f) return code;
    cursor.at += 2;
    readEdn(cursor, depth + 1);
  }
}

function readMap(cursor: Cursor, depth: number): Json {
  const start = cursor.at;
  const base = cursor.top;
  stackUntil(cursor, 0x7d, depth);
  if ((cursor.top - base) % 2 === 1) refuse(cursor, cursor.at - 1, 'a value for the last key of the map');
  const map = mapOf(cursor.stack, base, cursor.top);
  cursor.top = base;
  return map ?? refuse(cursor, start, 'a map without a key twice');
}

function readUntil(cursor: Cursor, closing: number, depth: number): Json[] {
  const base = cursor.top;
  stackUntil(cursor, closing, depth);
  const items = cursor.stack.slice(base, cursor.top);
  cursor.top = base;
  return items;
}

/** Reads the elements of a collection onto the stack. */
function stackUntil(cursor: Cursor, closing: number, depth: number): void {
  checkDepth(cursor, depth + 1);
  cursor.at += 1;
  for (;;) {
    const code = skipDiscarded(cursor, depth);
    if (code === closing) break;
    if (code === 0x5d || code === 0x29 || code === 0x7d || Number.isNaN(code)) {
      refuse(cursor, cursor.at, `a closing ${String.fromCharCode(closing)}`);
    }
    const item = readForm(cursor, code, depth + 1);
    cursor.stack[cursor.top++] = item;
  }
  cursor.at += 1;
}

/** A string that is spelled like a keyword is set apart from the keyword. */
function readString(cursor: Cursor): Json {
  const text = readQuoted(cursor, true);
  return isKeyword(text) ? tagged('string', text) : text;
}

function readSymbol(cursor: Cursor): Json {
  const start = cursor.at;
  const token = readToken(cursor);
  switch (token) {
    case 'nil':
      return null;
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      return token === '' || token.startsWith("'") ? refuse(cursor, start, 'a value') : tagged('symbol', token);
  }
}

/** What starts with `#`: sets, `##NaN`, and tagged forms. */
function readDispatch(cursor: Cursor, depth: number): Json {
  const start = cursor.at;
  const next = cursor.text.charCodeAt(start + 1);
  if (next === 0x7b) {
    cursor.at += 1;
    return setOf(readUntil(cursor, 0x7d, depth)) ?? refuse(cursor, start, 'a set without an element twice');
  }
  cursor.at += 1;
  if (next === 0x22) return tagged('regex', readRegex(cursor));
  const token = readToken(cursor);
  if (floats.has(token)) return tagged('float', token.slice(1));
  if (!tagName.test(token)) refuse(cursor, start, 'a tag');
  return tagged(token, readEdn(cursor, depth + 1));
}

/** A pattern such as `#"a\d"`: its backslashes are its own. */
function readRegex(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at + 1;
  let at = start;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  if (at >= text.length) refuse(cursor, text.length, 'the closing " of a pattern');
  cursor.at = at + 1;
  return detached(text.slice(start, at));
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const tagName = /^[A-Za-z][\w.*+!\-?$%&=<>/]*$/;
const floats = new Set(['#NaN', '#Inf', '#-Inf']);
