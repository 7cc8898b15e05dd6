// A partition as the fast search walks it: from return to return, each operation in a slot of its own while it is pending.
import type { Operation } from '../operations.ts';

/**
 * Operations are numbered in the order of their calls. A level is a number of returns that have gone by.
 */
export interface Timeline {
  /** The operations that return, in the order of their returns: at level n, the next to return is `returns[n]`. */
  readonly returns: Int32Array;
  /** `calls[n]` is the first operation called after return n-1, so those called at level n are `calls[n]` to `calls[n+1]`-1. */
  readonly calls: Int32Array;
  /** By operation: its slot. No two pending operations share one; those that never return keep theirs to the end. */
  readonly slot: Int32Array;
  readonly slots: number;
  /** By operation: its place among the returns; a crashed one comes after all, in the order of the calls. */
  readonly rank: Int32Array;
  /** By operation: 1 if it never returned. */
  readonly crashed: Uint8Array;
}

/** Lays out the operations of a partition, which are in the order of their calls. */
export function makeTimeline(operations: readonly Operation[]): Timeline {
  const count = operations.length;
  const crashed = Uint8Array.from(operations, ({ returned }) => (returned === undefined ? 1 : 0));
  const returnIndex = Float64Array.from(operations, ({ returned }) => returned?.index ?? Infinity);
  const returns = Int32Array.from(operations.keys())
    .filter((operation) => crashed[operation] === 0)
    .sort((one, other) => returnIndex[one]! - returnIndex[other]!);
  const rank = new Int32Array(count);
  for (let operation = 0; operation < count; operation += 1) rank[operation] = returns.length + operation;
  const calls = new Int32Array(returns.length + 1);
  const slot = new Int32Array(count);
  const free: number[] = [];
  let slots = 0;
  let next = 0;
  for (const [level, returning] of returns.entries()) {
    rank[returning] = level;
    calls[level] = next;
    for (; next < count && operations[next]!.called.index < returnIndex[returning]!; next += 1) {
      slot[next] = free.pop() ?? slots;
      if (slot[next] === slots) slots += 1;
    }
    free.push(slot[returning]!);
  }
  calls[returns.length] = next;
  return { returns, calls, slot, slots, rank, crashed };
}
