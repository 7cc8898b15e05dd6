// Sessions: bound to a node and to checks of it, they hold keys of the store. A session that ends releases its keys or
// deletes them, and if it was invalidated its lock-delay keeps others away for a while, because the holder may not know yet.
import { ms, seconds, type Micros } from '../../../sim/index.ts';
import { release, remove } from './kv.ts';
import type { Behavior, ConsulState, Session } from './types.ts';

export const defaultLockDelay = seconds(15);
export const maxLockDelay = seconds(60);
export const minSessionTtl = seconds(10);
export const maxSessionTtl = seconds(86_400);
/** The leader ends a session after this many times its TTL: the TTL is a lower bound. */
export const sessionTtlMultiplier = 2;

export interface SessionRequest {
  readonly id: string;
  readonly node: string;
  readonly name?: string;
  readonly checks?: readonly string[];
  readonly behavior?: string;
  readonly lockDelay?: Micros;
  readonly ttl?: Micros;
}

/** A key that a session held when it ended, and how long it cannot be acquired now. */
export interface Invalidation {
  readonly session: string;
  readonly key: string;
  readonly lockDelay: Micros;
}

/** The error of a request that can be refused before it reaches the log; undefined for a sound one. */
export function sessionFault({ node, behavior = 'release', ttl = 0 }: SessionRequest): string | undefined {
  if (node === '') return 'Must provide Node';
  if (behavior !== 'release' && behavior !== 'delete') return `Invalid Behavior setting '${behavior}'`;
  if (ttl !== 0 && (ttl < minSessionTtl || ttl > maxSessionTtl)) {
    return `Invalid Session TTL '${ttl * ms(1)}', must be between [10s=24h0m0s]`;
  }
  return undefined;
}

/** Creates a session, or says why not. */
export function createSession(
  state: ConsulState,
  request: SessionRequest,
  index: number,
): { readonly type: 'created'; readonly session: Session } | { readonly type: 'error'; readonly error: string } {
  const { id, node, name = '', checks = ['serfHealth'], behavior = 'release' } = request;
  const { lockDelay = defaultLockDelay, ttl = 0 } = request;
  if (!state.nodes.has(node)) return { type: 'error', error: 'Missing node registration' };
  for (const check of checks) {
    const found = state.checks.get(`${node}/${check}`);
    if (found === undefined) return { type: 'error', error: `Missing check '${check}' registration` };
    if (found.status === 'critical') return { type: 'error', error: `Check '${check}' is in critical state` };
  }
  const session: Session = {
    id,
    name,
    node,
    checks,
    behavior: behavior as Behavior,
    lockDelay,
    ttl,
    createIndex: index,
  };
  state.sessions.set(id, session);
  state.tables.sessions = index;
  return { type: 'created', session };
}

/** Ends a session, whatever the reason, and says what became of its keys. A session that is unknown ends silently. */
export function invalidate(state: ConsulState, id: string, index: number): readonly Invalidation[] {
  const session = state.sessions.get(id);
  if (session === undefined) return [];
  state.sessions.delete(id);
  state.tables.sessions = index;
  const held = [...state.kv.values()].filter((entry) => entry.session === id);
  for (const entry of held) {
    if (session.behavior === 'release') release(state, entry, index);
    else remove(state, entry.key, index);
  }
  const lockDelay = Math.min(session.lockDelay, maxLockDelay);
  if (lockDelay > 0) for (const { key } of held) state.delayed.set(key, index);
  return held.map(({ key }) => ({ session: id, key, lockDelay }));
}
