// Monitors: judges of special objects whose written values are all different. They need no search, only sorting, where a
// search would drown. What they find is handed over as a few operations that contradict each other by themselves.
import type { Operation } from '../operations.ts';

export type MonitorOutcome =
  | { readonly type: 'valid' }
  /** These operations, indices in the partition in ascending order, have no order among themselves: their values' others do not matter. */
  | { readonly type: 'invalid'; readonly operations: readonly number[]; readonly reason: string }
  /** The history is not of the kind that the monitor can judge. */
  | { readonly type: 'declined'; readonly reason: string };

/** Judges the operations of one partition, in the order of their calls; failed ones and observations without a result are not among them. */
export type Monitor = (operations: readonly Operation[]) => MonitorOutcome;

/** The end of what never ended; finite, so that differences make sense. */
export const never = Number.MAX_SAFE_INTEGER;

/** When an operation ended, as a history index, or `never`. */
export function endOf(operation: Operation): number {
  return operation.returned?.index ?? never;
}

export function declined(reason: string): MonitorOutcome {
  return { type: 'declined', reason };
}

/** Evidence, in the order of the calls and each operation once. */
export function contradiction(operations: readonly number[], reason: string): MonitorOutcome {
  return { type: 'invalid', operations: [...new Set(operations)].sort((one, other) => one - other), reason };
}
