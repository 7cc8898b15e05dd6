// Cycles with exactly one anti-dependency (G-single): an rw edge whose end leads back to its start over dependencies alone.
// Searched inward of the topological order, and where that is not enough decided for 32 edges at a time.
import { findComponents } from './components.ts';
import type { Graph } from './graph.ts';
import { findShortestCycle, makeSearch, type CycleSearch } from './paths.ts';

/** How many edges are looked at in single searches before whole batches are decided together. */
const stepsAlone = 20_000_000;

/** A shortest cycle of one of the edges `starts` and otherwise edges whose kind is in `kinds`. */
export function findSingleCycle(
  graph: Graph,
  kinds: number,
  starts: readonly number[],
  source: Int32Array,
  alone = stepsAlone,
): CycleSearch | undefined {
  const { of } = findComponents(graph, kinds);
  // Edges never lead to higher numbers: a way back needs the number of its beginning to be at least that of its end.
  const possible = starts.filter((edge) => of[graph.target[edge]!]! >= of[source[edge]!]!);
  const isInside = (vertex: number, end: number) => of[vertex]! >= of[end]!;
  const search = makeSearch(graph);
  for (const [place, start] of possible.entries()) {
    if (search.steps >= alone) {
      const closed = possible.slice(place).filter(makeBatches(graph, kinds, of, possible.slice(place), source));
      return closed.length === 0 ? undefined : findShortestCycle(graph, kinds, closed, source, isInside);
    }
    if (search.find(graph.target[start]!, source[start]!, kinds, graph.size, isInside) !== undefined) {
      return findShortestCycle(graph, kinds, possible.slice(place), source, isInside);
    }
  }
  return undefined;
}

/** Decides for each edge whether its end reaches its start: a sweep over the graph for every 32 different ends. */
function makeBatches(
  graph: Graph,
  kinds: number,
  of: Int32Array,
  starts: readonly number[],
  source: Int32Array,
): (edge: number) => boolean {
  const { size, offset, target, kind } = graph;
  const order = Int32Array.from({ length: size }, (_, vertex) => vertex).sort((one, other) => of[other]! - of[one]!);
  const byEnd = new Map<number, number[]>();
  for (const edge of starts) {
    const end = of[target[edge]!]!;
    const list = byEnd.get(end);
    if (list === undefined) byEnd.set(end, [edge]);
    else list.push(edge);
  }
  const groups = [...byEnd];
  const closed = new Set<number>();
  for (let first = 0; first < groups.length; first += 32) {
    const reached = new Int32Array(size); // by component, a bit for each end of the batch
    const batch = groups.slice(first, first + 32);
    batch.forEach(([end], bit) => (reached[end]! |= 1 << bit));
    for (const vertex of order) {
      const bits = reached[of[vertex]!]!;
      if (bits === 0) continue;
      for (let edge = offset[vertex]!; edge < offset[vertex + 1]!; edge++) {
        if ((kind[edge]! & kinds) !== 0) reached[of[target[edge]!]!]! |= bits;
      }
    }
    batch.forEach(([, edges], bit) => {
      for (const edge of edges) if ((reached[of[source[edge]!]!]! & (1 << bit)) !== 0) closed.add(edge);
    });
  }
  return (edge) => closed.has(edge);
}
