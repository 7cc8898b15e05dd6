// Short proofs that a history has no order: most contradictions lie in the few operations around the place where a search
// gets stuck, and need none of the history before. And where exactly it becomes impossible.
import type { Operation } from '../operations.ts';
import { makeProblem } from './problem.ts';
import { search } from './search.ts';
import type { Transitions } from './transitions.ts';
import { Narrowing } from './window.ts';

/** Steps for all guesses at where a history becomes impossible, and for each of them. */
const locating = 4_000_000;
const guessing = 500_000;

/** Whether something was found impossible; if not, it may be so all the same. */
export interface Refutation {
  readonly isImpossible: boolean;
  readonly steps: number;
}

/**
 * Tries to see that the last returns up to that of an operation have no order, from whatever state any order of the calls
 * before can have led to. Gives up where there are many such states.
 */
export function refute<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  stuck: number,
  maxSteps: number,
  deadline: () => boolean,
): Refutation {
  if (!transitions.meetAll()) return { isImpossible: false, steps: 0 };
  const narrowing = new Narrowing(operations, transitions, stuck, maxSteps, deadline);
  return { isImpossible: narrowing.lastReturns(stuck) !== undefined, steps: maxSteps - narrowing.stepsLeft };
}

/**
 * The operation whose return first makes the history impossible, of which it is only known that it is none that returned
 * before `from`. A guess that needs too many steps, or more time, counts as possible.
 * @param maxSteps for all guesses together
 */
export function findBlocked<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  from: number,
  maxSteps: number,
  deadline: () => boolean,
): number {
  let left = Math.min(maxSteps, locating);
  const returnOf = (index: number) => operations[index]!.returned!.index;
  const start = returnOf(from);
  const returns = [...operations.keys()]
    .filter((index) => operations[index]!.returned !== undefined && returnOf(index) >= start)
    .sort((one, other) => returnOf(one) - returnOf(other));
  const isImpossible = (place: number): boolean => {
    const end = returnOf(returns[place]!);
    const chosen = [...operations.keys()].filter((index) => operations[index]!.called.index < end);
    const isRequired = (index: number) => returnOf(index) <= end;
    const problem = makeProblem(operations, transitions.kinds, chosen, isRequired, [0]);
    if (left <= 0 || deadline()) return false;
    const { type, steps } = search(problem, transitions, Math.min(left, guessing), { mustStop: deadline });
    left -= steps;
    return type === 'none';
  };
  let width = 1;
  while (width < returns.length && !isImpossible(width - 1)) width *= 2;
  let low = width >> 1;
  let high = Math.min(width, returns.length) - 1; // impossible up to here, as the whole history is
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isImpossible(middle)) high = middle;
    else low = middle + 1;
  }
  return returns[low]!;
}
