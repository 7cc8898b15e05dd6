// Raft's vocabulary: entries, messages and the state of a server, with the names of Figure 2 of Ongaro & Ousterhout 2014.
import type { Micros, NodeId } from '../../sim/index.ts';
import type { Answer, Command, Machine } from './machine.ts';

/** One entry of the log. Indices start at 1. */
export interface Entry {
  readonly term: number;
  readonly command: Command;
}

export type Role = 'follower' | 'candidate' | 'leader';

export type Message = RequestVote | RequestVoteReply | AppendEntries | AppendEntriesReply | ClientMessage;

export interface RequestVote {
  readonly type: 'RequestVote';
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

export interface RequestVoteReply {
  readonly type: 'RequestVoteReply';
  readonly term: number;
  readonly granted: boolean;
}

export interface AppendEntries {
  readonly type: 'AppendEntries';
  readonly term: number;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
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
  /** On failure: the term of the conflicting entry (0 if the log is too short) and where that term, or the gap, begins. */
  readonly conflictTerm: number;
  readonly conflictIndex: number;
  /** Both as in the AppendEntries that this answers. */
  readonly prevLogIndex: number;
  readonly round: number;
}

export type ClientMessage = ClientCommand | ClientRead | ClientReply;

/** Registers a session, or asks for a state change within one. A retry repeats the sequence number. */
export interface ClientCommand {
  readonly type: 'ClientCommand';
  readonly sequence: number;
  readonly command: Command;
}

export interface ClientRead {
  readonly type: 'ClientRead';
  readonly sequence: number;
  readonly key: string;
}

export interface ClientReply {
  readonly type: 'ClientReply';
  readonly sequence: number;
  readonly answer: Answer | { readonly type: 'not-leader'; readonly leader: NodeId | null };
}

/** What a leader knows of one follower: `nextIndex` runs ahead of what is acknowledged once the logs are known to agree. */
export interface Progress {
  nextIndex: number;
  matchIndex: number;
  /** It is not known where the logs agree: one AppendEntries at a time, until one succeeds. */
  probing: boolean;
  /** The latest heartbeat round that it answered. */
  ackedRound: number;
}

/** A linearizable read that waits for its leadership to be confirmed and its index to be applied. */
export interface PendingRead {
  readonly client: NodeId;
  readonly sequence: number;
  readonly key: string;
  readonly round: number;
  /** The commit index when it arrived, or -1 until an entry of this term is committed. */
  readIndex: number;
}

/** A command in the log whose client waits for the answer. */
export interface Waiting {
  readonly client: NodeId;
  readonly sequence: number;
  readonly index: number;
}

export interface RaftState {
  // Persistent on all servers: also on disk, before anybody is answered.
  currentTerm: number;
  votedFor: NodeId | null;
  readonly log: Entry[];
  // Volatile on all servers.
  role: Role;
  leader: NodeId | null;
  commitIndex: number;
  lastApplied: number;
  readonly machine: Machine;
  // Volatile on candidates.
  votes: NodeId[];
  // Volatile on leaders.
  progress: Record<NodeId, Progress>;
  round: number;
  reads: PendingRead[];
  waiting: Waiting[];
}

export interface Raft {
  state: RaftState;
  message: Message;
  timer: 'election' | 'heartbeat';
  request: never;
  response: never;
}

/** Every knob of a server, in microseconds where it is a time. */
export interface RaftConfig {
  /** The shortest election time-out; each draw adds up to `electionSpread`. Default 150 ms, as in section 9.3. */
  readonly electionTimeout: Micros;
  /** Default 150 ms. */
  readonly electionSpread: Micros;
  /** Default 30 ms. */
  readonly heartbeat: Micros;
  /** Entries that one AppendEntries carries at most. Default 64. */
  readonly batch: number;
  /** Entries sent to one follower and not yet answered at most. Default 256. */
  readonly window: number;
}
