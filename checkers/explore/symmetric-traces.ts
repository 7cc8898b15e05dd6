// The way back from representatives to a run: every state on the way was renamed, so every action is given back the names
// that its processes have in the one run that is told.
import type { Action } from './action.ts';
import type { Expander, Visitor } from './expander.ts';
import type { LocalSteps } from './local-steps.ts';
import { ExploreError, type PreparedWorld } from './prepared-world.ts';
import { relabelAction } from './relabel.ts';
import { retrace } from './retrace.ts';
import type { StateStore } from './state-store.ts';
import type { Symmetry } from './symmetry.ts';
import { actionOf } from './traces.ts';
import type { Violation } from './violations.ts';

interface Parts {
  readonly prepared: PreparedWorld;
  readonly store: StateStore;
  readonly expander: Expander;
  readonly steps: LocalSteps;
  readonly symmetry: Symmetry;
}

/**
 * What was found in the representative of a state, as a violation of a run that starts at an initial state.
 * @param last what follows the state, under the names that it has there.
 * @throws ExploreError if the run does not show the violation, as the world is then not symmetric.
 */
export function symmetricViolation(property: string, state: number, last: readonly Action[], parts: Parts): Violation {
  const { prepared, store, symmetry } = parts;
  const { permutations } = symmetry;
  const states: number[] = [];
  for (let on = state; on >= 0; on = store.parentOf(on)) states.push(on);
  states.reverse();
  const trace: Action[] = [];
  let names = firstStep(states[0] ?? -1, parts); // from the run to the representative
  const inRun = (action: Action): Action => relabelAction(action, permutations.of(permutations.inverse(names)));
  for (const child of states.slice(1)) {
    const { action, permutation } = stepTo(child, parts);
    trace.push(inRun(action));
    names = permutations.compose(names, permutation);
  }
  for (const action of last) trace.push(inRun(action));
  const found = retrace(prepared.world, trace).objections.find((objection) => objection.property === property);
  if (found === undefined) throw new ExploreError(`${property} is not violated under other names: it is not symmetric`);
  return { ...found, trace };
}

/** The permutation that leads from an initial state to its representative. */
function firstStep(state: number, { store, expander, symmetry }: Parts): number {
  let permutation = 0;
  if (state === -1) return permutation;
  const wanted = rowOf(state, store);
  expander.begin({
    transition(row, length) {
      if (symmetry.represent(row, length) !== wanted.length) return;
      if (wanted.every((value, at) => value === symmetry.row[at])) ({ permutation } = symmetry);
    },
    failure: () => undefined,
  });
  return permutation;
}

/** The action that leads from a state's parent to it, and the permutation to its representative. */
function stepTo(child: number, { prepared, store, expander, steps, symmetry }: Parts) {
  const wanted = rowOf(child, store);
  const event = store.eventOf(child);
  let found: { readonly action: Action; readonly permutation: number } | undefined;
  const visitor: Visitor = {
    transition(row, length, taken) {
      if (found !== undefined || taken !== event) return;
      const { draws } = expander;
      if (symmetry.represent(row, length) !== wanted.length) return;
      if (!wanted.every((value, at) => value === symmetry.row[at])) return;
      found = { action: actionOf(event, draws, steps, prepared), permutation: symmetry.permutation };
    },
    failure: () => undefined,
  };
  const parent = rowOf(store.parentOf(child), store);
  expander.expand(parent, parent.length, visitor);
  if (found === undefined) throw new ExploreError('a state cannot be reached again from its parent');
  return found;
}

function rowOf(state: number, store: StateStore): Int32Array {
  const row = new Int32Array(store.lengthOf(state));
  store.load(state, row);
  return row;
}
