// What matters to a window: its relaxed operations and starting states are many, but most of them are nothing that any of
// its required operations asks for, and one of those stands for all.
import type { Transitions } from './transitions.ts';

export interface Relevant {
  readonly chosen: readonly number[];
  readonly starts: readonly number[];
}

/**
 * Leaves out what changes nothing about whether the required operations can be placed: relaxed observations; relaxed
 * overwrites that leave what nobody asks for; of the starting states that nobody asks for, all but one.
 * @param chosen operations by their indices in the partition.
 */
export function relevant<State>(
  transitions: Transitions<State>,
  chosen: readonly number[],
  isRequired: (index: number) => boolean,
  starts: readonly number[],
): Relevant {
  const { kinds, observes, overwrites } = transitions;
  const left = chosen.filter((index) => isRequired(index) || observes[kinds[index]!] === 0);
  const wanted = new Set<string>();
  for (const index of left) {
    const kind = kinds[index]!;
    if (overwrites[kind] === 1) continue;
    const key = transitions.wantedBy(kind);
    if (key === undefined) return { chosen: left, starts };
    wanted.add(key);
  }
  const isWanted = (state: number) => wanted.has(transitions.keyOf(state));
  const other = starts.find((state) => !isWanted(state));
  return {
    chosen: left.filter((index) => {
      const kind = kinds[index]!;
      return isRequired(index) || overwrites[kind] === 0 || isWanted(transitions.next(0, kind));
    }),
    starts: starts.filter((state) => state === 0 || state === other || isWanted(state)),
  };
}
