// Who had a lock when, by what its clients were told: read from the history, so that locks of any protocol can be drawn whose
// clients acquire and release them in the words of the lock checker.
import { findHoldings, groupByLock, type LockOperation } from '../checkers/locks/holdings.ts';
import { HistoryError, pairOperations } from '../checkers/operations.ts';
import type { History } from '../sim/history.ts';
import type { NodeId } from '../sim/protocol.ts';
import type { Micros } from '../sim/time.ts';

/** A client's turn with a lock, from when it was told so to its release, or to its last sign of life. */
export interface HeldSpan {
  readonly lane: number;
  readonly lock: string;
  readonly token: number | null;
  readonly from: Micros;
  readonly to: Micros;
  /** While its lease lasted; absent of a lock without one. */
  readonly leased?: readonly { readonly from: Micros; readonly to: Micros }[];
}

/** The turns of all locks, in order of their beginnings; none where the history has no locks of one holder. */
export function heldOf(history: History, laneNumbers: ReadonlyMap<NodeId, number>): HeldSpan[] {
  if (!history.some(({ f }) => f === 'acquire')) return [];
  const lastSeen = new Map(history.map(({ client, time }) => [client, time]));
  const spans: HeldSpan[] = [];
  for (const [lock, operations] of locksOf(history)) {
    // A semaphore has several holders at once, and rightly so.
    if (operations.some(({ words }) => words.permits !== 1)) continue;
    for (const holding of findHoldings(operations, { lease: undefined, isReentrant: false }, lastSeen)) {
      const { client, acquire, token = null, valid, believedUntil, leaseEnd } = holding;
      const lane = laneNumbers.get(client);
      const from = acquire.returned?.time;
      if (lane === undefined || from === undefined) continue;
      const leased = leaseEnd === undefined ? {} : { leased: valid };
      spans.push({ lane, lock, token, from, to: believedUntil, ...leased });
    }
  }
  return spans.sort((one, other) => one.from - other.from);
}

/** A history that pairs badly may come from a file: what is to be said of it its checkers say. */
function locksOf(history: History): ReadonlyMap<string, readonly LockOperation[]> {
  try {
    return groupByLock(pairOperations(history));
  } catch (error) {
    if (error instanceof HistoryError) return new Map();
    throw error;
  }
}
