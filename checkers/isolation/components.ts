// Strongly connected components (Tarjan 1972), with a stack of its own instead of recursion: histories are long.
import type { Graph } from './graph.ts';

export interface Components {
  /** The component of each vertex. An edge never leads to a component of a higher number: reverse topological order. */
  readonly of: Int32Array;
  readonly sizes: readonly number[];
}

/**
 * The components of the graph over edges whose kind is in `kinds`. Vertices are taken from the last to the first, so that
 * for histories, whose edges mostly lead forward in time, the order of the components is near to that of time.
 */
export function findComponents(graph: Graph, kinds: number): Components {
  const { size, offset, target, kind } = graph;
  const of = new Int32Array(size).fill(-1);
  const order = new Int32Array(size); // 0: not visited
  const low = new Int32Array(size);
  const next = new Int32Array(size);
  const open = new Int32Array(size);
  const path = new Int32Array(size);
  const sizes: number[] = [];
  let opened = 0;
  let depth = 0;
  let visited = 0;
  const enter = (vertex: number) => {
    visited += 1;
    order[vertex] = visited;
    low[vertex] = visited;
    next[vertex] = offset[vertex]!;
    open[opened++] = vertex;
    path[depth++] = vertex;
  };
  for (let root = size - 1; root >= 0; root--) {
    if (order[root] !== 0) continue;
    enter(root);
    while (depth > 0) {
      const vertex = path[depth - 1]!;
      const edge = next[vertex]!;
      if (edge < offset[vertex + 1]!) {
        next[vertex] = edge + 1;
        if ((kind[edge]! & kinds) === 0) continue;
        const other = target[edge]!;
        if (order[other] === 0) enter(other);
        else if (of[other] === -1 && order[other]! < low[vertex]!) low[vertex] = order[other]!;
        continue;
      }
      depth -= 1;
      if (depth > 0 && low[vertex]! < low[path[depth - 1]!]!) low[path[depth - 1]!] = low[vertex]!;
      if (low[vertex] !== order[vertex]) continue;
      const from = opened;
      do of[open[--opened]!] = sizes.length;
      while (open[opened] !== vertex);
      sizes.push(from - opened);
    }
  }
  return { of, sizes };
}

/** The vertices of each component of more than one vertex, ordered by their first vertices. */
export function cyclicComponents({ of, sizes }: Components): readonly (readonly number[])[] {
  const members = new Map<number, number[]>();
  for (let vertex = 0; vertex < of.length; vertex++) {
    const component = of[vertex]!;
    if (sizes[component]! < 2) continue;
    const list = members.get(component);
    if (list === undefined) members.set(component, [vertex]);
    else list.push(vertex);
  }
  return [...members.values()];
}
