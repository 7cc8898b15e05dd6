// The layout of a state as a row of integers: the component of each process, the client history, what is left of each
// budget, then the network: envelopes sorted by number, or by link where links are queues.
import type { PreparedWorld } from './prepared-world.ts';
import type { NetworkKind } from './world.ts';

export interface Layout {
  /** Where the history stands; -1 if none is kept. */
  readonly history: number;
  /** Where the first budget stands. */
  readonly budgets: number;
  /** Where the network begins. */
  readonly network: number;
}

export function layoutOf({ processes, keepsHistory, budgets }: PreparedWorld): Layout {
  const first = processes.length + (keepsHistory ? 1 : 0);
  return {
    history: keepsHistory ? processes.length : -1,
    budgets: first,
    network: first + budgets.initial.length,
  };
}

/**
 * Puts an envelope into the network of a row that has room for it; the new length. A set keeps one of each; a queue's newest
 * comes behind all others of its link.
 * @param linkOf by envelope, its link.
 */
export function insertEnvelope(
  row: Int32Array,
  length: number,
  start: number,
  envelope: number,
  kind: NetworkKind,
  linkOf: readonly number[],
): number {
  let at = length;
  if (kind === 'ordered') {
    const link = linkOf[envelope]!;
    while (at > start && linkOf[row[at - 1]!]! > link) {
      row[at] = row[at - 1]!;
      at--;
    }
  } else {
    if (kind === 'duplicating' && holds(row, length, start, envelope)) return length;
    while (at > start && row[at - 1]! > envelope) {
      row[at] = row[at - 1]!;
      at--;
    }
  }
  row[at] = envelope;
  return length + 1;
}

/** Copies a row without the integer at one place; the new length. */
export function copyWithout(row: Int32Array, length: number, without: number, into: Int32Array): number {
  for (let at = 0; at < without; at++) into[at] = row[at]!;
  for (let at = without + 1; at < length; at++) into[at - 1] = row[at]!;
  return length - 1;
}

/** Copies a row; its length. */
export function copyRow(row: Int32Array, length: number, into: Int32Array): number {
  for (let at = 0; at < length; at++) into[at] = row[at]!;
  return length;
}

function holds(row: Int32Array, length: number, start: number, envelope: number): boolean {
  for (let at = start; at < length; at++) if (row[at] === envelope) return true;
  return false;
}
