// Finds which kinds of cycles a dependency graph holds, and a shortest one of each kind: component by component, first over
// the edges of the data alone, then with those of sessions, then with those of real time. Elle, section 5.
import { cycleFamilies, cycleLayers, impliedAnomalies, type CycleFamily, type CycleName } from './anomalies.ts';
import { cyclicComponents, findComponents } from './components.ts';
import { findAlternatingCycle } from './alternating.ts';
import { makeSubgraph, process, realtime, rw, sourcesOf, wr, ww, type Graph } from './graph.ts';
import { findShortestCycle, type CycleSearch } from './paths.ts';
import { findSingleCycle } from './single.ts';

/** A cycle by its transactions; edge i leads from transaction i to the next, and the last one back to the first. */
export interface FoundCycle {
  readonly name: CycleName;
  readonly transactions: readonly number[];
  /** Numbers of edges in the list that the graph was made of. */
  readonly edges: readonly number[];
  readonly minimal: boolean;
}

const layerKinds = [0, process, realtime] as const;
const data = ww | wr | rw;

/**
 * The cycles of the graph: in each component one of each kind, unless one that implies it was found there. Whether a kind of
 * cycle exists is decided exactly; only how short the shown one is depends on a bound of steps.
 * @param progress where it is counted how many components were searched, of how many: fewer if the deadline came.
 */
export function searchCycles(
  graph: Graph,
  deadline: () => boolean = () => false,
  progress: { searched: number; components: number } = { searched: 0, components: 0 },
): readonly FoundCycle[] {
  const cycles: FoundCycle[] = [];
  if (deadline()) return cycles;
  const places = new Int32Array(graph.size);
  const components = cyclicComponents(findComponents(graph, data | process | realtime));
  progress.components = components.length;
  for (const vertices of components) {
    if (deadline()) break;
    const component = makeSubgraph(graph, vertices, data | process | realtime, places);
    if (!searchLayers(component, deadline, cycles)) break;
    progress.searched += 1;
  }
  return cycles;
}

/** False if the deadline came before the end. */
function searchLayers(graph: Graph, deadline: () => boolean, cycles: FoundCycle[]): boolean {
  /** The anomalies that cycles through each vertex show or imply already. */
  const known: (ReadonlySet<string> | undefined)[] = [];
  const places = new Int32Array(graph.size);
  for (const [layer, kind] of layerKinds.entries()) {
    if (layer > 0 && !graph.kind.some((one) => (one & kind) !== 0)) continue;
    for (const vertices of cyclicComponents(findComponents(graph, data | kind))) {
      const before = new Set<string>();
      for (const vertex of vertices) known[vertex]?.forEach((name) => before.add(name));
      const component = makeSubgraph(graph, vertices, data | kind, places);
      if (!searchComponent(component, layer, before, deadline, cycles)) return false;
      for (const vertex of vertices) known[vertex] = before;
    }
  }
  return true;
}

/**
 * Looks for each family in a component that its edges connect strongly, and adds the names found to those known. False if the
 * deadline came before the end.
 */
function searchComponent(
  graph: Graph,
  layer: number,
  known: Set<string>,
  deadline: () => boolean,
  cycles: FoundCycle[],
): boolean {
  const finders = makeFinders(graph, layerKinds[layer]!);
  for (const family of cycleFamilies) {
    const name: CycleName = `${family}${cycleLayers[layer]!}`;
    if (known.has(name)) continue;
    if (deadline()) return false;
    const found = finders[family]();
    if (found === undefined) continue;
    for (const implied of impliedAnomalies(name)) known.add(implied);
    cycles.push({ name, ...describe(graph, found.path), minimal: found.minimal });
  }
  return true;
}

/** How each family is found, given that those before it which imply it are not there. */
function makeFinders(graph: Graph, layer: number): Record<CycleFamily, () => CycleSearch | undefined> {
  const source = sourcesOf(graph);
  const edgesOf = (kind: number): readonly number[] => {
    const found: number[] = [];
    graph.kind.forEach((one, edge) => void ((one & kind) !== 0 && found.push(edge)));
    return found;
  };
  /** A shortest cycle over `kinds` through an edge of one kind; such an edge lies on one if its ends share a component. */
  const through = (kind: number, kinds: number): CycleSearch | undefined => {
    const { of } = findComponents(graph, kinds);
    const starts = edgesOf(kind).filter((edge) => of[source[edge]!] === of[graph.target[edge]!]);
    const isInside = (vertex: number, end: number) => of[vertex] === of[end];
    return starts.length === 0 ? undefined : findShortestCycle(graph, kinds, starts, source, isInside);
  };
  return {
    G0: () => through(ww, ww | layer),
    G1c: () => through(wr, ww | wr | layer),
    'G-single-item': () => findSingleCycle(graph, ww | wr | layer, edgesOf(rw), source),
    'G-nonadjacent-item': () => findAlternatingCycle(graph, ww | wr | layer, edgesOf(rw), source),
    'G2-item': () => through(rw, data | layer),
  };
}

function describe(
  graph: Graph,
  path: readonly number[],
): { transactions: readonly number[]; edges: readonly number[] } {
  const last = path.at(-1)!;
  const first = graph.target[last]!;
  return {
    transactions: [first, ...path.slice(0, -1).map((edge) => graph.target[edge]!)].map((v) => graph.transaction[v]!),
    edges: path.map((edge) => graph.edge[edge]!),
  };
}
