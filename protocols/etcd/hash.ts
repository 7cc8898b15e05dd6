// A hash of the store up to a revision: members that applied the same log up to there and compacted alike agree on it.
import type { Change, Store } from './store.ts';

/** FNV-1a over 32 bits of every change that is known up to the revision, in their order. */
export function hashKv(store: Store, revision: number = store.revision): number {
  let hash = mix(0x811c9dc5, `${store.compacted}`);
  for (const change of store.changes) {
    if (change.modRevision > revision) break;
    hash = mixChange(hash, change);
  }
  return hash;
}

/** How far a store is hashed already, so that a log that grows is not read again from its beginning. Plain data. */
export interface HashedStore {
  readonly compacted: number;
  /** The number of changes that the hash is of. */
  readonly changes: number;
  readonly hash: number;
  /** Reads everything once more when there are so many: whatever befell a change that was hashed already shows by then. */
  readonly rereadAt: number;
}

export const nothingHashed: HashedStore = Object.freeze({ compacted: -1, changes: 0, hash: 0, rereadAt: 0 });

/** What `hashKv` says of the whole store, from where the last hashing of it stopped: constant work for each change. */
export function hashFurther(store: Store, before: HashedStore): HashedStore {
  const { compacted, changes } = store;
  const goesOn = before.compacted === compacted && before.changes <= changes.length && changes.length < before.rereadAt;
  if (!goesOn) return { compacted, changes: changes.length, hash: hashKv(store), rereadAt: 2 * changes.length + 1 };
  let { hash } = before;
  for (const change of changes.slice(before.changes)) hash = mixChange(hash, change);
  return { ...before, changes: changes.length, hash };
}

/** A number from 1 to 2^31 - 1 that a name always gets: the ids of members and clusters. */
export function idOf(name: string): number {
  return Math.max(1, mix(0x811c9dc5, name) & 0x7fffffff);
}

function mixChange(hash: number, change: Change): number {
  const { type, key, createRevision, modRevision, version, value, lease } = change;
  return mix(hash, JSON.stringify([type, key, createRevision, modRevision, version, value, lease]));
}

function mix(hash: number, text: string): number {
  let mixed = hash;
  for (let at = 0; at < text.length; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  return mixed >>> 0;
}
