// Quoted strings, which JSON and EDN spell alike.
import { detached, refuse, type Cursor } from './cursor.ts';

/**
 * Reads a string at the cursor, which stands on its opening quote.
 * @param lines whether the string may hold line breaks and tabs as they are; EDN allows it.
 */
export function readQuoted(cursor: Cursor, lines: boolean): string {
  const { text } = cursor;
  const start = cursor.at + 1;
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      cursor.at = at + 1;
      return detached(text.slice(start, at));
    }
    if (code === backslash) return readEscaped(cursor, start, at, lines);
    if (!(code >= 32)) checkControl(cursor, at, lines);
  }
}

function readEscaped(cursor: Cursor, start: number, escape: number, lines: boolean): string {
  const { text } = cursor;
  const parts: string[] = [];
  let from = start;
  for (let at = escape; ; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      parts.push(text.slice(from, at));
      cursor.at = at + 1;
      return detached(parts.join(''));
    }
    if (code === backslash) {
      parts.push(text.slice(from, at));
      const letter = text.charAt(at + 1);
      const plain = escapes.get(letter);
      if (plain !== undefined) parts.push(plain);
      else if (letter === 'u') parts.push(readUnicode(cursor, at + 2));
      else refuse(cursor, letter === '' ? text.length : at, 'an escape');
      at += letter === 'u' ? 5 : 1;
      from = at + 1;
    } else if (!(code >= 32)) checkControl(cursor, at, lines);
  }
}

function readUnicode(cursor: Cursor, at: number): string {
  const digits = cursor.text.slice(at, at + 4);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
    const cut = digits.length < 4 && /^[0-9a-fA-F]*$/.test(digits);
    refuse(cursor, cut ? cursor.text.length : at, 'four hexadecimal digits');
  }
  return String.fromCharCode(Number.parseInt(digits, 16));
}

/** Refuses control characters inside a string, or the end of the text there. */
function checkControl(cursor: Cursor, at: number, lines: boolean): void {
  const code = cursor.text.charCodeAt(at);
  if (Number.isNaN(code)) refuse(cursor, at, 'the closing " of a string');
  if (!lines || code === 0) refuse(cursor, at, 'no control character in a string');
}

const quote = 0x22;
const backslash = 0x5c;
const escapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
