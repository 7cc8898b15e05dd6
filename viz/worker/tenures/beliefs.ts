// What a client of a lock service believes to hold, read from its state: each kind of client that there is knows it in its
// own way. A client that is paused goes on believing what it believed.
import type { NodeId } from '../../../sim/protocol.ts';
import type { Micros } from '../../../sim/time.ts';
import type { ConsulLockState } from '../../../protocols/consul/lock-client.ts';
import type { MutexClientState } from '../../../protocols/etcd/lock-state.ts';
import type { LockClientState } from '../../../protocols/lock/lock-client.ts';
import type { RedlockState } from '../../../protocols/redlock/client.ts';
import type { LockAppState } from '../../../protocols/zookeeper/recipes/lock-app.ts';

/** A lock that somebody has, or believes to have. */
export interface Claim {
  readonly lock: string;
  /** The fencing token, where the client has one. */
  readonly token: number | null;
  /** Whether others may have it as well: a reader's lock. */
  readonly isShared: boolean;
}

/** A node's own clocks. */
export interface Clocks {
  readonly wall: Micros;
  readonly monotonic: Micros;
}

/** Reads what a client believes to hold; nothing of nodes that are no clients of a lock. */
export type BeliefReader = (id: NodeId, state: unknown, clocks: Clocks) => Claim | undefined;

export function createBeliefReader(): BeliefReader {
  const measure = createMeasures();
  return (id, state, clocks) => {
    if (typeof state !== 'object' || state === null) return undefined;
    if (hasFields<RedlockState>(state, 'step', 'validUntil')) return ofRedlock(state, measure(id, state, clocks));
    if (hasFields<LockClientState>(state, 'step', 'leaseEnds')) return ofLock(state);
    if (hasFields<ConsulLockState>(state, 'step', 'believesUntil')) return ofConsul(state, clocks.monotonic);
    if (hasFields<MutexClientState>(state, 'step', 'session', 'stream')) return ofEtcd(state);
    if (
      hasFields<{ app: object; session: object }>(state, 'app', 'session') &&
      hasFields<LockAppState>(state.app, 'own', 'guid')
    )
      return ofZooKeeper(state.app);
    return undefined;
  };
}

/** What a Redlock client reads on the clock that it measures with: the one that showed its beginning when it began. */
function createMeasures(): (id: NodeId, state: RedlockState, clocks: Clocks) => Micros {
  const chosen = new Map<NodeId, { startedAt: Micros; clock: keyof Clocks }>();
  return (id, { startedAt }, clocks) => {
    let known = chosen.get(id);
    if (known?.startedAt !== startedAt) {
      const isWall = Math.abs(clocks.wall - startedAt) < Math.abs(clocks.monotonic - startedAt);
      chosen.set(id, (known = { startedAt, clock: isWall ? 'wall' : 'monotonic' }));
    }
    return clocks[known.clock];
  };
}

/** Whether an object has these fields, by which a kind of state is known. */
export function hasFields<T extends object>(state: object, ...fields: (keyof T & string)[]): state is T {
  return fields.every((field) => field in state);
}

/** While it works it does not look at its clock. */
function ofRedlock({ step, token, validUntil }: RedlockState, now: Micros): Claim | undefined {
  const isHolder = step === 'working' || ((step === 'holding' || step === 'extending') && now < validUntil);
  return isHolder ? { lock: 'lock', token, isShared: false } : undefined;
}

function ofLock({ step, token }: LockClientState): Claim | undefined {
  const isHolder = step === 'reading' || step === 'working' || step === 'writing';
  return isHolder ? { lock: 'lock', token, isShared: false } : undefined;
}

function ofConsul({ token, believesUntil }: ConsulLockState, monotonic: Micros): Claim | undefined {
  return token !== null && monotonic < believesUntil ? { lock: 'lock', token, isShared: false } : undefined;
}

function ofEtcd({ step, name, token }: MutexClientState): Claim | undefined {
  const isHolder = step === 'held' || step === 'reading' || step === 'working' || step === 'writing';
  return isHolder ? { lock: name, token, isShared: false } : undefined;
}

function ofZooKeeper({ step, lock, token, kind }: LockAppState): Claim | undefined {
  const isHolder = step === 'held' || step === 'reading' || step === 'working' || step === 'writing';
  return isHolder ? { lock, token, isShared: kind === 'read' } : undefined;
}
