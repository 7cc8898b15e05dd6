// Reads of what only grows say early which way is wrong: a text that is no beginning of what a later read returned can
// never become it, unless something resets it before that read. This is where the search looks that far ahead.
import type { Placement } from './placement.ts';
import { never, type Problem } from './problem.ts';
import type { Transitions } from './transitions.ts';

const looked = 128; // list entries that a look ahead goes through

export class Lookahead<State> {
  private readonly problem: Problem;
  private readonly transitions: Transitions<State>;
  /** By operation: when all that could reset the object before it had returned; what has not is the only thing to fear. */
  private readonly horizon: Float64Array;

  constructor(problem: Problem, transitions: Transitions<State>) {
    this.problem = problem;
    this.transitions = transitions;
    this.horizon = makeHorizon(problem, transitions);
  }

  /**
   * A required read that is not placed, and before which nothing can reset the object any more: that with the earliest return
   * among those called before `limit`, or the first one called later; -1 if none is near.
   * @param limit when the first of the operations that are not placed returns.
   */
  awaited({ next, end }: Placement, limit: number): number {
    const { problem, transitions, horizon } = this;
    let found = -1;
    let turns = 0;
    for (let entry = next[end]!; entry !== end && turns < looked; entry = next[entry]!) {
      turns += 1;
      if ((entry & 1) === 1) continue;
      const operation = entry >> 1;
      if (found !== -1 && problem.called[operation]! > limit) break;
      if (problem.required[operation] === 0 || transitions.observes[problem.kind[operation]!] === 0) continue;
      if (horizon[operation]! >= limit) continue;
      if (found === -1 || problem.returned[operation]! < problem.returned[found]!) found = operation;
    }
    return found;
  }

  /** Whether growth can lead from the state to what the awaited read returned. */
  canReach(state: number, awaited: number): boolean {
    return awaited === -1 || this.transitions.canReach(state, this.problem.kind[awaited]!);
  }
}

function makeHorizon<State>(problem: Problem, { grows, observes }: Transitions<State>): Float64Array {
  const { called, returned, required, kind, members } = problem;
  const resets = [...members.keys()]
    .filter((operation) => grows![kind[operation]!] === 0 && observes[kind[operation]!] === 0)
    .sort((one, other) => called[one]! - called[other]!);
  const calls = Float64Array.from(resets, (operation) => called[operation]!);
  let latest = -1;
  const ends = Float64Array.from(resets, (operation) => {
    latest = Math.max(latest, required[operation] === 1 ? returned[operation]! : never);
    return latest;
  });
  return Float64Array.from(members, (_, operation) => {
    let low = 0;
    let high = calls.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (calls[middle]! < returned[operation]!) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : ends[low - 1]!;
  });
}
