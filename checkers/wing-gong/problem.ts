// What the search has to solve: operations, which of them must have happened, and the states that it may start from.
import type { Operation } from '../operations.ts';

/**
 * Operations as typed arrays. Those with a deadline (they returned) come first, in the order of their calls; the others
 * (they never returned, so they may happen at any time after the call, or never) are grouped by kind.
 */
export interface Problem {
  /** Index in the partition of each operation of the problem. */
  readonly members: Int32Array;
  /** How many of them have a deadline: numbers 0 to deadlines-1. */
  readonly deadlines: number;
  /** History index of the call. */
  readonly called: Int32Array;
  /** History index of the return; the largest integer where there is none. */
  readonly returned: Int32Array;
  readonly kind: Int32Array;
  /** 1 where the operation must be placed; 0 where it may be placed, between call and return, or left out. */
  readonly required: Uint8Array;
  /** The operations without a deadline by kind, each group in the order of the calls. */
  readonly crashed: readonly Int32Array[];
  /** The numbers of the states to start from. */
  readonly starts: readonly number[];
}

export const never = 0x7fffffff;

/** The partition's operations that are to be placed (indices in the order of the calls), and how. */
export function makeProblem(
  operations: readonly Operation[],
  kinds: Int32Array,
  chosen: readonly number[],
  isRequired: (index: number) => boolean,
  starts: readonly number[],
): Problem {
  const returning = chosen.filter((index) => operations[index]!.returned !== undefined);
  const crashing = chosen.filter((index) => operations[index]!.returned === undefined);
  const members = Int32Array.from([...returning, ...crashing]);
  const groups = new Map<number, number[]>();
  for (const [position, index] of crashing.entries()) {
    const group = groups.get(kinds[index]!);
    if (group === undefined) groups.set(kinds[index]!, [returning.length + position]);
    else group.push(returning.length + position);
  }
  return {
    members,
    deadlines: returning.length,
    called: members.map((index) => operations[index]!.called.index),
    returned: members.map((index) => operations[index]!.returned?.index ?? never),
    kind: members.map((index) => kinds[index]!),
    required: Uint8Array.from(members, (index, position) => (position < returning.length && isRequired(index) ? 1 : 0)),
    crashed: [...groups.values()].map((group) => Int32Array.from(group)),
    starts,
  };
}
