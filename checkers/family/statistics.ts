// How a run went: how many operations succeeded, how long they took, and how soon after each fault one succeeded again.
import type { History } from '../../sim/history.ts';
import { formatDuration, type Micros } from '../../sim/time.ts';
import type { Check } from '../../sim/verdict.ts';
import { pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, type Judgement } from './evidence.ts';
import { quantilesOf, type Quantiles } from './quantiles.ts';

export interface StatisticsOptions {
  /** Invalid if some function never succeeded, as in Jepsen; not by default. */
  readonly requireSuccess?: boolean;
  /** The longest that a successful operation may take; no limit by default. */
  readonly maxLatency?: Micros;
  /** The longest from a fault to the next success; no limit by default. Needs `faults`. */
  readonly maxRecovery?: Micros;
  /** When faults happened. */
  readonly faults?: readonly Micros[];
}

/** Counts of one function, or of all. */
export interface Counts {
  readonly count: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** The share of operations that succeeded, from 0 to 1; 0 without operations. */
  readonly availability: number;
  /** How long those took that succeeded. */
  readonly latencies: Quantiles | undefined;
}

/** The first success of an operation that was invoked after a fault; undefined if there was none. */
export interface Recovery {
  readonly fault: Micros;
  readonly after: Micros | undefined;
  readonly operation: number | undefined;
}

export type StatisticsAnomaly = 'no-success' | 'slow' | 'no-recovery';

export interface StatisticsResult extends Judgement<StatisticsAnomaly> {
  readonly overall: Counts;
  readonly byFunction: { readonly [f: string]: Counts };
  readonly recoveries: readonly Recovery[];
}

/** Counts and times the operations of a history. @throws HistoryError on a history that pairs badly */
export function checkStatistics(history: History, options: StatisticsOptions = {}): StatisticsResult {
  const { requireSuccess = false, maxLatency = Infinity, maxRecovery = Infinity, faults = [] } = options;
  const operations = pairOperations(history);
  const book = new EvidenceBook<StatisticsAnomaly>();
  const byFunction = new Map<string, Operation[]>();
  for (const operation of operations) {
    const others = byFunction.get(operation.f);
    if (others === undefined) byFunction.set(operation.f, [operation]);
    else others.push(operation);
    if (operation.type !== 'ok' || latencyOf(operation) <= maxLatency) continue;
    book.add('slow', operation.id, [operation.id], () => {
      return `${operation.client}'s ${operation.f} took ${formatDuration(latencyOf(operation))}, more than ${formatDuration(maxLatency)}`;
    });
  }
  for (const [f, calls] of byFunction) {
    if (!requireSuccess || calls.some(({ type }) => type === 'ok')) continue;
    book.add(
      'no-success',
      f,
      calls.slice(0, 1).map(({ id }) => id),
      () => `none of ${calls.length} calls of ${f} succeeded`,
    );
  }
  const recoveries = findRecoveries(operations, faults);
  for (const { fault, after, operation } of recoveries) {
    if (after === undefined ? maxRecovery === Infinity : after <= maxRecovery) continue;
    book.add('no-recovery', fault, operation === undefined ? [] : [operation], () => {
      const what = after === undefined ? 'nothing succeeded' : `the first success took ${formatDuration(after)}`;
      return `after the fault at ${formatDuration(fault)} ${what}, allowed are ${formatDuration(maxRecovery)}`;
    });
  }
  return {
    ...book.judge(),
    overall: countsOf(operations),
    byFunction: Object.fromEntries([...byFunction].map(([f, calls]) => [f, countsOf(calls)])),
    recoveries,
  };
}

/** Statistics as a check for scenarios: by default, that every function succeeded at least once. */
export function statisticsCheck(options: StatisticsOptions = { requireSuccess: true }): Check {
  const about = 'Operations succeed, and within the times that were asked for.';
  return asCheck('stats', about, (history) => checkStatistics(history, options));
}

function countsOf(operations: readonly Operation[]): Counts {
  const succeeded = operations.filter(({ type }) => type === 'ok');
  const count = operations.length;
  return {
    count,
    ok: succeeded.length,
    fail: operations.filter(({ type }) => type === 'fail').length,
    info: operations.filter(({ type }) => type === 'info').length,
    availability: count === 0 ? 0 : succeeded.length / count,
    latencies: quantilesOf(succeeded.map(latencyOf)),
  };
}

function findRecoveries(operations: readonly Operation[], faults: readonly Micros[]): readonly Recovery[] {
  const succeeded = operations.filter(({ type }) => type === 'ok');
  return faults.map((fault) => {
    let first: Operation | undefined;
    for (const operation of succeeded) {
      if (operation.called.time < fault) continue;
      if (first === undefined || operation.returned!.time < first.returned!.time) first = operation;
    }
    return { fault, after: first && first.returned!.time - fault, operation: first?.id };
  });
}

function latencyOf({ called, returned }: Operation): Micros {
  return returned === undefined ? 0 : returned.time - called.time;
}
