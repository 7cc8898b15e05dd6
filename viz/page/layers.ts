// What the picture shows besides messages, roles and operations, each a layer that the reader can switch off.
import type { ShownRun } from './shown-run.ts';

export type Layer = 'clocks' | 'timers' | 'disks' | 'locks' | 'order' | 'notes';

/** The layers with their names and what they show. */
export const layers: readonly { readonly layer: Layer; readonly name: string; readonly about: string }[] = [
  { layer: 'locks', name: 'locks, leases', about: 'who has a lock or a lease in truth, and who believes to have it' },
  { layer: 'order', name: 'order', about: 'the order of the operations that explains what they returned' },
  { layer: 'notes', name: 'notes', about: 'what nodes noted' },
  { layer: 'timers', name: 'timers', about: 'timers set, set again and fired' },
  { layer: 'disks', name: 'disks', about: 'writes issued, synced and lost' },
  { layer: 'clocks', name: 'clocks', about: "each node's own clock as a ruler, where it differs from true time" },
];

/** The layers of which a run has something to show. */
export function layersOf({ model, clocks, locks, explained }: ShownRun): Set<Layer> {
  const found = new Set<Layer>();
  if (locks.beliefs.length + locks.grants.length > 0) found.add('locks');
  if (explained.length > 0) found.add('order');
  if (model.marks.type.includes('note')) found.add('notes');
  if (model.timers.spans.length > 0) found.add('timers');
  if (model.disks.spans.length > 0) found.add('disks');
  if (clocks.some(({ off }) => off.some(isWrong))) found.add('clocks');
  return found;
}

/** Clocks that are wrong by the same all the time teach little, and take room: their rulers are for those who ask. */
export function quietLayersOf({ clocks }: ShownRun): Set<Layer> {
  const isMoving = clocks.some(({ off }) => off.some((each) => Math.abs(each - (off[0] ?? 0)) >= smallestMoveUs));
  return isMoving ? new Set() : new Set(['clocks']);
}

/** Whether a clock that is off by so much is worth a ruler. */
export function isWrong(off: number): boolean {
  return Math.abs(off) >= smallestErrorUs;
}

const smallestErrorUs = 1_000;
const smallestMoveUs = 50_000;
