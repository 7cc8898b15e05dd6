// Zab's vocabulary: transactions, messages and the state of a server, with the names of the paper (Junqueira, Reed, Serafini
// 2011) for phases and those of ZooKeeper's Zab 1.0 for packets.
import type { Json, Micros, NodeId } from '../../sim/index.ts';
import type { Zxid } from './zxid.ts';

/** A transaction in the history. */
export interface Entry {
  readonly zxid: Zxid;
  readonly txn: Json;
  /** Who submitted the request, in which of its lives, and under which ticket. */
  readonly origin: Origin;
}

export interface Origin {
  readonly server: NodeId;
  readonly boot: number;
  readonly ticket: number;
}

export type Role = 'LOOKING' | 'FOLLOWING' | 'LEADING' | 'OBSERVING';
export type Phase = 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST';

/** Whom a server wants to lead, compared by (epoch, zxid, leader). */
export interface Vote {
  readonly leader: NodeId;
  readonly zxid: Zxid;
  /** The candidate's currentEpoch. */
  readonly epoch: number;
}

/** A vote as it travels in an election. It may be lost: servers that look for a leader repeat it. */
export interface Notification extends Vote {
  readonly type: 'Notification';
  readonly role: Role;
  /** The sender's round (ZooKeeper's logicalclock). */
  readonly round: number;
}

/** What learners and leader tell each other over a connection, in order. */
export type Payload =
  | { readonly type: 'FOLLOWERINFO' | 'OBSERVERINFO'; readonly acceptedEpoch: number }
  | {
      readonly type: 'LEADERINFO';
      readonly epoch: number;
      /** Only where the election is an oracle's: what the leader stands for. */
      readonly credentials?: Credentials;
    }
  | {
      readonly type: 'ACKEPOCH';
      /** -1 from a server that accepted this epoch before: it must not be counted twice. */
      readonly currentEpoch: number;
      readonly lastZxid: Zxid;
      /** What it has only as a snapshot: it cannot truncate to before that. */
      readonly snapshotZxid: Zxid;
    }
  | { readonly type: 'TRUNC'; readonly zxid: Zxid }
  | { readonly type: 'DIFF'; readonly entries: readonly Entry[]; readonly committed: Zxid }
  | { readonly type: 'SNAP'; readonly zxid: Zxid; readonly machine: Json }
  | { readonly type: 'NEWLEADER'; readonly epoch: number }
  | { readonly type: 'ACK'; readonly zxid: Zxid }
  | { readonly type: 'UPTODATE'; readonly committed: Zxid }
  | { readonly type: 'PROPOSAL'; readonly entry: Entry }
  | { readonly type: 'COMMIT'; readonly zxid: Zxid }
  | { readonly type: 'INFORM'; readonly entries: readonly Entry[] }
  | { readonly type: 'REQUEST'; readonly request: Json; readonly origin: Origin }
  | { readonly type: 'SYNC'; readonly ticket: number };

/** What keeps a connection alive and in order: not numbered itself. */
export type Upkeep =
  | { readonly type: 'PING'; readonly sent: number }
  /** The receiver lacks what follows `acknowledged`. */
  | { readonly type: 'RESEND' }
  | { readonly type: 'CLOSE' };

export interface Frame {
  /** Named by the side that opened it; never used twice. */
  readonly connection: number;
  /** The other side's name for it, also never used twice; 0 while the opener does not know it. */
  readonly accepted: number;
  /** Counts the payloads of one direction from 1; 0 for upkeep. */
  readonly sequence: number;
  /** The last payload that the sender has received. */
  readonly acknowledged: number;
}

export type Packet = (Payload | Upkeep) & Frame;

/** A server tells its own sync thread to write what waits, where timers are counted and this must not be one. */
export interface Flush {
  readonly type: 'FLUSH';
  readonly boot: number;
}

export type ZabMessage = Notification | Packet | Flush;

export type ZabTimer = 'zab-election' | 'zab-tick' | 'zab-flush';

/** How new a history is: its epoch decides, then its last transaction. */
export interface Credentials {
  readonly currentEpoch: number;
  readonly lastZxid: Zxid;
}

/** One end of a connection. */
export interface Channel {
  readonly connection: number;
  accepted: number;
  sent: number;
  received: number;
  /** What was sent and is not known to have arrived. */
  unacknowledged: Packet[];
  /** The last gap that a RESEND was sent for. */
  asked: number;
}

export interface Election {
  round: number;
  vote: Vote;
  /** The votes of this round, by voter. */
  received: Record<NodeId, Notification>;
  /** What servers say that have a leader, by server. */
  outside: Record<NodeId, Notification>;
  /** A quorum agrees: unless a better vote arrives within the finalize wait, it is decided. */
  isDeciding: boolean;
  /** It waits a little before it begins: it just failed to follow somebody. */
  isResting: boolean;
  /** How long it waits before it repeats its vote. */
  interval: Micros;
}

/** What a learner gathers while it synchronizes; it is carried out when NEWLEADER comes. */
export interface SyncPlan {
  truncateTo: Zxid | null;
  snapshot: { readonly zxid: Zxid; readonly machine: Json } | null;
  entries: Entry[];
  committed: Zxid;
}

/** What is done, in this order, when NEWLEADER or UPTODATE comes. */
export type SyncStep = 'write history' | 'sync' | 'set epoch' | 'acknowledge' | 'apply' | 'serve';

export interface Following {
  readonly leader: NodeId;
  channel: Channel;
  epoch: number;
  plan: SyncPlan;
  isNewLeaderAcknowledged: boolean;
  /** Half ticks since the leader was last heard of. */
  silence: number;
}

export interface Learner {
  channel: Channel;
  readonly isObserver: boolean;
  acceptedEpoch: number;
  stage: 'connected' | 'invited' | 'acknowledged' | 'synchronizing' | 'ready' | 'active';
  /** What its ACKEPOCH said. */
  credentials: Credentials;
  snapshotZxid: Zxid;
  /** The last transaction that it has on disk, as far as it said. */
  acked: Zxid;
  silence: number;
}

export interface Leading {
  /** Undecided (0) until a quorum is connected. */
  epoch: number;
  learners: Record<NodeId, Learner>;
  /** Servers that accepted the epoch, and that acknowledged NEWLEADER; with the leader itself. */
  epochAcks: NodeId[];
  newLeaderAcks: NodeId[];
  proposed: Zxid;
  /** The last of its own transactions that is on its disk. */
  logged: Zxid;
  /** The machine with everything proposed, for `prepare`; null where the service has none, or before the broadcast. */
  ahead: object | null;
  /** Syncs that wait for a transaction to be committed. */
  syncs: { readonly server: NodeId; readonly ticket: number; readonly zxid: Zxid }[];
  /** Half ticks without a quorum. */
  lonely: number;
}

export interface ZabState {
  /** Counts the lives of this server; on disk, so that a connection of an earlier life is known for what it is. */
  boot: number;
  // On disk.
  acceptedEpoch: number;
  currentEpoch: number;
  /** The history after `base`, all of it written. */
  log: Entry[];
  base: Zxid;
  /** Where the first entry of `log` is in the log on disk. */
  firstIndex: number;
  snapshotZxid: Zxid;
  // Volatile.
  /** Proposals that wait to be written and synced together (the queue of ZooKeeper's sync thread). */
  queue: Entry[];
  machine: object;
  lastApplied: Zxid;
  committed: Zxid;
  role: Role;
  phase: Phase;
  election: Election;
  following: Following | null;
  leading: Leading | null;
  isActive: boolean;
  tickets: number;
  connections: number;
  /** The last packet or state that the protocol cannot produce; null always, unless a rule is broken. */
  objection: string | null;
}

/** Every knob of a server. */
export interface ZabConfig {
  /** The unit of time-outs; default 2 s, as in ZooKeeper. */
  readonly tickTime: Micros;
  /** Ticks in which a learner must connect and synchronize; default 10. */
  readonly initLimit: number;
  /** Ticks in which leader and learner must hear from each other; default 5. */
  readonly syncLimit: number;
  /** How long a decided server waits for a better vote; default 200 ms. */
  readonly finalizeWait: Micros;
  /** The longest time between repeated votes; default 60 s. */
  readonly longestNotificationInterval: Micros;
  /** How long proposals gather before they are synced together; 0 (the default) takes what came during the last sync. */
  readonly groupCommit: Micros;
  /** Transactions between two snapshots; default 100,000. */
  readonly snapshotEvery: number;
  /** Transactions before a snapshot that stay in the log, for learners that are not far behind; default 500. */
  readonly keepBeforeSnapshot: number;
  /** The servers of the ensemble; all nodes of the world unless told. */
  readonly servers: readonly NodeId[] | null;
  /** Those of them that only observe. */
  readonly observers: readonly NodeId[];
  /** The weight of a server's vote where it is not 1; a server of weight 0 does not count. */
  readonly weights: Readonly<Record<NodeId, number>>;
  /** `lossy`: packets are numbered and sent again. `fifo`: the network does that, as an explored one may. */
  readonly transport: 'lossy' | 'fifo';
  /** `oracle` makes election and discovery one step with any legal outcome, for exploration. */
  readonly election: 'fast' | 'oracle';
  /** What wakes the thread that writes the queue: a timer, or, for exploration, a message to itself. */
  readonly logsBy: 'timer' | 'message';
}
