// The survey's measurement of key creation as a world: one server on one machine, and clients that each create a key, wait for the
// answer, and create the next. However many they are, so many requests are under way.
import { consulKvClient } from '../../protocols/consul/client.ts';
import { consulServer } from '../../protocols/consul/server.ts';
import { ctlClient, etcd } from '../../protocols/etcd/index.ts';
import {
  seconds,
  type AnyProtocol,
  type LatencyTable,
  type Micros,
  type Operation,
  type Scenario,
} from '../../sim/index.ts';
import { costs } from './calibration.ts';
import { hashicorpWrites, warmUp } from './services.ts';

export type CreationService = 'etcd' | 'consul';

export interface CreationWorld {
  readonly service: CreationService;
  readonly clients: number;
  readonly seconds: number;
}

/** CPU time of each write on the one machine, its client's share included: fitted to the average of 20 clients alone. The disk is
 * that of the comparison of locks; as a group of writes shares a sync, it hardly counts. */
const cpuTime: Readonly<Record<CreationService, Micros>> = { etcd: 1_480, consul: 4_880 };

/** Clients and server share a machine. */
const local: LatencyTable = [
  [0, 60],
  [1_000_000, 140],
];

export function creationScenario({ service, clients, seconds: length }: CreationWorld): Scenario {
  const { server, client } = protocolsOf(service);
  const ids = Array.from({ length: clients }, (_, place) => `c${place + 1}`);
  return {
    name: `key-creation-${service}`,
    story: 'Clients create keys one after another; the more they are, the longer each waits.',
    protocol: service,
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: [{ id: 's1', protocol: server, syncLatency: costs[service].sync, perEvent: cpuTime[service] }],
      clients: ids.map((id) => ({ id, protocol: client, timeout: seconds(60) })),
      network: { latency: local, capacity: 4_096 },
      until: warmUp + seconds(length),
      tail: 1,
      workload: () => creations(service, ids, length),
      faults: [],
      properties: [],
      checks: [],
    }),
  };
}

function protocolsOf(service: CreationService): { readonly server: AnyProtocol; readonly client: AnyProtocol } {
  if (service === 'etcd') {
    return {
      server: etcd({ members: ['s1'], raft: { snapshotThreshold: 100_000, trailing: 5_000 } }),
      client: ctlClient({ callTimeout: seconds(60) }),
    };
  }
  return {
    server: consulServer({ raft: { voters: ['s1'], ...hashicorpWrites } }),
    client: consulKvClient({ timeout: seconds(60) }),
  };
}

/** More than can be done in time, of every client as many. */
function creations(service: CreationService, clients: readonly string[], length: number): Operation[] {
  const each = Math.ceil((2_000 * length) / clients.length) + 10;
  return Array.from({ length: each * clients.length }, (_, id) => {
    const client = clients[id % clients.length] ?? '';
    const key = `key${id}`;
    const value = service === 'etcd' ? { request: { type: 'put', key, value: 'v' } } : [key, id];
    return { id, client, at: warmUp, f: service === 'etcd' ? 'call' : 'write', value };
  });
}
