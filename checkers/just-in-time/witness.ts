// The order behind a way through the fast search: it names only what was placed to be seen. Reads go where the state first
// fitted them, and overwrites that nobody saw just before the one that hid them.
import { refused, type Transitions } from '../wing-gong/transitions.ts';
import type { Timeline } from './timeline.ts';

/** @param placedAt the operations placed between the returns `level`-1 and `level`, in order. */
export function orderOf<State>(
  timeline: Timeline,
  transitions: Transitions<State>,
  overwrites: Uint8Array,
  placedAt: (level: number) => readonly number[],
): readonly number[] {
  const { kinds, observes } = transitions;
  const order: number[] = [];
  const hiddenBy = new Map<number, number>(); // hidden overwrite → the one that hides it
  const waiting = new Set<number>(); // pending reads that fitted no state so far
  const fresh = new Set<number>(); // pending overwrites that neither happened nor are hidden
  let state = 0;
  const look = (operation: number): void => {
    if (transitions.next(state, kinds[operation]!) === refused) return;
    waiting.delete(operation);
    order.push(operation);
  };
  for (const [level, returning] of timeline.returns.entries()) {
    for (let operation = timeline.calls[level]!; operation < timeline.calls[level + 1]!; operation += 1) {
      if (observes[kinds[operation]!] === 1) {
        waiting.add(operation);
        look(operation);
      } else if (overwrites[operation] === 1 && timeline.crashed[operation] === 0) fresh.add(operation);
    }
    for (const operation of placedAt(level)) {
      fresh.delete(operation);
      hiddenBy.delete(operation);
      if (overwrites[operation] === 1) {
        for (const hidden of fresh) hiddenBy.set(hidden, operation);
        fresh.clear();
      }
      if (observes[kinds[operation]!] === 1) continue; // placed when the state was reached
      state = transitions.next(state, kinds[operation]!);
      order.push(operation);
      for (const read of [...waiting]) look(read);
    }
    waiting.delete(returning);
    fresh.delete(returning);
  }
  return withHidden(order, hiddenBy);
}

function withHidden(order: readonly number[], hiddenBy: ReadonlyMap<number, number>): readonly number[] {
  const before = new Map<number, number[]>();
  for (const [hidden, by] of hiddenBy) {
    const others = before.get(by);
    if (others === undefined) before.set(by, [hidden]);
    else others.push(hidden);
  }
  return order.flatMap((operation) => [...(before.get(operation) ?? []), operation]);
}
