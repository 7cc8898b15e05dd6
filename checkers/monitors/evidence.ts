// From what a monitor found to evidence as the searches give it: the shortest prefix that the monitor can tell to be wrong,
// and of that the few operations that contradict each other.
import { Transitions } from '../wing-gong/transitions.ts';
import { judgeOperations } from '../just-in-time/judge.ts';
import type { Limits } from '../just-in-time/limits.ts';
import type { Model } from '../model.ts';
import type { Operation } from '../operations.ts';
import { endOf, type Monitor, type MonitorOutcome } from './monitor.ts';

export type Invalid = MonitorOutcome & { readonly type: 'invalid' };

export interface Contradiction<State> {
  /** They have no order among themselves. */
  readonly operations: readonly Operation[];
  readonly transitions: Transitions<State>;
  /** The one whose return first made it impossible, as an index; undefined if the search for it stopped at its limits. */
  readonly culprit: number | undefined;
  /** In words, of the monitor. */
  readonly reason: string;
}

/**
 * Cuts the history before the return that completes the contradiction, and asks again, until there is none.
 * @param operations those of the partition.
 */
export function contradictionOf<State>(
  monitor: Monitor,
  found: Invalid,
  operations: readonly Operation[],
  model: Model<State>,
  limits: Limits,
): Contradiction<State> {
  let known = found;
  let prefix = operations;
  for (let turn = 1; ; turn += 1) {
    const contradiction = examine(known, prefix, model, limits);
    if (contradiction.culprit === undefined || limits.deadline()) return contradiction;
    const end = endOf(contradiction.operations[contradiction.culprit]!);
    prefix = cut(prefix, turn < patience ? end : firstWrongEnd(monitor, prefix, end, model, limits), model);
    const next = monitor(prefix);
    if (next.type !== 'invalid') return contradiction;
    known = next;
  }
}

/** Where much is wrong each cut may leave most of it: after a few of them the place is searched for in halves. */
const patience = 4;

/** The first end, up to the given one, before which the history is wrong, as far as a search in halves can tell. */
function firstWrongEnd<State>(
  monitor: Monitor,
  operations: readonly Operation[],
  end: number,
  model: Model<State>,
  limits: Limits,
): number {
  let low = 0;
  let high = end;
  while (high - low > 1 && !limits.deadline()) {
    const middle = Math.floor((low + high) / 2);
    if (monitor(cut(operations, middle, model)).type === 'invalid') high = middle;
    else low = middle;
  }
  return high;
}

/** The operations as they were known just before the history index `end`. */
function cut<State>(operations: readonly Operation[], end: number, model: Model<State>): readonly Operation[] {
  const known: Operation[] = [];
  for (const operation of operations) {
    if (operation.called.index >= end) break;
    const isOpen = endOf(operation) >= end;
    if (!isOpen || operation.type === 'info') known.push(operation);
    else {
      const open: Operation = { ...operation, type: 'info', result: null, returned: undefined };
      if (!model.observes(open)) known.push(open);
    }
  }
  return known;
}

function examine<State>(
  { operations, reason }: Invalid,
  among: readonly Operation[],
  model: Model<State>,
  limits: Limits,
): Contradiction<State> {
  const involved = operations.map((index) => among[index]!);
  const transitions = new Transitions(model, involved);
  const outcome = judgeOperations('auto', involved, transitions, {
    ...limits,
    maxSteps: Math.min(limits.maxSteps, 500_000),
  });
  return { operations: involved, transitions, culprit: outcome.type === 'none' ? outcome.blocked : undefined, reason };
}
