// Sequential consistency (Lamport 1979): one order of all operations explains the results and keeps each process's own order;
// real time between processes does not count. For small histories: the problem is NP-complete (Gibbons & Korach 1997).
import type { History } from '../sim/history.ts';
import type { Verdict } from '../sim/verdict.ts';
import type { Model } from './model.ts';
import { HistoryError, pairOperations, type Operation } from './operations.ts';
import { refused, Transitions } from './wing-gong/transitions.ts';
import { TupleTable } from './wing-gong/tuple-table.ts';

export interface SequentialBounds {
  /** How many placements of an operation may be tried; 1,000,000 by default. */
  readonly maxSteps?: number;
}

export interface SequentialResult {
  readonly verdict: Verdict;
  /** Why, in words; empty when valid. */
  readonly reason: string;
  /** When valid: ids in an order that explains the history. When invalid: of the longest order that was found, if any. */
  readonly order: readonly number[];
  /** When invalid: ids of the operations that were next in their processes after that order, none of which fits there. */
  readonly operations: readonly number[];
  readonly steps: number;
}

/**
 * Judges a history whole, as sequential consistency is not local: partitions of the model are not used. A process is what
 * the history says; one that goes on under a new number after an unknown outcome counts as the same client. Operations that
 * never returned, or whose outcome is unknown, may have happened or not.
 * @throws HistoryError if the history is malformed, the model cannot read a call, or the model's state is that of one
 * partition only and the history has several.
 * @throws RangeError if `maxSteps` is not a positive integer.
 */
export function checkSequential<State>(
  history: History,
  model: Model<State>,
  { maxSteps = 1_000_000 }: SequentialBounds = {},
): SequentialResult {
  if (!Number.isSafeInteger(maxSteps) || maxSteps < 1) {
    throw new RangeError(`expected a positive integer as maxSteps, found ${maxSteps}`);
  }
  const operations = relevant(pairOperations(history), model);
  const search = new Search(operations, new Transitions(model, operations));
  const verdict = search.run(maxSteps);
  const ids = (indices: readonly number[]) => indices.map((index) => operations[index]!.id);
  const order = ids(verdict === 'unknown' ? [] : search.longest);
  const steps = search.steps;
  switch (verdict) {
    case 'valid':
      return { verdict, reason: '', order, operations: [], steps };
    case 'unknown':
      return { verdict, reason: `the search stopped at its bound of ${maxSteps} steps`, order, operations: [], steps };
    case 'invalid': {
      const stuck = search.stuck.map((index) => `${operations[index]!.client}'s ${model.describe(operations[index]!)}`);
      const reason = `no order fits: after the longest, of ${order.length} operations, ${stuck.join(' and ')} cannot be next`;
      return { verdict, reason, order, operations: ids(search.stuck), steps };
    }
  }
}

function relevant<State>(operations: readonly Operation[], model: Model<State>): readonly Operation[] {
  let part: string | undefined;
  return operations.filter((operation) => {
    const fault = model.fault?.(operation);
    if (fault !== undefined) throw new HistoryError(operation.called.index, fault.expected, fault.found);
    const key = model.partition?.(operation);
    if (part !== undefined && key !== part) {
      throw new HistoryError(
        operation.called.index,
        `an operation on ${part}, as sequential consistency is judged whole`,
        `${key}`,
      );
    }
    part ??= key;
    return operation.type !== 'fail' && !(operation.type === 'info' && model.observes(operation));
  });
}

/** Depth first over how far each process has come, with a memory of what was met. */
class Search<State> {
  steps = 0;
  longest: readonly number[] = [];
  /** What could not follow the longest order. */
  stuck: readonly number[] = [];
  private readonly operations: readonly Operation[];
  private readonly transitions: Transitions<State>;
  private readonly lanes: readonly (readonly number[])[];
  private readonly at: Int32Array; // how far each lane has come, and the state
  private readonly visited = new TupleTable();
  private readonly order: number[] = [];

  constructor(operations: readonly Operation[], transitions: Transitions<State>) {
    const lanes = new Map<string, number[]>();
    for (const [index, { client }] of operations.entries()) {
      const lane = lanes.get(client);
      if (lane === undefined) lanes.set(client, [index]);
      else lane.push(index);
    }
    this.operations = operations;
    this.transitions = transitions;
    this.lanes = [...lanes.values()];
    this.at = new Int32Array(this.lanes.length + 1);
  }

  run(maxSteps: number): Verdict {
    const { lanes, at, order } = this;
    let reached = -1; // the most operations that were in order
    let furthest = 0; // the frame in which they were; it is told once nothing can follow it
    const stack: { readonly state: number; lane: number; skips: boolean; readonly undo: () => void }[] = [];
    const enter = (state: number, undo: () => void): void => {
      at[lanes.length] = state;
      const { size } = this.visited;
      this.visited.intern(at, at.length);
      if (this.visited.size === size) return undo();
      stack.push({ state, lane: 0, skips: false, undo });
      if (order.length <= reached) return;
      reached = order.length;
      furthest = stack.length;
    };
    enter(0, () => {});
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      if (lanes.every((lane, index) => at[index] === lane.length)) {
        this.longest = [...order];
        return 'valid';
      }
      if (frame.lane === lanes.length) {
        if (stack.length === furthest) {
          this.note(frame.state);
          furthest = 0;
        }
        stack.pop();
        frame.undo();
        continue;
      }
      const { lane, state, skips } = frame;
      const index = lanes[lane]![at[lane]!];
      const isOptional = index !== undefined && this.operations[index]!.type === 'info';
      frame.skips = isOptional && !skips;
      if (!frame.skips) frame.lane += 1;
      if (index === undefined) continue;
      if (this.steps === maxSteps) return 'unknown';
      this.steps += 1;
      const target = skips ? state : this.transitions.next(state, this.transitions.kinds[index]!);
      if (target === refused) continue;
      at[lane] = at[lane]! + 1;
      if (!skips) order.push(index);
      enter(target, () => {
        at[lane] = at[lane]! - 1;
        if (!skips) order.pop();
      });
    }
    return 'invalid';
  }

  private note(state: number): void {
    this.longest = [...this.order];
    this.stuck = this.lanes.flatMap((lane, index) => {
      const next = lane[this.at[index]!];
      if (next === undefined || this.operations[next]!.type === 'info') return [];
      return this.transitions.next(state, this.transitions.kinds[next]!) === refused ? [next] : [];
    });
  }
}
