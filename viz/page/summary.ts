// What happened in a stretch of time, in numbers: messages by type with their losses and latencies, faults, role changes,
// outages, operations by kind and outcome, disk writes.
import type { TimelineOperation } from '../data.ts';
import { visitIntervals } from './intervals.ts';
import { fate, isFailed } from './messages.ts';
import { kindOf, type Model } from './model.ts';
import { lowerBound, upperBound } from './search.ts';
import type { TimeWindow } from './view.ts';
import { lossReason } from './words.ts';

/** How long something took, in microseconds. */
export interface Latency {
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

export interface TypeSummary {
  readonly name: string;
  readonly sent: number;
  readonly delivered: number;
  /** Lost, or refused where nothing listened. */
  readonly lost: number;
  /** Of those that were delivered. */
  readonly latency: Latency | undefined;
}

export interface OperationSummary {
  readonly f: string;
  readonly ok: number;
  readonly fail: number;
  /** Without a known outcome, or not completed when the run ended. */
  readonly unknown: number;
  /** Of those that are known to have happened. */
  readonly latency: Latency | undefined;
}

/** Messages count when they were sent, operations when they were invoked. Faults, outages and findings by their place. */
export interface Summary {
  readonly window: TimeWindow;
  readonly events: number;
  readonly messages: readonly TypeSummary[];
  readonly losses: readonly (readonly [reason: string, count: number])[];
  readonly operations: readonly OperationSummary[];
  readonly faults: readonly number[];
  readonly outages: readonly number[];
  readonly findings: readonly number[];
  /** Moves between roles, `n1: follower → candidate`, in order of time, and how many there were in all. */
  readonly roleChanges: readonly string[];
  readonly timersFired: number;
  readonly writes: { readonly issued: number; readonly synced: number; readonly lost: number };
}

/** Counts what happened in [from, to]. */
export function summarize(model: Model, window: TimeWindow): Summary {
  const { data, rows } = model;
  const first = lowerBound(rows.time, window.from);
  const last = upperBound(rows.time, window.to);
  const touches = ({ from, to }: { from: number; to: number }): boolean => from <= window.to && to >= window.from;
  return {
    window,
    events: first < last ? (rows.event[last - 1] as number) - (rows.event[first] as number) + 1 : 0,
    ...messagesIn(model, window),
    operations: operationsIn(data.operations, window),
    faults: placesOf(data.faults, touches),
    outages: placesOf(data.bands, (band) => band.type !== 'unborn' && touches(band)),
    findings: placesOf(data.findings, ({ at }) => at >= window.from && at <= window.to),
    roleChanges: roleChangesIn(model, window),
    ...rowsIn(model, first, last),
    writes: writesIn(model, window),
  };
}

/** Quantiles by rank; undefined of nothing. */
export function latencyOf(durations: number[]): Latency | undefined {
  if (durations.length === 0) return undefined;
  durations.sort((one, other) => one - other);
  const at = (share: number): number =>
    durations[Math.min(durations.length - 1, Math.ceil(share * durations.length) - 1)] as number;
  return { median: at(0.5), p99: at(0.99), longest: durations.at(-1) as number };
}

function messagesIn(model: Model, { from, to }: TimeWindow): Pick<Summary, 'messages' | 'losses'> {
  const { messages } = model;
  const counts = messages.types.map(() => ({ sent: 0, delivered: 0, lost: 0, took: [] as number[] }));
  const losses = new Map<string, number>();
  const last = upperBound(messages.sent, to);
  for (let index = lowerBound(messages.sent, from); index < last; index++) {
    const count = counts[messages.type[index] as number];
    if (count === undefined) continue;
    count.sent++;
    const end = messages.fate[index] as number;
    if (end === fate.delivered) {
      count.delivered++;
      count.took.push((messages.ended[index] as number) - (messages.sent[index] as number));
    } else if (isFailed(end)) {
      count.lost++;
      const reason = end === fate.refused ? 'nothing listened' : lossReason(model, index);
      losses.set(reason, (losses.get(reason) ?? 0) + 1);
    }
  }
  return {
    messages: counts
      .map(({ took, ...count }, type) => ({
        name: messages.types[type]?.name ?? '',
        ...count,
        latency: latencyOf(took),
      }))
      .filter(({ sent }) => sent > 0),
    losses: [...losses].sort((one, other) => other[1] - one[1]),
  };
}

function operationsIn(operations: readonly TimelineOperation[], window: TimeWindow): OperationSummary[] {
  const kinds = new Map<string, { ok: number; fail: number; unknown: number; took: number[] }>();
  for (const { f, from, to, outcome } of operations) {
    if (from < window.from || from > window.to) continue;
    const kind = kinds.get(f) ?? { ok: 0, fail: 0, unknown: 0, took: [] };
    kinds.set(f, kind);
    kind[outcome === 'ok' || outcome === 'fail' ? outcome : 'unknown']++;
    if (outcome === 'ok' && to !== null) kind.took.push(to - from);
  }
  return [...kinds].map(([f, { took, ...counts }]) => ({ f, ...counts, latency: latencyOf(took) }));
}

function roleChangesIn({ data, rolesByLane }: Model, { from, to }: TimeWindow): string[] {
  const changes = rolesByLane.flatMap((spans, lane) =>
    spans.flatMap((span, index) => {
      const before = spans[index - 1]?.role;
      if (span.from < from || span.from > to || before === span.role) return [];
      const move = before === undefined ? span.role : `${before} → ${span.role}`;
      return [{ time: span.from, words: `${data.lanes[lane]?.id}: ${move}` }];
    }),
  );
  return changes.sort((one, other) => one.time - other.time).map(({ words }) => words);
}

function rowsIn(model: Model, first: number, last: number): Pick<Summary, 'timersFired'> {
  let timersFired = 0;
  for (let row = first; row < last; row++) if (kindOf(model.rows, row) === 'timer') timersFired++;
  return { timersFired };
}

/** Writes count where they were issued. */
function writesIn({ disks }: Model, { from, to }: TimeWindow): Summary['writes'] {
  const writes = { issued: 0, synced: 0, lost: 0 };
  visitIntervals(disks.times, from, to, (index) => {
    const span = disks.spans[index];
    if (span === undefined || span.from < from) return true;
    writes.issued += span.writes;
    if (span.end === 'synced') writes.synced += span.writes;
    if (span.end === 'lost') writes.lost += span.writes;
    return true;
  });
  return writes;
}

function placesOf<T>(all: readonly T[], isMeant: (each: T) => boolean): number[] {
  return all.flatMap((each, place) => (isMeant(each) ? [place] : []));
}
