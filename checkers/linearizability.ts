// The linearizability check: whether each operation of a history can be given one instant between its call and its return
// so that the sequential model explains all results (Herlihy & Wing 1990); if not, the smallest evidence against it.
import type { History } from '../sim/history.ts';
import { worseVerdict, type Check, type Verdict } from '../sim/verdict.ts';
import type { Model } from './model.ts';
import { HistoryError, pairOperations, type Operation } from './operations.ts';
import { explain } from './wing-gong/explain.ts';
import { makeProblem } from './wing-gong/problem.ts';
import { search, type SearchOutcome } from './wing-gong/search.ts';
import { Transitions } from './wing-gong/transitions.ts';
import { findWindow } from './wing-gong/window.ts';

export interface LinearizabilityBounds {
  /**
   * How many placements of an operation may be tried in each partition, and again to narrow down its evidence. A count and
   * not a time, so that the verdict is the same on every machine. 10,000,000 by default; memory grows with it.
   */
  readonly maxSteps?: number;
  /** Whether valid partitions report the order that explains them; not by default. */
  readonly witness?: boolean;
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

/** What was found of one part of the object; the key is that of `Model.partition`, undefined for a model without. */
export type PartitionResult = { readonly key: string | undefined; readonly steps: number } & (
  | {
      readonly verdict: 'valid';
      /** Ids in an order that explains the history, if asked for. Operations that never returned may be missing. */
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
  /** The one that was left without a place. The history up to its return is the shortest prefix that has no order. */
  readonly culprit: Operation;
  /** History index from which on the window was judged, from any state met so far; 0: from the initial state. */
  readonly start: number;
  /** False if `maxSteps` ended the narrowing: the contradiction holds, but may need less. */
  readonly minimal: boolean;
  /** Why each place for the culprit fails, in words. */
  readonly places: readonly string[];
}

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
  const { maxSteps = 10_000_000, witness = false } = bounds;
  if (!Number.isSafeInteger(maxSteps) || maxSteps < 1) {
    throw new RangeError(`expected a positive integer as maxSteps, found ${maxSteps}`);
  }
  const partitions = [...partition(pairOperations(history), model)].map(([key, operations]) =>
    judgePartition(key, operations, model, maxSteps, witness),
  );
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

/** The operations that may have happened and matter, by partition: an observation without a result says nothing. */
function partition<State>(
  operations: readonly Operation[],
  model: Model<State>,
): ReadonlyMap<string | undefined, readonly Operation[]> {
  const parts = new Map<string | undefined, Operation[]>();
  for (const operation of operations) {
    const fault = model.fault?.(operation);
    if (fault !== undefined) throw new HistoryError(operation.called.index, fault.expected, fault.found);
    if (operation.type === 'fail' || (operation.type === 'info' && model.observes(operation))) continue;
    const key = model.partition?.(operation);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [operation]);
    else part.push(operation);
  }
  return parts;
}

function judgePartition<State>(
  key: string | undefined,
  operations: readonly Operation[],
  model: Model<State>,
  maxSteps: number,
  witness: boolean,
): PartitionResult {
  const transitions = new Transitions(model, operations);
  const problem = makeProblem(operations, transitions.kinds, [...operations.keys()], () => true, [0]);
  const outcome = search(problem, transitions, maxSteps);
  const { steps } = outcome;
  switch (outcome.type) {
    case 'found': {
      if (!witness) return { key, verdict: 'valid', steps };
      return {
        key,
        verdict: 'valid',
        steps,
        order: outcome.order.map((index) => operations[problem.members[index]!]!.id),
      };
    }
    case 'none': {
      const narrowing = Math.min(maxSteps, windowSteps);
      const window = findWindow(operations, transitions, problem.members[outcome.blocked]!, narrowing);
      const { reason, places } = explain(operations, transitions, window, maxSteps);
      const { start, minimal } = window;
      return {
        key,
        verdict: 'invalid',
        steps,
        reason,
        window: {
          operations: window.required.map((index) => operations[index]!),
          culprit: operations[window.culprit]!,
          start,
          minimal,
          places,
        },
      };
    }
    case 'bounded':
      return { key, verdict: 'unknown', steps, ...describeCoverage(key, problem, outcome, maxSteps) };
  }
}

function describeCoverage(
  key: string | undefined,
  problem: { readonly deadlines: number; readonly returned: Int32Array },
  outcome: SearchOutcome & { readonly type: 'bounded' },
  maxSteps: number,
): { readonly reason: string; readonly covered: number; readonly returned: number } {
  const { deadlines, returned } = problem;
  const end = outcome.blocked === -1 ? 0 : returned[outcome.blocked]!;
  const covered = returned.reduce((count, moment) => count + (moment < end ? 1 : 0), 0);
  const part = key === undefined ? '' : ` of ${key}`;
  const reason = `the search${part} stopped at its bound of ${maxSteps} steps: it had explained ${covered} of ${deadlines} completions`;
  return { reason, covered, returned: deadlines };
}

/** The reasons of the worst partitions. */
function joinReasons(partitions: readonly PartitionResult[]): string {
  const reasonsFor = (verdict: Verdict) =>
    partitions.flatMap((part) => (part.verdict !== 'valid' && part.verdict === verdict ? [part.reason] : []));
  const invalid = reasonsFor('invalid');
  return (invalid.length > 0 ? invalid : reasonsFor('unknown')).join('\n');
}
