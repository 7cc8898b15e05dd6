// Events for watches, read out of the store: a watch is a place in the log of changes, and gets whole revisions in order.
import type { KeyValue } from './api.ts';
import { holdsKey, type KeyInterval } from './keys.ts';
import { firstNotBefore, keyAt, keyValueOf, type Change, type Store } from './store.ts';

/** What a watch is asked to show. */
export interface WatchFilter extends KeyInterval {
  readonly noPut?: boolean;
  readonly noDelete?: boolean;
  /** Show with each event what the key was before. */
  readonly prevKv?: boolean;
}

/** One change that a watch tells. A delete's `kv` has only the key and the revision of the deletion. */
export interface WatchEvent {
  readonly type: 'put' | 'delete';
  readonly kv: KeyValue;
  readonly prevKv?: KeyValue;
}

/** The events of one response, and the first revision that they do not cover. */
export interface EventBatch {
  readonly events: readonly WatchEvent[];
  readonly next: number;
}

/** Different revisions in one batch at most, as in etcd. */
const batchRevisions = 1_000;

/**
 * The events from revision `from` on that pass the filter, of at most `limit` revisions and of those all. The store must not have been compacted
 * beyond `from`.
 */
export function eventsFrom(
  store: Store,
  filter: WatchFilter,
  from: number,
  limit: number = batchRevisions,
): EventBatch {
  const events: WatchEvent[] = [];
  let revisions = 0;
  let last = -1;
  const { changes } = store;
  for (let at = firstNotBefore(changes, ({ modRevision }) => modRevision < from); at < changes.length; at++) {
    const change = changes[at] as Change;
    if (!passes(filter, change)) continue;
    if (change.modRevision !== last) {
      if (revisions >= limit) return { events, next: change.modRevision };
      last = change.modRevision;
      revisions++;
    }
    events.push(eventOf(store, filter, change));
  }
  return { events, next: store.revision + 1 };
}

function passes(filter: WatchFilter, { type, key }: Change): boolean {
  if (type === 'put' ? filter.noPut === true : filter.noDelete === true) return false;
  return holdsKey(filter, key);
}

/** What a key was before may have been compacted; then it is not told. */
function eventOf(store: Store, { prevKv }: WatchFilter, change: Change): WatchEvent {
  const kv = keyValueOf(change);
  const previous = prevKv === true ? keyAt(store, change.key, change.modRevision - 1) : undefined;
  return previous === undefined ? { type: change.type, kv } : { type: change.type, kv, prevKv: previous };
}
