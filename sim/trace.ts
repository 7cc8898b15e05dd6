// The trace: what happened, as typed columns with interned payloads, one row for each thing worth telling. Recording it is
// optional; mixing it into the running hash is not, so a run has the same hash with and without its trace.
import { RunningHash } from './hash.ts';
import type { Json, NodeId } from './protocol.ts';
import type { Micros } from './time.ts';

/** The kinds of rows. The order is part of the hash: append, never insert. */
export const traceKinds = [
  'start', // a process starts or restarts; ref is its incarnation
  'send', // ref is the message's number
  'deliver', // ref is the message's number
  'lose', // a message is lost; the payload says why
  'duplicate', // ref is the copy's number
  'hold', // a message waits on a held link
  'refuse', // nothing listens at the destination
  'timer', // a timer fires; the payload is its name
  'invoke', // ref is the operation's id
  'ok',
  'fail',
  'info',
  'crash', // the process dies; the payload says how
  'pause',
  'resume',
  'fault', // a fault begins; ref is its place in the schedule
  'fault-end',
  'synced', // a sync is done; ref is how many writes became durable
  'unsynced', // a power loss took ref unsynced writes
  'note',
  'set-timer', // not hashed, as are the following
  'write',
  'violation',
] as const;

export type TraceKind = (typeof traceKinds)[number];

export const kindNumber = Object.fromEntries(traceKinds.map((kind, number) => [kind, number])) as Record<
  TraceKind,
  number
>;

const firstUnhashed = kindNumber['set-timer'];

/** One row of a trace, for people and exports. */
export interface TraceRow {
  readonly time: Micros;
  /** The number of the simulator event during which it happened. */
  readonly event: number;
  readonly kind: TraceKind;
  /** The node it happened at; empty for the world itself. */
  readonly node: NodeId;
  /** The other node concerned, or empty. */
  readonly peer: NodeId;
  readonly ref: number;
  /** The row that caused it, or -1. */
  readonly cause: number;
  readonly payload: Json;
}

/** A recorded trace. Columns have `length` rows; node and peer are indices into `nodes`, -1 for none. */
export interface Trace {
  readonly nodes: readonly NodeId[];
  readonly length: number;
  readonly time: Float64Array;
  readonly event: Int32Array;
  readonly kind: Uint8Array;
  readonly node: Int32Array;
  readonly peer: Int32Array;
  readonly ref: Int32Array;
  readonly cause: Int32Array;
  /** Index into `payloads`, or -1. */
  readonly payload: Int32Array;
  /** The distinct payloads as JSON texts. */
  readonly payloads: readonly string[];
  /** Rows that did not fit the bound and were not recorded. */
  readonly dropped: number;
}

/** The row `index` of a trace, made readable. */
export function traceRow(trace: Trace, index: number): TraceRow {
  const payload = trace.payload[index] as number;
  return {
    time: trace.time[index] as number,
    event: trace.event[index] as number,
    kind: traceKinds[trace.kind[index] as number] as TraceKind,
    node: trace.nodes[trace.node[index] as number] ?? '',
    peer: trace.nodes[trace.peer[index] as number] ?? '',
    ref: trace.ref[index] as number,
    cause: trace.cause[index] as number,
    payload: payload < 0 ? null : (JSON.parse(trace.payloads[payload] as string) as Json),
  };
}

const defaultRowLimit = 5_000_000;

/** Takes every row: hashes it always, keeps it in columns when it was told to. */
export class TraceRecorder {
  readonly hash = new RunningHash();
  /** The number of the simulator event under way. */
  event = 0;
  /** The row that the rows to come are caused by: the delivery, timer or invocation being handled. */
  cause = -1;
  readonly recording: boolean;
  readonly #nodes: readonly NodeId[];
  readonly #limit: number;
  readonly #payloadIds = new Map<string, number>();
  readonly #payloads: string[] = [];
  #length = 0;
  #dropped = 0;
  #time = new Float64Array(0);
  #columns = { event: noRows, node: noRows, peer: noRows, ref: noRows, cause: noRows, payload: noRows };
  #kind = new Uint8Array(0);

  constructor(nodes: readonly NodeId[], recording: boolean, limit = defaultRowLimit) {
    this.#nodes = nodes;
    this.recording = recording;
    this.#limit = limit;
    if (recording) this.#resize(4096);
  }

  /** Adds a row and returns its index, or -1 when nothing is recorded. `digest` stands for the payload in the hash. */
  add(time: Micros, kind: number, node: number, peer: number, ref: number, digest: number, payload: unknown): number {
    if (kind < firstUnhashed) {
      this.hash.mixNumber(time);
      this.hash.mix(kind | (node << 6) | (peer << 19));
      this.hash.mix(ref ^ digest);
    }
    return this.recording ? this.#record(time, kind, node, peer, ref, payload) : -1;
  }

  trace(): Trace {
    const length = this.#length;
    const { event, node, peer, ref, cause, payload } = this.#columns;
    return {
      nodes: this.#nodes,
      length,
      time: this.#time.slice(0, length),
      event: event.slice(0, length),
      kind: this.#kind.slice(0, length),
      node: node.slice(0, length),
      peer: peer.slice(0, length),
      ref: ref.slice(0, length),
      cause: cause.slice(0, length),
      payload: payload.slice(0, length),
      payloads: this.#payloads,
      dropped: this.#dropped,
    };
  }

  #record(time: Micros, kind: number, node: number, peer: number, ref: number, payload: unknown): number {
    if (this.#length >= this.#limit) {
      this.#dropped++;
      return -1;
    }
    if (this.#length === this.#kind.length) this.#resize(this.#length * 2);
    const row = this.#length++;
    this.#time[row] = time;
    this.#kind[row] = kind;
    this.#columns.event[row] = this.event;
    this.#columns.node[row] = node;
    this.#columns.peer[row] = peer;
    this.#columns.ref[row] = ref;
    this.#columns.cause[row] = this.cause;
    this.#columns.payload[row] = payload === undefined ? -1 : this.#intern(JSON.stringify(payload));
    return row;
  }

  #intern(text: string): number {
    let id = this.#payloadIds.get(text);
    if (id === undefined) {
      id = this.#payloads.push(text) - 1;
      this.#payloadIds.set(text, id);
    }
    return id;
  }

  #resize(capacity: number): void {
    const grown = <A extends Float64Array | Int32Array | Uint8Array>(to: A, from: A): A => {
      to.set(from);
      return to;
    };
    this.#time = grown(new Float64Array(capacity), this.#time);
    this.#kind = grown(new Uint8Array(capacity), this.#kind);
    const columns = this.#columns;
    const column = (from: Int32Array): Int32Array => grown(new Int32Array(capacity), from);
    this.#columns = {
      event: column(columns.event),
      node: column(columns.node),
      peer: column(columns.peer),
      ref: column(columns.ref),
      cause: column(columns.cause),
      payload: column(columns.payload),
    };
  }
}

const noRows: Int32Array = new Int32Array(0);
