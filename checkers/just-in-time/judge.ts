// Judges one partition with either engine or both, within limits shared by them.
import { hintsOf } from '../model.ts';
import type { Operation } from '../operations.ts';
import { makeProblem } from '../wing-gong/problem.ts';
import { search } from '../wing-gong/search.ts';
import type { Transitions } from '../wing-gong/transitions.ts';
import type { Limits, Stop } from './limits.ts';
import { searchJustInTime } from './search.ts';
import { makeTimeline } from './timeline.ts';

/** `wgl` is the plain search, `fast` the just-in-time one; `auto` tries a little of the first, then the second. */
export type Engine = 'auto' | 'wgl' | 'fast';

/** Operations are indices in the partition. */
export type EngineOutcome =
  | { readonly type: 'found'; readonly order: () => readonly number[]; readonly steps: number }
  | { readonly type: 'none'; readonly blocked: number; readonly steps: number }
  | { readonly type: 'stopped'; readonly by: Stop; readonly covered: number; readonly steps: number };

/** Looks for an order of the partition's operations. */
export function judgeOperations<State>(
  engine: Engine,
  operations: readonly Operation[],
  transitions: Transitions<State>,
  limits: Limits,
): EngineOutcome {
  if (engine === 'wgl') return searchPlainly(operations, transitions, limits);
  if (engine === 'fast') return searchFast(operations, transitions, limits);
  const trial = Math.min(limits.maxSteps, 2_000 + 4 * operations.length);
  const first = searchPlainly(operations, transitions, { ...limits, maxSteps: trial });
  const left = limits.maxSteps - first.steps;
  if (first.type !== 'stopped' || first.by !== 'steps' || left <= 0) return first;
  const half = Math.max(1, Math.floor(left / 2));
  const second = searchFast(operations, transitions, { ...limits, maxSteps: half });
  const spent = first.steps + second.steps;
  if (second.type !== 'stopped' || second.by === 'deadline' || spent >= limits.maxSteps) {
    return { ...second, steps: spent };
  }
  const last = searchPlainly(operations, transitions, { ...limits, maxSteps: limits.maxSteps - spent });
  const best = last.type === 'stopped' && second.covered > last.covered ? { ...last, covered: second.covered } : last;
  return { ...best, steps: spent + last.steps };
}

function searchPlainly<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  limits: Limits,
): EngineOutcome {
  const problem = makeProblem(operations, transitions.kinds, [...operations.keys()], () => true, [0]);
  let by: Stop = 'steps';
  const outcome = search(problem, transitions, limits.maxSteps, undefined, (bytes, steps) => {
    limits.onProgress(0, steps);
    if (bytes > limits.maxMemory) by = 'memory';
    else if (limits.deadline()) by = 'deadline';
    else return false;
    return true;
  });
  const { steps } = outcome;
  switch (outcome.type) {
    case 'found':
      return { type: 'found', order: () => outcome.order.map((member) => problem.members[member]!), steps };
    case 'none':
      return { type: 'none', blocked: problem.members[outcome.blocked]!, steps };
    case 'bounded': {
      const { returned } = problem;
      const end = outcome.blocked === -1 ? 0 : returned[outcome.blocked]!;
      return { type: 'stopped', by, covered: returned.reduce((sum, moment) => sum + (moment < end ? 1 : 0), 0), steps };
    }
  }
}

function searchFast<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  limits: Limits,
): EngineOutcome {
  const { model, kinds, kindCount } = transitions;
  const hints = hintsOf(model);
  const byKind = Uint8Array.from({ length: kindCount }, (_, kind) =>
    hints.overwrites?.(transitions.call(kind)) === true ? 1 : 0,
  );
  const isOverwriter = Uint8Array.from(kinds, (kind) => byKind[kind]!);
  return searchJustInTime(makeTimeline(operations), transitions, isOverwriter, limits);
}
