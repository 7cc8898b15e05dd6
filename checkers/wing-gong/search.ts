// The search for an order that explains a history: Wing & Gong (1993) with the memory of Lowe (2017, section 2), as in
// Porcupine, on explicit stacks. Three rules cut it down without losing an answer; each is argued where it is applied.
import { Lookahead } from './growth.ts';
import { Placement } from './placement.ts';
import { never, type Problem } from './problem.ts';
import { refused, type Transitions } from './transitions.ts';

const stride = 2048;

export type SearchOutcome =
  /** An order exists: operations of the problem. */
  | { readonly type: 'found'; readonly order: readonly number[]; readonly steps: number }
  /**
   * No order exists; `blocked` is the required operation with the latest return among those that stopped the search. `early`:
   * it was stopped before, as it saw that a later one would.
   */
  | { readonly type: 'none'; readonly blocked: number; readonly early: boolean; readonly steps: number }
  /** The bound was reached; `blocked` as above, or -1. */
  | { readonly type: 'bounded'; readonly blocked: number; readonly steps: number };

/** A dead end on the way: everything that had returned is placed, and `blocked` has to be next but is not accepted. */
export interface DeadEnd {
  readonly blocked: number;
  readonly state: number;
  /** The placed operations in order. */
  readonly placed: () => readonly number[];
}

/** What a search is told and asked on the way. */
export interface SearchObserver {
  /** Told each distinct dead end. */
  readonly onDeadEnd?: (deadEnd: DeadEnd) => void;
  /** Asked now and then, with an estimate of the memory in use, whether to stop as if at the bound. */
  readonly mustStop?: (bytes: number, steps: number) => boolean;
}

/**
 * Looks for an order of the problem's operations that respects real time and that the model accepts.
 * @param maxSteps how many placements may be tried.
 */
export function search<State>(
  problem: Problem,
  transitions: Transitions<State>,
  maxSteps: number,
  observer: SearchObserver = {},
): SearchOutcome {
  return new Search(problem, transitions, observer).resume(maxSteps);
}

/** A search that can be gone on with. */
export class Search<State> {
  private readonly problem: Problem;
  private readonly run: Run<State>;
  private readonly observer: SearchObserver;
  private started = 0; // how many of the problem's starts were entered
  private turns = 0;

  constructor(problem: Problem, transitions: Transitions<State>, observer: SearchObserver = {}) {
    this.problem = problem;
    this.observer = observer;
    this.run = new Run(problem, transitions, observer.onDeadEnd);
  }

  /** Goes on until `maxSteps` placements were tried in all. */
  resume(maxSteps: number): SearchOutcome {
    const { run } = this;
    const { starts } = this.problem;
    for (;;) {
      while (run.depth > 0) {
        if (run.steps > maxSteps || this.mustStop()) {
          return { type: 'bounded', blocked: run.furthest, steps: run.steps };
        }
        if (run.advance()) return { type: 'found', order: run.order(), steps: run.steps };
      }
      const start = starts[this.started];
      if (start === undefined) return { type: 'none', blocked: run.furthest, early: run.early, steps: run.steps };
      this.started += 1;
      if (run.enter(start, -1, 0)) return { type: 'found', order: run.order(), steps: run.steps };
    }
  }

  private mustStop(): boolean {
    this.turns += 1;
    return this.turns % stride === 0 && this.observer.mustStop?.(this.run.placement.bytes, this.run.steps) === true;
  }
}

class Run<State> {
  readonly placement: Placement;
  steps = 0;
  /** How many frames are open: each is a configuration whose successors are being tried. */
  depth = 0;
  /** The required operation with the latest return among those that blocked. */
  furthest = -1;
  /** Whether some way was given up before it came to its end. */
  early = false;
  private readonly lookahead: Lookahead<State> | undefined;
  // One slot a frame.
  private readonly state: Int32Array;
  private readonly mark: Int32Array; // the trail's length before the placement that led here
  private readonly unused: Int32Array; // the state before that placement if it was free to be left out, else -1
  private readonly entry: Int32Array; // the next list entry to try; the end when these are through
  private readonly group: Int32Array; // the next group of crashed operations to try
  private readonly limit: Int32Array; // history index before which an operation must have been called to be next
  private readonly problem: Problem;
  private readonly transitions: Transitions<State>;
  private readonly onDeadEnd: ((deadEnd: DeadEnd) => void) | undefined;

  constructor(problem: Problem, transitions: Transitions<State>, onDeadEnd: ((deadEnd: DeadEnd) => void) | undefined) {
    this.problem = problem;
    this.transitions = transitions;
    this.onDeadEnd = onDeadEnd;
    this.placement = new Placement(problem);
    this.lookahead = transitions.grows && new Lookahead(problem, transitions);
    const frames = problem.members.length + 2;
    this.state = new Int32Array(frames);
    this.mark = new Int32Array(frames);
    this.unused = new Int32Array(frames);
    this.entry = new Int32Array(frames);
    this.group = new Int32Array(frames);
    this.limit = new Int32Array(frames);
  }

  /** The operations placed, in order. */
  order(): readonly number[] {
    const { trail, trailLength } = this.placement;
    return [...trail.subarray(0, trailLength)].filter((step) => step >= 0);
  }

  /**
   * Goes on from the configuration that a placement made: a frame is opened for it, unless it was met before and the
   * placement is taken back. True when everything required is placed.
   * @param before the state before the placement if it was free to be left out, else -1.
   * @param mark the trail's length before the placement.
   */
  enter(state: number, before: number, mark: number): boolean {
    const { placement, depth } = this;
    const length = placement.trailLength;
    const blocked = this.placeObservations(state);
    if (placement.remaining === 0) return true;
    if (!placement.isNew(state)) {
      placement.undo(mark);
      return false;
    }
    this.noteDeadEnd(blocked, state);
    const awaited = this.lookahead?.awaited(placement, this.problem.returned[blocked]!) ?? -1;
    if (this.lookahead?.canReach(state, awaited) === false) {
      this.early = true;
      placement.undo(mark);
      return false;
    }
    this.state[depth] = state;
    this.mark[depth] = mark;
    this.unused[depth] = placement.trailLength === length ? before : -1;
    this.entry[depth] = placement.next[placement.end]!;
    this.group[depth] = 0;
    this.limit[depth] = this.problem.returned[blocked]!;
    this.depth += 1;
    return false;
  }

  /** Tries the next placement in the topmost frame, or closes it. True when everything required is placed. */
  advance(): boolean {
    const { placement, problem } = this;
    const top = this.depth - 1;
    const state = this.state[top]!;
    for (let entry = this.entry[top]!; entry !== placement.end && (entry & 1) === 0; entry = placement.next[entry]!) {
      const operation = entry >> 1;
      const target = this.usefulTarget(top, state, operation);
      if (target === refused) continue;
      this.entry[top] = placement.next[entry]!;
      const mark = placement.trailLength;
      placement.place(operation);
      return this.enter(target, problem.required[operation] === 1 ? -1 : state, mark);
    }
    this.entry[top] = placement.end;
    for (let group = this.group[top]!; group < problem.crashed.length; group += 1) {
      // Those of a group are the same to the model and have no deadline, so an order that uses some can use the first ones.
      const operation = problem.crashed[group]![placement.crashedPlaced[group]!];
      if (operation === undefined || problem.called[operation]! > this.limit[top]!) continue;
      const target = this.usefulTarget(top, state, operation);
      if (target === refused) continue;
      this.group[top] = group + 1;
      const mark = placement.trailLength;
      placement.placeCrashed(group);
      return this.enter(target, state, mark);
    }
    this.depth = top;
    placement.undo(this.mark[top]!);
    return false;
  }

  /**
   * The state that placing the operation next leads to, or `refused` if it cannot or need not be tried. It need not if it is
   * free to be left out and changes nothing. And it need not if the placement before it was free to be left out and this
   * one leads to the same state without that: whatever follows then, follows there, too, with more left to choose from.
   */
  private usefulTarget(frame: number, state: number, operation: number): number {
    const { problem, transitions } = this;
    const kind = problem.kind[operation]!;
    const target = transitions.next(state, kind);
    this.steps += 1;
    if (target === refused || (target === state && problem.required[operation] === 0)) return refused;
    const before = this.unused[frame]!;
    return before !== -1 && transitions.next(before, kind) === target ? refused : target;
  }

  /**
   * Places the required operations that are accepted and only observe the state, at once and for good: any order that has
   * one later stays an order when it moves up here. (Not so if that would expire an optional one.) Returns the operation
   * whose return ends the walk: nothing that was called after it can come before it.
   */
  private placeObservations(state: number): number {
    const { placement, problem, transitions } = this;
    let expiry = never;
    let last = placement.end; // stays behind the entry, which may leave the list
    for (let entry = placement.next[last]!; entry !== placement.end; entry = placement.next[last]!) {
      const operation = entry >> 1;
      if ((entry & 1) === 1) return operation;
      if (problem.required[operation] === 0) {
        if (problem.returned[operation]! < expiry) expiry = problem.returned[operation]!;
      } else if (transitions.observes[problem.kind[operation]!] === 1 && problem.called[operation]! < expiry) {
        this.steps += 1;
        if (transitions.next(state, problem.kind[operation]!) !== refused) {
          placement.place(operation);
          continue;
        }
      }
      last = entry;
    }
    return -1;
  }

  private noteDeadEnd(blocked: number, state: number): void {
    const { problem } = this;
    if (this.furthest === -1 || problem.returned[blocked]! > problem.returned[this.furthest]!) this.furthest = blocked;
    if (this.onDeadEnd === undefined) return;
    if (this.transitions.next(state, problem.kind[blocked]!) !== refused) return;
    this.onDeadEnd({ blocked, state, placed: () => this.order() });
  }
}
