// What clients and servers say to each other. A connection is a stream, as of TCP: both sides number what they send on it and
// take it in order; it is named by the client, and dies with either end.
import type { ReadRequest, Result, SessionId, WriteRequest } from './types.ts';
import type { WatchEvent } from './watches.ts';
import type { Zxid } from '../zab/zxid.ts';

export type ClientMessage =
  | {
      readonly type: 'Connect';
      readonly connection: string;
      /** Place in the stream, from 0. */
      readonly place: number;
      /** 0 for a new session. */
      readonly session: SessionId;
      readonly password: string;
      /** What the client would like, in microseconds. */
      readonly timeout: number;
      /** The newest state that the client has seen. */
      readonly lastZxid: Zxid;
    }
  | {
      readonly type: 'Request';
      readonly connection: string;
      readonly place: number;
      readonly xid: number;
      readonly request: ServiceRequest;
    }
  /** The client closes the connection; its session goes on. */
  | { readonly type: 'Hangup'; readonly connection: string };

export type ServerMessage =
  /** The session is 0 if it is over or the password is wrong. The time-out is in microseconds. */
  | {
      readonly type: 'Connected';
      readonly connection: string;
      readonly place: number;
      readonly session: SessionId;
      readonly password: string;
      readonly timeout: number;
    }
  | {
      readonly type: 'Reply';
      readonly connection: string;
      readonly place: number;
      readonly xid: number;
      /** Of the transaction, or of the state that was read. */
      readonly zxid: Zxid;
      readonly result: Result;
    }
  | {
      readonly type: 'Event';
      readonly connection: string;
      readonly place: number;
      readonly event: WatchEvent;
      /** The transaction that fired it. */
      readonly zxid: Zxid;
    }
  /** The server has closed the connection, or does not know it (any more). */
  | { readonly type: 'Closed'; readonly connection: string };

/** Everything that a client may ask for on a connection. */
export type ServiceRequest =
  | Exclude<WriteRequest, { type: 'createSession' | 'deleteContainer' }>
  | ReadRequest
  | { readonly type: 'sync'; readonly path: string }
  | { readonly type: 'ping' }
  /** Proves an identity for the rest of the connection: for digest, `user:password`. */
  | { readonly type: 'auth'; readonly scheme: string; readonly auth: string }
  | { readonly type: 'whoAmI' }
  | SetWatches
  | { readonly type: 'addWatch'; readonly path: string; readonly mode: 'persistent' | 'recursive' }
  | { readonly type: 'checkWatches' | 'removeWatches'; readonly path: string; readonly kind: WatcherType };

/** Which watches are meant; `any` is all of the path's. */
export type WatcherType = 'children' | 'data' | 'persistent' | 'recursive' | 'any';

/** Puts a client's watches up on its new server; what changed after `relativeZxid` is told at once. */
export interface SetWatches {
  readonly type: 'setWatches';
  readonly relativeZxid: Zxid;
  readonly data: readonly string[];
  readonly exists: readonly string[];
  readonly child: readonly string[];
  readonly persistent: readonly string[];
  readonly recursive: readonly string[];
}
