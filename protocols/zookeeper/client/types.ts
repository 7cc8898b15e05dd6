// A client's session: what the library keeps for the application (ClientCnxn of the Java client), and what the application
// is told. Requests are answered in their order; a broken connection fails what was under way, the session outlives it.
import type { Context, Micros, NodeId } from '../../../sim/index.ts';
import type { ServiceRequest, ServerMessage } from '../messages.ts';
import type { Inbound } from '../stream.ts';
import type { Result, SessionId } from '../types.ts';
import type { WatchEvent } from '../watches.ts';
import type { Zxid } from '../../zab/zxid.ts';
import type { ZooKeeper } from '../server-types.ts';

export type SessionPhase = 'connecting' | 'connected' | 'expired' | 'closed' | 'auth-failed';

/** What the application hears of its session (Watcher.Event.KeeperState). */
export type SessionNews = 'SyncConnected' | 'Disconnected' | 'Expired' | 'AuthFailed' | 'Closed';

export interface SessionState {
  phase: SessionPhase;
  /** In the order in which they are tried. */
  servers: NodeId[];
  /** The place of the server that it is, or wants to be, connected to. */
  at: number;
  connection: string;
  /** Connections tried so far; with the process's random life it makes their names unique. */
  attempts: number;
  readonly life: number;
  session: SessionId;
  password: string;
  /** Negotiated once connected, else as wished; in microseconds. */
  timeout: Micros;
  lastZxid: Zxid;
  nextXid: number;
  /** Messages sent on this connection. */
  sent: number;
  inbound: Inbound<Extract<ServerMessage, { place: number }>>;
  /** Requests without an answer, in order. */
  pending: PendingRequest[];
  auths: { readonly scheme: string; readonly auth: string }[];
  watches: { [kind in WatchList]: string[] };
  /** On its monotonic clock. */
  lastHeard: Micros;
  lastSent: Micros;
}

/** By the names that `setWatches` gives them. */
export type WatchList = 'data' | 'exists' | 'child' | 'persistent' | 'recursive';

export interface PendingRequest {
  readonly xid: number;
  readonly request: ServiceRequest;
  /** The application's name for it; empty for the library's own. */
  readonly tag: string;
  isSent: boolean;
}

/** What came of a request: the server's reply, or ConnectionLoss or SessionExpired by the library. */
export interface Reply {
  readonly request: ServiceRequest;
  readonly zxid: Zxid;
  readonly result: Result;
}

/** What the library tells the application, within the handler in which it learns it. */
export interface Listener<C> {
  reply(tag: string, reply: Reply, ctx: C): void;
  event(event: WatchEvent, zxid: Zxid, ctx: C): void;
  news(news: SessionNews, ctx: C): void;
}

export interface SessionOptions {
  /** In the order to try them; default the nodes of the world, from a random one on. */
  readonly servers?: readonly NodeId[];
  /** The session time-out that it asks for, in microseconds. */
  readonly timeout: Micros;
}

/** A protocol in which a session can live. */
export interface SessionHost {
  state: object;
  message: ZooKeeper['message'];
  timer: string;
  request: unknown;
  response: unknown;
}

export type SessionContext = Pick<Context<SessionHost>, 'send' | 'setTimer' | 'clearTimer' | 'monotonic' | 'random'>;
