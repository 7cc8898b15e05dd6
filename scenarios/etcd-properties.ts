// What every etcd world is judged by, whatever its clients do: Raft keeps its promises, members agree on the store, what is asked
// for is done once, and a write goes through once nothing is broken any more.
import type { Etcd, EtcdState } from '../protocols/etcd/index.ts';
import type { Pending } from '../protocols/etcd/messages.ts';
import type { Watcher } from '../protocols/etcd/state.ts';
import { entryAt, raftProperties } from '../protocols/raft/index.ts';
import {
  always,
  alwaysOn,
  eventually,
  seconds,
  sometimesNoted,
  type Micros,
  type Property,
  type Protocol,
} from '../sim/index.ts';

/** @param within how long after the heal something must succeed, and all members be abreast, at the latest */
export function etcdProperties(server: Protocol<Etcd>, within: Micros = seconds(7)): Property[] {
  return [
    ...raftProperties(server, { catchUpWithin: within }).filter(({ type }) => type !== 'sometimes'),
    executedOnce(),
    takenUp(),
    servedOnce(server),
    alwaysOn(['store'], 'members agree', 'members that applied the same entries hold the same store', () => {
      const hashes = new Map<number, { readonly node: string; readonly said: string }>();
      return (_view, { node, note }) => {
        const { index, ...said } = (note?.data ?? {}) as { readonly index: number };
        const text = JSON.stringify(said);
        const before = hashes.get(index);
        if (before === undefined) hashes.set(index, { node: node.id, said: text });
        if (before === undefined || before.said === text) return undefined;
        return `after entry ${index} ${before.node} held ${before.said} and ${node.id} ${text}`;
      };
    }),
    eventually('writes go through', 'an operation succeeds after the heal', within, ({ history }, healedAt) =>
      history.some(({ type, time }) => type === 'ok' && time > healedAt) ? undefined : 'none did',
    ),
    sometimesNoted('store', 'members compare their stores'),
  ];
}

/** A write that a member takes on is committed once, however often it was forwarded. */
function executedOnce(): Property {
  return alwaysOn(['commit'], 'executed once', 'no request is in the log twice', () => {
    const places = new Map<string, number>();
    let seen = 0;
    return (_view, { node, note }) => {
      const { to } = (note?.data ?? {}) as { readonly to: number };
      const state = node.state as EtcdState | undefined;
      if (state === undefined || to <= seen) return undefined;
      for (let index = seen + 1; index <= to; index++) {
        const entry = entryAt(state.raft, index);
        if (entry?.type !== 'command') continue;
        const { id } = entry.command as { readonly id: string };
        const before = places.get(id);
        if (before !== undefined) return `request ${id} is committed at index ${before} and at index ${index}`;
        places.set(id, index);
      }
      seen = to;
      return undefined;
    };
  });
}

/** What waits for a leader is taken up by the turn in which a member learns of one. */
function takenUp(): Property {
  const about = 'nothing waits for a leader where one is known';
  return alwaysOn(['commit'], 'taken up', about, () => (_view, { node }) => {
    const state = node.state as EtcdState | undefined;
    if (state === undefined || state.raft.leader === null) return undefined;
    const left = state.pending.find(({ stage }) => stage === 'queued');
    return left === undefined ? undefined : `${node.id} knows that ${state.raft.leader} leads, and ${left.id} waits on`;
  });
}

/** The network may repeat a message; what a client sends on a connection counts once all the same. */
function servedOnce(server: Protocol<Etcd>): Property {
  return always('served once', 'no call and no watch is served beside a copy of it', () => (_view, { node }) => {
    if (node.protocol !== server || node.state === undefined) return undefined;
    const { pending, watchers } = node.state as EtcdState;
    const waiter = pending.at(-1)?.waiter;
    const isCopy = ({ waiter: other }: Pending): boolean =>
      other.type === 'client' &&
      waiter?.type === 'client' &&
      other.client === waiter.client &&
      other.call === waiter.call;
    if (pending.length > 1 && pending.slice(0, -1).some(isCopy)) return `${node.id} serves a call twice`;
    const watcher = watchers.at(-1);
    const isSame = ({ client, stream }: Watcher): boolean => client === watcher?.client && stream === watcher.stream;
    return watchers.length > 1 && watchers.slice(0, -1).some(isSame) ? `${node.id} serves a watch twice` : undefined;
  });
}
