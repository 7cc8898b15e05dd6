// Where a step leads: to the next event, to the next message of one node, to the cause or an effect of what is shown, to
// the next fault, role change or violation. A step is a row of the trace.
import { kindOf, type Model } from './model.ts';
import { lowerBound, upperBound } from './search.ts';

export type Direction = 1 | -1;

/** What a jump looks for. */
export type Notable = 'fault' | 'role' | 'violation';

/** The last row that happened at or before a time; -1 before the first. */
export function rowAt({ rows }: Model, time: number): number {
  return upperBound(rows.time, time) - 1;
}

/** The first row of the next event, or of the one before. */
export function stepEvent({ rows }: Model, row: number, direction: Direction): number | undefined {
  const event = rows.event[row] ?? -1;
  if (direction === 1) return within(rows.length, upperBound(rows.event, event));
  const first = lowerBound(rows.event, event);
  return first === 0 ? undefined : lowerBound(rows.event, rows.event[first - 1] as number);
}

/** The next row at which a lane sends or receives a message, or at which one of its messages is lost. */
export function stepMessage(model: Model, row: number, lane: number, direction: Direction): number | undefined {
  const { rows, messageOfRow } = model;
  for (let next = row + direction; next >= 0 && next < rows.length; next += direction) {
    if ((messageOfRow[next] as number) >= 0 && rows.node[next] === lane) return next;
  }
  return undefined;
}

/** The row that caused this one. */
export function causeOf({ rows }: Model, row: number): number | undefined {
  return within(rows.length, rows.cause[row] ?? -1);
}

/** The first row that this one caused: what a message's sender sent arrives, what was received is acted upon. */
export function effectOf({ rows }: Model, row: number): number | undefined {
  for (let next = row + 1; next < rows.length; next++) if (rows.cause[next] === row) return next;
  return undefined;
}

/** The next row of a kind that matters, by time. */
export function stepNotable(model: Model, row: number, what: Notable, direction: Direction): number | undefined {
  const wanted = notableRows(model, what);
  return direction === 1 ? wanted.find((each) => each > row) : wanted.findLast((each) => each < row);
}

function notableRows({ data, rows }: Model, what: Notable): number[] {
  switch (what) {
    case 'fault':
      return [...data.faults.map((fault) => fault.row), ...data.bands.map((band) => band.row)]
        .filter((row) => row >= 0)
        .sort(ascending);
    case 'role':
      return data.roles.map((span) => span.row).sort(ascending);
    case 'violation':
      return data.findings
        .map((finding) => (finding.row >= 0 ? finding.row : lowerBound(rows.time, finding.at)))
        .filter((row) => row < rows.length)
        .sort(ascending);
  }
}

/** Whether a row belongs to the world's own bookkeeping and is seldom worth a stop. */
export function isQuietRow({ rows }: Model, row: number): boolean {
  const kind = kindOf(rows, row);
  return kind === 'set-timer' || kind === 'write';
}

const ascending = (one: number, other: number): number => one - other;

const within = (length: number, row: number): number | undefined => (row >= 0 && row < length ? row : undefined);
