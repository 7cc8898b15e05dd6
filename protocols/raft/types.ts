// Raft's vocabulary: entries, messages and the state of a server, with the names of Figure 2 of Ongaro & Ousterhout 2014.
// `C` is what a service replicates, `M` the state machine that it builds from it.
import type { Json, Micros, NodeId } from '../../sim/index.ts';
import type { Configuration } from './configuration.ts';

/** One entry of the log. Indices start at 1. */
export type Entry<C = Json> =
  | { readonly term: number; readonly type: 'noop' }
  | { readonly term: number; readonly type: 'command'; readonly command: C }
  | { readonly term: number; readonly type: 'configuration'; readonly configuration: Configuration };

/** A learner is any server without a vote: not promoted yet, not added yet, or removed. */
export type Role = 'follower' | 'learner' | 'pre-candidate' | 'candidate' | 'leader';

export type RaftMessage<C = Json> =
  | RequestPreVote
  | RequestPreVoteReply
  | RequestVote
  | RequestVoteReply
  | AppendEntries<C>
  | AppendEntriesReply
  | InstallSnapshot
  | InstallSnapshotReply
  | TimeoutNow
  | ReadIndex
  | ReadIndexReply;

export type RaftTimer = 'election' | 'heartbeat' | 'apply' | 'flush';

/** Would you vote for me? Asked before the term is raised (thesis, section 9.6). */
export interface RequestPreVote {
  readonly type: 'RequestPreVote';
  /** The term that the sender would stand in. */
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

export interface RequestPreVoteReply {
  readonly type: 'RequestPreVoteReply';
  /** When granted, the term that was asked about; else the voter's own. */
  readonly term: number;
  readonly granted: boolean;
}

export interface RequestVote {
  readonly type: 'RequestVote';
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** The leader itself asked for this election: voters need not wait for it to be silent (thesis, section 4.2.3). */
  readonly transfer: boolean;
}

export interface RequestVoteReply {
  readonly type: 'RequestVoteReply';
  readonly term: number;
  readonly granted: boolean;
}

export interface AppendEntries<C = Json> {
  readonly type: 'AppendEntries';
  readonly term: number;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry<C>[];
  readonly leaderCommit: number;
  /** Counts the leader's heartbeat rounds: an echo proves that it was still leader when the round began (ReadIndex). */
  readonly round: number;
}

export interface AppendEntriesReply {
  readonly type: 'AppendEntriesReply';
  readonly term: number;
  readonly success: boolean;
  /** On success: the last index that now surely equals the leader's log. */
  readonly matchIndex: number;
  /** On failure: the last index at which the logs may agree, and the follower's term there. */
  readonly conflictTerm: number;
  readonly conflictIndex: number;
  /** Both as in the AppendEntries that this answers. */
  readonly prevLogIndex: number;
  readonly round: number;
}

/** One chunk of a snapshot (Figure 13). */
export interface InstallSnapshot {
  readonly type: 'InstallSnapshot';
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly configuration: Configuration;
  /** Where in the snapshot's text this chunk begins. */
  readonly offset: number;
  readonly data: string;
  readonly done: boolean;
  readonly round: number;
}

export interface InstallSnapshotReply {
  readonly type: 'InstallSnapshotReply';
  readonly term: number;
  readonly lastIndex: number;
  /** Where the chunk that this answers began, and where the next one should. */
  readonly answers: number;
  readonly offset: number;
  /** Above 0 once the follower's log equals the leader's up to there: installed, or not needed. */
  readonly matchIndex: number;
  readonly round: number;
}

/** The leader asks its successor to stand for election at once (thesis, section 3.10). */
export interface TimeoutNow {
  readonly type: 'TimeoutNow';
  readonly term: number;
}

/** A follower asks the leader from which index on a read of its own would be fresh (thesis, section 6.4). */
export interface ReadIndex {
  readonly type: 'ReadIndex';
  /** Never used twice, so that an answer to an earlier question is not taken for one to this. */
  readonly number: number;
}

export interface ReadIndexReply {
  readonly type: 'ReadIndexReply';
  readonly number: number;
  /** -1 when the receiver does not lead. */
  readonly index: number;
}

/** What a leader knows of one other member. */
export interface Progress {
  /** Probe: where the logs agree is not known, one message at a time. Replicate: entries are sent on trust. */
  mode: 'probe' | 'replicate' | 'snapshot';
  nextIndex: number;
  matchIndex: number;
  /** Messages with entries that were sent on trust and not yet acknowledged, oldest first. */
  readonly inflight: { readonly last: number; readonly bytes: number }[];
  /** The latest heartbeat round that it answered. */
  ackedRound: number;
  /** It answered since the leader last counted who is there. */
  active: boolean;
  /** When it last answered, on the leader's monotonic clock; kept for `leaderLease` only. */
  heardAt: Micros;
  /** The snapshot under way, even if a later one was taken meanwhile, and how much of its text has arrived. */
  snapshot: Snapshot | null;
  snapshotOffset: number;
}

/** A linearizable read that waits for its leadership to be confirmed and its index to be applied. */
export interface PendingRead {
  readonly id: number;
  /** Who forwarded it, and under what number; null when it was asked here. */
  readonly from: NodeId | null;
  readonly number: number;
  /** The heartbeat round that confirms it; 0 when a lease does. */
  readonly round: number;
  /** What was committed when it arrived, or -1 as long as that is not known. */
  readIndex: number;
  /** When it was asked, on this server's monotonic clock. */
  readonly at: Micros;
}

export interface Snapshot {
  /** The last entry that it covers. */
  readonly index: number;
  readonly term: number;
  readonly configuration: Configuration;
  /** The machine as text. */
  readonly data: string;
}

export interface Log<C> {
  /** The entry before the first one kept, and its term; both 0 as long as nothing was compacted. */
  base: number;
  baseTerm: number;
  readonly entries: Entry<C>[];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the parts of Raft itself look into neither
export interface RaftState<M = any, C = any> {
  // Persistent on all servers: also on disk, before anybody is answered.
  currentTerm: number;
  votedFor: NodeId | null;
  readonly log: Log<C>;
  snapshot: Snapshot | null;
  // Volatile on all servers.
  role: Role;
  leader: NodeId | null;
  /** When the leader was last heard of, on this server's monotonic clock. */
  heardAt: Micros;
  commitIndex: number;
  lastApplied: number;
  machine: M;
  /** The latest configuration in the log, committed or not (thesis, section 4.1), and its index. */
  configuration: Configuration;
  configurationIndex: number;
  /** The chunks of a snapshot that have arrived. */
  incoming: { readonly index: number; readonly term: number; data: string } | null;
  reads: PendingRead[];
  nextReadNumber: number;
  // Volatile on candidates.
  votes: NodeId[];
  refusals: NodeId[];
  // Volatile on leaders.
  /** The other members, in the order in which they are sent to. */
  followers: NodeId[];
  progress: Record<NodeId, Progress>;
  /** Its log up to here is on its disk and was sent out; what lies behind waits for the next flush. */
  flushedIndex: number;
  round: number;
  /** Heartbeat rounds that no quorum has answered yet, and when they began; kept for leases only. */
  rounds: { readonly round: number; readonly at: Micros }[];
  leaseUntil: Micros;
  /** A successor was asked to take over: from then on the others may vote, lease or no lease. */
  leaseForfeited: boolean;
  transfer: { readonly target: NodeId; readonly deadline: Micros } | null;
  uncommittedBytes: number;
}
