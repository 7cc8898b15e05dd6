// What every Consul world is judged by, whatever its clients do: what the servers replicate is sound after every entry, and a
// request is served once.
import type { Consul, ConsulServerState } from '../protocols/consul/types.ts';
import type { ConsulState } from '../protocols/consul/state/types.ts';
import { always, alwaysOn, type Property, type Protocol } from '../sim/index.ts';

export function consulProperties(server: Protocol<Consul>): Property[] {
  return [soundState(server), servedOnce(server)];
}

/**
 * A session hangs on checks that are there and not critical, only a session that lives holds a key, and a table's index is not
 * behind what is in it: blocking queries would miss that. (Consul's state store: session.go, kvs.go, catalog.go.)
 */
function soundState(server: Protocol<Consul>): Property {
  const about = 'sessions hang on healthy checks, keys on living sessions, and indices on all that has changed';
  return alwaysOn(['commit'], 'sound state', about, () => (_view, { node }) => {
    if (node.protocol !== server || node.state === undefined) return undefined;
    const flaw = flawIn((node.state as ConsulServerState).raft.machine);
    return flaw === undefined ? undefined : `${node.id}: ${flaw}`;
  });
}

function flawIn({ sessions, checks, kv, nodes, services, tables }: ConsulState): string | undefined {
  for (const { id, node, checks: needed, createIndex } of sessions.values()) {
    if (!nodes.has(node)) return `session ${id} is bound to ${node}, which is not in the catalog`;
    const lost = needed.find((check) => (checks.get(`${node}/${check}`)?.status ?? 'critical') === 'critical');
    if (lost !== undefined) return `session ${id} lives on although check ${lost} of ${node} is gone or critical`;
    if (createIndex > tables.sessions) return `the index of the sessions is behind session ${id}`;
  }
  for (const { key, session, modifyIndex } of kv.values()) {
    if (session !== '' && !sessions.has(session)) return `${key} is held by session ${session}, which is over`;
    if (modifyIndex > tables.kv) return `the index of the keys is behind ${key}`;
  }
  for (const [table, entries] of [
    ['nodes', nodes],
    ['services', services],
    ['checks', checks],
  ] as const) {
    for (const { modifyIndex } of entries.values())
      if (modifyIndex > tables[table]) return `the index of the ${table} is ${tables[table]}, one is of ${modifyIndex}`;
  }
  return undefined;
}

/** The network may repeat a request, a connection does not: a leader proposes it once. */
function servedOnce(server: Protocol<Consul>): Property {
  return always('served once', 'no write is proposed beside a copy of it', () => (_view, { node }) => {
    if (node.protocol !== server || node.state === undefined) return undefined;
    const { writes } = node.state as ConsulServerState;
    if (writes.size < 2) return undefined;
    const askers = [...writes.values()].map(({ from, id }) => `${from} ${id}`);
    return new Set(askers).size < askers.length ? `${node.id} proposes a write twice` : undefined;
  });
}
