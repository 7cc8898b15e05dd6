// Two runs side by side: which of the things that decided them differ, and the first thing that went differently.
import { lineAt, linesBefore } from './moment.ts';
import type { Run } from './run.ts';
import type { Micros } from './time.ts';
import { kindNumber, type Trace } from './trace.ts';

/** Where two runs part. */
export interface Parting {
  /** The number of the event, from 0; what happened before it is common. */
  readonly event: number;
  /** When the earlier of the two differing events happens: up to then the runs look the same. */
  readonly time: Micros;
  /** What each run does there, in words; absent in a run that is over by then. */
  readonly one?: string;
  readonly other?: string;
  /** The last common lines before it. */
  readonly before: readonly string[];
}

/**
 * The first difference between two runs that were simulated with `trace: true`; undefined when they are the same.
 * @throws RangeError when one has no trace.
 */
export function partingOf(one: Run, other: Run, context = 5): Parting | undefined {
  if (one.trace === undefined || other.trace === undefined) {
    throw new RangeError('both runs need a trace: simulate them with `trace: true`');
  }
  if (one.hash === other.hash) return undefined;
  const [row, otherRow] = firstDifferentRows(one.trace, other.trace);
  const longer = row < one.trace.length ? { trace: one.trace, row } : { trace: other.trace, row: otherRow };
  const times = [one.trace.time[row], other.trace.time[otherRow]].filter((time) => time !== undefined);
  const lines = { one: lineAt(one, row), other: lineAt(other, otherRow) };
  return {
    event: longer.trace.event[longer.row] ?? one.events,
    time: times.length > 0 ? Math.min(...times) : one.simulatedUs,
    ...(lines.one === undefined ? {} : { one: lines.one }),
    ...(lines.other === undefined ? {} : { other: lines.other }),
    before: linesBefore(one, row, context),
  };
}

/** What decided the runs and is not equal: `scenario`, `seed`, `until`, `parameters.nodes`, `faults`, `workload`. */
export function differentInputs(one: Run, other: Run): string[] {
  const parameters = [...new Set([...Object.keys(one.parameters), ...Object.keys(other.parameters)])];
  return [
    ...(['scenario', 'seed', 'until'] as const).filter((name) => one[name] !== other[name]),
    ...parameters.filter((name) => one.parameters[name] !== other.parameters[name]).map((name) => `parameters.${name}`),
    ...(['faults', 'workload'] as const).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name])),
  ];
}

/** The first rows that differ. Rows that are not hashed are no difference, so that the two need not be of one number. */
function firstDifferentRows(one: Trace, other: Trace): [row: number, otherRow: number] {
  let row = nextHashed(one, 0);
  let otherRow = nextHashed(other, 0);
  while (row < one.length && otherRow < other.length && sameRow(one, row, other, otherRow)) {
    row = nextHashed(one, row + 1);
    otherRow = nextHashed(other, otherRow + 1);
  }
  return [row, otherRow];
}

function nextHashed(trace: Trace, from: number): number {
  let row = from;
  while (row < trace.length && (trace.kind[row] as number) >= kindNumber['set-timer']) row++;
  return row;
}

function sameRow(one: Trace, row: number, other: Trace, otherRow: number): boolean {
  const name = (trace: Trace, node: number | undefined): string | undefined => trace.nodes[node ?? -1];
  const payload = (trace: Trace, at: number): string | undefined => trace.payloads[trace.payload[at] ?? -1];
  return (
    one.time[row] === other.time[otherRow] &&
    one.event[row] === other.event[otherRow] &&
    one.kind[row] === other.kind[otherRow] &&
    one.ref[row] === other.ref[otherRow] &&
    name(one, one.node[row]) === name(other, other.node[otherRow]) &&
    name(one, one.peer[row]) === name(other, other.peer[otherRow]) &&
    payload(one, row) === payload(other, otherRow)
  );
}
