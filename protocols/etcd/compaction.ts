// Compaction: forgets what was overwritten or deleted before a revision. What the keys held at that revision itself stays
// readable, and a watch may still begin there.
import type { CompactionRequest, CompactionResponse, Executed } from './api.ts';
import { refusals } from './errors.ts';
import { changeAt, firstNotBefore, type Change, type Store } from './store.ts';

/** Whether the last change of a key up to the compacted revision must stay. */
export type KeepsLast = (change: Change, compacted: number) => boolean;

/** A key that was deleted is gone; but whoever watches from the compacted revision on must hear of its deletion there. */
export const keepsLast: KeepsLast = ({ type, modRevision }, compacted) => type === 'put' || modRevision === compacted;

export function compact(
  store: Store,
  { revision }: CompactionRequest,
  keeps: KeepsLast = keepsLast,
): Executed<CompactionResponse> {
  if (revision <= store.compacted) return refusals.compacted;
  if (revision > store.revision) return refusals.futureRevision;
  const kept = new Set<number>();
  for (const { orders } of store.index) {
    const later = firstNotBefore(orders, (order) => changeAt(store, order).modRevision <= revision);
    const last = later === 0 ? undefined : changeAt(store, orders[later - 1] as number);
    orders.splice(0, last !== undefined && keeps(last, revision) ? later - 1 : later);
    for (const order of orders) kept.add(order);
  }
  store.index = store.index.filter(({ orders }) => orders.length > 0);
  store.changes = store.changes.filter(({ order }) => kept.has(order));
  store.compacted = revision;
  return { type: 'compact', header: { revision: store.revision } };
}
