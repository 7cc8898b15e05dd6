// The timeline's data made ready to draw: unpacked columns, messages in order of sending, and marks sorted by importance.
import type { Json } from '../../sim/protocol.ts';
import { unpackColumn } from '../columns.ts';
import type { LiveTrace, PackedTrace, RoleSpan, TimelineData, TimelineOperation } from '../data.ts';
import { leadReader, payloadReader, type Lead } from '../live.ts';
import { buildDensity, type Density } from './density.ts';
import { readDisks, type DiskSpan } from './disks.ts';
import { intervals, type Intervals } from './intervals.ts';
import { readMarks, type Marks } from './marks.ts';
import { readMessages, type Messages } from './messages.ts';
import { readTimers, type TimerSpan } from './timers.ts';

/** The unpacked trace. */
export interface DecodedRows {
  readonly length: number;
  readonly kinds: readonly string[];
  /** The payload of a number in the column `payload`; null for -1. */
  readonly payloadAt: (index: number) => Json;
  /** Its first field, where that can be had without reading it all. */
  readonly leadAt: (index: number) => Lead | undefined;
  readonly time: Float64Array;
  readonly event: Int32Array;
  readonly kind: Uint8Array;
  readonly node: Int32Array;
  readonly peer: Int32Array;
  readonly ref: Int32Array;
  readonly cause: Int32Array;
  readonly payload: Int32Array;
}

/** Stretches in order of their beginnings, and when they were. */
export interface Spans<T> {
  readonly spans: readonly T[];
  readonly times: Intervals;
}

/** Everything that layout, renderer and words read. It never changes after it was built. */
export interface Model {
  readonly data: TimelineData;
  readonly rows: DecodedRows;
  readonly messages: Messages;
  /** The message that a row sends, delivers or loses; -1 for other rows. */
  readonly messageOfRow: Int32Array;
  /** The row that invoked an operation, by the operation's id. */
  readonly invokeRows: ReadonlyMap<number, number>;
  /** The place of an operation among the data's, by its id. */
  readonly operationPlaces: ReadonlyMap<number, number>;
  readonly marks: Marks;
  readonly density: Density;
  readonly timers: Spans<TimerSpan>;
  readonly disks: Spans<DiskSpan>;
  /** Those of them that a power loss took. */
  readonly lostWrites: readonly DiskSpan[];
  /** When each operation was under way. */
  readonly operationTimes: Intervals;
  /** For each operation, when the next one of its lane begins; Infinity for the last. */
  readonly nextOperation: Float64Array;
  readonly rolesByLane: readonly (readonly RoleSpan[])[];
}

/** Builds the model at once. */
export function buildModel(data: TimelineData): Model {
  const steps = modelSteps(data);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Builds the model step by step, each some hundred milliseconds for a million messages, and says what comes next. */
export function* modelSteps(data: TimelineData): Generator<string, Model> {
  yield 'events';
  const rows = decodeRows(data.trace);
  yield 'messages';
  const messages = readMessages(rows, data.end);
  const messageOfRow = new Int32Array(rows.length).fill(-1);
  for (let index = 0; index < messages.length; index++) {
    messageOfRow[messages.sendRow[index] as number] = index;
    const endRow = messages.endRow[index] as number;
    if (endRow >= 0) messageOfRow[endRow] = index;
  }
  yield 'disks';
  const disks = spansOf(readDisks(rows, data.end));
  yield 'timers';
  const timers = spansOf(readTimers(rows, data.end));
  yield 'notes';
  const marks = readMarks(rows, data);
  yield 'densities';
  return {
    data,
    rows,
    messages,
    messageOfRow,
    invokeRows: readInvocations(rows),
    operationPlaces: new Map(data.operations.map(({ id }, place) => [id, place])),
    marks,
    density: buildDensity(messages, data.lanes.length, data.end),
    timers,
    disks,
    lostWrites: disks.spans.filter((span) => span.end === 'lost'),
    operationTimes: intervals(
      data.operations.map(({ from }) => from),
      data.operations.map(({ to }) => to ?? data.end),
    ),
    nextOperation: readNext(data),
    rolesByLane: data.lanes.map((_, lane) => data.roles.filter((span) => span.lane === lane)),
  };
}

function spansOf<T extends { readonly from: number; readonly to: number }>(spans: readonly T[]): Spans<T> {
  const times = intervals(
    spans.map(({ from }) => from),
    spans.map(({ to }) => to),
  );
  return { spans, times };
}

/** The payload of a row, or null. */
export function payloadOf(rows: DecodedRows, row: number): Json {
  return rows.payloadAt(rows.payload[row] as number);
}

/** The kind of a row in the trace's words; a number this page does not know stays one. */
export function kindOf(rows: DecodedRows, row: number): string {
  const kind = rows.kind[row] as number;
  return rows.kinds[kind] ?? `row of kind ${kind}`;
}

function readNext({ operations }: TimelineData): Float64Array {
  const next = new Float64Array(operations.length);
  const starts = new Map<number, number>();
  for (let index = operations.length - 1; index >= 0; index--) {
    const { lane, from } = operations[index] as TimelineOperation;
    next[index] = starts.get(lane) ?? Infinity;
    starts.set(lane, from);
  }
  return next;
}

function readInvocations(rows: DecodedRows): Map<number, number> {
  const found = new Map<number, number>();
  const invoke = rows.kinds.indexOf('invoke');
  for (let row = 0; row < rows.length; row++) {
    if (rows.kind[row] === invoke) found.set(rows.ref[row] as number, row);
  }
  return found;
}

function decodeRows(trace: PackedTrace | LiveTrace): DecodedRows {
  if (!('columns' in trace)) {
    const { payloads } = trace;
    return { ...trace, payloadAt: payloadReader(payloads), leadAt: leadReader(payloads) };
  }
  const { length, columns, payloads } = trace;
  const whole = (packed: string): Int32Array => unpackColumn(packed, new Int32Array(length));
  return {
    length,
    kinds: trace.kinds,
    payloadAt: (index) => payloads[index] ?? null,
    // These are read already.
    leadAt: () => undefined,
    time: unpackColumn(columns.time, new Float64Array(length)),
    event: whole(columns.event),
    kind: unpackColumn(columns.kind, new Uint8Array(length)),
    node: whole(columns.node),
    peer: whole(columns.peer),
    ref: whole(columns.ref),
    cause: whole(columns.cause),
    payload: whole(columns.payload),
  };
}
