// Who held a lock when: as its service had it, and as its holder believed, looked up after every event of a run.
import type { Simulation } from '../../../sim/simulate.ts';
import type { Tenure } from '../messages.ts';
import { createBeliefReader, type Claim, type Clocks } from './beliefs.ts';
import { grantReaderOf } from './grants.ts';
import { leasesOf } from './leases.ts';

/** `look` after each event, `take` at the end. */
export interface TenureWatch {
  look(): void;
  take(): Tenure[];
}

/** Watches the locks of a scenario of this protocol, and of Raft the leaders' leases; one without either costs nothing. */
export function watchTenures(simulation: Simulation, protocol: string): TenureWatch {
  const read = grantReaderOf(protocol);
  const told: Tenure[] = [];
  if (read === undefined && protocol !== 'raft') return { look: () => {}, take: () => told };
  const grants = createLine('granted', told);
  const beliefs = createLine('believed', told);
  const believes = createBeliefReader();
  const { view } = simulation;
  const clocks = (place: number): Clocks => simulation.clocks(place);
  return {
    look() {
      const { nodes, now } = view;
      if (read === undefined) {
        const leases = leasesOf({ nodes, clocks });
        grants.follow(
          now,
          leases.filter(({ isLatest }) => isLatest),
        );
        beliefs.follow(now, leases);
        return;
      }
      grants.follow(
        now,
        read({ nodes, clocks }).map((grant) => ({ node: grant.holder, claim: grant })),
      );
      beliefs.follow(
        now,
        nodes.flatMap(({ id, state }, place) => {
          const claim = believes(id, state, clocks(place));
          return claim === undefined ? [] : [{ node: id, claim }];
        }),
      );
    },
    take() {
      grants.follow(view.now, []);
      beliefs.follow(view.now, []);
      return told.sort((one, other) => one.from - other.from);
    },
  };
}

/**
 * The same for states that may be of another shape than ours: a reader's own protocol can go by the name of one of ours. What
 * cannot be read is not drawn.
 */
export function watchTenuresOfOwn(simulation: Simulation, protocol: string): TenureWatch {
  const watch = watchTenures(simulation, protocol);
  let isReadable = true;
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      if (isReadable) return read();
    } catch {
      isReadable = false;
    }
    return otherwise;
  };
  return { look: () => attempt(() => watch.look(), undefined), take: () => attempt(() => watch.take(), []) };
}

interface Held {
  readonly node: string;
  readonly claim: Claim;
}

/** Makes spans of what is held from look to look; the same holder with another token holds anew. */
function createLine(type: Tenure['type'], told: Tenure[]): { follow(now: number, held: readonly Held[]): void } {
  const open = new Map<string, Held & { readonly from: number }>();
  return {
    follow(now, held) {
      if (held.length === 0 && open.size === 0) return;
      const keys = new Set<string>();
      for (const each of held) {
        const { node, claim } = each;
        const key = `${node}/${claim.lock}/${claim.token}`;
        keys.add(key);
        if (!open.has(key)) open.set(key, { ...each, from: now });
      }
      for (const [key, { node, claim, from }] of open) {
        if (keys.has(key)) continue;
        open.delete(key);
        const { lock, token, isShared } = claim;
        if (now > from) told.push({ type, node, lock, token, isShared, from, to: now });
      }
    },
  };
}
