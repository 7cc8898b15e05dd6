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
  /** The words of a mark, by its place; made when they are asked for. */
  readonly textOf: (index: number) => string;
}

/** Reads the marks; role notes are spans and not among them. */
export function readMarks(rows: DecodedRows, data: TimelineData): Marks {
  const roleRows = new Set(data.roles.map((span) => span.row));
  const typeOfKind = rows.kinds.map(typeOf);
  const found: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    const type = typeOfKind[rows.kind[row] as number] ?? 'quiet';
    if (type === 'elsewhere' || (rows.node[row] as number) < 0 || roleRows.has(row)) continue;
    if (type === 'note' && isRoleNote(rows, row)) continue;
    if (type === 'start' && (rows.ref[row] as number) <= 1 && (rows.time[row] as number) <= 0) continue;
    found.push(row);
  }
  const row = Int32Array.from(found);
  row.sort((one, other) => (rows.time[one] as number) - (rows.time[other] as number) || one - other);
  return {
    length: row.length,
    time: Float64Array.from(row, (each) => rows.time[each] as number),
    lane: row.map((each) => rows.node[each] as number),
    row,
    type: Array.from(row, (each) => (typeOfKind[rows.kind[each] as number] ?? 'quiet') as MarkType),
    textOf: (index) => textOf(rows, row[index] as number),
  };
}

/** A note in a few words: its kind and its plain fields. */
export function noteText(payload: Json): string {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return String(payload);
  const { kind, ...rest } = payload as { kind?: Json; [key: string]: Json | undefined };
  // A field that is called like its note says nothing twice.
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key === kind ? '' : `${key} `}${shortJson(value ?? null)}`,
  );
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

function typeOf(kind: string): MarkType | 'elsewhere' {
  if (drawnOtherwise.has(kind)) return 'elsewhere';
  switch (kind) {
    case 'note':
    case 'start':
      return kind;
    case 'unsynced':
      return 'alarm';
    default:
      return 'quiet';
  }
}

function textOf(rows: DecodedRows, row: number): string {
  switch (rows.kinds[rows.kind[row] as number]) {
    case 'note':
      return noteText(rows.payloadAt(rows.payload[row] as number));
    case 'unsynced':
      return `${rows.ref[row]} unsynced lost`;
    case 'start':
      return 'restart';
    default:
      return '';
  }
}

function isRoleNote(rows: DecodedRows, row: number): boolean {
  const index = rows.payload[row] as number;
  const lead = rows.leadAt(index);
  if (lead?.field === 'kind') return lead.text === 'role';
  const payload = rows.payloadAt(index);
  return typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'role';
}
