// The knobs of an etcd member, with the defaults of etcd 3.5, and the rules that its promises depend on. A known bug
// replaces one of the rules; the server itself has no switches for its own defects.
import { ms, seconds, type Micros, type NodeId } from '../../sim/index.ts';
import type { RaftConfig, Rules } from '../raft/index.ts';
import type { WriteRequest } from './api.ts';
import type { WatchEvent } from './events.ts';
import { keepsLast, type KeepsLast } from './compaction.ts';
import { execute, type ExecutionOptions } from './execute.ts';
import type { Store } from './store.ts';
import { defaultLimits, type RequestLimits } from './validate.ts';

export interface EtcdConfig {
  /** `--heartbeat-interval`; default 100 ms. */
  readonly heartbeat: Micros;
  /** `--election-timeout`; default 1 s. Each time-out is drawn between this and twice as much. */
  readonly election: Micros;
  /** `--pre-vote`: default on, as since 3.5; it was off in 3.4. */
  readonly preVote: boolean;
  /** The first members; default all nodes of the world. */
  readonly members: readonly NodeId[] | undefined;
  readonly limits: RequestLimits;
  /** `--quota-backend-bytes`: what the store may take in keys, values and records; default 0 for no bound (etcd: 2 GiB). */
  readonly quotaBytes: number;
  /** How often a leader looks for leases that have run out; 500 ms. */
  readonly leaseCheck: Micros;
  /** After so long a revocation that did not happen is proposed again; 3 s. */
  readonly revokeRetry: Micros;
  /** After so long a read that is not confirmed is asked anew; 500 ms. */
  readonly readRetry: Micros;
  /** How often an idle watch is told how far it is; default 10 minutes, as `--experimental-watch-progress-notify-interval`. */
  readonly progressNotify: Micros;
  /** Responses of one watch that may be under way; a slower reader is caught up from the store later. */
  readonly watchWindow: number;
  /** After so long without a word the watches of a client are forgotten. */
  readonly watchIdle: Micros;
  /** Entries committed and not yet applied, beyond which writes are refused; 5000. */
  readonly maxApplyLag: number;
  /** Requests under way at one member. */
  readonly maxPending: number;
  /** Further knobs of Raft, and other rules for it. */
  readonly raft: Partial<RaftConfig>;
  readonly raftRules: Partial<Rules>;
}

export const defaultEtcdConfig: EtcdConfig = {
  heartbeat: ms(100),
  election: seconds(1),
  preVote: true,
  members: undefined,
  limits: defaultLimits,
  quotaBytes: 0,
  leaseCheck: ms(500),
  revokeRetry: seconds(3),
  readRetry: ms(500),
  progressNotify: seconds(600),
  watchWindow: 16,
  watchIdle: seconds(30),
  maxApplyLag: 5_000,
  maxPending: 10_000,
  raft: {},
  raftRules: {},
};

/** 5 s for queueing and the disk, and two election time-outs for a leader that may be lost meanwhile. */
export function requestTimeout({ election }: EtcdConfig): Micros {
  return seconds(5) + 2 * election;
}

/** A lease outlives one and a half election time-outs, in whole seconds. */
export function shortestTtl({ election }: EtcdConfig): number {
  return Math.ceil((1.5 * election) / seconds(1));
}

export interface EtcdRules {
  /** What is proposed of a request: all of it, because what holds when it is proposed may not when it is executed. */
  readonly proposes: (request: WriteRequest, store: Store) => WriteRequest;
  /** What every member does with a committed request. */
  readonly executes: typeof execute;
  /** The store that a member goes on with which it was given, or had kept, as a snapshot. */
  readonly restores: (store: Store) => Store;
  /** What compaction keeps of a key's last change. */
  readonly keepsLast: KeepsLast;
  /** The responses that a batch of events goes out in: one, so that no revision is torn apart. */
  readonly responses: (events: readonly WatchEvent[]) => readonly (readonly WatchEvent[])[];
  /** The revision that a watch begins at: the one asked for, whether it has come or not. */
  readonly watchesFrom: (startRevision: number, current: number) => number;
  /** Where a watch goes on whose reader was too slow: where it stopped. */
  readonly resumesFrom: (next: number, current: number) => number;
  /** Where a watch goes on when a snapshot took the store's place: where it was. */
  readonly goesOnFrom: (next: number, compacted: number) => number;
  /** Whether all up to the store's revision was told, so that a bookmark may say so. */
  readonly isSynced: (next: number, current: number) => boolean;
  /** A lease is revoked as expired only in the term whose leader measured it. */
  readonly mayExpire: (expiredIn: number, entryTerm: number) => boolean;
  /** A leader makes sure that it still leads before it says that a lease was renewed. */
  readonly confirmsRenewals: boolean;
  /** How much a new leader gives each lease, in seconds: it cannot know how much had run out. */
  readonly restartsLeaseAt: (ttl: number) => number;
}

export const etcdRules: EtcdRules = {
  proposes: (request) => request,
  executes: execute,
  restores: (store) => store,
  keepsLast,
  responses: (events) => [events],
  watchesFrom: (startRevision, current) => (startRevision === 0 ? current + 1 : startRevision),
  resumesFrom: (next) => next,
  goesOnFrom: (next) => next,
  isSynced: (next, current) => next > current,
  mayExpire: (expiredIn, entryTerm) => expiredIn === entryTerm,
  confirmsRenewals: true,
  restartsLeaseAt: (ttl) => ttl,
};

/** What executing depends on, the same on every member. */
export function executionOf(config: EtcdConfig, rules: EtcdRules): ExecutionOptions {
  return { shortestTtl: shortestTtl(config), keepsLast: rules.keepsLast };
}
