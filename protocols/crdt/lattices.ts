// Four convergent replicated data types (Shapiro, Preguiça, Baquero, Zawirski: "A comprehensive study of Convergent and
// Commutative Replicated Data Types", INRIA RR-7506, 2011). Each is a join semilattice: `join` is commutative, associative and
// idempotent, so replicas that have seen the same updates are equal, in whatever order and however often they met.
import type { Json } from '../../sim/index.ts';

/** How many events of each replica. */
export type Counts = Readonly<Record<string, number>>;

/** A grow-only counter (specification 6): each replica counts for itself. */
export type GCounter = Counts;

/** A counter that goes up and down (specification 7): two that only grow. */
export interface PnCounter {
  readonly up: GCounter;
  readonly down: GCounter;
}

/**
 * A last-writer-wins register (specification 8), by logical time: of two writes the later one stays, and of two that did not
 * know each other, and so may have the same time, the greater writer's.
 */
export interface LwwRegister {
  readonly value: Json;
  readonly time: number;
  readonly writer: string;
}

/** Names one addition: the n-th event of a replica. */
export type Dot = readonly [replica: string, count: number];

/**
 * An observed-remove set (specification 15), without tombstones (Bieniusa et al. 2012, "An optimized conflict-free replicated
 * set"): an element is in it while one of its additions is. A removal takes away the additions that it saw, so an addition at
 * the same time survives.
 */
export interface OrSet {
  readonly elements: Readonly<Record<string, readonly Dot[]>>;
  /** All additions that were ever seen, by replica. */
  readonly seen: Counts;
}

export const emptyPnCounter = (): PnCounter => ({ up: {}, down: {} });
export const emptyRegister = (): LwwRegister => ({ value: null, time: 0, writer: '' });
export const emptyOrSet = (): OrSet => ({ elements: {}, seen: {} });

export function increment(counter: GCounter, replica: string): GCounter {
  return { ...counter, [replica]: (counter[replica] ?? 0) + 1 };
}

export function total(counter: GCounter): number {
  return Object.values(counter).reduce((sum, count) => sum + count, 0);
}

export function joinCounts(one: Counts, other: Counts): Counts {
  const joined: Record<string, number> = { ...one };
  for (const [replica, count] of Object.entries(other)) joined[replica] = Math.max(joined[replica] ?? 0, count);
  return joined;
}

export function joinPnCounters(one: PnCounter, other: PnCounter): PnCounter {
  return { up: joinCounts(one.up, other.up), down: joinCounts(one.down, other.down) };
}

export const valueOf = ({ up, down }: PnCounter): number => total(up) - total(down);

/** A write is later than the one that it replaces (Lamport's clock condition). */
export function assign(register: LwwRegister, value: Json, writer: string): LwwRegister {
  return { value, time: register.time + 1, writer };
}

export function joinRegisters(one: LwwRegister, other: LwwRegister): LwwRegister {
  if (one.time !== other.time) return one.time > other.time ? one : other;
  return one.writer >= other.writer ? one : other;
}

/** The addition replaces those of the same element that the replica has seen. */
export function addTo(set: OrSet, element: string, replica: string): OrSet {
  const count = (set.seen[replica] ?? 0) + 1;
  return {
    elements: { ...set.elements, [element]: [[replica, count]] },
    seen: { ...set.seen, [replica]: count },
  };
}

export function removeFrom(set: OrSet, element: string): OrSet {
  const elements = Object.entries(set.elements).filter(([name]) => name !== element);
  return { ...set, elements: Object.fromEntries(elements) };
}

/** An addition stays if both have it, or if one has it and the other has never seen it. */
export function joinOrSets(one: OrSet, other: OrSet): OrSet {
  const elements: Record<string, readonly Dot[]> = {};
  for (const element of new Set([...Object.keys(one.elements), ...Object.keys(other.elements)])) {
    const [mine, theirs] = [one.elements[element] ?? [], other.elements[element] ?? []];
    const stay = [
      ...mine.filter((dot) => has(theirs, dot) || !isSeen(other.seen, dot)),
      ...theirs.filter((dot) => !has(mine, dot) && !isSeen(one.seen, dot)),
    ];
    if (stay.length > 0) elements[element] = stay.toSorted(byDot);
  }
  return { elements, seen: joinCounts(one.seen, other.seen) };
}

export const membersOf = ({ elements }: OrSet): readonly string[] => Object.keys(elements).toSorted();

function has(dots: readonly Dot[], [replica, count]: Dot): boolean {
  return dots.some((dot) => dot[0] === replica && dot[1] === count);
}

function isSeen(seen: Counts, [replica, count]: Dot): boolean {
  return (seen[replica] ?? 0) >= count;
}

function byDot(one: Dot, other: Dot): number {
  if (one[0] !== other[0]) return one[0] < other[0] ? -1 : 1;
  return one[1] - other[1];
}
