// The causal past of each transaction as a vector: how far into each session it reaches over sessions and reads. The last
// write of a key in each session of the past is what a read of that key knows of.
import { findComponents } from './components.ts';
import { makeGraph, process, wr, type EdgeList } from './graph.ts';
import type { Transactions } from './transactions.ts';
import { force, type ExternalRead } from './forced-order.ts';

/** The most entries that all vectors together may have. */
const mostEntries = 100_000_000;

/** Adds what the causal level forces, unless reads and sessions run in a circle already. False if it takes too much memory. */
export function linkCausalPasts(
  transactions: Transactions,
  counts: Uint8Array,
  reads: readonly (readonly ExternalRead[])[],
  edges: EdgeList,
): boolean {
  const { operations, key } = transactions;
  const sessionNumbers = new Map<number, number>();
  const sessionOf = operations.map(({ process: session }) => {
    const number = sessionNumbers.get(session) ?? sessionNumbers.size;
    sessionNumbers.set(session, number);
    return number;
  });
  const width = sessionNumbers.size;
  if (width * operations.length > mostEntries) return false;
  const graph = makeGraph(operations.length + 1, edges);
  const { of, sizes } = findComponents(graph, wr | process);
  if (sizes.length < graph.size) return true; // a circle of reads and sessions is found as it is
  const past = new Int32Array(width * operations.length).fill(-1); // by transaction and session: the last transaction known
  const order = operations.map((_, number) => number).sort((one, other) => of[other]! - of[one]!);
  for (const number of order) {
    for (let edge = graph.offset[number]!; edge < graph.offset[number + 1]!; edge++) {
      const base = graph.target[edge]! * width;
      for (let session = 0; session < width; session++) {
        past[base + session] = Math.max(past[base + session]!, past[number * width + session]!);
      }
      past[base + sessionOf[number]!] = Math.max(past[base + sessionOf[number]!]!, number);
    }
  }
  const writes = indexSessionWrites(transactions, counts, sessionOf);
  reads.forEach((external, number) => {
    for (const { read, write } of external) {
      for (const [session, list] of writes[key[read]!]!) {
        const known = lastUpTo(list, past[number * width + session]!);
        if (known >= 0) force(transactions, edges, known, read, write);
      }
    }
  });
  return true;
}

/** By key and session: the transactions that wrote the key, in their order. */
function indexSessionWrites(
  { keys, start, isWrite, key, operations }: Transactions,
  counts: Uint8Array,
  sessionOf: readonly number[],
): readonly ReadonlyMap<number, readonly number[]>[] {
  const writes = keys.map(() => new Map<number, number[]>());
  for (let number = 0; number < operations.length; number++) {
    if (counts[number] === 0) continue;
    for (let micro = start[number]!; micro < start[number + 1]!; micro++) {
      if (isWrite[micro] === 0) continue;
      const bySession = writes[key[micro]!]!;
      const list = bySession.get(sessionOf[number]!);
      if (list === undefined) bySession.set(sessionOf[number]!, [number]);
      else if (list.at(-1) !== number) list.push(number);
    }
  }
  return writes;
}

/** The last entry of a rising list that is at most `limit`, -1 if there is none. */
function lastUpTo(list: readonly number[], limit: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? -1 : list[low - 1]!;
}
