// What the timeline is drawn from: one JSON document made from a run. Everything that needs judgement (who was down when,
// which fault lasted how long, who led) is decided here, once, so that the page only lays out and draws.
import type { Json, NodeId } from '../sim/protocol.ts';
import type { Reached, Run, Statistics } from '../sim/run.ts';
import type { Parameters } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import { traceKinds, type Trace } from '../sim/trace.ts';
import type { Verdict } from '../sim/verdict.ts';
import { packColumn, type PackedColumn } from './columns.ts';
import { joinPayloads, type LiveTrace } from './live.ts';
import { heldOf, type HeldSpan } from './held.ts';
import type { RunRequest } from './request.ts';
import { faultSpans, type FaultSpan } from './faults.ts';
import { findingsOf, operationsOf, type TimelineFinding, type TimelineOperation } from './operations.ts';
import { laneSpans, type Band, type RoleSpan } from './spans.ts';

export type { FaultSpan } from './faults.ts';
export type { HeldSpan } from './held.ts';
export type { LiveTrace } from './live.ts';
export type { TimelineFinding, TimelineOperation } from './operations.ts';
export type { Band, RoleSpan } from './spans.ts';

/** What a run does not know of itself. */
export interface About {
  /** The scenario's story, one line. */
  readonly story: string;
  /** The version of Faultline that ran it. */
  readonly version: string;
  /** The command that makes this very run again. */
  readonly reproduce: string;
}

/** A run as the timeline needs it: from a file, with its trace packed, or from the simulator in the page. */
export type TimelineData = PackedTimeline | LiveTimeline;

export interface PackedTimeline extends TimelineFacts {
  readonly trace: PackedTrace;
}

export interface LiveTimeline extends TimelineFacts {
  readonly trace: LiveTrace;
}

/** All of a run but its trace. All times are true virtual microseconds; lanes are indices into `lanes`. */
export interface TimelineFacts extends About {
  readonly format: 2;
  /** Everything that decided the run: asked for again, it is the same run. */
  readonly request: RunRequest;
  readonly scenario: string;
  readonly seed: string;
  readonly hash: string;
  readonly verdict: Verdict;
  readonly parameters: Parameters;
  readonly events: number;
  readonly simulatedUs: Micros;
  readonly healAt: Micros;
  /** The last instant to be drawn; always after 0. */
  readonly end: Micros;
  readonly lanes: readonly Lane[];
  readonly bands: readonly Band[];
  readonly roles: readonly RoleSpan[];
  readonly faults: readonly FaultSpan[];
  readonly operations: readonly TimelineOperation[];
  /** Who had which lock, by what the clients were told. */
  readonly held: readonly HeldSpan[];
  readonly findings: readonly TimelineFinding[];
  readonly sometimes: readonly Reached[];
  readonly statistics: Statistics;
  /** Why the page cannot run it again, where it cannot. */
  readonly recordedOnly?: string;
}

/** A horizontal line of the picture. */
export interface Lane {
  readonly id: NodeId;
  readonly type: 'node' | 'client';
}

/** The trace's columns, packed; `node` and `peer` are lanes or -1. */
export interface PackedTrace {
  readonly length: number;
  readonly kinds: readonly string[];
  readonly columns: Readonly<Record<TraceColumn, PackedColumn>>;
  readonly payloads: readonly Json[];
  /** Rows that the recorder had no room for. */
  readonly dropped: number;
}

export type TraceColumn = 'time' | 'event' | 'kind' | 'node' | 'peer' | 'ref' | 'cause' | 'payload';

/** The timeline of a run, for a file. A run without a trace shows its operations, faults and findings alone. */
export function timelineOf(run: Run, about: About): PackedTimeline {
  const { facts, trace, rows } = factsOf(run, about);
  return { ...facts, trace: packTrace(trace, rows) };
}

/** The timeline of a run, with its trace as arrays of its own, which can move to another thread while the run stays. */
export function liveTimelineOf(run: Run, about: About): LiveTimeline {
  const { facts, trace, rows } = factsOf(run, about);
  const { length, time, event, kind, ref, cause, payload, payloads, dropped } = trace;
  const { node, peer } = rows;
  const columns = {
    time: time.slice(),
    event: event.slice(),
    kind: kind.slice(),
    node,
    peer,
    ref: ref.slice(),
    cause: cause.slice(),
    payload: payload.slice(),
  };
  return { ...facts, trace: { length, kinds: traceKinds, ...columns, payloads: joinPayloads(payloads), dropped } };
}

function factsOf(run: Run, about: About): { facts: TimelineFacts; trace: Trace; rows: Rows } {
  const trace = run.trace ?? emptyTrace;
  const lanes = lanesOf(run, trace);
  const laneNumbers = new Map(lanes.map((lane, index) => [lane.id, index]));
  const rows = readRows(trace, laneNumbers);
  const end = Math.max(1, run.simulatedUs, lastTime(trace), run.history.at(-1)?.time ?? 0);
  const { bands, roles } = laneSpans(rows, lanes.length, end);
  const facts: TimelineFacts = {
    format: 2,
    request: requestOf(run),
    story: about.story,
    version: about.version,
    reproduce: about.reproduce,
    scenario: run.scenario,
    seed: run.seed,
    hash: run.hash,
    verdict: run.verdict,
    parameters: run.parameters,
    events: run.events,
    simulatedUs: run.simulatedUs,
    healAt: run.healAt,
    end,
    lanes,
    bands,
    roles,
    faults: faultSpans(run.faults, rows, run.trace !== undefined, laneNumbers, end),
    operations: operationsOf(run.history, run.findings, laneNumbers),
    held: heldOf(run.history, laneNumbers),
    findings: findingsOf(run.findings, rows, laneNumbers),
    sometimes: run.sometimes,
    statistics: run.statistics,
  };
  return { facts, trace, rows };
}

function requestOf(run: Run): RunRequest {
  const { scenario, seed, parameters, until, faults, workload } = run;
  const bound = run.simulatedUs < run.until ? { maxEvents: run.events } : {};
  return { scenario, seed, parameters, until, faults, workload, ...bound };
}

/** The trace with lanes for nodes and parsed payloads: what the span builders read. */
export interface Rows {
  readonly trace: Trace;
  readonly node: Int32Array;
  readonly peer: Int32Array;
  /** The payload of a number that the trace's column `payload` holds; null for -1. */
  payload(index: number): Json;
}

const emptyTrace: Trace = {
  nodes: [],
  length: 0,
  time: new Float64Array(0),
  event: new Int32Array(0),
  kind: new Uint8Array(0),
  node: new Int32Array(0),
  peer: new Int32Array(0),
  ref: new Int32Array(0),
  cause: new Int32Array(0),
  payload: new Int32Array(0),
  payloads: [],
  dropped: 0,
};

/** The nodes, then the clients, then whoever else the trace names. */
function lanesOf(run: Run, trace: Trace): Lane[] {
  const clients = new Set(run.clients);
  const known = new Set([...run.nodes, ...run.clients]);
  return [
    ...run.nodes.filter((id) => !clients.has(id)).map((id): Lane => ({ id, type: 'node' })),
    ...trace.nodes.filter((id) => !known.has(id)).map((id): Lane => ({ id, type: 'node' })),
    ...run.clients.map((id): Lane => ({ id, type: 'client' })),
  ];
}

function readRows(trace: Trace, laneNumbers: ReadonlyMap<NodeId, number>): Rows {
  const lanes = trace.nodes.map((id) => laneNumbers.get(id) ?? -1);
  return {
    trace,
    node: trace.node.map((index) => lanes[index] ?? -1),
    peer: trace.peer.map((index) => lanes[index] ?? -1),
    payload: readPayloads(trace),
  };
}

/** Parses a payload when it is asked for, and only then. */
function readPayloads(trace: Trace): (index: number) => Json {
  const parsed: Json[] = [];
  return (index) => (index < 0 ? null : (parsed[index] ??= parsePayload(trace.payloads[index] ?? 'null')));
}

function parsePayload(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function lastTime(trace: Trace): Micros {
  let last = 0;
  for (let row = 0; row < trace.length; row++) last = Math.max(last, trace.time[row] as number);
  return last;
}

function packTrace(trace: Trace, rows: Rows): PackedTrace {
  const { time, event, kind, ref, cause, payload } = trace;
  const columns = { time, event, kind, node: rows.node, peer: rows.peer, ref, cause, payload };
  return {
    length: trace.length,
    kinds: traceKinds,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, packColumn(column)]),
    ) as PackedTrace['columns'],
    payloads: trace.payloads.map(parsePayload),
    dropped: trace.dropped,
  };
}
