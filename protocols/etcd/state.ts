// The state of a member beside Raft's: what it has taken on from clients, whom it serves watches, and, on the leader, how
// long leases have left. None of it is replicated, and all of it is lost when the member restarts.
import type { Context, Micros, NodeId } from '../../sim/index.ts';
import type { RaftServer, RaftState, RaftTimer } from '../raft/index.ts';
import type { AlarmResponse, CompactionResponse, Executed, LeaseResponse, OperationResponse } from './api.ts';
import type { EtcdConfig, EtcdRules } from './config.ts';
import type { WatchFilter } from './events.ts';
import type { HashedStore } from './hash.ts';
import type { EtcdCommand, EtcdMessage, Pending } from './messages.ts';
import type { Store } from './store.ts';

export interface Etcd {
  state: EtcdState;
  message: EtcdMessage;
  timer: RaftTimer | 'requests' | 'reads' | 'leases' | 'revoke' | 'progress' | 'leader';
  request: never;
  response: never;
}

export interface EtcdState {
  readonly raft: RaftState<Store, EtcdCommand>;
  /** Numbers connections and requests; begins at random, so that those of an earlier life are not taken for new ones. */
  serial: number;
  /** The serial that this life of the member began with: it names it. */
  readonly life: number;
  /** The clients that have dialled in this life of the member. */
  readonly connections: Record<NodeId, Connection>;
  pending: Pending[];
  reads: ReadBatches;
  watchers: Watcher[];
  lessor: Lessor;
  /** The latest of the forwarded commands that came in this term, by the lives of their senders. */
  readonly forwarded: { term: number; readonly last: Record<string, number> };
  /** Who led when we last looked, and since when, on this member's monotonic clock. */
  leader: NodeId | null;
  leaderSince: Micros;
  /** How often in a row there was no leader when watches that require one were looked after. */
  leaderless: number;
  /** Something was applied in the turn under way. */
  hasCommitted: boolean;
  /** How far the store is hashed. */
  hashed: HashedStore;
}

export interface Connection {
  readonly epoch: number;
  readonly number: number;
  /** The number of the last call that came; one that is not greater came twice. */
  lastCall: number;
}

/** Linearizable reads are confirmed in batches: one is under way, and what arrives meanwhile waits for the next. */
export interface ReadBatches {
  id: number;
  current: string[];
  next: string[];
}

export interface Watcher {
  readonly client: NodeId;
  readonly stream: number;
  readonly filter: WatchFilter;
  readonly requiresLeader: boolean;
  /** The first revision that has not been told. */
  next: number;
  /** The serial of the next response. */
  serial: number;
  /** How many responses the client has taken. */
  acknowledged: number;
  /** It had no room for what there was to tell. */
  starved: boolean;
  wantsProgress: boolean;
  heardAt: Micros;
}

/** What a leader knows of leases: when each runs out, on its own monotonic clock. */
export interface Lessor {
  /** The term that this member leads in, or 0. */
  term: number;
  expiries: Record<string, Micros>;
  /** When to propose once more to revoke what was found expired and is not gone. */
  retryAt: Record<string, Micros>;
  /** Found expired, and to be revoked, in the terms given. */
  expired: { readonly id: number; readonly term: number }[];
}

export type EtcdResult = Executed<OperationResponse | CompactionResponse | AlarmResponse | LeaseResponse>;

/** A member's fixed parts. */
export interface Member {
  readonly config: EtcdConfig;
  readonly rules: EtcdRules;
  readonly raft: RaftServer<Etcd, Store, EtcdCommand, EtcdResult>;
}

export type EtcdContext = Context<Etcd>;
