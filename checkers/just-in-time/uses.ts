// What overwrites are good for: whether anybody may still ask for what they leave. The fast search need not choose when to
// let an overwrite be seen if those who can see it are all there already.
import type { Transitions } from '../wing-gong/transitions.ts';
import { never } from '../wing-gong/problem.ts';
import type { Timeline } from './timeline.ts';

export interface Uses {
  /** By kind: overwrites that lead to the same state share a class; -1 for other calls. */
  readonly classOf: Int32Array;
  readonly classes: number;
  /** By class: the level at which the last one who asks for its state was called; `never` if that cannot be told. */
  readonly wantedUntil: Int32Array;
}

/** @param isOverwriter by operation. */
export function findUses<State>(timeline: Timeline, transitions: Transitions<State>, isOverwriter: Uint8Array): Uses {
  const { kinds, kindCount, observes } = transitions;
  const classOf = new Int32Array(kindCount).fill(-1);
  const byKey = new Map<string, number>();
  for (const [operation, kind] of kinds.entries()) {
    if (isOverwriter[operation] === 0 || classOf[kind] !== -1) continue;
    const key = transitions.keyOf(Math.max(0, transitions.next(0, kind)));
    if (!byKey.has(key)) byKey.set(key, byKey.size);
    classOf[kind] = byKey.get(key)!;
  }
  const wantedUntil = new Int32Array(byKey.size).fill(-1);
  const wanted = new Int32Array(kindCount).fill(-2); // by kind: the class that it asks for, -1 for none
  for (let level = 0; level < timeline.calls.length - 1; level += 1) {
    for (let operation = timeline.calls[level]!; operation < timeline.calls[level + 1]!; operation += 1) {
      if (isOverwriter[operation] === 1) continue;
      const kind = kinds[operation]!;
      if (wanted[kind] === -2) {
        const key = transitions.wantedBy(kind);
        if (key === undefined) return { classOf, classes: byKey.size, wantedUntil: wantedUntil.fill(never) };
        wanted[kind] = byKey.get(key) ?? -1;
      }
      const asked = wanted[kind]!;
      if (asked !== -1) wantedUntil[asked] = Math.max(wantedUntil[asked]!, observes[kind] === 1 ? level : never);
    }
  }
  return { classOf, classes: byKey.size, wantedUntil };
}
