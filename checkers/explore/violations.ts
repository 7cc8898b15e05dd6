// What every search of a world finds, whatever its strategy: a violated property with the actions that lead to it.
import type { Action } from './action.ts';
import type { Objection } from './judge.ts';
import type { PreparedWorld } from './prepared-world.ts';

export interface Violation extends Objection {
  /** How to get there from the initial state. */
  readonly trace: readonly Action[];
  /** What the run then repeats for ever, where the violation is that something never happens. */
  readonly cycle?: readonly Action[];
}

/**
 * When a search ends: with the first violation, once it has one of each property that can be violated, or not before every
 * run was followed (`never`). Of each property the first violation is kept.
 */
export type StopRule = 'at violation' | 'one of each' | 'never';

/** The property that a handler which throws violates. */
export const noHandlerThrows = 'no handler throws';

/** Whether a search that has found these violations has found enough. */
export function isEnough(
  { world }: PreparedWorld,
  found: readonly { readonly property: string }[],
  stop: StopRule = 'at violation',
): boolean {
  if (found.length === 0 || stop === 'never') return false;
  if (stop === 'at violation') return true;
  const { properties, checks = [] } = world;
  const breakable = properties.filter(({ type }) => type !== 'sometimes' && type !== 'sometimes each');
  return [...breakable, ...checks].every(({ name }) => found.some(({ property }) => property === name));
}
