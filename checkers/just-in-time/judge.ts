// Judges one partition with either engine or both, within limits shared by them.
import type { Operation } from '../operations.ts';
import { makeProblem, type Problem } from '../wing-gong/problem.ts';
import { findBlocked, refute } from '../wing-gong/refute.ts';
import { Search, type SearchOutcome } from '../wing-gong/search.ts';
import type { Transitions } from '../wing-gong/transitions.ts';
import type { Limits, Stop } from './limits.ts';
import { JustInTimeSearch } from './search.ts';
import { makeTimeline } from './timeline.ts';

/** `wgl` is the plain search, `fast` the just-in-time one; `auto` lets them take turns. */
export type Engine = 'auto' | 'wgl' | 'fast';

/** Operations are indices in the partition; `by` is the engine that knew, or came furthest. */
export type EngineOutcome = { readonly steps: number; readonly by: 'wgl' | 'fast' } & (
  | { readonly type: 'found'; readonly order: () => readonly number[] }
  | { readonly type: 'none'; readonly blocked: number }
  /** Some order had explained the first `covered` returns, none so far that of `blocked`; -1 if that is not known. */
  | { readonly type: 'stopped'; readonly reason: Stop; readonly covered: number; readonly blocked: number }
);

/** How many steps of the plain search take as long as one of the fast one, roughly. */
const price = 4;

/** The most steps of a look at where a turn got stuck: short proofs take far less. */
const refutable = 100_000;

/** How much longer each turn of an engine is than the one before. */
const growth = 2;

/** Looks for an order of the partition's operations. */
export function judgeOperations<State>(
  engine: Engine,
  operations: readonly Operation[],
  transitions: Transitions<State>,
  limits: Limits,
): EngineOutcome {
  const { maxSteps } = limits;
  if (engine === 'wgl') return new Plain(operations, transitions, limits).resume(maxSteps);
  if (engine === 'fast') return startFast(operations, transitions, limits)(maxSteps);
  return new Turns(operations, transitions, limits).take();
}

/**
 * The engines are each other's opposites: the plain one is quick where little is pending, the fast one where much is. They
 * take turns of about the same time, so that neither is waited for much longer than it would take alone. After a turn the
 * place where it got stuck is looked at by itself: most contradictions need only the few operations around. A third of the
 * steps is for each of these.
 */
class Turns<State> {
  private readonly operations: readonly Operation[];
  private readonly transitions: Transitions<State>;
  private readonly limits: Limits;
  private readonly share: number;
  private readonly refuted = new Map<number, number>(); // by operation: the steps that did not suffice
  private plainSteps = 0;
  private fastSteps = 0;
  private refutingSteps = 0;

  constructor(operations: readonly Operation[], transitions: Transitions<State>, limits: Limits) {
    this.operations = operations;
    this.transitions = transitions;
    this.limits = limits;
    this.share = Math.max(1, Math.floor(limits.maxSteps / 3));
  }

  take(): EngineOutcome {
    const { operations, transitions, limits, share } = this;
    const plain = new Plain(operations, transitions, limits);
    let fast: ((maxSteps: number) => EngineOutcome) | undefined;
    let best: EngineOutcome | undefined;
    for (let turn = this.firstTurn(); ; turn *= growth) {
      if (this.plainSteps <= share) {
        const outcome = plain.resume(Math.min(this.plainSteps + turn, share));
        this.plainSteps = outcome.steps;
        const answer = this.answerOf(outcome, turn);
        if (answer !== undefined) return { ...further(answer, best), steps: this.steps };
        best ??= outcome;
      }
      if (this.plainSteps > share && this.fastSteps > share) return { ...best!, steps: this.steps };
      if (this.fastSteps <= share) {
        fast ??= startFast(operations, transitions, { ...limits, maxSteps: share });
        const outcome = fast(Math.min(this.fastSteps + Math.ceil(turn / price), share));
        this.fastSteps = outcome.steps;
        const answer = this.answerOf(outcome, turn);
        if (answer !== undefined) return { ...further(answer, best), steps: this.steps };
        best = outcome;
      }
    }
  }

  /** Only the plain search looks ahead where an object grows, and deserves a longer try there. */
  private firstTurn(): number {
    return (this.transitions.grows === undefined ? 2_000 : 100_000) + 4 * this.operations.length;
  }

  private get steps(): number {
    return this.plainSteps + this.fastSteps + this.refutingSteps;
  }

  /** What ends the turns: an answer, the end of the time, or a refutation of where the turn got stuck. */
  private answerOf(outcome: EngineOutcome, turn: number): EngineOutcome | undefined {
    if (outcome.type !== 'stopped' || outcome.reason === 'deadline') return outcome;
    const { blocked } = outcome;
    const tried = this.refuted.get(blocked) ?? 0;
    if (blocked === -1 || tried >= turn / growth ** 2 || this.refutingSteps >= this.share) return undefined;
    const most = Math.min(turn, refutable, this.share - this.refutingSteps);
    const { isImpossible, steps } = refute(this.operations, this.transitions, blocked, most, this.limits.deadline);
    this.refuted.set(blocked, turn);
    this.refutingSteps += steps;
    return isImpossible ? { type: 'none', by: 'wgl', blocked, steps } : undefined;
  }
}

/** The answer, or, if the time was up, that of the engine that came further before. */
function further(answer: EngineOutcome, other: EngineOutcome | undefined): EngineOutcome {
  if (answer.type !== 'stopped' || other?.type !== 'stopped' || other.covered <= answer.covered) return answer;
  return { ...other, reason: answer.reason };
}

/** The plain search of a whole partition. */
class Plain<State> {
  private readonly problem: Problem;
  private readonly search: Search<State>;
  private readonly operations: readonly Operation[];
  private readonly transitions: Transitions<State>;
  private readonly limits: Limits;
  private stop: Stop = 'steps';

  constructor(operations: readonly Operation[], transitions: Transitions<State>, limits: Limits) {
    this.operations = operations;
    this.transitions = transitions;
    this.limits = limits;
    this.problem = makeProblem(operations, transitions.kinds, [...operations.keys()], () => true, [0]);
    const mustStop = (bytes: number, steps: number): boolean => {
      limits.onProgress(0, steps);
      if (bytes > limits.maxMemory) this.stop = 'memory';
      else if (limits.deadline()) this.stop = 'deadline';
      else return false;
      return true;
    };
    this.search = new Search(this.problem, transitions, { mustStop });
  }

  resume(maxSteps: number): EngineOutcome {
    this.stop = 'steps';
    return this.inPartition(this.search.resume(maxSteps));
  }

  private locate(stuck: number): number {
    const { maxSteps, deadline } = this.limits;
    return findBlocked(this.operations, this.transitions, stuck, maxSteps, deadline);
  }

  private inPartition(outcome: SearchOutcome): EngineOutcome {
    const { members, returned } = this.problem;
    const { steps } = outcome;
    const blocked = outcome.type === 'found' ? -1 : outcome.blocked;
    const stuck = blocked === -1 ? -1 : members[blocked]!;
    switch (outcome.type) {
      case 'found':
        return { type: 'found', by: 'wgl', order: () => outcome.order.map((member) => members[member]!), steps };
      case 'none': {
        if (!outcome.early) return { type: 'none', by: 'wgl', blocked: stuck, steps };
        const found = this.locate(stuck);
        return { type: 'none', by: 'wgl', blocked: found, steps };
      }
      case 'bounded': {
        const end = blocked === -1 ? 0 : returned[blocked]!;
        const covered = returned.reduce((sum, moment) => sum + (moment < end ? 1 : 0), 0);
        return { type: 'stopped', by: 'wgl', reason: this.stop, covered, blocked: stuck, steps };
      }
    }
  }
}

function startFast<State>(
  operations: readonly Operation[],
  transitions: Transitions<State>,
  limits: Limits,
): (maxSteps: number) => EngineOutcome {
  const isOverwriter = Uint8Array.from(transitions.kinds, (kind) => transitions.overwrites[kind]!);
  const search = new JustInTimeSearch(makeTimeline(operations), transitions, isOverwriter, limits);
  return (maxSteps) => {
    const outcome = search.resume(maxSteps);
    return outcome.type === 'stopped' ? { ...outcome, reason: outcome.by, by: 'fast' } : { ...outcome, by: 'fast' };
  };
}
