// The recipes of etcd's `concurrency` package, which its lock and election services follow: whoever's key has the lowest
// creation revision under a name has the lock, and everybody else waits for the one before. The key is bound to a lease.
import type { Compare, DeleteRangeRequest, KeyValue, RangeRequest, TxnRequest, TxnResponse } from './api.ts';
import { withPrefix } from './keys.ts';

/** The key that a lease has in the queue of a name: `name/` and the lease in hexadecimal. */
export function queueKey(name: string, lease: number): string {
  return `${name}/${lease.toString(16)}`;
}

/** Enters the queue, unless the lease is in it already; and asks who is first. For an election the value is what it says. */
export function enter(name: string, lease: number, value = ''): TxnRequest {
  const key = queueKey(name, lease);
  const first: RangeRequest = { type: 'range', ...queueOf(name), sortTarget: 'create', sortOrder: 'ascend', limit: 1 };
  return {
    type: 'txn',
    compare: [{ key, target: 'create', result: 'equal', than: 0 }],
    success: [{ type: 'put', key, value, lease }, first],
    failure: [{ type: 'range', key }, first],
  };
}

/** Where one stands after entering: the creation revision of one's key, which is the fencing token, and who is first. */
export function placeOf({ succeeded, header, responses }: Pick<TxnResponse, 'succeeded' | 'header' | 'responses'>): {
  readonly revision: number;
  readonly first: KeyValue | undefined;
} {
  const [mine, queue] = responses;
  const kept = mine?.type === 'range' ? mine.kvs[0] : undefined;
  const revision = succeeded ? header.revision : (kept?.createRevision ?? 0);
  return { revision, first: queue?.type === 'range' ? queue.kvs[0] : undefined };
}

/** Who is right before a place in the queue; when nobody is, the place has the lock. */
export function predecessor(name: string, revision: number): RangeRequest {
  const maxCreateRevision = revision - 1;
  return { type: 'range', ...queueOf(name), sortTarget: 'create', sortOrder: 'descend', limit: 1, maxCreateRevision };
}

/** Leaves the queue, and with it gives up the lock. */
export function leave(name: string, lease: number): DeleteRangeRequest {
  return { type: 'deleteRange', key: queueKey(name, lease) };
}

/** Holds as long as one's key is the one that was created at the revision: the guard of whatever is done under a lock. */
export function stillIn(name: string, lease: number, revision: number): Compare {
  return { key: queueKey(name, lease), target: 'create', result: 'equal', than: revision };
}

/** A leader says something else. */
export function proclaim(name: string, lease: number, revision: number, value: string): TxnRequest {
  return {
    type: 'txn',
    compare: [stillIn(name, lease, revision)],
    success: [{ type: 'put', key: queueKey(name, lease), value, lease }],
  };
}

/** A leader resigns; if it is not the leader any more it does no harm. */
export function resign(name: string, lease: number, revision: number): TxnRequest {
  return { type: 'txn', compare: [stillIn(name, lease, revision)], success: [leave(name, lease)] };
}

/** Who leads, and what it says. */
export function leaderOf(name: string): RangeRequest {
  return { type: 'range', ...queueOf(name), sortTarget: 'create', sortOrder: 'ascend', limit: 1 };
}

function queueOf(name: string): { readonly key: string; readonly rangeEnd?: string } {
  return withPrefix(`${name}/`);
}
