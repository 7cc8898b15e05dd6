// A hash of the store up to a revision: members that applied the same log up to there and compacted alike agree on it.
import type { Store } from './store.ts';

/** FNV-1a over 32 bits of every change that is known up to the revision, in their order. */
export function hashKv(store: Store, revision: number = store.revision): number {
  let hash = mix(0x811c9dc5, `${store.compacted}`);
  for (const change of store.changes) {
    if (change.modRevision > revision) break;
    const { type, key, createRevision, modRevision, version, value, lease } = change;
    hash = mix(hash, JSON.stringify([type, key, createRevision, modRevision, version, value, lease]));
  }
  return hash;
}

/** A number from 1 to 2^31 - 1 that a name always gets: the ids of members and clusters. */
export function idOf(name: string): number {
  return Math.max(1, mix(0x811c9dc5, name) & 0x7fffffff);
}

function mix(hash: number, text: string): number {
  let mixed = hash;
  for (let at = 0; at < text.length; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
  return mixed >>> 0;
}
