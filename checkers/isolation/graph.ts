// The dependency graph of transactions in compressed rows: who must precede whom, of which kind, and which two
// micro-operations say so.

/** Kinds of edges as bits, so that a search takes a set of them. */
export const ww = 1;
export const wr = 2;
export const rw = 4;
export const process = 8;
export const realtime = 16;

/** Edges as they are found: growing columns. */
export class EdgeList {
  count = 0;
  from = new Int32Array(1024);
  to = new Int32Array(1024);
  kind = new Uint8Array(1024);
  /** The micro-operations of the two transactions that prove the edge; -1 for edges of sessions and real time. */
  fromMicro = new Int32Array(1024);
  toMicro = new Int32Array(1024);

  add(from: number, to: number, kind: number, fromMicro: number, toMicro: number): void {
    if (from === to) return;
    if (this.count === this.from.length) this.#grow();
    this.from[this.count] = from;
    this.to[this.count] = to;
    this.kind[this.count] = kind;
    this.fromMicro[this.count] = fromMicro;
    this.toMicro[this.count] = toMicro;
    this.count += 1;
  }

  #grow(): void {
    const size = this.count * 2;
    const copy = (old: Int32Array) => {
      const larger = new Int32Array(size);
      larger.set(old);
      return larger;
    };
    const kinds = new Uint8Array(size);
    kinds.set(this.kind);
    this.kind = kinds;
    this.from = copy(this.from);
    this.to = copy(this.to);
    this.fromMicro = copy(this.fromMicro);
    this.toMicro = copy(this.toMicro);
  }
}

/** A graph of vertices 0 to `size`; the edges of vertex v are those from `offset[v]` to `offset[v + 1]` of the columns. */
export interface Graph {
  readonly size: number;
  readonly offset: Int32Array;
  readonly target: Int32Array;
  readonly kind: Uint8Array;
  /** The number of each edge in the list that the whole graph was made of. */
  readonly edge: Int32Array;
  /** The transaction of each vertex. */
  readonly transaction: Int32Array;
}

/** Sorts the edges by their sources; those of one source stay in the order in which they were found. */
export function makeGraph(size: number, edges: EdgeList): Graph {
  const offset = new Int32Array(size + 1);
  for (let edge = 0; edge < edges.count; edge++) offset[edges.from[edge]! + 1]! += 1;
  for (let vertex = 0; vertex < size; vertex++) offset[vertex + 1]! += offset[vertex]!;
  const next = offset.slice(0, size);
  const target = new Int32Array(edges.count);
  const kind = new Uint8Array(edges.count);
  const number = new Int32Array(edges.count);
  for (let edge = 0; edge < edges.count; edge++) {
    const place = next[edges.from[edge]!]!++;
    target[place] = edges.to[edge]!;
    kind[place] = edges.kind[edge]!;
    number[place] = edge;
  }
  return { size, offset, target, kind, edge: number, transaction: Int32Array.from({ length: size }, (_, v) => v) };
}

/** The part of a graph on some vertices, with the edges between them whose kind is in `kinds`. */
export function makeSubgraph(graph: Graph, vertices: readonly number[], kinds: number, places: Int32Array): Graph {
  vertices.forEach((vertex, place) => (places[vertex] = place + 1));
  const offset = new Int32Array(vertices.length + 1);
  let count = 0;
  const each = (visit: (edge: number) => void) => {
    vertices.forEach((vertex, place) => {
      for (let edge = graph.offset[vertex]!; edge < graph.offset[vertex + 1]!; edge++) {
        if ((graph.kind[edge]! & kinds) !== 0 && places[graph.target[edge]!]! !== 0) visit(edge);
      }
      offset[place + 1] = count;
    });
  };
  each(() => (count += 1));
  const target = new Int32Array(count);
  const kind = new Uint8Array(count);
  const number = new Int32Array(count);
  count = 0;
  each((edge) => {
    target[count] = places[graph.target[edge]!]! - 1;
    kind[count] = graph.kind[edge]!;
    number[count] = graph.edge[edge]!;
    count += 1;
  });
  for (const vertex of vertices) places[vertex] = 0;
  const transaction = Int32Array.from(vertices, (vertex) => graph.transaction[vertex]!);
  return { size: vertices.length, offset, target, kind, edge: number, transaction };
}

/** The source of each edge of a graph, for searches that start from edges. */
export function sourcesOf(graph: Graph): Int32Array {
  const source = new Int32Array(graph.target.length);
  for (let vertex = 0; vertex < graph.size; vertex++) {
    source.fill(vertex, graph.offset[vertex], graph.offset[vertex + 1]);
  }
  return source;
}
