// The four lock services as three nodes each, and a client process for each: what all worlds of the comparison are built from.
import { consulServer } from '../../protocols/consul/server.ts';
import { etcd } from '../../protocols/etcd/index.ts';
import type { RaftConfig } from '../../protocols/raft/index.ts';
import { redis } from '../../protocols/redis/server.ts';
import type { RedisConfig } from '../../protocols/redis/config.ts';
import { redlockClient } from '../../protocols/redlock/client.ts';
import { redlockPresets, type RedlockConfig } from '../../protocols/redlock/config.ts';
import { zooKeeper } from '../../protocols/zookeeper/index.ts';
import {
  seconds,
  type AnyProtocol,
  type ClientSpec,
  type Micros,
  type NodeId,
  type NodeSpec,
} from '../../sim/index.ts';
import { costs, type LockService } from './calibration.ts';
import { consulTryLock } from './consul-client.ts';
import { etcdTryLock } from './etcd-client.ts';
import { storeId } from './holder.ts';
import { zooKeeperTryLock } from './zookeeper-client.ts';

export const servers: readonly NodeId[] = ['s1', 's2', 's3'];

/** How the Raft under Consul writes: what has gathered in one go, and the leader before it sends. */
export const hashicorpWrites: Partial<RaftConfig> = { groupCommit: true, leaderWrites: 'first' };

/** When leaders are elected, sessions open and parents created: the clients' turns begin. */
export const warmUp = seconds(5);

export interface ServiceOptions {
  readonly service: LockService;
  readonly processes: number;
  /** How long a lock, its lease or its session lives. Consul takes no session shorter than 10 s. */
  readonly ttl: Micros;
  /** Whether clients ask for a fencing token. */
  readonly fences: boolean;
  /** The lock of the client at a place, for Redlock, whose clients know one. */
  readonly lockAt: (place: number) => string;
  readonly redis?: Partial<RedisConfig>;
  readonly redlock?: Partial<RedlockConfig>;
  readonly timeout?: Micros;
  /** How long Redlock's clients work before they write; the others' work is in their workload. */
  readonly workFor?: Micros;
}

/** The servers of a service, with what they cost. */
export function serversOf({ service, redis: config }: ServiceOptions): NodeSpec[] {
  const { sync: syncLatency, perEvent } = costs[service];
  const protocol = serverOf(service, config);
  return servers.map((id) => ({ id, protocol, syncLatency, perEvent }));
}

/** The client processes, `c1` to `cN`. */
export function clientsOf(options: ServiceOptions): ClientSpec[] {
  const { processes, timeout = seconds(3) } = options;
  return Array.from({ length: processes }, (_, place) => ({
    id: `c${place + 1}`,
    protocol: clientOf(options, place),
    timeout,
  }));
}

function serverOf(service: LockService, config: Partial<RedisConfig> | undefined): AnyProtocol {
  switch (service) {
    case 'redis':
      return redis({ hz: 10, ...config });
    case 'zookeeper':
      return zooKeeper({ zab: { servers } });
    case 'etcd':
      return etcd({ members: servers, raft: { snapshotThreshold: 100_000, trailing: 5_000 } });
    case 'consul':
      return consulServer({ raft: { voters: servers, ...hashicorpWrites } });
  }
}

function clientOf({ service, ttl, fences, lockAt, redlock, workFor = 0 }: ServiceOptions, place: number): AnyProtocol {
  const server = servers[place % servers.length] as NodeId;
  switch (service) {
    case 'redis':
      return redlockClient({
        instances: servers,
        resource: storeId,
        lock: lockAt(place),
        fences,
        workFor,
        config: { ...redlockPresets.redlockPy, ttl, ...redlock },
      });
    case 'zookeeper':
      return zooKeeperTryLock({ servers, timeout: ttl });
    case 'etcd':
      return etcdTryLock({ members: servers, ttl });
    case 'consul':
      return consulTryLock({ server, ttl, lockDelay: 0, fences });
  }
}
