// A place in text that is still arriving. A reader that comes to the end of what is there asks for more and starts its form
// again, so that the readers themselves are plain recursive functions.
import type { Json } from '../../sim/protocol.ts';
import { foundAt, Unreadable } from './malformed.ts';

export interface Cursor {
  text: string;
  at: number;
  /** Whether the text is complete. */
  final: boolean;
  /** Elements of the collections that are being read: copied out at their right length, as growing arrays waste memory. */
  readonly stack: Json[];
  /** The number of elements on the stack. */
  top: number;
}

/** A cursor on a text that is complete. */
export function cursorOn(text: string): Cursor {
  return { text, at: 0, final: true, stack: [], top: 0 };
}

/** Nesting beyond this is refused: what judges, prints or compares a value recurses into it. */
export const deepest = 200;

/** Not an error: the form goes on in text that has not arrived. */
class MoreNeeded extends Error {}

const moreNeeded = new MoreNeeded('more text needed');

export function isMoreNeeded(error: unknown): boolean {
  return error === moreNeeded;
}

/**
 * Ends reading where something else was expected, or where the text that has arrived ends.
 * @throws Unreadable, or the request for more text.
 */
export function refuse(cursor: Cursor, at: number, expected: string): never {
  if (at >= cursor.text.length && !cursor.final) throw moreNeeded;
  throw new Unreadable(at, expected, foundAt(cursor.text, at));
}

/** @throws Unreadable beyond the deepest nesting that is accepted. */
export function checkDepth(cursor: Cursor, depth: number): void {
  if (depth > deepest) throw new Unreadable(cursor.at, `at most ${deepest} levels of nesting`, 'more');
}

/**
 * Copies a slice, as engines keep the whole text alive for the sake of a slice: without this, a few words of each block of
 * a file would hold the file in memory.
 */
export function detached(slice: string): string {
  return slice.length < 13 ? slice : ` ${slice}`.slice(1);
}
