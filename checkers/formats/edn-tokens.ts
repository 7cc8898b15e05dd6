// The words of EDN: numbers, keywords, symbols, strings and characters, and the blanks and comments between them.
import type { Json } from '../../sim/protocol.ts';
import { detached, refuse, type Cursor } from './cursor.ts';
import { decimal, integer, isKeyword, tagged } from './value.ts';

/** Moves to the next form, over blanks and comments, and returns its first character; NaN at the end of the text. */
export function skipBlanks(cursor: Cursor): number {
  const { text } = cursor;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code > comma && code !== semicolon) return code;
    if (code === semicolon) skipComment(cursor);
    else if (code === space || code === comma || (code >= 9 && code <= 13)) cursor.at += 1;
    else return code;
  }
}

function skipComment(cursor: Cursor): void {
  const end = cursor.text.indexOf('\n', cursor.at);
  if (end === -1 && !cursor.final) refuse(cursor, cursor.text.length, 'the end of the comment');
  cursor.at = end === -1 ? cursor.text.length : end + 1;
}

/** Reads a number at the cursor: integers of up to 15 digits at once, all others by their spelling. */
export function readNumber(cursor: Cursor): Json {
  const { text } = cursor;
  let at = cursor.at;
  let code = text.charCodeAt(at);
  const negative = code === minus;
  if (negative || code === plus) code = text.charCodeAt(++at);
  const start = at;
  let value = 0;
  while (code >= zero && code <= nine) {
    value = value * 10 + code - zero;
    code = text.charCodeAt(++at);
  }
  const digits = at - start;
  const plain = digits > 0 && digits < 16 && (digits === 1 || text.charCodeAt(start) !== zero);
  if (!plain || !isDelimiter(code)) return readSpelledNumber(cursor);
  if (Number.isNaN(code) && !cursor.final) refuse(cursor, at, 'the end of a number');
  cursor.at = at;
  return negative ? 0 - value : value;
}

function readSpelledNumber(cursor: Cursor): Json {
  const start = cursor.at;
  const token = readToken(cursor);
  if (integers.test(token)) return integer(token.replace(/^\+|N$/g, ''));
  if (decimals.test(token)) return decimal(token);
  if (exact.test(token)) return tagged('decimal', detached(token));
  if (ratios.test(token)) return tagged('ratio', detached(token));
  if (hexadecimals.test(token)) {
    const value = BigInt(token.replace(/^[+-]|N$/g, ''));
    return integer(String(token.startsWith('-') ? -value : value));
  }
  return refuse(cursor, start, 'a number');
}

/** Reads a keyword, colon included, or a symbol as they are spelled. The same word is the same string each time. */
export function readToken(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at;
  let at = start;
  let sum = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isDelimiter(code)) break;
    sum = (Math.imul(sum, 31) + code) | 0;
    at += 1;
  }
  if (at === text.length && !cursor.final) refuse(cursor, at, 'the end of a word');
  cursor.at = at;
  if (at - start > 40) return detached(text.slice(start, at));
  const slot = sum & (words.length - 1);
  const known = words[slot]!;
  if (known.length === at - start && text.startsWith(known, start)) return known;
  const word = detached(text.slice(start, at));
  words[slot] = word;
  return word;
}

/** Reads a keyword at the cursor, colon included. */
export function readKeyword(cursor: Cursor): string {
  const start = cursor.at;
  const token = readToken(cursor);
  const slot = keywords.get(token);
  if (slot !== undefined) return slot;
  if (!isKeyword(token)) refuse(cursor, start, 'a keyword');
  if (keywords.size < 4_096 && token.length < 41) keywords.set(token, token);
  return token;
}

/** Reads a character such as `\a`, `\newline` or `\u0041`. */
export function readCharacter(cursor: Cursor): Json {
  const start = cursor.at;
  const first = cursor.text.codePointAt(start + 1);
  if (first === undefined) refuse(cursor, cursor.text.length, 'a character');
  cursor.at = start + 1 + String.fromCodePoint(first).length;
  const rest =
    isDelimiter(cursor.text.charCodeAt(cursor.at)) && cursor.at < cursor.text.length ? '' : readToken(cursor);
  const spelled = String.fromCodePoint(first) + rest;
  const named = namedCharacters.get(spelled);
  if (named !== undefined) return tagged('char', named);
  const unicode = /^u([0-9a-fA-F]{4})$/.exec(spelled);
  if (unicode !== null) return tagged('char', String.fromCharCode(Number.parseInt(unicode[1]!, 16)));
  return rest === '' ? tagged('char', spelled) : refuse(cursor, start, 'a character');
}

function isDelimiter(code: number): boolean {
  if (code < 128) return delimiters[code] === 1;
  return !(code > 160);
}

const comma = 0x2c;
const semicolon = 0x3b;
const space = 0x20;
const minus = 0x2d;
const plus = 0x2b;
const zero = 0x30;
const nine = 0x39;

const delimiters = new Uint8Array(128);
for (let code = 0; code <= 32; code++) delimiters[code] = 1;
for (const character of ',;"()[]{}\\^`~@\u007f') delimiters[character.charCodeAt(0)] = 1;

const integers = /^[+-]?(?:0|[1-9]\d*)N?$/;
const decimals = /^[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?$/;
const exact = /^[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?M$/;
const ratios = /^[+-]?(?:0|[1-9]\d*)\/[1-9]\d*$/;
const hexadecimals = /^[+-]?0[xX][0-9a-fA-F]{1,64}N?$/;
const namedCharacters = new Map([
  ['newline', '\n'],
  ['return', '\r'],
  ['space', ' '],
  ['tab', '\t'],
  ['formfeed', '\f'],
  ['backspace', '\b'],
]);

/** Words met lately, by a hash of their characters: most words of a history are the same few. */
const words: string[] = Array.from({ length: 1_024 }, () => '');
const keywords = new Map<string, string>();
