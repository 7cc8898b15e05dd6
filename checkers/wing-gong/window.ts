// The smallest offending window: the few operations of a history that already contradict each other.
//
// To leave an operation out can make a contradiction that was not there: without a write that was read, the read looks
// wrong. So operations are never just removed. The window keeps some operations as required and relaxes the others: one that
// overlaps the window may then happen or not (between its call and its return, or at any time after its call if it never
// returned), and all that returned before the window are replaced by a start in any state that the search ever met (or in
// the initial state, when the window is the whole prefix). Each relaxation only adds orders. If the required operations
// still cannot be placed, they are faithful evidence: impossible whichever of the others happened. As the initial state is
// always one of the starts, the window taken alone is not linearizable either.
import type { Operation } from '../operations.ts';
import { makeProblem, type Problem } from './problem.ts';
import { relevant } from './relevance.ts';
import { search } from './search.ts';
import type { Transitions } from './transitions.ts';

export interface Window {
  /** Indices in the partition, in the order of the calls: none of them can be spared, unless `minimal` is false. */
  readonly required: readonly number[];
  /** The last of them to return: the history up to its return is the shortest prefix that cannot be explained. */
  readonly culprit: number;
  /** The history index of the window's first call; 0 if it starts in the initial state. */
  readonly start: number;
  /** The contradiction as the search sees it. */
  readonly problem: Problem;
  /** False if the bound was reached before everything that can be spared was found. */
  readonly minimal: boolean;
  readonly steps: number;
}

/**
 * Narrows a partition that the search found impossible.
 * @param culprit the partition's index of the operation that blocked the search latest.
 * @param maxSteps how many placements may be tried.
 * @param deadline whether the time is over: then what was found so far is the window.
 */
export function findWindow<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  culprit: number,
  maxSteps: number,
  deadline: () => boolean,
): Window {
  const narrowing = new Narrowing(operations, transitions, culprit, maxSteps, deadline);
  let candidate = narrowing.lastReturns(culprit) ?? narrowing.wholePrefix(culprit);
  candidate = narrowing.spare(candidate, culprit);
  const later = narrowing.startLate(candidate.required);
  if (later.start > candidate.start && narrowing.isImpossible(later)) candidate = later;
  if (candidate.start > 0 && !narrowing.isFaithful(candidate)) {
    candidate = narrowing.spare(narrowing.wholePrefix(culprit), culprit);
  }
  const { required, start } = candidate;
  return {
    required,
    culprit,
    start,
    problem: narrowing.problemOf(candidate, operations.length > toldInFull),
    minimal: narrowing.stepsLeft > 0,
    steps: maxSteps - narrowing.stepsLeft,
  };
}

/** The most operations of a partition of which those that change nothing are told, too. */
const toldInFull = 64;

interface Candidate {
  readonly required: readonly number[];
  readonly start: number;
}

/** Tries what can be left out of the history up to the return of one operation. */
export class Narrowing<State> {
  stepsLeft: number;
  private readonly operations: readonly Operation[];
  private readonly transitions: Transitions<State>;
  private readonly prefix: readonly number[];
  private readonly anyState: readonly number[];
  private readonly deadline: () => boolean;

  constructor(
    operations: readonly Operation[],
    transitions: Transitions<State>,
    culprit: number,
    maxSteps: number,
    deadline: () => boolean,
  ) {
    const end = operations[culprit]!.returned!.index;
    this.operations = operations;
    this.transitions = transitions;
    this.prefix = [...operations.keys()].filter((index) => operations[index]!.called.index < end);
    this.stepsLeft = maxSteps;
    this.deadline = deadline;
    this.anyState = Array.from({ length: transitions.stateCount }, (_, state) => state);
  }

  /** The fewest last returns (1, 2, 4, …) that are impossible from any state; undefined if only the whole prefix is. */
  lastReturns(culprit: number): Candidate | undefined {
    const returning = this.returning(culprit);
    for (let count = 1; this.stepsLeft > 0 && count < 2 * returning.length; count *= 2) {
      const candidate = this.startLate(returning.slice(-count));
      if (this.isImpossible(candidate)) return candidate;
    }
    return undefined;
  }

  /** Everything that had returned, from the initial state: what the search itself has found impossible. */
  wholePrefix(culprit: number): Candidate {
    return { required: this.returning(culprit), start: 0 };
  }

  /** Relaxes as many of the required operations as it can, in halves, then quarters, down to single ones. */
  spare(candidate: Candidate, culprit: number): Candidate {
    let { required } = candidate;
    for (let size = Math.ceil(required.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < required.length && !this.isOver();) {
        const rest = required.filter((index, place) => place < from || place >= from + size || index === culprit);
        if (rest.length < required.length && this.isImpossible({ ...candidate, required: rest })) required = rest;
        else from += size;
      }
    }
    return { ...candidate, required: required.toSorted((one, other) => one - other) };
  }

  startLate(required: readonly number[]): Candidate {
    const start = required.reduce((first, index) => Math.min(first, this.operations[index]!.called.index), Infinity);
    return { required, start };
  }

  /** Whether the bound was enough to see that the candidate is impossible. */
  isImpossible(candidate: Candidate): boolean {
    return !this.isOver() && this.hasNoOrder(this.problemOf(candidate, true));
  }

  private hasNoOrder(problem: Problem): boolean {
    if (this.isOver()) return false;
    const { type, steps } = search(problem, this.transitions, this.stepsLeft, { mustStop: this.deadline });
    this.stepsLeft -= steps;
    return type === 'none';
  }

  /** Whether nothing more may be tried: to lay out a problem takes time, too. */
  private isOver(): boolean {
    if (this.stepsLeft > 0 && this.deadline()) this.stepsLeft = 0;
    return this.stepsLeft <= 0;
  }

  /**
   * Whether the window is impossible after all that had returned before it, too. That goes without saying if the search
   * met all states; one that looks ahead does not.
   */
  isFaithful({ required, start }: Candidate): boolean {
    const { operations, transitions, prefix } = this;
    if (transitions.grows === undefined) return true;
    const isRequired = new Set(required);
    const isNeeded = (index: number) => isRequired.has(index) || (operations[index]!.returned?.index ?? start) < start;
    return this.hasNoOrder(makeProblem(operations, transitions.kinds, prefix, isNeeded, [0]));
  }

  /** @param isTerse whether to leave out what changes nothing about the answer. */
  problemOf({ required, start }: Candidate, isTerse: boolean): Problem {
    const { operations, transitions, prefix } = this;
    const needed = new Set(required);
    const isRequired = (index: number) => needed.has(index);
    const chosen = prefix.filter((index) => (operations[index]!.returned?.index ?? start) >= start);
    const starts = start === 0 ? [0] : this.anyState;
    const terse = isTerse ? relevant(transitions, chosen, isRequired, starts) : { chosen, starts };
    return makeProblem(operations, transitions.kinds, terse.chosen, isRequired, terse.starts);
  }

  /** What had returned by the culprit's return, in the order of the returns. */
  private returning(culprit: number): readonly number[] {
    const end = this.operations[culprit]!.returned!.index;
    const returnOf = (index: number) => this.operations[index]!.returned?.index ?? end + 1;
    return this.prefix
      .filter((index) => returnOf(index) <= end)
      .toSorted((one, other) => returnOf(one) - returnOf(other));
  }
}
