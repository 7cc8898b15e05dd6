// The small things on lanes: notes, timers, disk syncs, restarts and rows of kinds this page does not know.
import type { Json } from '../../sim/protocol.ts';
import type { TimelineData } from '../data.ts';
import type { DecodedRows } from './model.ts';

/** How a mark is drawn: notes and alarms with text, quiet ones as ticks that only show when there is room. */
export type MarkType = 'note' | 'alarm' | 'start' | 'quiet';

/** Marks as columns, in order of time. */
export interface Marks {
  readonly length: number;
  readonly time: Float64Array;
  readonly lane: Int32Array;
  readonly row: Int32Array;
  readonly type: readonly MarkType[];
  readonly text: readonly string[];
}

/** Reads the marks; role notes are spans and not among them. */
export function readMarks(rows: DecodedRows, data: TimelineData): Marks {
  const found: { row: number; type: MarkType; text: string }[] = [];
  const roleRows = new Set(data.roles.map((span) => span.row));
  for (let row = 0; row < rows.length; row++) {
    if ((rows.node[row] as number) < 0 || roleRows.has(row)) continue;
    const mark = readMark(rows, row);
    if (mark !== undefined) found.push({ row, ...mark });
  }
  found.sort((one, other) => (rows.time[one.row] as number) - (rows.time[other.row] as number) || one.row - other.row);
  return {
    length: found.length,
    time: Float64Array.from(found, ({ row }) => rows.time[row] as number),
    lane: Int32Array.from(found, ({ row }) => rows.node[row] as number),
    row: Int32Array.from(found, ({ row }) => row),
    type: found.map(({ type }) => type),
    text: found.map(({ text }) => text),
  };
}

/** A note in a few words: its kind and its plain fields. */
export function noteText(payload: Json): string {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return String(payload);
  const { kind, ...rest } = payload as { kind?: Json; [key: string]: Json | undefined };
  const fields = Object.entries(rest).map(([key, value]) => `${key} ${shortJson(value ?? null)}`);
  return [typeof kind === 'string' ? kind : 'note', ...fields].join(' ');
}

/** JSON for a label: strings without quotes where that is clear, cut where it is long. */
export function shortJson(value: Json, limit = 40): string {
  const text = typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** Rows that are drawn as something else than a mark. */
const drawnOtherwise = new Set(
  'send deliver lose duplicate hold refuse invoke ok fail info crash pause resume fault fault-end violation set-timer timer write synced'.split(
    ' ',
  ),
);

function readMark(rows: DecodedRows, row: number): { type: MarkType; text: string } | undefined {
  const kind = rows.kinds[rows.kind[row] as number];
  if (kind === undefined) return { type: 'quiet', text: '' };
  if (drawnOtherwise.has(kind)) return undefined;
  const payload = rows.payloadAt(rows.payload[row] as number);
  switch (kind) {
    case 'note':
      return isRoleNote(payload) ? undefined : { type: 'note', text: noteText(payload) };
    case 'unsynced':
      return { type: 'alarm', text: `${rows.ref[row]} unsynced lost` };
    case 'start':
      return (rows.ref[row] as number) > 1 || (rows.time[row] as number) > 0
        ? { type: 'start', text: 'restart' }
        : undefined;
    default:
      return { type: 'quiet', text: '' };
  }
}

function isRoleNote(payload: Json): boolean {
  return typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'role';
}
