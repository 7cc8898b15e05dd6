// Range: reading an interval of keys, now or at an old revision, sorted, filtered, limited, or only counted.
import type { Executed, KeyValue, RangeRequest, RangeResponse, SortTarget } from './api.ts';
import { refusals, type Refusal } from './errors.ts';
import { compareKeys } from './keys.ts';
import { keysIn, type Store } from './store.ts';

/** Why a range cannot be read at the revision it asks for. */
export function rangeFault({ revision = 0 }: RangeRequest, store: Store): Refusal | undefined {
  if (revision > store.revision) return refusals.futureRevision;
  if (revision > 0 && revision < store.compacted) return refusals.compacted;
  return undefined;
}

/** @param now the revision that the header tells; inside of a transaction that has written it is the transaction's own */
export function range(store: Store, request: RangeRequest, now: number = store.revision): Executed<RangeResponse> {
  const fault = rangeFault(request, store);
  if (fault !== undefined) return fault;
  const { limit = 0, revision = 0, sortOrder = 'none', sortTarget = 'key', keysOnly = false } = request;
  const header = { revision: now };
  const all = keysIn(store, request, revision > 0 ? revision : Infinity);
  if (request.countOnly === true) return { type: 'range', header, kvs: [], more: false, count: all.length };
  const kept = all.filter((keyValue) => isWithin(keyValue, request));
  if (sortOrder === 'descend') kept.sort((one, other) => compareBy(sortTarget, other, one));
  else if (sortTarget !== 'key') kept.sort((one, other) => compareBy(sortTarget, one, other));
  const more = limit > 0 && kept.length > limit;
  const shown = more ? kept.slice(0, limit) : kept;
  const kvs = keysOnly ? shown.map((keyValue) => ({ ...keyValue, value: '' })) : shown;
  return { type: 'range', header, kvs, more, count: all.length };
}

/** A bound of 0 is none. */
function isWithin({ modRevision, createRevision }: KeyValue, request: RangeRequest): boolean {
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = request;
  return (
    modRevision >= minModRevision &&
    (maxModRevision === 0 || modRevision <= maxModRevision) &&
    createRevision >= minCreateRevision &&
    (maxCreateRevision === 0 || createRevision <= maxCreateRevision)
  );
}

function compareBy(target: SortTarget, one: KeyValue, other: KeyValue): number {
  switch (target) {
    case 'key':
      return compareKeys(one.key, other.key);
    case 'version':
      return one.version - other.version;
    case 'create':
      return one.createRevision - other.createRevision;
    case 'mod':
      return one.modRevision - other.modRevision;
    case 'value':
      return compareKeys(one.value, other.value);
  }
}
