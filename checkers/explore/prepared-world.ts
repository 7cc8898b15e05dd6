// A world with its names resolved and its bounds checked: what both engines work on.
import type { AnyProtocol, NodeId } from '../../sim/protocol.ts';
import type { Request } from '../../sim/scenario.ts';
import { frozenCopy } from './encoding.ts';
import { ExploreError } from './explore-error.ts';
import { partitionsOf, type PreparedPartition } from './partitions.ts';
import type { DiskContents, ExploredClient, ExploredNode, ExploredWorld } from './world.ts';

export { ExploreError };

export interface PreparedWorld {
  readonly world: ExploredWorld;
  /** Nodes first, then clients. */
  readonly processes: readonly PreparedProcess[];
  readonly nodeCount: number;
  readonly indexOf: ReadonlyMap<NodeId, number>;
  readonly keepsHistory: boolean;
  readonly budgets: Budgets;
  /** The partitions that may occur; a state holds the place of the one in force, plus one, or 0. */
  readonly partitions: readonly PreparedPartition[];
  /** What a crash leaves undecided of unsynced writes, and so a node has to remember. */
  readonly keepsJournal: boolean;
}

export interface PreparedProcess {
  readonly index: number;
  readonly id: NodeId;
  readonly protocol: AnyProtocol;
  readonly accepts: ExploredNode['accepts'];
  /** Its disk at birth. */
  readonly disk: DiskContents;
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
  /** Where among the budgets the partition in force stands; `never` if there are none. */
  readonly cutSlot: number;
  readonly maxDown: number;
}

/** The classes of faults with a budget. */
export const faultClasses = [
  'crashes',
  'drops',
  'duplicates',
  'timeouts',
  'leases',
  'partitions',
  'clientCrashes',
] as const;
export type FaultClass = (typeof faultClasses)[number];

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
  if (world.timersFire === 'when quiet' && (world.effectless !== 'counted' || world.network === 'duplicating')) {
    throw new ExploreError(
      'timers that fire when quiet need messages that leave the network: effectless counted, not duplicating',
    );
  }
  if (world.crashPoints === 'between effects' && world.whileDown === 'visible') {
    throw new ExploreError('crashes between effects need nodes whose state is gone while they are down');
  }
  const nodeIds = world.nodes.map(({ id }) => id);
  const budgets = budgetsOf(world);
  return {
    world,
    processes: all.map((self, index) => {
      const client = clients[index - world.nodes.length];
      return {
        index,
        id: self.id,
        protocol: self.protocol,
        accepts: self.accepts?.bind(self),
        disk: frozenCopy(self.disk ?? { cells: {}, logs: {} }, `the disk of ${self.id}`),
        peers: nodeIds.filter((id) => id !== self.id),
        operations: client?.operations ?? [],
        beginsAtOnce: client?.begins !== 'any time',
      };
    }),
    nodeCount: world.nodes.length,
    indexOf,
    keepsHistory: (world.checks ?? []).length > 0,
    budgets,
    partitions: budgets.slots.partitions === never ? [] : partitionsOf(world, indexOf),
    keepsJournal: world.restartKeeps === 'a prefix' || world.restartKeeps === 'a torn prefix',
  };
}

function budgetsOf({ faults = {} }: ExploredWorld): Budgets {
  const initial: number[] = [];
  const slotFor = (name: FaultClass, unlessTold = 0): number => {
    const bound = faults[name] ?? unlessTold;
    if (bound === Infinity) return unbounded;
    if (!Number.isSafeInteger(bound) || bound < 0 || bound > 0x7fffffff) {
      throw new ExploreError(`${name}: expected a count or Infinity, found ${bound}`);
    }
    return bound === 0 ? never : initial.push(bound) - 1;
  };
  const slots = {
    crashes: slotFor('crashes'),
    drops: slotFor('drops'),
    duplicates: slotFor('duplicates'),
    timeouts: slotFor('timeouts', Infinity),
    leases: slotFor('leases', Infinity),
    partitions: slotFor('partitions'),
    clientCrashes: slotFor('clientCrashes'),
  };
  const cutSlot = slots.partitions === never ? never : initial.push(0) - 1;
  return { initial, slots, cutSlot, maxDown: faults.maxDown ?? 1 };
}
