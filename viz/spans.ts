// What lasts on a lane: when its process was down, paused or not yet born, and which role it played, read from the trace.
import type { Json } from '../sim/protocol.ts';
import type { Micros } from '../sim/time.ts';
import { kindNumber } from '../sim/trace.ts';
import type { Rows } from './data.ts';

/** A time in which a lane's process did not run. */
export interface Band {
  readonly type: 'down' | 'paused' | 'unborn';
  readonly lane: number;
  readonly from: Micros;
  readonly to: Micros;
  /** True when it still lasted at the end of the run. */
  readonly open: boolean;
  /** How it came to it, in the trace's words; empty when the trace does not say. */
  readonly reason: string;
  /** The row that began it, or -1. */
  readonly row: number;
}

/** A time in which a node noted that it plays a role. */
export interface RoleSpan {
  readonly lane: number;
  readonly role: string;
  /** What the note said besides: `term 3`. */
  readonly detail: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly row: number;
}

/** The bands and roles of all lanes, each list in order of time. */
export function laneSpans(rows: Rows, lanes: number, end: Micros): { bands: Band[]; roles: RoleSpan[] } {
  const states = Array.from({ length: lanes }, (_, lane): LaneState => ({ lane, born: false }));
  const found = { bands: [] as Band[], roles: [] as RoleSpan[] };
  const { trace } = rows;
  for (let row = 0; row < trace.length; row++) {
    const state = states[rows.node[row] as number];
    if (state !== undefined) readRow(state, rows, row, found);
  }
  for (const state of states) {
    closeBand(state, 'down', end, found.bands, true);
    closeBand(state, 'paused', end, found.bands, true);
    closeRole(state, end, found.roles);
  }
  found.bands.sort((one, other) => one.from - other.from);
  found.roles.sort((one, other) => one.from - other.from || one.row - other.row);
  return found;
}

interface LaneState {
  readonly lane: number;
  born: boolean;
  down?: OpenSpan | undefined;
  paused?: OpenSpan | undefined;
  role?: (OpenSpan & { role: string; detail: string }) | undefined;
}

interface OpenSpan {
  readonly from: Micros;
  readonly row: number;
  readonly reason: string;
}

function readRow(state: LaneState, rows: Rows, row: number, found: { bands: Band[]; roles: RoleSpan[] }): void {
  const time = rows.trace.time[row] as number;
  switch (rows.trace.kind[row]) {
    case kindNumber.start:
      if (!state.born && time > 0) {
        found.bands.push({ type: 'unborn', lane: state.lane, from: 0, to: time, open: false, reason: '', row });
      }
      state.born = true;
      closeBand(state, 'down', time, found.bands, false);
      closeRole(state, time, found.roles);
      break;
    case kindNumber.crash:
      closeBand(state, 'paused', time, found.bands, false);
      closeRole(state, time, found.roles);
      state.down ??= { from: time, row, reason: textOf(payloadOf(rows, row)) };
      break;
    case kindNumber.pause:
      state.paused ??= { from: time, row, reason: textOf(payloadOf(rows, row)) };
      break;
    case kindNumber.resume:
      closeBand(state, 'paused', time, found.bands, false);
      break;
    case kindNumber.note:
      // Most notes are of something else: they are told apart by their texts, which is far cheaper than to read them.
      if (rows.trace.payloads[rows.trace.payload[row] as number]?.includes('"kind":"role"') === true)
        readNote(state, payloadOf(rows, row), time, row, found.roles);
      break;
    default:
  }
}

function readNote(state: LaneState, payload: Json, time: Micros, row: number, roles: RoleSpan[]): void {
  if (typeof payload !== 'object' || payload === null || !('kind' in payload) || payload.kind !== 'role') return;
  // Where it came from is the span before.
  const { kind: _, role, from: _from, ...rest } = payload as { readonly [key: string]: Json };
  const name = typeof role === 'string' ? role : JSON.stringify(role ?? null);
  const detail = Object.entries(rest)
    .flatMap(([key, value]) =>
      typeof value === 'number' ? [`${key} ${value}`] : typeof value === 'string' ? [value] : [],
    )
    .join(', ');
  if (state.role?.role === name && state.role.detail === detail) return;
  closeRole(state, time, roles);
  state.role = { from: time, row, reason: '', role: name, detail };
}

function closeBand(state: LaneState, type: 'down' | 'paused', time: Micros, bands: Band[], open: boolean): void {
  const span = state[type];
  if (span === undefined) return;
  bands.push({ type, lane: state.lane, from: span.from, to: time, open, reason: span.reason, row: span.row });
  state[type] = undefined;
}

function closeRole(state: LaneState, time: Micros, roles: RoleSpan[]): void {
  if (state.role === undefined) return;
  const { role, detail, from, row } = state.role;
  roles.push({ lane: state.lane, role, detail, from, to: time, row });
  state.role = undefined;
}

const payloadOf = (rows: Rows, row: number): Json => rows.payload(rows.trace.payload[row] as number);

function textOf(payload: Json): string {
  if (payload === null) return '';
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
}
