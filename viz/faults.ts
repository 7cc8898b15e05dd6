// Faults as they really happened: which of the schedule struck, when each began and ended, and which lanes it concerned.
import { describeFault, namesIn, type Fault, type TimedFault } from '../sim/fault.ts';
import type { Json, NodeId } from '../sim/protocol.ts';
import type { Micros } from '../sim/time.ts';
import { kindNumber } from '../sim/trace.ts';
import type { Rows } from './data.ts';

/** A fault that struck. */
export interface FaultSpan {
  /** Its place in the schedule. */
  readonly index: number;
  readonly family: 'process' | 'network' | 'clock' | 'disk' | 'other';
  readonly type: string;
  /** The fault in a few words. */
  readonly label: string;
  readonly from: Micros;
  /** Equal to `from` for what happens in an instant. */
  readonly to: Micros;
  /** True when nothing ended it before the run was over. */
  readonly open: boolean;
  readonly sides: readonly FaultSide[];
  /** The fault as it struck: roles such as `@leader` are resolved. */
  readonly fault: Json;
  /** The row that tells of it, or -1. */
  readonly row: number;
}

/** Lanes that a fault concerns in the same way: one side of a partition, the senders of a one-way cut. */
export interface FaultSide {
  readonly label: string;
  readonly lanes: readonly number[];
}

/** The faults that struck, in order of time; those that were skipped because nobody played their role are left out. Without a trace the schedule is all that is known, so it is shown as planned. */
export function faultSpans(
  schedule: readonly TimedFault[],
  rows: Rows,
  traced: boolean,
  laneNumbers: ReadonlyMap<NodeId, number>,
  end: Micros,
): FaultSpan[] {
  const spans = traced ? recordedSpans(schedule, rows) : plannedSpans(schedule, end);
  return spans
    .map((span): FaultSpan => {
      const type = typeof span.fault.type === 'string' ? span.fault.type : 'fault';
      const momentary = span.to === undefined && momentaryTypes.has(type);
      return {
        index: span.index,
        family: familyOf(type),
        type,
        label: labelOf(span.fault),
        from: span.from,
        to: momentary ? span.from : (span.to ?? end),
        open: span.to === undefined && !momentary,
        sides: sidesOf(span.fault, span.lane, laneNumbers),
        fault: span.fault,
        row: span.row,
      };
    })
    .filter((fault) => fault.type !== 'skipped')
    .sort((one, other) => one.from - other.from || one.index - other.index);
}

interface OpenFault {
  readonly index: number;
  readonly fault: Fault;
  readonly from: Micros;
  to?: Micros;
  readonly lane: number;
  readonly row: number;
}

const crashTypes = ['crash', 'power-loss'];
const momentaryTypes = new Set([
  ...crashTypes,
  'restart',
  'clock-jump',
  'bit-rot',
  'disk-wipe',
  'heal',
  'skipped',
  'fault',
]);

function recordedSpans(schedule: readonly TimedFault[], rows: Rows): OpenFault[] {
  const { trace } = rows;
  const spans: OpenFault[] = [];
  const open = new Map<number, OpenFault>();
  for (let row = 0; row < trace.length; row++) {
    const kind = trace.kind[row];
    const time = trace.time[row] as number;
    if (kind === kindNumber.start) endCrashes(open, rows.node[row] as number, time);
    if (kind !== kindNumber.fault && kind !== kindNumber['fault-end']) continue;
    const index = trace.ref[row] as number;
    if (kind === kindNumber['fault-end']) {
      const ended = open.get(index);
      if (ended !== undefined) ended.to = time;
      open.delete(index);
      continue;
    }
    const payload = rows.payload(trace.payload[row] as number);
    const fault = isFault(payload) ? payload : schedule[index]?.fault;
    const span = {
      index,
      fault: fault ?? ({ type: 'fault' } as unknown as Fault),
      from: time,
      lane: rows.node[row] ?? -1,
      row,
    };
    if (span.fault.type === 'heal') endAll(open, time);
    spans.push(span);
    open.set(index, span);
  }
  return spans;
}

/** A crash is over when its process starts again, whoever started it. */
function endCrashes(open: Map<number, OpenFault>, lane: number, time: Micros): void {
  for (const [index, span] of open) {
    if (span.lane !== lane || !crashTypes.includes(span.fault.type)) continue;
    span.to = time;
    open.delete(index);
  }
}

/** A heal ends every lasting fault, whether or not the trace says so for each. */
function endAll(open: Map<number, OpenFault>, time: Micros): void {
  for (const span of open.values()) if (!momentaryTypes.has(span.fault.type)) span.to = time;
  open.clear();
}

function plannedSpans(schedule: readonly TimedFault[], end: Micros): OpenFault[] {
  return schedule.map(({ at, fault }, index) => {
    const lasts = 'for' in fault ? fault.for : undefined;
    const span = { index, fault, from: Math.min(at, end), lane: -1, row: -1 };
    return lasts === undefined ? span : { ...span, to: Math.min(at + lasts, end) };
  });
}

function isFault(payload: Json | undefined): payload is Json & Fault {
  return typeof payload === 'object' && payload !== null && 'type' in payload && typeof payload.type === 'string';
}

function labelOf(fault: Fault): string {
  try {
    return describeFault(fault);
  } catch {
    return fault.type;
  }
}

function familyOf(type: string): FaultSpan['family'] {
  if (['heal', 'fault'].includes(type)) return 'other';
  if (type.startsWith('clock')) return 'clock';
  if (type.startsWith('disk') || type === 'bit-rot') return 'disk';
  return ['crash', 'power-loss', 'restart', 'pause', 'slow-cpu'].includes(type) ? 'process' : 'network';
}

function sidesOf(fault: Fault, lane: number, laneNumbers: ReadonlyMap<NodeId, number>): FaultSide[] {
  const lanes = (names: readonly string[]): number[] =>
    [...new Set(names.map((name) => laneNumbers.get(name) ?? -1))].filter((at) => at >= 0);
  if (fault.type === 'partition' && Array.isArray(fault.groups)) {
    return fault.groups.map((group, index) => ({
      label: `side ${String.fromCharCode(65 + (index % 26))}`,
      lanes: lanes([group].flat()),
    }));
  }
  const sides = new Map<string, string[]>();
  for (const [field, name] of namesIn(fault)) {
    const label = field === 'node' || field === 'order' ? '' : field;
    sides.set(label, [...(sides.get(label) ?? []), name]);
  }
  const found = [...sides].map(([label, names]) => ({ label, lanes: lanes(names) }));
  const both = found.flatMap((side) => side.lanes).filter((at, place, all) => all.indexOf(at) < place);
  // Lanes on several sides (a link fault among all) are concerned in one way: fully.
  const apart = found.map(({ label, lanes: on }) => ({ label, lanes: on.filter((at) => !both.includes(at)) }));
  const concerned = [{ label: '', lanes: [...new Set(both)] }, ...apart].filter((side) => side.lanes.length > 0);
  return concerned.length === 0 && lane >= 0 ? [{ label: '', lanes: [lane] }] : concerned;
}
