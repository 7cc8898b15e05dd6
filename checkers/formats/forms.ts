// The parser for formats whose records are nested forms, wherever their lines break: EDN, and JSON that is not one object
// a line. It reads each record as soon as it is complete, so that an array of a gigabyte on one line streams as well.
import type { Json } from '../../sim/protocol.ts';
import { cursorOn, isMoreNeeded, type Cursor } from './cursor.ts';
import { Unreadable } from './malformed.ts';
import type { RawOperation, Start } from './operation.ts';
import { longestOperation, malformedAt, tooLong, type OperationParser, type Reading } from './reading.ts';

/** A cursor at the top level of a file. */
export interface TopCursor extends Cursor {
  /** The bracket that will close the collection that the records stand in; 0 outside of one. */
  closing: number;
  /** Whether a separator must follow before the next record. */
  separate: boolean;
  /** Where the record that was read last begins. */
  start: number;
}

export interface FormFormat {
  /** Reads the next record; undefined if only blanks are left. @throws Unreadable, or the request for more text */
  next(cursor: TopCursor): Json | undefined;
  operations(record: Json, start: Start): readonly RawOperation[];
}

export function makeFormParser(reading: Reading, format: FormFormat): OperationParser {
  return new FormParser(reading, format);
}

class FormParser implements OperationParser {
  readonly #reading: Reading;
  readonly #format: FormFormat;
  readonly #cursor: TopCursor = { ...cursorOn(''), final: false, closing: 0, separate: false, start: 0 };
  readonly #lines = { line: 1, start: 0, next: -2 };
  #waiting: string[] = [];
  #waitingLength = 0;
  /** The length of text from which on another attempt is worth it: doubled, so that a long record is not read too often. */
  #enough = 0;
  /** Whether the rest of the line is skipped. */
  #skipping = false;

  constructor(reading: Reading, format: FormFormat) {
    this.#reading = reading;
    this.#format = format;
  }

  push(text: string): readonly RawOperation[] {
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    const length = this.#cursor.text.length + this.#waitingLength;
    if (length < Math.min(this.#enough, longestOperation)) return [];
    this.#refill();
    const operations = this.#read();
    this.#drop();
    return operations;
  }

  end(): readonly RawOperation[] {
    const cursor = this.#cursor;
    this.#refill();
    cursor.final = true;
    const operations = this.#read();
    if (cursor.closing !== 0 && !this.#skipping) {
      const closing = String.fromCharCode(cursor.closing);
      this.#complain(new Unreadable(cursor.text.length, `a closing ${closing}`, 'the end of the file'), false);
    }
    return operations;
  }

  #read(): RawOperation[] {
    const cursor = this.#cursor;
    const operations: RawOperation[] = [];
    for (;;) {
      if (this.#skipping && !this.#skipLine()) break;
      const { at, closing, separate } = cursor;
      let whole = false;
      try {
        const record = this.#format.next(cursor);
        if (record === undefined) break;
        whole = true;
        advance(this.#lines, cursor.text, cursor.start);
        const { line, start } = this.#lines;
        const place = { at: cursor.start, line, column: cursor.start - start + 1 };
        for (const operation of this.#format.operations(record, place)) operations.push(operation);
      } catch (error) {
        if (isMoreNeeded(error)) {
          Object.assign(cursor, { at, closing, separate });
          break;
        }
        if (!(error instanceof Unreadable)) throw error;
        this.#complain(error, whole);
      }
    }
    return operations;
  }

  /** A lenient reading goes on after the record if it was read whole, and otherwise after its line. */
  #complain(error: Unreadable, whole: boolean): void {
    const cursor = this.#cursor;
    advance(this.#lines, cursor.text, error.at);
    this.#reading.malformed(malformedAt(this.#reading, this.#lines.line, this.#lines.start, error));
    if (whole) return;
    cursor.at = Math.max(cursor.at, error.at);
    cursor.separate = false;
    this.#skipping = true;
  }

  /** False if the line's end has not arrived. */
  #skipLine(): boolean {
    const { text, at } = this.#cursor;
    const end = text.indexOf('\n', at);
    this.#cursor.at = end === -1 ? text.length : end + 1;
    this.#skipping = end === -1;
    return !this.#skipping;
  }

  #refill(): void {
    this.#cursor.text += this.#waiting.join('');
    this.#waiting = [];
    this.#waitingLength = 0;
  }

  /** Lets go of the text that was read. */
  #drop(): void {
    const cursor = this.#cursor;
    advance(this.#lines, cursor.text, cursor.at);
    cursor.text = cursor.text.slice(cursor.at);
    this.#lines.start -= cursor.at;
    this.#lines.next = -2;
    cursor.at = 0;
    this.#enough = cursor.text.length * 2;
    if (cursor.text.length > longestOperation) throw tooLong(this.#reading, this.#lines.line, 1 - this.#lines.start);
  }
}

/** Counts lines up to an offset, which never goes down. */
function advance(lines: { line: number; start: number; next: number }, text: string, to: number): void {
  for (;;) {
    if (lines.next === -2) lines.next = text.indexOf('\n', Math.max(0, lines.start));
    if (lines.next === -1 || lines.next >= to) return;
    lines.line += 1;
    lines.start = lines.next + 1;
    lines.next = -2;
  }
}
