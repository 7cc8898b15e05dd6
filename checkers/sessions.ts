// The four session guarantees (Terry et al. 1994) of registers whose written values are all different: what a client may
// expect of its own operations even where replicas answer. Each violation names the operations that prove it.
import type { History } from '../sim/history.ts';
import type { Json } from '../sim/protocol.ts';
import { ancestry } from './ancestry.ts';
import { canonical, isArray } from './canonical.ts';
import { HistoryError, pairOperations, type Operation } from './operations.ts';

export type SessionGuarantee = 'monotonic reads' | 'monotonic writes' | 'read your writes' | 'writes follow reads';

export interface SessionViolation {
  readonly guarantee: SessionGuarantee;
  readonly reason: string;
  /** Ids of the operations that prove it, in the order in which the reason names them. */
  readonly operations: readonly number[];
}

/** More are not looked for. */
const mostViolations = 1_000;

/** How many steps of the proof are told at either end. */
const stepsTold = 8;

/**
 * Looks for clients that saw the writes of a key go back. Which of two writes came first is taken from what binds every
 * replica: a session wrote both, or read the one before it wrote the other. So a violation is one whatever the store's
 * order, and a history without any is not proof of the guarantee: `[]` means that nothing contradicts it. Of more than 1,000
 * violations the first are told.
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
  const order = orderVersions(sessions, writers, keyed);
  const violations: SessionViolation[] = [];
  for (const session of sessions.values()) judgeSession(session, order, keyed, violations);
  return violations;
}

/** What is known of the order of the versions: the one of the same key that a session saw last before it wrote another. */
interface VersionOrder {
  /** By the text of each version that has one before it. */
  readonly links: ReadonlyMap<string, Link>;
  /** Whether a version surely came after another. */
  readonly follows: (later: string, earlier: string) => boolean;
}

interface Link {
  readonly version: string;
  /** Undefined if the session wrote the earlier version itself. */
  readonly read: Operation | undefined;
  readonly write: Operation;
}

function orderVersions(
  sessions: ReadonlyMap<string, readonly Operation[]>,
  writers: ReadonlyMap<string, Operation>,
  keyed: boolean,
): VersionOrder {
  const links = new Map<string, Link>();
  for (const session of sessions.values()) {
    const last = new Map<string, Operation>(); // by key
    for (const operation of session) {
      const key = keyOf(operation, keyed);
      const earlier = last.get(key);
      if (operation.f === 'write' && earlier !== undefined && writers.has(versionOf(earlier, keyed))) {
        links.set(versionOf(operation, keyed), {
          version: versionOf(earlier, keyed),
          read: earlier.f === 'read' ? earlier : undefined,
          write: operation,
        });
      }
      last.set(key, operation);
    }
  }
  const numbers = new Map(Array.from(writers.keys(), (version, number) => [version, number]));
  const predecessors = Int32Array.from(
    writers.keys(),
    (version) => numbers.get(links.get(version)?.version ?? '') ?? -1,
  );
  const isBefore = ancestry(predecessors);
  return {
    links,
    follows: (later, earlier) => {
      const [from, to] = [numbers.get(later), numbers.get(earlier)];
      return from !== undefined && to !== undefined && isBefore(from, to);
    },
  };
}

/** Each read against what its session saw or wrote last of that key: a version that surely came before it is too old. */
function judgeSession(
  session: readonly Operation[],
  order: VersionOrder,
  keyed: boolean,
  violations: SessionViolation[],
): void {
  const last = new Map<string, Operation>();
  for (const operation of session) {
    if (violations.length === mostViolations) return;
    const key = keyOf(operation, keyed);
    const earlier = last.get(key);
    if (operation.f === 'read' && earlier !== undefined) {
      const path = pathBack(versionOf(earlier, keyed), versionOf(operation, keyed), isAbsent(operation, keyed), order);
      if (path !== undefined) violations.push(describe(earlier, operation, path, keyed));
    }
    last.set(key, operation);
  }
}

/** The links from a version back to an older one: empty for the version that was there before all; undefined if there are none. */
function pathBack(
  from: string,
  to: string,
  toAbsent: boolean,
  { links, follows }: VersionOrder,
): readonly Link[] | undefined {
  if (from === to) return undefined;
  if (toAbsent) return [];
  if (!follows(from, to)) return undefined;
  const path: Link[] = [];
  for (let at = from; at !== to; at = path.at(-1)!.version) path.push(links.get(at)!);
  return path.toReversed();
}

function describe(earlier: Operation, read: Operation, path: readonly Link[], keyed: boolean): SessionViolation {
  const own = `${read.client} ${earlier.f === 'write' ? 'wrote' : 'read'} ${valueOf(earlier, keyed)}, then read ${valueOf(read, keyed)}`;
  const told = abridge(path);
  const order = told.map(({ read: seen, write }) =>
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
  if (told.length < path.length) order.splice(stepsTold, 0, `… ${path.length - told.length} more such steps`);
  const proof = told.flatMap(({ read: seen, write }) => (seen === undefined ? [write.id] : [seen.id, write.id]));
  return {
    guarantee,
    reason: [own, ...order].join('; '),
    operations: [...new Set([earlier.id, read.id, ...proof])],
  };
}

/** The beginning and the end of a long way. */
function abridge(path: readonly Link[]): readonly Link[] {
  return path.length <= 2 * stepsTold ? path : [...path.slice(0, stepsTold), ...path.slice(-stepsTold)];
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
