// The seam between Zab and the service on it. Zab orders transactions; what they mean is the service's: a deterministic state
// machine over plain data, and hooks by which the process around it learns what happened. A bigger protocol embeds Zab: it
// keeps `state.zab`, and passes on the messages and timers that are Zab's.
import type { Context, Json, Micros, NodeId, Types } from '../../sim/index.ts';
import type { ZabMessage, ZabState, ZabTimer } from './types.ts';
import type { Zxid } from './zxid.ts';

/**
 * A replicated state machine. The machine `M` is plain JSON data, so that a snapshot is a clone of it; requests, transactions
 * and answers are plain as well and are never mutated.
 */
export interface Service<M extends object, R extends Json, T extends Json, A extends Json> {
  /** The machine before the first transaction. */
  initial(): M;
  /**
   * At the leader: what a request comes to, given every transaction that was proposed before, committed or not. This is where
   * "increment" becomes "set to 7" and where chance and time enter, so that `apply` needs neither. Without it, the request
   * is the transaction. It must not change the machine, and must not throw: a refusal is a transaction as well.
   */
  prepare?(machine: Readonly<M>, request: R, about: Preparing): T;
  /** At every server, in the order of zxids: mutates the machine, returns the answer. Deterministic; must not throw. */
  apply(machine: M, txn: T, zxid: Zxid): A;
}

export interface Preparing {
  /** The transaction's id, if the request becomes one. */
  readonly zxid: Zxid;
  /** The server at which the request was submitted. */
  readonly origin: NodeId;
  /** The leader's wall clock. */
  now(): Micros;
}

/** What a transaction did at this server. */
export interface Applied<T extends Json, A extends Json> {
  readonly zxid: Zxid;
  readonly txn: T;
  readonly answer: A;
  /** What `submit` returned, where this process submitted the request; null where another server did. */
  readonly ticket: number | null;
}

/** A server's part once it serves. */
export type ActiveRole = 'leading' | 'following' | 'observing';

/** What the host wants to know. All are called with the host's whole state and context, in the midst of a handler. */
export interface Hooks<H extends ZabHost, T extends Json = Json, A extends Json = Json> {
  /** A committed transaction was applied here. */
  applied?(state: H['state'], applied: Applied<T, A>, ctx: Context<H>): void;
  /** The server is up to date with an established leader (or is it) and takes requests. */
  activated?(state: H['state'], role: ActiveRole, ctx: Context<H>): void;
  /** It lost its leader or its quorum: what was submitted and not applied may or may not happen, and no one will tell. */
  deactivated?(state: H['state'], ctx: Context<H>): void;
  /** The machine was replaced as a whole: by the leader's snapshot. Not called by `start`, whose caller sees the machine. */
  restored?(state: H['state'], ctx: Context<H>): void;
  /** A `sync` of this ticket is answered: everything that the leader had committed when it got it is applied here. */
  synced?(state: H['state'], ticket: number, ctx: Context<H>): void;
  /** Twice in every tick time while the server is active; the leader expires sessions here. */
  ticked?(state: H['state'], role: ActiveRole, ctx: Context<H>): void;
}

/** The types of a protocol that Zab can live in: its messages and timers include Zab's. */
export type ZabHost = Types & { state: { zab: ZabState } };

/** The host as Zab itself sees it. */
export interface ZabTypes {
  state: { zab: ZabState };
  message: ZabMessage;
  timer: ZabTimer;
  request: never;
  response: never;
}

/** A service with its types forgotten, as the protocol's own files see it. */
export type AnyService = Service<object, Json, Json, Json>;

/** Where a server stands, for those who ask it. */
export interface ZabStatus {
  readonly role: ZabState['role'];
  readonly phase: ZabState['phase'];
  /** The leader that this server follows or is; null while it looks for one. */
  readonly leader: NodeId | null;
  /** It serves: requests are taken, the machine holds only what was committed. */
  readonly isActive: boolean;
  readonly epoch: number;
  readonly lastApplied: Zxid;
  readonly lastLogged: Zxid;
}

/** Zab as a component of a protocol `H`. Every function mutates `state.zab` in place. */
export interface Zab<H extends ZabHost, R extends Json> {
  /** The component's state from what is on disk; the host puts it into `state.zab`. */
  start(ctx: Context<H>): ZabState;
  onMessage(state: H['state'], from: NodeId, message: ZabMessage, ctx: Context<H>): void;
  onTimer(state: H['state'], timer: ZabTimer, ctx: Context<H>): void;
  /** A connection that the peer's machine refused is broken. */
  onRefused(state: H['state'], peer: NodeId, message: ZabMessage, ctx: Context<H>): void;
  /**
   * Submits a request at an active server and returns its ticket; `applied` tells when it has happened. Requests of one
   * server are ordered as submitted. Returns null, without any effect, at a server that is not active.
   */
  submit(state: H['state'], request: R, ctx: Context<H>): number | null;
  /** Asks to be told (`synced`) once everything committed by now is applied here; null at a server that is not active. */
  sync(state: H['state'], ctx: Context<H>): number | null;
  status(state: H['state']): ZabStatus;
}
