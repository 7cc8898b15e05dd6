// What the recipes share: sequential children and their order, and whom one of them has to wait for.

/** Whether holders of a lock exclude each other: two readers do not. */
export type LockKind = 'exclusive' | 'read' | 'write';

/** The names in the order of their numbers, which are their last ten characters. */
export function inSequence(names: readonly string[]): string[] {
  return names.toSorted((one, other) => numberOf(one) - numberOf(other));
}

export function numberOf(name: string): number {
  return Number(name.slice(-10));
}

/** The nearest one before `own` that it must wait for: any other, but for a reader only writers; undefined if there is none. */
export function blockerOf(names: readonly string[], own: string): string | undefined {
  const before = inSequence(names).filter((name) => numberOf(name) < numberOf(own));
  return before.findLast((name) => !isReader(own) || !isReader(name));
}

/** A name's beginning: a random part that is its creator's alone, and what kind of lock it is for. */
export function prefixOf(guid: string, kind: LockKind): string {
  return `_c_${guid}-${kind}-`;
}

function isReader(name: string): boolean {
  return name.includes('-read-');
}
