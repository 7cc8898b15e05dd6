// A circle in the commit order that a weak level forces, found and put into words.
import { cyclicComponents, findComponents } from './components.ts';
import { makeGraph, makeSubgraph, process, sourcesOf, wr, ww, type EdgeList } from './graph.ts';
import { findShortestCycle } from './paths.ts';
import type { Transactions } from './transactions.ts';
import { nameTransaction, showRead, showTransaction, showValue } from './words.ts';

/** A circle in the commit order that a level forces. */
export interface ForcedCycle {
  /** Whether the level forced any of it: if not, reads and sessions run in a circle by themselves. */
  readonly isForced: boolean;
  readonly transactions: readonly number[];
  readonly reason: string;
}

/** The shortest circle in what is forced; undefined if there is none. */
export function findForcedCircle(transactions: Transactions, edges: EdgeList): ForcedCycle | undefined {
  const graph = makeGraph(transactions.operations.length + 1, edges);
  const kinds = ww | wr | process;
  const places = new Int32Array(graph.size);
  let best: readonly number[] | undefined;
  for (const vertices of cyclicComponents(findComponents(graph, kinds))) {
    if (best?.length === 2) break;
    const component = makeSubgraph(graph, vertices, kinds, places);
    const starts = Array.from(component.target, (_, edge) => edge);
    const path = findShortestCycle(component, kinds, starts, sourcesOf(component))?.path;
    if (path !== undefined && (best === undefined || path.length < best.length))
      best = path.map((edge) => component.edge[edge]!);
  }
  if (best === undefined) return undefined;
  const initial = transactions.operations.length;
  const numbers = best.map((edge) => edges.from[edge]!).filter((number) => number !== initial);
  const shown = numbers.map(
    (number) => `  ${nameTransaction(transactions, number)}: ${showTransaction(transactions, number)}`,
  );
  const steps = best.map((edge) => `  ${describeForced(transactions, edges, edge)}.`);
  const isForced = best.some((edge) => edges.kind[edge] === ww);
  return {
    isForced,
    transactions: numbers,
    reason: `no order of commits allows this:\n${[...shown, ...steps].join('\n')}`,
  };
}

function describeForced(transactions: Transactions, edges: EdgeList, edge: number): string {
  const { operations, key, keys, owner, value } = transactions;
  const name = (number: number) => (number === operations.length ? 'the start' : `operation ${operations[number]!.id}`);
  const from = name(edges.from[edge]!);
  const to = name(edges.to[edge]!);
  const [before, after] = [edges.fromMicro[edge]!, edges.toMicro[edge]!];
  if (edges.kind[edge] === process) return `${from} precedes ${to} in its session`;
  const nameOf = (micro: number) => showValue(keys[key[micro]!]!);
  if (edges.kind[edge] === wr)
    return `${to} read ${nameOf(after)} = ${showRead(transactions, after)}, which ${from} wrote`;
  if (before < 0) return `${from} precedes ${to}`;
  return (
    `${from} wrote ${nameOf(before)} = ${showValue(value[before]!)} before ${to}, as ${name(owner[after]!)} knew of it and yet ` +
    `read ${nameOf(after)} = ${showRead(transactions, after)}`
  );
}
