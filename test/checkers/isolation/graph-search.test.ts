// Components and cycles on random graphs, against searches that are too simple to be wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAlternatingCycle } from '../../../checkers/isolation/alternating.ts';
import { findComponents } from '../../../checkers/isolation/components.ts';
import { EdgeList, makeGraph, rw, sourcesOf, ww, type Graph } from '../../../checkers/isolation/graph.ts';
import { findSingleCycle } from '../../../checkers/isolation/single.ts';

const size = 7;
const graphs = fc
  .array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.constantFrom(ww, ww, rw)), { maxLength: 16 })
  .map((list) => {
    const edges = new EdgeList();
    for (const [from, to, kind] of list) edges.add(from, to, kind, -1, -1);
    return makeGraph(size, edges);
  });

const startsOf = (graph: Graph) => [...graph.kind.keys()].filter((edge) => graph.kind[edge] === rw);

describe('on random graphs', () => {
  it('components are what reaches each other, numbered against the direction of the edges', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { of } = findComponents(graph, ww | rw);
        const source = sourcesOf(graph);
        for (let one = 0; one < size; one++) {
          for (let other = 0; other < size; other++) {
            expect(of[one] === of[other]).toBe(reaches(graph, one, other, 3) && reaches(graph, other, one, 3));
          }
        }
        graph.target.forEach((target, edge) => expect(of[target]!).toBeLessThanOrEqual(of[source[edge]!]!));
      }),
    );
  });

  it.each([0, 1_000_000])('cycles with one rw edge are found exactly (single searches up to %i steps)', (alone) => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const source = sourcesOf(graph);
        const found = findSingleCycle(graph, ww, startsOf(graph), source, alone);
        const closed = startsOf(graph).filter((edge) => reaches(graph, graph.target[edge]!, source[edge]!, 1));
        expect(found !== undefined).toBe(closed.length > 0);
        if (found !== undefined) expect(isCycle(graph, found.path)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('cycles without two rw edges in a row are found exactly, where no cycle of dependencies alone is in the way', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const found = findAlternatingCycle(graph, ww, startsOf(graph), sourcesOf(graph));
        const isClean = findComponents(graph, ww).sizes.length === size;
        if (isClean) expect(found !== undefined).toBe(hasAlternatingCycle(graph));
        if (found === undefined) return;
        expect(isCycle(graph, found.path)).toBe(true);
        const kinds = found.path.map((edge) => graph.kind[edge]!);
        expect(kinds.some((kind, place) => kind === rw && kinds[(place + 1) % kinds.length] === rw)).toBe(false);
        expect(new Set(found.path.map((edge) => graph.target[edge])).size).toBe(found.path.length);
      }),
      { numRuns: 500 },
    );
  });
});

function reaches(graph: Graph, from: number, to: number, kinds: number): boolean {
  const all = kinds === 3 ? ww | rw : ww;
  const seen = new Set([from]);
  for (const vertex of seen) {
    for (let edge = graph.offset[vertex]!; edge < graph.offset[vertex + 1]!; edge++) {
      if ((graph.kind[edge]! & all) !== 0) seen.add(graph.target[edge]!);
    }
  }
  return seen.has(to);
}

function isCycle(graph: Graph, path: readonly number[]): boolean {
  const source = sourcesOf(graph);
  return path.every((edge, place) => graph.target[edge] === source[path[(place + 1) % path.length]!]);
}

/** Tries all paths that visit no vertex twice. */
function hasAlternatingCycle(graph: Graph): boolean {
  const walk = (start: number, vertex: number, before: readonly number[], first: number, last: number): boolean => {
    for (let edge = graph.offset[vertex]!; edge < graph.offset[vertex + 1]!; edge++) {
      const kind = graph.kind[edge]!;
      const next = graph.target[edge]!;
      if (kind === rw && last === rw) continue;
      const opening = first === 0 ? kind : first;
      if (next === start && !(kind === rw && opening === rw)) return true;
      if (next !== start && !before.includes(next) && walk(start, next, [...before, next], opening, kind)) return true;
    }
    return false;
  };
  return Array.from({ length: size }, (_, start) => start).some((start) => walk(start, start, [start], 0, 0));
}
