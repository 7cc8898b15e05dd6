// A Consul server as a node: what it tells others and what it remembers beside what is replicated.
import type { Micros, NodeId } from '../../sim/index.ts';
import type { RaftMessage, RaftState, RaftTimer } from '../raft/index.ts';
import type { SwimMessage } from '../swim/index.ts';
import type { Asked } from './asked.ts';
import type { LanTimer, Pool, WanMessage, WanTimer } from './gossip.ts';
import type { ConsulRequest, ConsulResponse, ReadRequest } from './requests.ts';
import type { ConsulCommand } from './state/machine.ts';
import type { ConsulState } from './state/types.ts';

/** A client asks a server, or a server that cannot answer itself asks the leader for it. */
export interface Ask {
  readonly type: 'Ask';
  readonly id: number;
  readonly request: ConsulRequest;
  /** A server asks: it is not asked on. */
  readonly isForwarded: boolean;
}

export interface Answer {
  readonly type: 'Answer';
  readonly id: number;
  readonly response: ConsulResponse;
}

export type ConsulMessage = RaftMessage<ConsulCommand> | SwimMessage | WanMessage | Ask | Answer;

/** What Raft's thread has to do. */
export type RaftEvent =
  | { readonly type: 'message'; readonly from: NodeId; readonly message: RaftMessage<ConsulCommand> }
  | { readonly type: 'timer'; readonly timer: RaftTimer };

/** Who waits for an answer. */
export interface Asker {
  readonly from: NodeId;
  readonly id: number;
}

export interface ConsulServerState {
  readonly raft: RaftState<ConsulState, ConsulCommand>;
  /** Writes in the log, by index; all of them are of the current term. */
  readonly writes: Map<number, Asker>;
  /** Consistent reads that wait for a quorum, by number. */
  readonly reads: Map<number, Asker & { readonly request: ReadRequest; readonly until: Micros | null }>;
  /** Blocking queries, in the order in which they came. */
  blocked: (Asker & { readonly request: ReadRequest; readonly until: Micros })[];
  /** What other servers were asked for clients, by number. */
  readonly forwarded: Map<
    number,
    Asker & { readonly request: ConsulRequest; readonly server: NodeId; readonly until: Micros }
  >;
  /** Requests that wait for a leader to be elected. */
  held: (Asker & { readonly request: ConsulRequest; readonly until: Micros })[];
  /** Numbers reads and what is forwarded; a process never begins where an earlier one of the same server was. */
  serial: number;
  readonly asked: Asked;
  /** On the leader: when each session with a TTL ends unless it is renewed, on the own monotonic clock. */
  readonly sessionEnds: Map<string, Micros>;
  /** On the leader: whether it has given all sessions their time. */
  hasSessionTimes: boolean;
  /** On the leader: since when it has found each server well that has no vote yet, on the own monotonic clock. */
  readonly learningSince: Map<NodeId, Micros>;
  /** On the leader: up to which index deletions are forgotten, and when, on the own monotonic clock. */
  tombstones: { upTo: number; readonly until: Micros }[];
  /** Keys that cannot be acquired yet, and until when, on the own monotonic clock. */
  readonly lockDelays: Map<string, Micros>;
  /** When this server last heard from a leader, helped to elect one, or ceased to be it; null if it never did since it started. */
  lastContact: Micros | null;
  /** What Raft's thread has to do when it runs again; null while it runs. */
  late: RaftEvent[] | null;
  /** When this process last did anything. */
  ranAt: Micros;
  /** The gossip pools; null for servers without gossip, and for the WAN where there is one datacenter. */
  readonly lan: Pool | null;
  readonly wan: Pool | null;
}

export interface Consul {
  state: ConsulServerState;
  message: ConsulMessage;
  timer:
    RaftTimer | LanTimer | WanTimer | 'raft thread' | 'reconcile' | 'autopilot' | 'sessions' | 'waiting' | 'tombstones';
  request: never;
  response: never;
}

export interface ConsulConfig {
  /** The name of the datacenter; `dc1`. */
  readonly datacenter: string;
  /** How long a request waits for a leader (`rpc_hold_timeout`); 7 s. */
  readonly rpcHoldTimeout: Micros;
  /** How long deletions are remembered so that indices of prefixes do not go back; 15 min. */
  readonly tombstoneTtl: Micros;
}
