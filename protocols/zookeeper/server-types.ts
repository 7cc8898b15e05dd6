// The state of a server: Zab with the replicated tree, and what is the server's own: connections, watches, and what it
// knows of the sessions' signs of life.
import type { Context, Micros, NodeId } from '../../sim/index.ts';
import type { Zab, ZabMessage, ZabState, ZabTimer } from '../zab/index.ts';
import type { Zxid } from '../zab/zxid.ts';
import type { ClientMessage, ServerMessage, ServiceRequest } from './messages.ts';
import type { Proposal } from './prepare.ts';
import type { ServiceRules } from './rules.ts';
import type { ExpiryQueue } from './sessions.ts';
import type { Inbound } from './stream.ts';
import type { Tree } from './tree.ts';
import type { Identity, Result, SessionId } from './types.ts';
import type { WatchTable } from './watches.ts';

export interface ZooKeeper {
  state: ServerState;
  message: ZabMessage | ClientMessage | ServerMessage | PeerMessage;
  timer: ZabTimer | 'expire';
  request: never;
  response: never;
}

/** What servers tell each other about sessions, outside of Zab. */
export type PeerMessage =
  /** To the leader: these sessions' clients have shown signs of life. */
  | { readonly type: 'Touch'; readonly sessions: readonly SessionId[] }
  /** To the leader: a client has come back to this server. */
  | { readonly type: 'Revalidate'; readonly session: SessionId; readonly timeout: Micros; readonly connection: string }
  | { readonly type: 'Revalidated'; readonly connection: string; readonly isValid: boolean };

export interface ServerState {
  zab: ZabState;
  /** By name. */
  connections: { [name: string]: Connection };
  /** Names of connections that are over: a copy of their first message must not open them again. */
  closed: string[];
  watches: WatchTable;
  /** What waits for a ticket of Zab. */
  waiting: { [ticket: string]: Waiting };
  /** What Zab answered before it had told the ticket: a leader's sync, or a write where one server is a quorum. */
  early: { [ticket: string]: Outcome | null };
  /** Sessions with signs of life that the leader has not been told of. */
  touched: SessionId[];
  /** At the leader: when sessions expire. */
  expiry: ExpiryQueue;
  nextSession: SessionId;
  /** At the leader: when it looks for containers and old nodes next, on its monotonic clock. */
  reapAt: Micros;
}

export interface Waiting {
  readonly connection: string;
  /** Undefined for the transaction that opens the session. */
  readonly xid: number | undefined;
}

export interface Connection {
  readonly name: string;
  readonly client: NodeId;
  session: SessionId;
  timeout: Micros;
  phase: 'opening' | 'revalidating' | 'open';
  identities: Identity[];
  /** Messages sent on it. */
  sent: number;
  inbound: Inbound<Extract<ClientMessage, { place: number }>>;
  /** Requests not answered yet, in order. */
  queue: QueuedRequest[];
}

export interface QueuedRequest {
  readonly xid: number;
  readonly request: ServiceRequest;
  readonly identities: readonly Identity[];
  /** Known once the transaction is applied, or the sync is back; reads have none until it is their turn. */
  outcome: Outcome | null;
}

export interface Outcome {
  readonly zxid: Zxid;
  readonly result: Result;
}

export interface ServerConfig {
  /** The unit of all time-outs; default 2 s. */
  readonly tickTime: Micros;
  /** How often the leader looks for empty containers and nodes whose time to live is over; default 60 s. */
  readonly reapEvery: Micros;
  /** The bounds of what clients may ask for as the time-out of their sessions; default 2 and 20 ticks. */
  readonly minSessionTimeout: Micros;
  readonly maxSessionTimeout: Micros;
  /** `super:base64(sha1(super:password))` of whom no access control list stops; default nobody. */
  readonly superDigest: string;
}

/** A server's parts, as its handlers pass them around. */
export interface Server {
  readonly zab: Zab<ZooKeeper, Proposal>;
  readonly config: ServerConfig;
  readonly rules: ServiceRules;
}

export type ServerContext = Context<ZooKeeper>;

/** The tree as far as this server knows it to be committed. */
export function treeOf(state: ServerState): Tree {
  return state.zab.machine as Tree;
}
