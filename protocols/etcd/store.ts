// The multi-version store as plain data: a log of changes in the order of revisions, an index of keys over it, and the
// leases. A revision is one transaction's; reading at a revision sees what was there when it was the newest.
import type { NodeId } from '../../sim/index.ts';
import type { KeyValue } from './api.ts';
import { compareKeys, holdsKey, type KeyInterval } from './keys.ts';

/** One change of one key. A key changes at most once in a revision. */
export interface Change extends KeyValue {
  readonly type: 'put' | 'delete';
  /** Counts all changes there ever were: the place in the log, whatever was compacted before it. */
  readonly order: number;
}

/** A key and its changes, by order; the last of those up to a revision says what the key was then. */
export interface IndexEntry {
  readonly key: string;
  readonly orders: number[];
}

export interface LeaseRecord {
  readonly id: number;
  /** The time to live that was granted, in seconds. */
  readonly ttl: number;
  /** The keys attached, sorted. */
  readonly keys: string[];
}

export interface Store {
  /** The newest revision; an empty store is at 1. */
  revision: number;
  /** What happened before it is forgotten; -1 until something is compacted. */
  compacted: number;
  /** The order of the next change. */
  nextOrder: number;
  changes: Change[];
  /** Sorted by key. */
  index: IndexEntry[];
  /** Sorted by id. */
  leases: LeaseRecord[];
  /** The members whose `NOSPACE` alarm is raised, sorted. */
  alarms: NodeId[];
}

export function emptyStore(): Store {
  return { revision: 1, compacted: -1, nextOrder: 0, changes: [], index: [], leases: [], alarms: [] };
}

/** The first place in a sorted list for which `isBefore` does not hold. */
export function firstNotBefore<T>(sorted: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(sorted[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The change of this order, which must not have been compacted. */
export function changeAt({ changes }: Store, order: number): Change {
  return changes[firstNotBefore(changes, (change) => change.order < order)] as Change;
}

/** The place of the first index entry in the interval. */
function indexStart({ index }: Store, { key }: KeyInterval): number {
  return firstNotBefore(index, (entry) => compareKeys(entry.key, key) < 0);
}

/** The last change of an entry's key up to a revision, if any is known. */
function lastChange(store: Store, { orders }: IndexEntry, revision: number): Change | undefined {
  for (let at = orders.length - 1; at >= 0; at--) {
    const change = changeAt(store, orders[at] as number);
    if (change.modRevision <= revision) return change;
  }
  return undefined;
}

/** The keys of an interval that exist, in their order, with what they hold at a revision; by default now. */
export function keysIn(store: Store, interval: KeyInterval, revision = Infinity): KeyValue[] {
  const found: KeyValue[] = [];
  for (let at = indexStart(store, interval); at < store.index.length; at++) {
    const entry = store.index[at] as IndexEntry;
    if (!holdsKey(interval, entry.key)) break;
    const change = lastChange(store, entry, revision);
    if (change?.type === 'put') found.push(keyValueOf(change));
  }
  return found;
}

/** What a key holds at a revision; by default now. */
export function keyAt(store: Store, key: string, revision = Infinity): KeyValue | undefined {
  return keysIn(store, { key }, revision)[0];
}

export function keyValueOf({ key, createRevision, modRevision, version, value, lease }: Change): KeyValue {
  return { key, createRevision, modRevision, version, value, lease };
}

/** Puts a key at the revision after the newest; the caller raises the store's revision when its transaction is over. */
export function putKey(store: Store, key: string, value: string, lease: number): KeyValue {
  const modRevision = store.revision + 1;
  const before = keyAt(store, key);
  const change: Change = {
    type: 'put',
    order: store.nextOrder,
    key,
    createRevision: before?.createRevision ?? modRevision,
    modRevision,
    version: (before?.version ?? 0) + 1,
    value,
    lease,
  };
  record(store, change);
  if (before !== undefined && before.lease !== lease) detach(store, before.lease, key);
  attach(store, lease, key);
  return keyValueOf(change);
}

/** Deletes a key that exists, at the revision after the newest. */
export function deleteKey(store: Store, { key, lease }: KeyValue): void {
  const modRevision = store.revision + 1;
  record(store, {
    type: 'delete',
    order: store.nextOrder,
    key,
    createRevision: 0,
    modRevision,
    version: 0,
    value: '',
    lease: 0,
  });
  detach(store, lease, key);
}

function record(store: Store, change: Change): void {
  store.changes.push(change);
  store.nextOrder++;
  const at = indexStart(store, change);
  const entry = store.index[at];
  if (entry?.key === change.key) entry.orders.push(change.order);
  else store.index.splice(at, 0, { key: change.key, orders: [change.order] });
}

export function leaseOf({ leases }: Store, id: number): LeaseRecord | undefined {
  const lease = leases[firstNotBefore(leases, (other) => other.id < id)];
  return lease?.id === id ? lease : undefined;
}

function attach(store: Store, id: number, key: string): void {
  const keys = leaseOf(store, id)?.keys;
  if (keys === undefined) return;
  const at = firstNotBefore(keys, (other) => compareKeys(other, key) < 0);
  if (keys[at] !== key) keys.splice(at, 0, key);
}

function detach(store: Store, id: number, key: string): void {
  const keys = leaseOf(store, id)?.keys;
  if (keys === undefined) return;
  const at = firstNotBefore(keys, (other) => compareKeys(other, key) < 0);
  if (keys[at] === key) keys.splice(at, 1);
}
