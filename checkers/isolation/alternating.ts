// Cycles in which no two anti-dependencies touch (G-nonadjacent), which is what snapshot isolation forbids: Cerone & Gotsman,
// "Analysing Snapshot Isolation" (2016), theorem 9. Searched in a graph that has each vertex twice.
import { findComponents } from './components.ts';
import { rw, type Graph } from './graph.ts';
import { makeSearch, type CycleSearch } from './paths.ts';

/** How many edges are looked at to find a shorter cycle, once there is one. */
const stepsToShorten = 20_000_000;

/** A shortest cycle of edges whose kind is in `kinds` and of rw edges, no two of which follow each other. */
export function findAlternatingCycle(
  graph: Graph,
  kinds: number,
  starts: readonly number[],
  source: Int32Array,
): CycleSearch | undefined {
  const { twice, origin } = doubleGraph(graph, kinds);
  const { of } = findComponents(twice, 255);
  const after = (vertex: number) => vertex + graph.size;
  const isInside = (vertex: number, end: number) => of[vertex] === of[end];
  const search = makeSearch(twice);
  let best: readonly number[] | undefined;
  for (const start of starts) {
    const from = after(graph.target[start]!);
    const to = source[start]!;
    if (of[from] !== of[to]) continue;
    const limit = best === undefined ? twice.size : best.length - 2;
    if (limit < 1 || (best !== undefined && search.steps > stepsToShorten)) break;
    const path = search.find(from, to, 255, limit, isInside);
    if (path === undefined) continue;
    const cycle = [start, ...path.map((edge) => origin[edge]!)];
    // A walk that passes a transaction twice falls apart into a cycle of dependencies, found as G1c, and one that is not of this kind.
    if (new Set(cycle.map((edge) => graph.target[edge])).size === cycle.length) best = cycle;
  }
  return best === undefined ? undefined : { path: best, minimal: search.steps <= stepsToShorten };
}

/** Vertex v is reached by a dependency, vertex v + size by an anti-dependency, which only a dependency may follow. */
function doubleGraph(graph: Graph, kinds: number): { twice: Graph; origin: Int32Array } {
  const { size, offset, target, kind } = graph;
  const most = target.length * 2;
  const twiceOffset = new Int32Array(size * 2 + 1);
  const twiceTarget = new Int32Array(most);
  const origin = new Int32Array(most);
  let count = 0;
  for (let vertex = 0; vertex < size * 2; vertex++) {
    const isAfter = vertex >= size;
    const original = isAfter ? vertex - size : vertex;
    for (let edge = offset[original]!; edge < offset[original + 1]!; edge++) {
      const isAnti = (kind[edge]! & rw) !== 0;
      if (isAnti ? isAfter : (kind[edge]! & kinds) === 0) continue;
      twiceTarget[count] = target[edge]! + (isAnti ? size : 0);
      origin[count] = edge;
      count += 1;
    }
    twiceOffset[vertex + 1] = count;
  }
  const twice: Graph = {
    size: size * 2,
    offset: twiceOffset,
    target: twiceTarget.subarray(0, count),
    kind: new Uint8Array(count).fill(1),
    edge: origin,
    transaction: new Int32Array(0),
  };
  return { twice, origin };
}
