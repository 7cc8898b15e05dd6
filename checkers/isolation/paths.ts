// Shortest cycles by breadth-first search: one search for each edge that the cycle may start with, each only as deep as
// the best cycle so far.
import type { Graph } from './graph.ts';

/** The edges of a cycle in their order, as places in the columns of the graph. */
export type Path = readonly number[];

/** How many edges are looked at to find a shorter cycle, once there is one. */
const stepsToShorten = 20_000_000;

export interface CycleSearch {
  readonly path: Path;
  /** False if the search for a shorter one was given up: a bound on steps, not on time. */
  readonly minimal: boolean;
}

/**
 * The shortest cycle over edges whose kind is in `kinds` that begins with one of the edges `starts`; the first of several.
 * `isInside` may keep the search for the end of a start edge to a part of the graph.
 */
export function findShortestCycle(
  graph: Graph,
  kinds: number,
  starts: readonly number[],
  source: Int32Array,
  isInside: (vertex: number, end: number) => boolean = () => true,
): CycleSearch | undefined {
  const search = makeSearch(graph);
  let best: Path | undefined;
  for (const start of starts) {
    const limit = best === undefined ? graph.size : best.length - 2;
    if (limit < 1 || (best !== undefined && search.steps > stepsToShorten)) break;
    const path = search.find(graph.target[start]!, source[start]!, kinds, limit, isInside);
    if (path !== undefined) best = [start, ...path];
  }
  return best === undefined ? undefined : { path: best, minimal: search.steps <= stepsToShorten };
}

interface Search {
  steps: number;
  find(
    from: number,
    to: number,
    kinds: number,
    limit: number,
    isInside: (vertex: number, end: number) => boolean,
  ): Path | undefined;
}

/** A search that keeps its tables from one path to the next. */
export function makeSearch({ size, offset, target, kind }: Graph): Search {
  const seen = new Int32Array(size);
  const by = new Int32Array(size); // the edge that led there
  const via = new Int32Array(size); // the vertex before
  const queue = new Int32Array(size);
  let round = 0;
  const search: Search = {
    steps: 0,
    find: (from, to, kinds, limit, isInside) => {
      round += 1;
      seen[from] = round;
      queue[0] = from;
      let end = 1;
      let depthEnd = 1;
      let depth = 1;
      for (let head = 0; head < end; head++) {
        if (head === depthEnd) {
          depth += 1;
          depthEnd = end;
        }
        if (depth > limit) return undefined;
        const vertex = queue[head]!;
        for (let edge = offset[vertex]!; edge < offset[vertex + 1]!; edge++) {
          search.steps += 1;
          const next = target[edge]!;
          if ((kind[edge]! & kinds) === 0 || seen[next] === round || !isInside(next, to)) continue;
          seen[next] = round;
          by[next] = edge;
          via[next] = vertex;
          if (next === to) return traceBack(from, to);
          queue[end++] = next;
        }
      }
      return undefined;
    },
  };
  const traceBack = (from: number, to: number): Path => {
    const path: number[] = [];
    for (let vertex = to; vertex !== from; vertex = via[vertex]!) path.push(by[vertex]!);
    return path.toReversed();
  };
  return search;
}
