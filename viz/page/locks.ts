// Locks as spans on the lanes of their holders: for how long each one believed to hold it, for how long the service would
// have said so, and where the two do not agree or two believe at once.
import type { NodeId } from '../../sim/protocol.ts';
import type { HeldSpan } from '../data.ts';
import type { Tenure } from '../worker/messages.ts';

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A time for which a client believed to hold a lock. */
export interface Belief extends Stretch {
  readonly lane: number;
  readonly lock: string;
  readonly token: number | null;
  /** When another believed so as well, though they exclude each other. */
  readonly shared: readonly Stretch[];
  /** When the service had not given it, or had taken it back. */
  readonly unfounded: readonly Stretch[];
}

/** A time for which a service had given a lock to a client. */
export interface GrantSpan extends Stretch {
  readonly lane: number;
  readonly lock: string;
  readonly token: number | null;
}

export interface Locks {
  readonly beliefs: readonly Belief[];
  readonly grants: readonly GrantSpan[];
}

export const noLocks: Locks = { beliefs: [], grants: [] };

/** The locks of a run; lanes in the order of `ids`. */
export function readLocks(tenures: readonly Tenure[], ids: readonly NodeId[]): Locks {
  const lanes = new Map(ids.map((id, lane) => [id, lane]));
  const laneOf = ({ node }: Tenure): number => lanes.get(node) ?? -1;
  const granted = tenures.filter(({ type }) => type === 'granted');
  const believed = tenures.filter(({ type }) => type === 'believed');
  return {
    grants: granted.map((tenure) => spanOf(tenure, laneOf(tenure))),
    beliefs: believed.map((tenure) => {
      const own = granted.filter(({ node, lock }) => node === tenure.node && lock === tenure.lock);
      const others = believed.filter(({ node, lock, isShared }) => {
        return node !== tenure.node && lock === tenure.lock && !(isShared && tenure.isShared);
      });
      return {
        ...spanOf(tenure, laneOf(tenure)),
        shared: others.flatMap((other) => common(tenure, other)),
        unfounded: without(tenure, own),
      };
    }),
  };
}

/** The same by what the clients were told, where nobody can be asked what the service would have said. */
export function locksOfHistory(held: readonly HeldSpan[]): Locks {
  const shared = held.map((): Stretch[] => []);
  held.forEach((one, place) => {
    for (let next = place + 1; next < held.length; next++) {
      const other = held[next] as HeldSpan;
      if (other.from >= one.to) break;
      if (other.lane === one.lane || other.lock !== one.lock) continue;
      const both = common(one, other);
      shared[place]?.push(...both);
      shared[next]?.push(...both);
    }
  });
  return {
    grants: held.flatMap(({ leased = [], lane, lock, token }) =>
      leased.map((span) => ({ lane, lock, token, ...span })),
    ),
    beliefs: held.map(({ leased, ...span }, place) => ({
      ...span,
      shared: shared[place] ?? [],
      unfounded: leased === undefined ? [] : without(span, leased),
    })),
  };
}

function spanOf({ lock, token, from, to }: Tenure, lane: number): GrantSpan {
  return { lane, lock, token, from, to };
}

function common(one: Stretch, other: Stretch): Stretch[] {
  const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
  return from < to ? [{ from, to }] : [];
}

/** What is left of a stretch without others, which are in order of their beginnings. */
function without(whole: Stretch, others: readonly Stretch[]): Stretch[] {
  const left: Stretch[] = [];
  let { from } = whole;
  for (const other of others) {
    if (other.to <= from || other.from >= whole.to) continue;
    if (other.from > from) left.push({ from, to: other.from });
    from = Math.max(from, other.to);
  }
  if (from < whole.to) left.push({ from, to: whole.to });
  return left;
}
