// What the clients did and what the judges say of it: operations paired from the history, findings tied to their evidence.
import type { History } from '../sim/history.ts';
import type { Json, NodeId } from '../sim/protocol.ts';
import type { Micros } from '../sim/time.ts';
import { kindNumber } from '../sim/trace.ts';
import type { Finding } from '../sim/verdict.ts';
import type { Rows } from './data.ts';

/** One operation of a client, from invocation to completion. */
export interface TimelineOperation {
  readonly id: number;
  readonly lane: number;
  readonly process: number;
  readonly f: string;
  readonly from: Micros;
  /** When it completed; null when the run ended first. */
  readonly to: Micros | null;
  /** `open` is an operation that had not completed when the run ended. */
  readonly outcome: 'ok' | 'fail' | 'info' | 'open';
  readonly argument: Json;
  readonly result: Json;
  readonly error: string;
  /** The findings (indices) that it is evidence for. */
  readonly evidence: readonly number[];
}

/** A finding with where to look for it. */
export interface TimelineFinding {
  readonly name: string;
  readonly verdict: 'invalid' | 'unknown';
  readonly reason: string;
  readonly at: Micros;
  readonly event: number;
  readonly operations: readonly number[];
  readonly lanes: readonly number[];
  /** The trace row of the violation, or -1 when a check found it after the run. */
  readonly row: number;
}

/** The operations of a history, in order of invocation. */
export function operationsOf(
  history: History,
  findings: readonly Finding[],
  laneNumbers: ReadonlyMap<NodeId, number>,
): TimelineOperation[] {
  const operations: TimelineOperation[] = [];
  const places = new Map<number, number>();
  for (const event of history) {
    if (event.type === 'invoke') {
      const evidence = findings.flatMap((finding, index) =>
        finding.operations.includes(event.operation) ? [index] : [],
      );
      places.set(event.operation, operations.length);
      operations.push({
        id: event.operation,
        lane: laneNumbers.get(event.client) ?? -1,
        process: event.process,
        f: event.f,
        from: event.time,
        to: null,
        outcome: 'open',
        argument: event.value,
        result: null,
        error: '',
        evidence,
      });
      continue;
    }
    const place = places.get(event.operation) ?? -1;
    const invoked = operations[place];
    if (invoked === undefined) continue;
    const completion = { to: event.time, outcome: event.type, result: event.value, error: event.error ?? '' };
    operations[place] = { ...invoked, ...completion };
  }
  return operations.filter((operation) => operation.lane >= 0);
}

/** The findings in order of time, each with the violation row that the simulator left for it. */
export function findingsOf(
  findings: readonly Finding[],
  rows: Rows,
  laneNumbers: ReadonlyMap<NodeId, number>,
): TimelineFinding[] {
  const violations: number[] = [];
  for (let row = 0; row < rows.trace.length; row++) {
    if (rows.trace.kind[row] === kindNumber.violation) violations.push(row);
  }
  return findings.map((finding) => ({
    name: finding.name,
    verdict: finding.verdict,
    reason: finding.reason,
    at: finding.at,
    event: finding.event,
    operations: finding.operations,
    lanes: finding.nodes.map((id) => laneNumbers.get(id) ?? -1).filter((lane) => lane >= 0),
    row: violations.find((row) => isViolationOf(finding, rows, row)) ?? -1,
  }));
}

function isViolationOf(finding: Finding, rows: Rows, row: number): boolean {
  const payload = rows.payload(rows.trace.payload[row] as number);
  if (typeof payload !== 'object' || payload === null || !('name' in payload)) return false;
  return payload.name === finding.name && rows.trace.time[row] === finding.at;
}
