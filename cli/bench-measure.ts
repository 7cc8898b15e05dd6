// Measures how long processes wait for their locks: runs the worlds of the comparison and sums up the waits.
import type { LockService } from '../scenarios/lock-services/calibration.ts';
import { latencyScenario } from '../scenarios/lock-services/latency.ts';
import { simulate, type History, type Micros } from '../sim/index.ts';
import { columns, statistics, type Column, type Statistic } from './bench-published.ts';

export interface Measured extends Column {
  readonly service: LockService;
  /** In milliseconds. */
  readonly statistics: Readonly<Record<Statistic, number>>;
  /** Attempts that got the lock, and those that were told that somebody else has it. */
  readonly granted: number;
  readonly refused: number;
  /** Share of grants after one and after two pauses of 200 ms, and the average of those without any. */
  readonly pausedOnce: number;
  readonly pausedTwice: number;
  readonly base: number;
}

/** Runs that a column is made of: each draws anew which server leads and whom the clients talk to. */
function partsOf(length: number): number {
  return Math.max(8, Math.ceil(length / 10));
}

/** @param length of all runs of a column together, in simulated seconds */
export function measureService(service: LockService, length: number, seed: number): Measured[] {
  return columns.map((column) => measureColumn(service, column, length, seed));
}

/** One column; @param length of its runs together, in simulated seconds */
export function measureColumn(service: LockService, column: Column, length: number, seed: number): Measured {
  const waits: Micros[] = [];
  let refused = 0;
  const parts = partsOf(length);
  for (let part = 0; part < parts; part++) {
    const scenario = latencyScenario({ service, ...column, seconds: length / parts });
    const { history } = simulate(scenario, {
      seed: `${seed}/${part}`,
      judge: false,
      maxEvents: Number.MAX_SAFE_INTEGER,
    });
    refused += gather(history, waits);
  }
  waits.sort((one, other) => one - other);
  const pausesOf = (wait: Micros): number => Math.floor(wait / 200_000);
  const share = (pauses: number): number => waits.filter((wait) => pausesOf(wait) === pauses).length / waits.length;
  const base = waits.filter((wait) => pausesOf(wait) === 0);
  return {
    service,
    ...column,
    statistics: summarize(waits),
    granted: waits.length,
    refused,
    pausedOnce: share(1),
    pausedTwice: share(2),
    base: averageOf(base) / 1_000,
  };
}

/** Adds the waits of all acquires that got the lock, and returns how many were refused. */
function gather(history: History, waits: Micros[]): number {
  const began = new Map<number, Micros>();
  let refused = 0;
  for (const { f, type, operation, time, value } of history) {
    if (f !== 'acquire') continue;
    if (type === 'invoke') {
      began.set(operation, time);
      continue;
    }
    const wait = time - (began.get(operation) ?? time);
    began.delete(operation);
    const isRefused = type === 'fail' || (value as { readonly acquired?: boolean } | null)?.acquired === false;
    if (isRefused) refused++;
    else if (type === 'ok') waits.push(wait);
  }
  return refused;
}

/** @param sorted waits in microseconds, rising */
export function summarize(sorted: readonly Micros[]): Record<Statistic, number> {
  const at = (share: number): number =>
    (sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN) / 1_000;
  const values = {
    average: averageOf(sorted) / 1_000,
    median: at(0.5),
    minimum: at(0),
    maximum: at(1),
    p90: at(0.9),
    p99: at(0.99),
  };
  for (const statistic of statistics) values[statistic] = Number(values[statistic].toFixed(2));
  return values;
}

function averageOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
