// Runs a trace again, step by step through the handlers, without memo and without interned states: the proof of a
// counterexample, and the way from a list of actions to the states on it and to all that the handlers did.
import { describeAction, type Action } from './action.ts';
import { encode } from './encoding.ts';
import type { Objection } from './judge.ts';
import {
  births,
  judgePlain,
  transitionsOf,
  viewsOf,
  type Born,
  type PlainState,
  type PlainTransition,
} from './plain.ts';
import { ExploreError, prepare, type PreparedWorld } from './prepared-world.ts';
import type { Outcome } from './turn.ts';
import type { ExploredWorld, NodeInWorld } from './world.ts';

export interface Retraced {
  /** All processes after each action, the initial state first. */
  readonly states: readonly (readonly NodeInWorld[])[];
  /** What speaks against the last state. */
  readonly objections: readonly Objection[];
  /** What each process did at its birth. */
  readonly born: readonly Outcome[];
  /** The whole states in the order of `states`, and the transitions between them. */
  readonly path: readonly PlainState[];
  readonly transitions: readonly PlainTransition[];
  readonly prepared: PreparedWorld;
}

/** A trace that cannot be run in this world, and how far it came. */
export class RetraceError extends ExploreError {
  override readonly name = 'ExploreError';
  /** How many of its actions were possible. */
  readonly steps: number;

  constructor(steps: number, message: string) {
    super(message);
    this.steps = steps;
  }
}

/**
 * Runs the actions of a trace from the initial state, or, where births draw, from the one that it leads to an objection. The
 * actions may come from a JSON document.
 * @throws RetraceError at the first action that is not possible where it stands, ExploreError on a world that is none.
 */
export function retrace(world: ExploredWorld, trace: readonly Action[]): Retraced {
  const prepared = prepare(world);
  let refusal = new RetraceError(0, 'the world has no initial state');
  let retraced: Retraced | undefined;
  for (const born of births(prepared)) {
    try {
      const found = retraceFrom(prepared, born, trace);
      if (retraced === undefined || found.objections.length > 0) retraced = found;
    } catch (error) {
      if (!(error instanceof RetraceError)) throw error;
      if (error.steps >= refusal.steps) refusal = error;
    }
  }
  if (retraced === undefined) throw refusal;
  return retraced;
}

/** Whether the actions are possible in this world and end in a state that violates the property: for tests that keep them. */
export function provesViolation(world: ExploredWorld, trace: readonly Action[], property: string): boolean {
  try {
    return retrace(world, trace).objections.some((objection) => objection.property === property);
  } catch (error) {
    if (error instanceof RetraceError) return false;
    throw error;
  }
}

function retraceFrom(prepared: PreparedWorld, { state: initial, outcomes }: Born, trace: readonly Action[]): Retraced {
  let state: PlainState = initial;
  const path = [state];
  const taken: PlainTransition[] = [];
  const told = (objections: readonly Objection[]): Retraced => {
    const states = path.map((one) => viewsOf(prepared, one));
    return { states, objections, born: outcomes, path, transitions: taken, prepared };
  };
  for (const [index, action] of trace.entries()) {
    const next = find(transitionsOf(prepared, state), action);
    if (next === undefined)
      throw new RetraceError(index, `step ${index + 1} is not possible: ${describeAction(action)}`);
    taken.push(next);
    if (next.thrown !== undefined) {
      return told([{ property: 'no handler throws', verdict: 'invalid', reason: next.thrown }]);
    }
    ({ state } = next);
    path.push(state);
  }
  return told(judgePlain(prepared, state, transitionsOf(prepared, state)));
}

/** The transition with this very action, or with the one that reads the same as JSON. */
function find(transitions: readonly PlainTransition[], action: Action): PlainTransition | undefined {
  const wanted = encode(action, 'an action');
  const exact = transitions.find((one) => encode(one.action, 'an action') === wanted);
  if (exact !== undefined) return exact;
  const read = encode(asJson(action), 'an action');
  return transitions.find((one) => encode(asJson(one.action), 'an action') === read);
}

/** An action as a JSON document keeps it: what is undefined is gone, and a bigint is a text. */
export function asJson(action: Action): Action {
  return JSON.parse(
    JSON.stringify(action, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
  ) as Action;
}
