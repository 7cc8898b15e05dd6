// The four session guarantees (Terry et al. 1994) of registers whose written values are all different: what a client may
// expect of its own operations even where replicas answer. Each violation names the operations that prove it.
import type { History } from '../sim/history.ts';
import type { Json } from '../sim/protocol.ts';
import { canonical, isArray } from './canonical.ts';
import { HistoryError, pairOperations, type Operation } from './operations.ts';

export type SessionGuarantee = 'monotonic reads' | 'monotonic writes' | 'read your writes' | 'writes follow reads';

export interface SessionViolation {
  readonly guarantee: SessionGuarantee;
  readonly reason: string;
  /** Ids of the operations that prove it, in the order in which the reason names them. */
  readonly operations: readonly number[];
}

/**
 * Looks for clients that saw the writes of a key go back. Which of two writes came first is taken from what binds every
 * replica: a session wrote both, or read the one before it wrote the other. So a violation is one whatever the store's
 * order, and a history without any is not proof of the guarantee: `[]` means that nothing contradicts it.
 * @param keyed whether arguments and results are `[key, value]`; null is what nobody wrote yet.
 * @throws HistoryError on functions other than `read` and `write`, and on values that are written twice to a key.
 */
export function checkSessions(
  history: History,
  { keyed = false }: { readonly keyed?: boolean } = {},
): readonly SessionViolation[] {
  const writers = new Map<string, Operation>();
  const sessions = new Map<string, Operation[]>();
  for (const operation of pairOperations(history)) {
    const { f, called, client } = operation;
    if (f !== 'read' && f !== 'write') throw new HistoryError(called.index, 'one of read, write', f);
    if (operation.type === 'fail' || (f === 'read' && operation.type === 'info')) continue;
    if (f === 'write') {
      const version = versionOf(operation, keyed);
      if (writers.has(version))
        throw new HistoryError(called.index, 'a value of its own', `${version}, written before`);
      writers.set(version, operation);
    }
    const session = sessions.get(client);
    if (session === undefined) sessions.set(client, [operation]);
    else session.push(operation);
  }
  const before = precedence(sessions, writers, keyed);
  return [...sessions.values()].flatMap((session) => judgeSession(session, before, keyed));
}

/** By version: the versions of the same key that a session wrote, or read, last before it wrote this one; and that session's read. */
type Precedence = ReadonlyMap<string, readonly Link[]>;

interface Link {
  readonly version: string;
  /** Undefined if the session wrote the earlier version itself. */
  readonly read: Operation | undefined;
  readonly write: Operation;
}

function precedence(
  sessions: ReadonlyMap<string, readonly Operation[]>,
  writers: ReadonlyMap<string, Operation>,
  keyed: boolean,
): Precedence {
  const before = new Map<string, Link[]>();
  for (const session of sessions.values()) {
    const last = new Map<string, Operation>(); // by key
    for (const operation of session) {
      const key = keyOf(operation, keyed);
      const version = versionOf(operation, keyed);
      const earlier = last.get(key);
      if (operation.f === 'write' && earlier !== undefined && writers.has(versionOf(earlier, keyed))) {
        const link = {
          version: versionOf(earlier, keyed),
          read: earlier.f === 'read' ? earlier : undefined,
          write: operation,
        };
        before.set(version, [...(before.get(version) ?? []), link]);
      }
      last.set(key, operation);
    }
  }
  return before;
}

/** Each read against what its session saw or wrote last of that key: a version that surely came before it is too old. */
function judgeSession(session: readonly Operation[], before: Precedence, keyed: boolean): readonly SessionViolation[] {
  const violations: SessionViolation[] = [];
  const last = new Map<string, Operation>();
  for (const operation of session) {
    const key = keyOf(operation, keyed);
    const earlier = last.get(key);
    if (operation.f === 'read' && earlier !== undefined) {
      const path = pathBack(versionOf(earlier, keyed), versionOf(operation, keyed), isAbsent(operation, keyed), before);
      if (path !== undefined) violations.push(describe(earlier, operation, path, keyed));
    }
    last.set(key, operation);
  }
  return violations;
}

/** The links from a version back to an older one: empty for the version that was there before all; undefined if there are none. */
function pathBack(from: string, to: string, toAbsent: boolean, before: Precedence): readonly Link[] | undefined {
  if (from === to) return undefined;
  if (toAbsent) return [];
  const cameBy = new Map<string, Link & { readonly later: string }>();
  const queue = [from];
  for (const version of queue) {
    for (const link of before.get(version) ?? []) {
      if (link.version === from || cameBy.has(link.version)) continue;
      cameBy.set(link.version, { ...link, later: version });
      queue.push(link.version);
    }
    if (!cameBy.has(to)) continue;
    const path: Link[] = [];
    for (let at = to; at !== from; at = cameBy.get(at)!.later) path.push(cameBy.get(at)!);
    return path;
  }
  return undefined;
}

function describe(earlier: Operation, read: Operation, path: readonly Link[], keyed: boolean): SessionViolation {
  const own = `${read.client} ${earlier.f === 'write' ? 'wrote' : 'read'} ${valueOf(earlier, keyed)}, then read ${valueOf(read, keyed)}`;
  const order = path.map(({ read: seen, write }) =>
    seen === undefined
      ? `${write.client} wrote ${valueOf(write, keyed)} after an older value of its own`
      : `${write.client} wrote ${valueOf(write, keyed)} after it had read ${valueOf(seen, keyed)}`,
  );
  const foreign = path.filter(({ write }) => write.client !== read.client);
  const guarantee: SessionGuarantee =
    earlier.f === 'write'
      ? 'read your writes'
      : foreign.some(({ read: seen }) => seen !== undefined)
        ? 'writes follow reads'
        : foreign.length > 0
          ? 'monotonic writes'
          : 'monotonic reads';
  const proof = path.flatMap(({ read: seen, write }) => (seen === undefined ? [write.id] : [seen.id, write.id]));
  return {
    guarantee,
    reason: [own, ...order].join('; '),
    operations: [...new Set([earlier.id, read.id, ...proof])],
  };
}

function versionOf(operation: Operation, keyed: boolean): string {
  return `${keyOf(operation, keyed)} ${valueOf(operation, keyed)}`;
}

function valueOf(operation: Operation, keyed: boolean): string {
  return canonical(plain(operation.f === 'write' ? operation.value : operation.result, keyed));
}

function isAbsent(read: Operation, keyed: boolean): boolean {
  return plain(read.result, keyed) === null;
}

function keyOf({ value }: Operation, keyed: boolean): string {
  return keyed && isArray(value) ? canonical(value[0] ?? null) : '';
}

function plain(value: Json, keyed: boolean): Json {
  return keyed && isArray(value) ? (value[1] ?? null) : value;
}
