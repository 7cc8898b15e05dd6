// The messages of a trace as columns in order of sending: one arrow each, from where it left to where it ended.
import type { Json } from '../../sim/protocol.ts';
import { intervals, visitIntervals, type Intervals } from './intervals.ts';
import type { DecodedRows } from './model.ts';
import { lowerBound, upperBound } from './search.ts';

/** What became of a message. */

export const fate = { inFlight: 0, delivered: 1, lost: 2, refused: 3 } as const;

/** All messages. Lanes and rows are indices, -1 for none. */
export interface Messages {
  readonly length: number;
  readonly sent: Float64Array;
  readonly ended: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Index into `types`. */
  readonly type: Int32Array;
  readonly fate: Uint8Array;
  /** The lane at which a lost message was lost. */
  readonly endLane: Int32Array;
  readonly sendRow: Int32Array;
  readonly endRow: Int32Array;
  readonly types: readonly MessageType[];
  /** The messages that were lost or refused, in order of sending: they are few and always drawn. */
  readonly failed: Int32Array;
  /** When each was on its way; `failedWays` of those in `failed`. */
  readonly ways: Intervals;
  readonly failedWays: Intervals;
}

export interface MessageType {
  readonly name: string;
  readonly count: number;
}

/** Reads the messages out of the rows. */
export function readMessages(rows: DecodedRows, end: number): Messages {
  const sends: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    const kind = rows.kinds[rows.kind[row] as number];
    if (kind === 'send' || kind === 'duplicate') sends.push(row);
  }
  sends.sort((one, other) => (rows.time[one] as number) - (rows.time[other] as number) || one - other);
  const length = sends.length;
  const { types, typeOf } = readTypes(rows, sends);
  const messages = {
    length,
    sent: Float64Array.from(sends, (row) => rows.time[row] as number),
    ended: new Float64Array(length).fill(end),
    from: Int32Array.from(sends, (row) => rows.node[row] as number),
    to: Int32Array.from(sends, (row) => rows.peer[row] as number),
    type: typeOf,
    fate: new Uint8Array(length),
    endLane: Int32Array.from(sends, (row) => rows.peer[row] as number),
    sendRow: Int32Array.from(sends),
    endRow: new Int32Array(length).fill(-1),
    types,
  };
  readEnds(rows, messages);
  const failed = Int32Array.from(sends.keys()).filter((index) => isFailed(messages.fate[index] as number));
  const ofFailed = (column: Float64Array): Float64Array =>
    Float64Array.from(failed, (index) => column[index] as number);
  return {
    ...messages,
    failed,
    ways: intervals(messages.sent, messages.ended),
    failedWays: intervals(ofFailed(messages.sent), ofFailed(messages.ended)),
  };
}

/** Whether a message of this fate was not delivered, and the trace says so. */
export function isFailed(what: number): boolean {
  return what === fate.lost || what === fate.refused;
}

/** Calls `visit` with each message that is on its way at some time in [from, to], until it returns false. */
export function visitMessages(messages: Messages, from: number, to: number, visit: (index: number) => boolean): void {
  visitIntervals(messages.ways, from, to, visit);
}

/** The same for those that were lost or refused. */
export function visitFailed(messages: Messages, from: number, to: number, visit: (index: number) => void): void {
  visitIntervals(messages.failedWays, from, to, (place) => {
    visit(messages.failed[place] as number);
    return true;
  });
}

/** How many messages were sent in [from, to]: near enough to the visible ones, and cheap. */
export function countSent(messages: Messages, from: number, to: number): number {
  return upperBound(messages.sent, to) - lowerBound(messages.sent, from);
}

function readEnds(rows: DecodedRows, messages: Omit<Messages, 'failed' | 'ways' | 'failedWays'>): void {
  const byNumber = new Map<number, number>();
  for (let index = 0; index < messages.length; index++) {
    byNumber.set(rows.ref[messages.sendRow[index] as number] as number, index);
  }
  for (let row = 0; row < rows.length; row++) {
    const found = endings[rows.kinds[rows.kind[row] as number] ?? ''];
    if (found === undefined) continue;
    const index = byNumber.get(rows.ref[row] as number);
    if (index === undefined) continue;
    messages.fate[index] = found;
    messages.ended[index] = Math.max(rows.time[row] as number, messages.sent[index] as number);
    messages.endRow[index] = row;
    messages.endLane[index] = rows.node[row] as number;
  }
}

const endings: Readonly<Record<string, number>> = { deliver: fate.delivered, lose: fate.lost, refuse: fate.refused };

/** Message types by their number of messages, and the type of each message. */
function readTypes(rows: DecodedRows, sends: readonly number[]): { types: MessageType[]; typeOf: Int32Array } {
  const nameOf = new Map<number, string>();
  const counts = new Map<string, number>();
  const names = sends.map((row) => {
    const payload = rows.payload[row] as number;
    let name = nameOf.get(payload);
    if (name === undefined) nameOf.set(payload, (name = messageTypeOf(rows.payloadAt(payload))));
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return name;
  });
  const types = [...counts].map(([name, count]) => ({ name, count }));
  types.sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
  const places = new Map(types.map((type, index) => [type.name, index]));
  return { types, typeOf: Int32Array.from(names, (name) => places.get(name) ?? 0) };
}

function messageTypeOf(payload: Json): string {
  if (typeof payload === 'string') return payload;
  if (typeof payload !== 'object' || payload === null) return 'message';
  const { type, kind } = payload as { type?: Json; kind?: Json };
  if (typeof type === 'string') return type;
  return typeof kind === 'string' ? kind : 'message';
}
