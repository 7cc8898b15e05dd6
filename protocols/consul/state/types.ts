// What the servers of a Consul datacenter replicate: key-value entries, sessions, and the catalog of nodes, services and
// checks, with the names of Consul's HTTP API. Plain data, so that a snapshot is a copy of it. Indices are Raft's.
import type { Micros } from '../../../sim/index.ts';

export interface ConsulState {
  readonly kv: Map<string, KvEntry>;
  /** Deletions, by key or by prefix, and the index of each: they keep the index of a prefix from going back. */
  readonly graveyard: Map<string, number>;
  readonly sessions: Map<string, Session>;
  /** Keys that were put under a lock-delay, and the index of each: forgotten with the deletions of their time. */
  readonly delayed: Map<string, number>;
  readonly nodes: Map<string, CatalogNode>;
  /** By node and service ID. */
  readonly services: Map<string, CatalogService>;
  /** By node and check ID. */
  readonly checks: Map<string, HealthCheck>;
  /** By the name of each service that has instances: the index of the latest change of it, of its checks and of its nodes. */
  readonly serviceIndices: Map<string, number>;
  /** The index of the latest change of each table. */
  readonly tables: Record<Table, number>;
}

/** `extinctions` holds nothing but its index: when a service last lost its last instance. */
export type Table = 'kv' | 'graveyard' | 'sessions' | 'nodes' | 'services' | 'checks' | 'extinctions';

export interface KvEntry {
  readonly key: string;
  readonly value: string;
  readonly flags: number;
  /** How often the key was acquired by a new holder; a plain write resets it to 0. */
  readonly lockIndex: number;
  /** The session that holds the key, or ''. */
  readonly session: string;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** What happens to the keys that a session holds when it ends. */
export type Behavior = 'release' | 'delete';

export interface Session {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  /** The checks of its node that end it when they become critical; `serfHealth` unless told. */
  readonly checks: readonly string[];
  readonly behavior: Behavior;
  /** How long the keys of a session that was invalidated cannot be acquired: 15 s unless told; beyond 60 s counts as 60 s. */
  readonly lockDelay: Micros;
  /** A lower bound of how long it lives without renewal, or 0 for ever. */
  readonly ttl: Micros;
  readonly createIndex: number;
}

export interface CatalogNode {
  readonly name: string;
  readonly address: string;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

export interface CatalogService {
  readonly node: string;
  readonly id: string;
  readonly service: string;
  readonly tags: readonly string[];
  readonly port: number;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

export type CheckStatus = 'passing' | 'warning' | 'critical';

export interface HealthCheck {
  readonly node: string;
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly output: string;
  /** The service that it watches, or '' for the node. */
  readonly serviceId: string;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

export function emptyState(): ConsulState {
  return {
    kv: new Map(),
    graveyard: new Map(),
    sessions: new Map(),
    delayed: new Map(),
    nodes: new Map(),
    services: new Map(),
    checks: new Map(),
    serviceIndices: new Map(),
    tables: { kv: 0, graveyard: 0, sessions: 0, nodes: 0, services: 0, checks: 0, extinctions: 0 },
  };
}
