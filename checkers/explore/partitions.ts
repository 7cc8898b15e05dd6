// The partitions that a world declares, as the links that each of them cuts.
import type { NodeId } from '../../sim/protocol.ts';
import { ExploreError } from './explore-error.ts';
import type { ExploredWorld, Partition } from './world.ts';

export interface PreparedPartition {
  readonly partition: Partition;
  /** By link, `from * processes + to`: 1 where it is cut. */
  readonly cuts: Uint8Array;
}

/** The most nodes of which all splits are taken: beyond it there are too many to search, and a list says what is meant. */
const maxSplitNodes = 7;

/** @throws ExploreError on names that are not in the world, and on partitions that cut nothing. */
export function partitionsOf(world: ExploredWorld, indexOf: ReadonlyMap<NodeId, number>): readonly PreparedPartition[] {
  return declared(world).map((partition) => {
    const cuts = new Uint8Array(indexOf.size * indexOf.size);
    for (const [from, to] of linksCutBy(partition)) {
      const [sender, receiver] = [indexOf.get(from), indexOf.get(to)];
      if (sender === undefined || receiver === undefined) {
        throw new ExploreError(`a partition names ${sender === undefined ? from : to}, which is not in the world`);
      }
      cuts[sender * indexOf.size + receiver] = 1;
    }
    if (!cuts.includes(1)) throw new ExploreError(`the partition ${describePartition(partition)} cuts no link`);
    return { partition, cuts };
  });
}

/** `n1 | n2 n3`, or `n1 ⇥ n2 n3` for what the left side says to the right. */
export function describePartition(partition: Partition): string {
  if ('groups' in partition) return partition.groups.map((group) => group.join(' ')).join(' | ');
  return `${partition.from.join(' ')} ⇥ ${partition.to.join(' ')}`;
}

function declared({ nodes, partitions = 'two-way splits' }: ExploredWorld): readonly Partition[] {
  const ids = nodes.map(({ id }) => id);
  const others = (node: NodeId): NodeId[] => ids.filter((id) => id !== node);
  switch (partitions) {
    case 'two-way splits':
      return splits(ids);
    case 'isolate one':
      return ids.length === 2 ? splits(ids) : ids.map((node) => ({ groups: [[node], others(node)] }));
    case 'one-way cuts': {
      const cuts = ids.flatMap((node) => [
        { from: [node], to: others(node) },
        { from: others(node), to: [node] },
      ]);
      return ids.length === 2 ? cuts.slice(0, 2) : cuts;
    }
    default:
      return partitions;
  }
}

/** Each way to part the nodes into two groups, the first node always in the first. */
function splits(ids: readonly NodeId[]): readonly Partition[] {
  if (ids.length > maxSplitNodes) {
    throw new ExploreError(
      `two-way splits: expected at most ${maxSplitNodes} nodes, found ${ids.length}; list partitions`,
    );
  }
  return Array.from({ length: 2 ** (ids.length - 1) - 1 }, (_, chosen) => {
    const isApart = (index: number): boolean => index > 0 && (((chosen + 1) >> (index - 1)) & 1) === 1;
    return { groups: [ids.filter((_id, index) => !isApart(index)), ids.filter((_id, index) => isApart(index))] };
  });
}

function linksCutBy(partition: Partition): readonly (readonly [NodeId, NodeId])[] {
  const between = (from: readonly NodeId[], to: readonly NodeId[]): (readonly [NodeId, NodeId])[] =>
    from.flatMap((sender) => to.map((receiver) => [sender, receiver] as const));
  if (!('groups' in partition)) return between(partition.from, partition.to);
  const { groups } = partition;
  return groups.flatMap((group, place) => groups.flatMap((other, at) => (at === place ? [] : between(group, other))));
}
