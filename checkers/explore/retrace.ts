// Runs a trace again, step by step through the handlers, without memo and without interned states: the proof of a
// counterexample, and the way from a list of actions to the states on it.
import { describeAction, type Action } from './action.ts';
import { encode } from './encoding.ts';
import type { Objection } from './judge.ts';
import { initialStates, judgePlain, transitionsOf, viewsOf, type PlainState, type PlainTransition } from './plain.ts';
import { ExploreError, prepare, type PreparedWorld } from './prepared-world.ts';
import type { ExploredWorld, NodeInWorld } from './world.ts';

export interface Retraced {
  /** All processes after each action, the initial state first. */
  readonly states: readonly (readonly NodeInWorld[])[];
  /** What speaks against the last state. */
  readonly objections: readonly Objection[];
}

/**
 * Runs the actions of a trace from the initial state, or, where births draw, from the one that it leads to an objection.
 * @throws ExploreError at the first action that is not possible where it stands.
 */
export function retrace(world: ExploredWorld, trace: readonly Action[]): Retraced {
  const prepared = prepare(world);
  let refusal = new ExploreError('the world has no initial state');
  let retraced: Retraced | undefined;
  for (const initial of initialStates(prepared)) {
    try {
      const found = retraceFrom(prepared, initial, trace);
      if (retraced === undefined || found.objections.length > 0) retraced = found;
    } catch (error) {
      if (!(error instanceof ExploreError)) throw error;
      refusal = error;
    }
  }
  if (retraced === undefined) throw refusal;
  return retraced;
}

function retraceFrom(prepared: PreparedWorld, initial: PlainState, trace: readonly Action[]): Retraced {
  let state: PlainState = initial;
  const states = [viewsOf(prepared, state)];
  for (const [index, action] of trace.entries()) {
    const wanted = encode(action, 'an action');
    const taken: PlainTransition | undefined = transitionsOf(prepared, state).find(
      (one) => encode(one.action, 'an action') === wanted,
    );
    if (taken === undefined) throw new ExploreError(`step ${index + 1} is not possible: ${describeAction(action)}`);
    if (taken.thrown !== undefined) {
      return { states, objections: [{ property: 'no handler throws', verdict: 'invalid', reason: taken.thrown }] };
    }
    ({ state } = taken);
    states.push(viewsOf(prepared, state));
  }
  return { states, objections: judgePlain(prepared, state, transitionsOf(prepared, state)) };
}
