// The key-value store: writes that move the indices as Consul's state store moves them, locks that sessions hold, and reads
// that come with the index a blocking query waits on.
import type { ConsulState, KvEntry } from './types.ts';

/** A write: what is to be stored, and for `cas` and `delete-cas` the index that the entry must have. */
export type KvWrite =
  | { readonly verb: 'set'; readonly key: string; readonly value: string; readonly flags?: number }
  /** Index 0 stands for a key that does not exist. */
  | {
      readonly verb: 'cas';
      readonly key: string;
      readonly value: string;
      readonly flags?: number;
      readonly index: number;
    }
  | {
      readonly verb: 'lock' | 'unlock';
      readonly key: string;
      readonly value: string;
      readonly flags?: number;
      readonly session: string;
      /** Of an acquisition that must not overtake a lock-delay: up to which index delays were known when it was let through. */
      readonly delaysKnownUpTo?: number;
    }
  | { readonly verb: 'delete' | 'delete-tree'; readonly key: string }
  | { readonly verb: 'delete-cas'; readonly key: string; readonly index: number };

/** Whether the write took place, or the error that refuses it. */
export type KvOutcome =
  { readonly type: 'done' } | { readonly type: 'not-done' } | { readonly type: 'error'; readonly error: string };

const done: KvOutcome = { type: 'done' };
const notDone: KvOutcome = { type: 'not-done' };

/** The rules of locks and indices that a broken variant replaces. */
export interface KvRules {
  /** Only a session that is alive when the entry is applied may hold a key. */
  sessionIsValid(state: ConsulState, session: string): boolean;
  /** The count of acquisitions moves when a new holder comes, and only then. */
  lockIndexOnAcquire(existing: KvEntry | undefined, session: string): number;
  /** A key that somebody else holds is not acquired. */
  isFree(existing: KvEntry | undefined, session: string): boolean;
}

export const consulKvRules: KvRules = {
  sessionIsValid: (state, session) => state.sessions.has(session),
  lockIndexOnAcquire: (existing, session) =>
    existing?.session === session ? existing.lockIndex : (existing?.lockIndex ?? 0) + 1,
  isFree: (existing, session) => existing === undefined || existing.session === '' || existing.session === session,
};

/** Applies one write at the Raft index. */
export function applyKv(state: ConsulState, write: KvWrite, index: number, rules: KvRules): KvOutcome {
  const existing = state.kv.get(write.key);
  switch (write.verb) {
    case 'set':
      put(state, write, { lockIndex: 0, session: existing?.session ?? '' }, index);
      return done;
    case 'cas':
      if ((existing?.modifyIndex ?? 0) !== write.index) return notDone;
      put(state, write, { lockIndex: 0, session: existing?.session ?? '' }, index);
      return done;
    case 'lock':
      return lock(state, write, index, rules);
    case 'unlock':
      if (write.session === '') return { type: 'error', error: 'missing session' };
      if (existing === undefined || existing.session !== write.session) return notDone;
      put(state, write, { lockIndex: existing.lockIndex, session: '' }, index);
      return done;
    case 'delete':
      remove(state, write.key, index);
      return done;
    case 'delete-cas':
      if (existing === undefined) return done;
      if (existing.modifyIndex !== write.index) return notDone;
      remove(state, write.key, index);
      return done;
    case 'delete-tree':
      removeTree(state, write.key, index);
      return done;
  }
}

function lock(
  state: ConsulState,
  write: KvWrite & { verb: 'lock' | 'unlock' },
  index: number,
  rules: KvRules,
): KvOutcome {
  const { session } = write;
  if (session === '') return { type: 'error', error: 'missing session' };
  if (!rules.sessionIsValid(state, session)) return { type: 'error', error: `invalid session ${quoted(session)}` };
  const { delaysKnownUpTo = Infinity } = write;
  if ((state.delayed.get(write.key) ?? 0) > delaysKnownUpTo) return notDone;
  const existing = state.kv.get(write.key);
  if (!rules.isFree(existing, session)) return notDone;
  put(state, write, { lockIndex: rules.lockIndexOnAcquire(existing, session), session }, index);
  return done;
}

/** A write that changes nothing moves no index. */
function put(
  state: ConsulState,
  { key, value, flags = 0 }: { readonly key: string; readonly value: string; readonly flags?: number },
  { lockIndex, session }: Pick<KvEntry, 'lockIndex' | 'session'>,
  index: number,
): void {
  const existing = state.kv.get(key);
  const isSame =
    existing !== undefined &&
    existing.value === value &&
    existing.flags === flags &&
    existing.lockIndex === lockIndex &&
    existing.session === session;
  if (isSame) return;
  const createIndex = existing?.createIndex ?? index;
  state.kv.set(key, { key, value, flags, lockIndex, session, createIndex, modifyIndex: index });
  state.tables.kv = index;
}

export function remove(state: ConsulState, key: string, index: number): void {
  if (!state.kv.delete(key)) return;
  state.graveyard.set(key, index);
  state.tables.kv = index;
  state.tables.graveyard = index;
}

function removeTree(state: ConsulState, prefix: string, index: number): void {
  const keys = [...state.kv.keys()].filter((key) => key.startsWith(prefix));
  for (const key of keys) state.kv.delete(key);
  if (keys.length === 0) return;
  state.graveyard.set(prefix, index);
  state.tables.kv = index;
  state.tables.graveyard = index;
}

/** The holder is gone: the key stays, free, with its count of acquisitions. */
export function release(state: ConsulState, entry: KvEntry, index: number): void {
  put(state, entry, { lockIndex: entry.lockIndex, session: '' }, index);
}

/** What a read returns, and the index that a blocking query on it waits on. */
export interface KvRead<T> {
  readonly found: T;
  readonly index: number;
}

/** A missing key has the index of the whole table, which is why unrelated writes wake those who wait for it. */
export function getKey(state: ConsulState, key: string): KvRead<KvEntry | undefined> {
  const found = state.kv.get(key);
  return { found, index: found?.modifyIndex ?? tableIndex(state) };
}

/** All entries below a prefix, in the order of their keys. */
export function listKeys(state: ConsulState, prefix: string): KvRead<readonly KvEntry[]> {
  const found = [...state.kv.values()].filter(({ key }) => key.startsWith(prefix)).toSorted(byKey);
  if (prefix === '') return { found, index: tableIndex(state) };
  const buried = [...state.graveyard].filter(([key]) => key.startsWith(prefix)).map(([, index]) => index);
  const index = Math.max(0, ...found.map(({ modifyIndex }) => modifyIndex), ...buried);
  return { found, index: index === 0 ? tableIndex(state) : index };
}

/** The keys below a prefix, each cut after the first separator that follows the prefix. */
export function listNames(state: ConsulState, prefix: string, separator: string): KvRead<readonly string[]> {
  const { found, index } = listKeys(state, prefix);
  const names = found.map(({ key }) => {
    const end = separator === '' ? -1 : key.indexOf(separator, prefix.length);
    return end === -1 ? key : key.slice(0, end + separator.length);
  });
  return { found: [...new Set(names)], index };
}

function tableIndex({ tables }: ConsulState): number {
  return Math.max(tables.kv, tables.graveyard);
}

function byKey(one: KvEntry, other: KvEntry): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

/** As Go's %#v and %q print a string. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
