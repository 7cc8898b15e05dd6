// What is wrong with a history file and where: every complaint of the readers is one of these.
import { InputError } from '../../sim/fault.ts';

/** A position in a file; line and column count from 1, the column in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Input that is no history: `file:line:column: expected this, found that`. */
export class MalformedInput extends InputError {
  readonly place: Place;
  readonly expected: string;
  readonly found: string;

  constructor(place: Place, expected: string, found: string) {
    super(`${place.file}:${place.line}:${place.column}: expected ${expected}, found ${found}`);
    this.place = place;
    this.expected = expected;
    this.found = found;
  }
}

/** Thrown inside a reader, which knows the offset in its text but neither line nor file. */
export class Unreadable extends Error {
  readonly at: number;
  readonly expected: string;
  readonly found: string;

  constructor(at: number, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.at = at;
    this.expected = expected;
    this.found = found;
  }
}

/** What a text holds from an offset on, quoted and cut short, for an error. */
export function foundAt(text: string, at: number): string {
  if (at >= text.length) return 'the end of the file';
  const line = /^[^\n]*/.exec(text.slice(at, at + 41))?.[0] ?? '';
  if (line === '') return 'the end of the line';
  return line.length > 40 ? `${JSON.stringify(line.slice(0, 40))}...` : JSON.stringify(line);
}

/** A value, cut short, for an error. */
export function foundValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
