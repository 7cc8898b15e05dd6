// Which calls overwrite whatever was there: they are accepted in every state and lead from each to the same one. The fast
// search makes much of them: what runs at the same time as an overwrite may as well have happened just before it, unseen.
import type { Call, Model } from '../model.ts';

/**
 * Whether the call overwrites. Known of the functions of the models of this project, by their names; of other models
 * nothing is assumed. The search compares each step of such a call with the others and stops assuming it when they differ.
 */
export function overwrites<State>(model: Model<State>, call: Call): boolean {
  return known.get(model.name)?.has(call.f) ?? false;
}

const known: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['register', new Set(['write'])],
  ['cas-register', new Set(['write'])],
  ['key-value', new Set(['write', 'delete'])],
]);
