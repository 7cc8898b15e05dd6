// The linearizability check: whether each operation of a history can be given one instant between its call and its return
// so that the sequential model explains all results (Herlihy & Wing 1990); if not, the smallest evidence against it.
import type { History } from '../sim/history.ts';
import { worseVerdict, type Check, type Verdict } from '../sim/verdict.ts';
import { hintsOf, type Model } from './model.ts';
import { HistoryError, pairOperations, type Operation } from './operations.ts';
import { judgeOperations, type Engine } from './just-in-time/judge.ts';
import { describeStop, type Limits, type Stop } from './just-in-time/limits.ts';
import { contradictionOf, type Contradiction } from './monitors/evidence.ts';
import { declined, type Monitor } from './monitors/monitor.ts';
import { explain } from './wing-gong/explain.ts';
import { Transitions } from './wing-gong/transitions.ts';
import { findWindow } from './wing-gong/window.ts';

export interface LinearizabilityBounds {
  /**
   * Who judges. `wgl`: the plain search of Wing & Gong with Lowe's memory, as a second opinion. `fast`: the just-in-time
   * search, which knows only what is pending. `auto`, the default: the monitor that the model hints at, which needs no
   * search, for histories that it can judge (mostly: those whose written values are all different; see `monitors/`); for
   * others the two searches in turns, each with a third of `maxSteps`, and short proofs from where they get stuck.
   */
  readonly engine?: Engine;
  /**
   * How many placements of an operation may be tried in each partition, and again to narrow down its evidence. A count and
   * not a time, so that the verdict is the same on every machine. 10,000,000 by default; memory grows with it.
   */
  readonly maxSteps?: number;
  /** How many bytes the tables of a search may take, as estimated from their sizes. 2^31 by default. */
  readonly maxMemory?: number;
  /** True when the time is over: the caller's clock, as checkers may not read one. What is not judged then is unknown. */
  readonly deadline?: () => boolean;
  /** Told now and then what was done; the counts are those of the partition being judged. */
  readonly onProgress?: (progress: LinearizabilityProgress) => void;
  /** Whether valid partitions report the order that explains them; not by default. */
  readonly witness?: boolean;
}

export interface LinearizabilityProgress {
  /** How many partitions are judged, and how many there are. */
  readonly judged: number;
  readonly partitions: number;
  /** Completions that an order explains so far; 0 from an engine that does not know. */
  readonly covered: number;
  readonly steps: number;
}

export interface LinearizabilityResult {
  readonly verdict: Verdict;
  /** Why, in words; empty when valid. */
  readonly reason: string;
  /** Ids of the operations in the windows of all invalid partitions. */
  readonly operations: readonly number[];
  /** In the order of their first operations. */
  readonly partitions: readonly PartitionResult[];
  /** Placements tried in all partitions. */
  readonly steps: number;
}

/** What was found of one part of the object. */
export type PartitionResult = {
  /** That of `Model.partition`; undefined for a model without. */
  readonly key: string | undefined;
  readonly steps: number;
  /** Who gave the verdict; of an unknown one, who came furthest, if anybody was asked. */
  readonly engine?: 'monitor' | 'wgl' | 'fast';
} & (
  | {
      readonly verdict: 'valid';
      /**
       * Ids in an order that explains the history, if asked for. Operations that never returned may be missing. A monitor
       * finds none: then a search looks for it, and it is missing if that comes to its bounds.
       */
      readonly order?: readonly number[];
    }
  | { readonly verdict: 'invalid'; readonly reason: string; readonly window: OffendingWindow }
  | {
      readonly verdict: 'unknown';
      readonly reason: string;
      /** How many operations had returned before the first that no order tried so far could place. */
      readonly covered: number;
      /** How many operations had returned in all. */
      readonly returned: number;
    }
);

/** Operations that contradict each other, whichever of the other operations happened: see `wing-gong/window.ts`. */
export interface OffendingWindow {
  /** The operations that cannot all be placed, in the order of their calls. */
  readonly operations: readonly Operation[];
  /**
   * The one that was left without a place. The history up to its return is the shortest prefix that has no order, as far as
   * it can be told: a monitor of a queue or stack may need a longer one, while removals are pending.
   */
  readonly culprit: Operation;
  /** History index from which on the window was judged, from any state met so far; 0: from the initial state. */
  readonly start: number;
  /** False if `maxSteps` ended the narrowing: the contradiction holds, but may need less. */
  readonly minimal: boolean;
  /** Why each place for the culprit fails, in words. */
  readonly places: readonly string[];
  /**
   * A few orders of these operations, and of those that ran at the same time, after which none of these can be next, with
   * the reasons: first those that leave the culprit out, the longest first. Each begins in some state that the history can
   * have led to. None if the walk through them was cut short.
   */
  readonly orders: readonly PartialOrder[];
}

/** Operations by their ids. */
export interface PartialOrder {
  readonly operations: readonly number[];
  readonly next: readonly { readonly operation: number; readonly reason: string }[];
}

/** Of a contradiction that is told without being narrowed down. */
const operationsTold = 8;
const defaultSteps = 10_000_000;
const defaultMemory = 2 ** 31;

/** The largest number of placements tried to narrow a window down, whatever `maxSteps` allows. */
const windowSteps = 5_000_000;

/**
 * Judges a history against a sequential model, partition by partition. Operations that failed are dropped. Those that never
 * returned, or whose outcome is unknown, may have happened at any time after their call, or never. One operation precedes
 * another if its completion comes before the other's invocation in the history, whatever their times.
 * @throws HistoryError if the history is malformed or the model cannot read a call.
 * @throws RangeError if `maxSteps` is not a positive integer.
 */
export function checkLinearizable<State>(
  history: History,
  model: Model<State>,
  bounds: LinearizabilityBounds = {},
): LinearizabilityResult {
  checkBounds(bounds);
  const { special, parts } = partition(history, model);
  const partitions: PartitionResult[] = [];
  for (const [key, operations] of parts) {
    const limits: Limits = {
      maxSteps: bounds.maxSteps ?? defaultSteps,
      maxMemory: bounds.maxMemory ?? defaultMemory,
      deadline: bounds.deadline ?? (() => false),
      onProgress: (covered, steps) =>
        bounds.onProgress?.({ judged: partitions.length, partitions: parts.size, covered, steps }),
    };
    partitions.push(judgePartition(key, operations, special, bounds, limits));
  }
  return {
    verdict: partitions.reduce<Verdict>((worst, { verdict }) => worseVerdict(worst, verdict), 'valid'),
    reason: joinReasons(partitions),
    operations: partitions.flatMap((part) =>
      part.verdict === 'invalid' ? part.window.operations.map((operation) => operation.id) : [],
    ),
    partitions,
    steps: partitions.reduce((sum, { steps }) => sum + steps, 0),
  };
}

/**
 * The operations of each part of the object that is judged on its own, by its key; undefined for an object of one part. Those
 * that say nothing are left out. A history of one part's operations alone is judged as the part is.
 * @throws HistoryError as `checkLinearizable` does.
 */
export function operationsByKey<State>(
  history: History,
  model: Model<State>,
): ReadonlyMap<string | undefined, readonly Operation[]> {
  return partition(history, model).parts;
}

/** Linearizability to a model as a check for scenarios. */
export function linearizable<State>(model: Model<State>, bounds: LinearizabilityBounds = {}): Check {
  return {
    name: `linearizable ${model.name}`,
    about: `Each operation takes effect at one instant between its call and its return, as on one ${model.name}.`,
    judge: (history) =>
      checkLinearizable(history, model, bounds).partitions.flatMap((part) => {
        if (part.verdict === 'valid') return [];
        const proof = part.verdict === 'invalid' ? part.window.operations : [];
        return [{ verdict: part.verdict, reason: part.reason, operations: proof.map(({ id }) => id) }];
      }),
  };
}

/** The operations that may have happened and matter: an observation without a result says nothing. */
function relevant<State>(operations: readonly Operation[], model: Model<State>): readonly Operation[] {
  return operations.filter((operation) => {
    const fault = model.fault?.(operation);
    if (fault !== undefined) throw new HistoryError(operation.called.index, fault.expected, fault.found);
    return operation.type !== 'fail' && !(operation.type === 'info' && model.observes(operation));
  });
}

function partition<State>(
  history: History,
  model: Model<State>,
): {
  readonly special: Model<State>;
  readonly parts: ReadonlyMap<string | undefined, readonly Operation[]>;
} {
  const operations = relevant(pairOperations(history), model);
  const special = hintsOf(model).specialise?.(operations, model.init) ?? model;
  const parts = new Map<string | undefined, Operation[]>();
  for (const operation of operations) {
    const key = special.partition?.(operation);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [operation]);
    else part.push(operation);
  }
  return { special, parts };
}

function judgePartition<State>(
  key: string | undefined,
  operations: readonly Operation[],
  model: Model<State>,
  { engine = 'auto', witness = false }: LinearizabilityBounds,
  limits: Limits,
): PartitionResult {
  if (limits.deadline()) {
    const stopped = describeStopped(key, operations, 'deadline', 0, limits);
    return { key, verdict: 'unknown', steps: 0, ...stopped };
  }
  const found = engine === 'auto' ? askMonitor(key, operations, model, limits) : undefined;
  if (found !== undefined && !(found.verdict === 'valid' && witness)) return found;
  const transitions = new Transitions(model, operations);
  const outcome = judgeOperations(engine, operations, transitions, limits);
  const { steps, by } = outcome;
  switch (outcome.type) {
    case 'found': {
      const valid = found ?? ({ key, verdict: 'valid', steps, engine: by } as const);
      if (!witness) return valid;
      return { ...valid, steps, verdict: 'valid', order: outcome.order().map((index) => operations[index]!.id) };
    }
    case 'none': {
      const failure = describeFailure(operations, transitions, outcome.blocked, limits);
      return { key, verdict: 'invalid', steps, engine: by, ...failure };
    }
    case 'stopped': {
      if (found !== undefined) return { ...found, steps };
      const stopped = describeStopped(key, operations, outcome.reason, outcome.covered, limits);
      return { key, verdict: 'unknown', steps, engine: by, ...stopped };
    }
  }
}

/** The verdict of the model's monitor, if it has one that can judge these operations. */
function askMonitor<State>(
  key: string | undefined,
  operations: readonly Operation[],
  model: Model<State>,
  limits: Limits,
): PartitionResult | undefined {
  const hints = hintsOf(model);
  const monitor: Monitor = (some) => hints.monitor?.(some, model.init) ?? declined('the model has no monitor');
  const found = monitor(operations);
  switch (found.type) {
    case 'valid':
      return { key, verdict: 'valid', steps: 0, engine: 'monitor' };
    case 'invalid': {
      const evidence = contradictionOf(monitor, found, operations, model, limits);
      return { key, verdict: 'invalid', steps: 0, engine: 'monitor', ...describeContradiction(evidence, limits) };
    }
    case 'declined':
      return undefined;
  }
}

function describeStopped(
  key: string | undefined,
  operations: readonly Operation[],
  by: Stop,
  covered: number,
  limits: Limits,
): { readonly reason: string; readonly covered: number; readonly returned: number } {
  const returned = operations.reduce((sum, operation) => sum + (operation.returned === undefined ? 0 : 1), 0);
  const part = key === undefined ? '' : ` of ${key}`;
  const reason = `the search${part} stopped at ${describeStop(by, limits)}: it had explained ${covered} of ${returned} completions`;
  return { reason, covered, returned };
}

/** The evidence against operations that have no order up to the return of the culprit. */
function describeFailure<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  culprit: number,
  { maxSteps, deadline }: Limits,
): { readonly reason: string; readonly window: OffendingWindow } {
  const most = Math.min(maxSteps, windowSteps);
  const window = findWindow(operations, transitions, culprit, most, deadline);
  const { reason, places, orders } = explain(operations, transitions, window, most, deadline);
  const idOf = (index: number) => operations[index]!.id;
  const { start, minimal } = window;
  return {
    reason,
    window: {
      operations: window.required.map((index) => operations[index]!),
      culprit: operations[window.culprit]!,
      start,
      minimal,
      places,
      orders: orders.map(({ operations: order, next }) => ({
        operations: order.map(idOf),
        next: next.map(({ operation, reason: why }) => ({ operation: idOf(operation), reason: why })),
      })),
    },
  };
}

/** The evidence of a monitor: narrowed down like that of a search, unless it is too large for one. */
function describeContradiction<State>(
  { operations, transitions, culprit, reason }: Contradiction<State>,
  limits: Limits,
): { readonly reason: string; readonly window: OffendingWindow } {
  if (culprit !== undefined) return describeFailure(operations, transitions, culprit, limits);
  const last = operations.reduce((latest, one) =>
    (one.returned?.index ?? -1) > (latest.returned?.index ?? -1) ? one : latest,
  );
  const { model } = transitions;
  const names = operations
    .slice(0, operationsTold)
    .map((operation) => `${operation.client}'s ${model.describe(operation)}`);
  const more = operations.length - names.length;
  return {
    reason: `${reason}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
    window: { operations, culprit: last, start: 0, minimal: false, places: [], orders: [] },
  };
}

function checkBounds({ maxSteps = defaultSteps, maxMemory = defaultMemory }: LinearizabilityBounds): void {
  for (const [name, bound] of [
    ['maxSteps', maxSteps],
    ['maxMemory', maxMemory],
  ] as const) {
    if (Number.isSafeInteger(bound) && bound >= 1) continue;
    throw new RangeError(`expected a positive integer as ${name}, found ${bound}`);
  }
}

/** The reasons of the worst partitions. */
function joinReasons(partitions: readonly PartitionResult[]): string {
  const reasonsFor = (verdict: Verdict) =>
    partitions.flatMap((part) => (part.verdict !== 'valid' && part.verdict === verdict ? [part.reason] : []));
  const invalid = reasonsFor('invalid');
  return (invalid.length > 0 ? invalid : reasonsFor('unknown')).join('\n');
}
