// A world with its names resolved and its bounds checked: what both engines work on.
import type { AnyProtocol, NodeId } from '../../sim/protocol.ts';
import type { Request } from '../../sim/scenario.ts';
import type { ExploredClient, ExploredNode, ExploredWorld } from './world.ts';

/** A world or a handler that cannot be explored; the message names the culprit. */
export class ExploreError extends Error {
  override readonly name = 'ExploreError';
}

export interface PreparedWorld {
  readonly world: ExploredWorld;
  /** Nodes first, then clients. */
  readonly processes: readonly PreparedProcess[];
  readonly nodeCount: number;
  readonly indexOf: ReadonlyMap<NodeId, number>;
  readonly keepsHistory: boolean;
  readonly budgets: Budgets;
}

export interface PreparedProcess {
  readonly index: number;
  readonly id: NodeId;
  readonly protocol: AnyProtocol;
  readonly accepts: ExploredNode['accepts'];
  /** The other nodes of the world. */
  readonly peers: readonly NodeId[];
  /** None for nodes. */
  readonly operations: readonly Request[];
  readonly beginsAtOnce: boolean;
}

/** What each fault class may spend: its finite budget in `initial[slot]`; slot -1 is without bound, -2 is never. */
export interface Budgets {
  readonly initial: readonly number[];
  readonly slots: Readonly<Record<FaultClass, number>>;
  readonly maxDown: number;
}

export type FaultClass = 'crashes' | 'drops' | 'duplicates' | 'timeouts';

/** The slot of a fault class that has no bound, and that of one that never happens. */
export const unbounded = -1;
export const never = -2;

/** @throws ExploreError on names used twice, no nodes, and bounds that are no counts. */
export function prepare(world: ExploredWorld): PreparedWorld {
  const clients: readonly ExploredClient[] = world.clients ?? [];
  const all: readonly ExploredNode[] = [...world.nodes, ...clients];
  if (world.nodes.length === 0) throw new ExploreError('a world needs at least one node');
  const indexOf = new Map(all.map(({ id }, index) => [id, index]));
  if (indexOf.size < all.length) {
    const twice = all.find(({ id }, index) => indexOf.get(id) !== index);
    throw new ExploreError(`${twice?.id} is the name of two processes`);
  }
  if (world.network !== 'unordered' && (world.faults?.duplicates ?? 0) > 0) {
    throw new ExploreError(`messages are duplicated in an unordered network only, and this one is ${world.network}`);
  }
  const nodeIds = world.nodes.map(({ id }) => id);
  return {
    world,
    processes: all.map((self, index) => {
      const client = clients[index - world.nodes.length];
      return {
        index,
        id: self.id,
        protocol: self.protocol,
        accepts: self.accepts?.bind(self),
        peers: nodeIds.filter((id) => id !== self.id),
        operations: client?.operations ?? [],
        beginsAtOnce: client?.begins !== 'any time',
      };
    }),
    nodeCount: world.nodes.length,
    indexOf,
    keepsHistory: (world.checks ?? []).length > 0,
    budgets: budgetsOf(world),
  };
}

function budgetsOf({ faults = {} }: ExploredWorld): Budgets {
  const initial: number[] = [];
  const slotFor = (name: string, bound: number): number => {
    if (bound === Infinity) return unbounded;
    if (!Number.isSafeInteger(bound) || bound < 0 || bound > 0x7fffffff) {
      throw new ExploreError(`${name}: expected a count or Infinity, found ${bound}`);
    }
    return bound === 0 ? never : initial.push(bound) - 1;
  };
  const slots = {
    crashes: slotFor('crashes', faults.crashes ?? 0),
    drops: slotFor('drops', faults.drops ?? 0),
    duplicates: slotFor('duplicates', faults.duplicates ?? 0),
    timeouts: slotFor('timeouts', faults.timeouts ?? Infinity),
  };
  return { initial, slots, maxDown: faults.maxDown ?? 1 };
}
