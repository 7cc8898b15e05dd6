// What the parsers of all formats share: text goes in piece by piece, operations come out, and what is malformed is
// reported, which ends the reading unless it is lenient.
import type { Json } from '../../sim/protocol.ts';
import { MalformedInput, type Unreadable } from './malformed.ts';
import type { RawOperation } from './operation.ts';

/** Takes a file's text piece by piece and returns the operations that each piece completes, in the order of the file. */
export interface OperationParser {
  /** @throws MalformedInput */
  push(text: string): readonly RawOperation[];
  /** The operations that the end of the text completes. @throws MalformedInput */
  end(): readonly RawOperation[];
}

export interface Reading {
  /** The file's name, for errors. */
  readonly file: string;
  /** Throws the error, or notes that something was skipped because of it. */
  readonly malformed: (error: MalformedInput) => void;
  /** Told of each history of a file that holds several, before its operations. */
  readonly onPart?: (part: FilePart) => void;
}

/** One history of a file that holds several: its name, unique in the file, and what else its record says of it. */
export interface FilePart {
  readonly name: string;
  readonly about: { readonly [field: string]: Json };
  readonly line: number;
}

/** No operation may be longer than this many UTF-16 units: a file without line breaks is not read into memory whole. */
export const longestOperation = 16 * 1024 * 1024;

/** The error for something that is wrong at an offset into a text whose line and line start are known. */
export function malformedAt(reading: Reading, line: number, lineStart: number, error: Unreadable): MalformedInput {
  const place = { file: reading.file, line, column: Math.max(1, error.at - lineStart + 1) };
  return new MalformedInput(place, error.expected, error.found);
}

/** The error for an operation that exceeds `longestOperation`. */
export function tooLong(reading: Reading, line: number, column: number): MalformedInput {
  const place = { file: reading.file, line, column };
  return new MalformedInput(place, `an operation of at most ${longestOperation} characters`, 'a longer one');
}
