// The messages of a trace as columns in order of sending: one arrow each, from where it left to where it ended.
import type { Json } from '../../sim/protocol.ts';
import { intervals, visitIntervals, type Intervals } from './intervals.ts';
import type { DecodedRows } from './model.ts';
import { lowerBound, upperBound } from './search.ts';

/** What became of a message. */
export const fate = { inFlight: 0, delivered: 1, lost: 2, refused: 3 } as const;

/** How a message came about: as any other, as a copy that the network made, or held on its link for a while. */
export const manner = { plain: 0, copy: 1, held: 2 } as const;

/** The signs of those that are not plain. */
export const manners = { copy: '2×', held: '‖' } as const;

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
  readonly manner: Uint8Array;
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
  const sendRow = readSends(rows);
  const { length } = sendRow;
  const messages = {
    length,
    sent: new Float64Array(length),
    ended: new Float64Array(length).fill(end),
    from: new Int32Array(length),
    to: new Int32Array(length),
    ...readTypes(rows, sendRow),
    fate: new Uint8Array(length),
    manner: new Uint8Array(length),
    endLane: new Int32Array(length),
    sendRow,
    endRow: new Int32Array(length).fill(-1),
  };
  for (let index = 0; index < length; index++) {
    const row = sendRow[index] as number;
    messages.sent[index] = rows.time[row] as number;
    if (rows.kinds[rows.kind[row] as number] === 'duplicate') messages.manner[index] = manner.copy;
    messages.from[index] = rows.node[row] as number;
    messages.to[index] = rows.peer[row] as number;
    messages.endLane[index] = rows.peer[row] as number;
  }
  readEnds(rows, messages);
  const failed: number[] = [];
  for (let index = 0; index < length; index++) if (isFailed(messages.fate[index] as number)) failed.push(index);
  const ofFailed = (column: Float64Array): Float64Array =>
    Float64Array.from(failed, (index) => column[index] as number);
  return {
    ...messages,
    failed: Int32Array.from(failed),
    ways: intervals(messages.sent, messages.ended),
    failedWays: intervals(ofFailed(messages.sent), ofFailed(messages.ended)),
  };
}

/** The rows that send, in order of time: the order of the trace, but for a trace that was told out of order. */
function readSends({ kind, kinds, length, time }: DecodedRows): Int32Array {
  const isSend = kinds.map((name) => name === 'send' || name === 'duplicate');
  const sends = new Int32Array(length);
  let count = 0;
  let isInOrder = true;
  for (let row = 0; row < length; row++) {
    if (isSend[kind[row] as number] !== true) continue;
    isInOrder &&= count === 0 || (time[sends[count - 1] as number] as number) <= (time[row] as number);
    sends[count++] = row;
  }
  const found = sends.slice(0, count);
  if (isInOrder) return found;
  return found.sort((one, other) => (time[one] as number) - (time[other] as number) || one - other);
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
  // Message numbers are small and dense, so that a column finds them faster than a map.
  let most = -1;
  for (const row of messages.sendRow) most = Math.max(most, rows.ref[row] as number);
  const byNumber = new Int32Array(most + 1).fill(-1);
  messages.sendRow.forEach((row, index) => {
    const number = rows.ref[row] as number;
    if (number >= 0) byNumber[number] = index;
  });
  const endingOf = rows.kinds.map((kind) => endings[kind]);
  const hold = rows.kinds.indexOf('hold');
  for (let row = 0; row < rows.length; row++) {
    const found = endingOf[rows.kind[row] as number];
    const isHeld = rows.kind[row] === hold;
    if (found === undefined && !isHeld) continue;
    const index = byNumber[rows.ref[row] as number] ?? -1;
    if (index < 0) continue;
    if (found === undefined) {
      messages.manner[index] = manner.held;
      continue;
    }
    messages.fate[index] = found;
    messages.ended[index] = Math.max(rows.time[row] as number, messages.sent[index] as number);
    messages.endRow[index] = row;
    messages.endLane[index] = rows.node[row] as number;
  }
}

const endings: Readonly<Record<string, number>> = { deliver: fate.delivered, lose: fate.lost, refuse: fate.refused };

/** Message types by their number of messages, and the type of each message. */
function readTypes(rows: DecodedRows, sends: Int32Array): Pick<Messages, 'types' | 'type'> {
  const type = new Int32Array(sends.length);
  const found: { name: string; count: number }[] = [];
  const byName = new Map<string, number>();
  const byPayload = new Map<number, number>();
  for (let index = 0; index < sends.length; index++) {
    const payload = rows.payload[sends[index] as number] as number;
    let place = byPayload.get(payload);
    if (place === undefined) {
      const lead = rows.leadAt(payload);
      const name = lead?.field === 'type' ? lead.text : messageTypeOf(rows.payloadAt(payload));
      place = byName.get(name) ?? found.push({ name, count: 0 }) - 1;
      byName.set(name, place);
      byPayload.set(payload, place);
    }
    (found[place] as { count: number }).count++;
    type[index] = place;
  }
  const types = found.toSorted((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
  const places = found.map((each) => types.indexOf(each));
  for (let index = 0; index < type.length; index++) type[index] = places[type[index] as number] as number;
  return { types, type };
}

function messageTypeOf(payload: Json): string {
  if (typeof payload === 'string') return payload;
  if (typeof payload !== 'object' || payload === null) return 'message';
  const { type, kind } = payload as { type?: Json; kind?: Json };
  if (typeof type === 'string') return type;
  return typeof kind === 'string' ? kind : 'message';
}
