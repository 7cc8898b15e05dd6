// The seam between a protocol and the world. A protocol is handlers over plain state; everything it can do to the world
// goes through the small `Context`. Simulator, explorer, replay and the browser all drive protocols through this file.
import type { Micros } from './time.ts';

/** The name of a node or of a client process, unique in a world: `n1`, `c2`. */
export type NodeId = string;

/** Plain data as JSON knows it: what messages, disk records, operations and notes are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The types that one protocol fixes. `state` and `message` are plain data. */
export interface Types {
  state: object;
  message: object;
  timer: string;
  request: unknown;
  response: unknown;
}

/**
 * What a node does. Handlers are synchronous, run atomically at one virtual instant, mutate their own state in place and
 * reach the world only through `ctx`. A message is never mutated after it was sent.
 */
export interface Protocol<P extends Types> {
  /** Called at birth and after each restart; whatever survived is on `ctx.disk`. */
  start(ctx: Context<P>): P['state'];
  onMessage(state: P['state'], from: NodeId, message: P['message'], ctx: Context<P>): void;
  onTimer?(state: P['state'], timer: P['timer'], ctx: Context<P>): void;
  /** A client process is asked to begin an operation; it ends it with `ctx.ok`, `ctx.fail` or `ctx.unknown`. */
  onRequest?(state: P['state'], request: P['request'], ctx: Context<P>): void;
  /** The peer's machine answered that nothing listens there (only where the network refuses instead of losing). */
  onRefused?(state: P['state'], peer: NodeId, message: P['message'], ctx: Context<P>): void;
}

/** Everything that a handler can do to the world. Effects that follow `disk.sync()` or `work()` leave when that is done. */
export interface Context<P extends Types> {
  readonly id: NodeId;
  /** The nodes (not the client processes) of the world, without this one, in the scenario's order. */
  readonly peers: readonly NodeId[];
  send(to: NodeId, message: P['message']): void;
  /** Sets or replaces the timer of this name; the delay runs on this node's monotonic clock. */
  setTimer(timer: P['timer'], delay: Micros): void;
  clearTimer(timer: P['timer']): void;
  /** This node's own wall clock: may be skewed, may jump. */
  now(): Micros;
  /** This node's own monotonic clock: may drift, never goes back. */
  monotonic(): Micros;
  /** An integer in [0, n), from this node's own stream. */
  random(n: number): number;
  readonly disk: Disk;
  /** CPU time that this handler costs: later effects and events queue behind it. */
  work(cost: Micros): void;
  /** Ends the client's operation: it happened, with this response. */
  ok(response: P['response']): void;
  /** Ends the client's operation: it surely did not happen. */
  fail(error: string): void;
  /** Ends the client's operation: it may or may not have happened. */
  unknown(error: string): void;
  /** Writes into the trace what a reader or a property should know: role changes, commits, lock grants. */
  note(kind: string, data?: { readonly [key: string]: Json | undefined }): void;
}

/**
 * A node's disk: named cells and named append-only logs. Writes are visible to this node at once and durable only after
 * `sync`. Values are plain data and are never mutated after they were written. A disk that is full, cannot be read, or
 * holds a cell whose checksum is wrong throws `DiskError`; a handler that does not catch it takes its process down.
 */
export interface Disk {
  get<T extends Json>(cell: string): T | undefined;
  set(cell: string, value: Json): void;
  /** Appends a record and returns its index; indices start at 0 and survive `trim`. */
  append(log: string, record: Json): number;
  /** Drops the records from index `from` on. */
  truncate(log: string, from: number): void;
  /** Drops the records before index `before` (log compaction). */
  trim(log: string, before: number): void;
  read<T extends Json>(log: string): LogContents<T>;
  /** Makes everything written so far durable; the node is busy until it is done. */
  sync(): void;
}

/** What a log holds: its intact records up to the first damaged one. */
export interface LogContents<T> {
  /** The index of the first record. */
  readonly first: number;
  readonly records: readonly T[];
  /** Where and how the log is damaged: a torn tail is a half-written last record (truncate it before
   * appending, or what follows is lost as well), corrupt is a checksum that is wrong. */
  readonly damage?: { readonly index: number; readonly type: 'torn' | 'corrupt' };
}

/** What a disk refuses with. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly type: 'full' | 'read-error' | 'corrupt';

  constructor(type: 'full' | 'read-error' | 'corrupt', message: string) {
    super(message);
    this.type = type;
  }
}

/** Any protocol, for places that hold protocols of different types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- handlers are contravariant in their types
export type AnyProtocol = Protocol<any>;
