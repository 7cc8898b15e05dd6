// Who has a lock by the word of its service, read from the servers' states: the truth that a holder's belief is measured by.
// Of replicated services the server that has applied most is asked: what any server has applied is decided.
import type { NodeId } from '../../../sim/protocol.ts';
import type { NodeView } from '../../../sim/property.ts';
import type { ConsulLockState } from '../../../protocols/consul/lock-client.ts';
import type { ConsulServerState } from '../../../protocols/consul/types.ts';
import type { MutexClientState } from '../../../protocols/etcd/lock-state.ts';
import type { EtcdState } from '../../../protocols/etcd/state.ts';
import { changeAt } from '../../../protocols/etcd/store.ts';
import type { LockServerState } from '../../../protocols/lock/lock-server.ts';
import type { RedisServerState } from '../../../protocols/redis/server.ts';
import type { RedlockState } from '../../../protocols/redlock/client.ts';
import type { SessionState } from '../../../protocols/zookeeper/client/types.ts';
import { blockerOf } from '../../../protocols/zookeeper/recipes/sequence.ts';
import type { ServerState } from '../../../protocols/zookeeper/server-types.ts';
import type { Tree } from '../../../protocols/zookeeper/tree.ts';
import { hasFields, type Claim, type Clocks } from './beliefs.ts';

export interface Grant extends Claim {
  /** The client that has it. */
  readonly holder: NodeId;
}

/** The nodes of a world as a reader of grants looks at them; `clocks` takes a place in `nodes`. */
export interface Looked {
  readonly nodes: readonly NodeView[];
  readonly clocks: (place: number) => Clocks;
}

/** Reads who has what now. It remembers which client a session, a lease or a value belongs to. */
export type GrantReader = (world: Looked) => Grant[];

/** The reader for the scenarios of a protocol; undefined for protocols without locks. */
export function grantReaderOf(protocol: string): GrantReader | undefined {
  switch (protocol) {
    case 'lock':
      return lockGrants;
    case 'redlock':
      return redlockGrants();
    case 'etcd':
      return etcdGrants();
    case 'consul':
      return consulGrants();
    case 'zookeeper':
      return zooKeeperGrants();
    default:
      return undefined;
  }
}

const exclusive = { token: null, isShared: false } as const;

function lockGrants({ nodes, clocks }: Looked): Grant[] {
  return nodes.flatMap(({ state }, place) => {
    if (!isOfKind<LockServerState>(state, 'holder', 'expiresAt') || state.holder === null) return [];
    if (clocks(place).monotonic >= state.expiresAt) return [];
    return [{ ...exclusive, holder: state.holder.client, lock: 'lock', token: state.token }];
  });
}

/** A lock counts as given by Redlock while more than half of the instances hold the client's value. */
function redlockGrants(): GrantReader {
  const clients = new Map<string, NodeId>();
  return ({ nodes, clocks }) => {
    const votes = new Map<string, number>();
    let instances = 0;
    nodes.forEach(({ id, state, status }, place) => {
      if (isOfKind<RedlockState>(state, 'validUntil', 'value')) clients.set(state.value, id);
      const isInstance = isOfKind<RedisServerState>(state, 'redis');
      if (isInstance || status === 'down') instances++;
      if (!isInstance || state.redis.role !== 'primary') return;
      const entry = state.redis.entries.get('lock');
      const now = Math.floor(clocks(place).wall / 1_000);
      if (entry?.value.type !== 'string' || (entry.expireAt !== null && now > entry.expireAt)) return;
      votes.set(entry.value.text, (votes.get(entry.value.text) ?? 0) + 1);
    });
    return [...votes].flatMap(([value, count]) => {
      const holder = clients.get(value);
      return holder === undefined || count * 2 <= instances ? [] : [{ ...exclusive, holder, lock: 'lock' }];
    });
  };
}

/** The lock is its whose key was created first of those below the lock's name. */
function etcdGrants(): GrantReader {
  const clients = new Map<number, NodeId>();
  const names = new Set<string>();
  return ({ nodes }) => {
    for (const { id, state } of nodes) {
      if (!isOfKind<MutexClientState>(state, 'session', 'stream', 'step')) continue;
      if (state.session.lease !== 0) clients.set(state.session.lease, id);
      if (state.name !== '') names.add(state.name);
    }
    if (names.size === 0) return [];
    const store = mostApplied<EtcdState>(nodes, 'raft', 'lessor')?.raft.machine;
    if (store === undefined) return [];
    return [...names].flatMap((lock) => {
      const keys = store.index.flatMap(({ key, orders }) => {
        if (!key.startsWith(`${lock}/`)) return [];
        const change = changeAt(store, orders.at(-1) as number);
        return change.type === 'put' ? [change] : [];
      });
      keys.sort((one, other) => one.createRevision - other.createRevision);
      const holder = clients.get(keys[0]?.lease ?? 0);
      return holder === undefined ? [] : [{ ...exclusive, holder, lock, token: keys[0]?.createRevision ?? null }];
    });
  };
}

/** The lock is the session's that holds the key. */
function consulGrants(): GrantReader {
  const clients = new Map<string, NodeId>();
  return ({ nodes }) => {
    for (const { id, state } of nodes) {
      if (isOfKind<ConsulLockState>(state, 'session', 'believesUntil') && state.session !== null)
        clients.set(state.session, id);
    }
    if (clients.size === 0) return [];
    const machine = mostApplied<ConsulServerState>(nodes, 'raft', 'sessionEnds')?.raft.machine;
    return [...(machine?.kv.values() ?? [])].flatMap(({ session, lockIndex }) => {
      const holder = clients.get(session);
      return holder === undefined ? [] : [{ ...exclusive, holder, lock: 'lock', token: lockIndex }];
    });
  };
}

/** A lock is theirs whose nodes have none before them that they must wait for. */
function zooKeeperGrants(): GrantReader {
  const clients = new Map<number, NodeId>();
  const locks = new Set<string>();
  return ({ nodes }) => {
    for (const { id, state } of nodes) {
      if (!isOfKind<{ session: SessionState; app: { lock?: string } }>(state, 'session', 'app')) continue;
      if (state.session.session !== 0) clients.set(state.session.session, id);
      if (state.app.lock !== undefined && state.app.lock !== '') locks.add(state.app.lock);
    }
    if (locks.size === 0) return [];
    const servers = nodes.flatMap(({ state }) => (isOfKind<ServerState>(state, 'zab', 'expiry') ? [state.zab] : []));
    const [ahead] = servers.toSorted((one, other) => other.lastApplied - one.lastApplied);
    const tree = (ahead?.machine as Tree | undefined)?.nodes ?? {};
    return [...locks].flatMap((lock) => {
      const names = (tree[`/${lock}`]?.children ?? []).filter((name) => name.startsWith('_c_'));
      return names.flatMap((name) => {
        const node = tree[`/${lock}/${name}`];
        const holder = clients.get(node?.owner ?? 0);
        if (node === undefined || holder === undefined || blockerOf(names, name) !== undefined) return [];
        return [{ holder, lock, token: node.czxid, isShared: name.includes('-read-') }];
      });
    });
  };
}

function isOfKind<T extends object>(state: unknown, ...fields: (keyof T & string)[]): state is T {
  return typeof state === 'object' && state !== null && hasFields<T>(state, ...fields);
}

/** The state of the living server that has applied most. */
function mostApplied<T extends { readonly raft: { readonly lastApplied: number } }>(
  nodes: readonly NodeView[],
  ...fields: (keyof T & string)[]
): T | undefined {
  let ahead: T | undefined;
  for (const { state } of nodes) {
    if (!isOfKind<T>(state, ...fields)) continue;
    if (ahead === undefined || state.raft.lastApplied > ahead.raft.lastApplied) ahead = state;
  }
  return ahead;
}
