// Dependencies of transactions over lists: each read shows the whole order of the versions before it, so that nearly all
// dependencies are known (Kingsbury & Alvaro, "Elle", VLDB 2020, section 4.2).
import type { Findings } from './findings.ts';
import { rw, wr, ww, type EdgeList } from './graph.ts';
import { findListAnomalies } from './list-anomalies.ts';
import { orderLists, type ListOrder } from './list-order.ts';
import { tokenOf, type Transactions } from './transactions.ts';
import { isAmbiguous, writerOf, type Writers } from './writers.ts';

/** How many edges there may be between the readers of last versions and the writers of what was never read, over all keys. */
const mostUnobservedEdges = 5_000_000;

/** What a workload tells of the dependencies besides edges and anomalies. */
export interface Inference {
  /** 1 for transactions that took effect: those that are ok, and those of unknown outcome whose writes were read. */
  readonly counts: Uint8Array;
  /** How many edges were left out because there were too many of a kind; 0 nearly always. */
  readonly omitted: number;
}

/** Adds the edges and the anomalies of a list-append history. */
export function inferFromLists(
  transactions: Transactions,
  writers: Writers,
  edges: EdgeList,
  findings: Findings,
): Inference {
  const order = orderLists(transactions, writers);
  findListAnomalies(transactions, writers, order, findings);
  const unobserved = findUnobserved(transactions, writers, order);
  for (let key = 0; key < transactions.keys.length; key++) {
    addVersionEdges(transactions, order, key, edges);
  }
  const omitted = addReadEdges(transactions, order, unobserved, edges);
  addUnobservedEdges(transactions, order, unobserved, edges);
  return { counts: order.counts, omitted };
}

/** Each committed version follows the one before. */
function addVersionEdges(
  { owner }: Transactions,
  { versions, commits }: ListOrder,
  key: number,
  edges: EdgeList,
): void {
  const list = versions[key]!;
  let last = -1;
  for (let place = 0; place < list.length; place++) {
    const micro = list[place]!;
    if (!commits(micro)) continue;
    if (last >= 0) edges.add(owner[last]!, owner[micro]!, ww, last, micro);
    last = micro;
  }
}

/** By key: the appends of committed transactions that no read has shown; the first of each transaction. */
function findUnobserved(
  { keys, key, owner, isWrite, value }: Transactions,
  writers: Writers,
  { counts, isObserved }: ListOrder,
): readonly (readonly number[])[] {
  const unobserved: number[][] = keys.map(() => []);
  for (let micro = 0; micro < value.length; micro++) {
    if (isWrite[micro] === 0 || counts[owner[micro]!] === 0 || isObserved[micro] === 1) continue;
    if (writerOf(writers, key[micro]!, tokenOf(value[micro]!)) === isAmbiguous) continue; // may have been shown
    const list = unobserved[key[micro]!]!;
    if (list.length === 0 || owner[list.at(-1)!] !== owner[micro]) list.push(micro);
  }
  return unobserved;
}

/** A read follows the writer of the last version in it and precedes the writer of the next. */
function addReadEdges(
  transactions: Transactions,
  order: ListOrder,
  unobserved: readonly (readonly number[])[],
  edges: EdgeList,
): number {
  const { operations, isWrite, key, owner, value } = transactions;
  let budget = mostUnobservedEdges;
  let omitted = 0;
  for (let micro = 0; micro < value.length; micro++) {
    if (isWrite[micro] === 1 || operations[owner[micro]!]!.type !== 'ok') continue;
    const number = key[micro]!;
    const length = order.length[micro]!;
    if (repeats(transactions, order, micro)) continue;
    const before = order.lastCommit(number, order.isPrefix(micro) ? length : order.divergence(micro));
    if (before >= 0) edges.add(owner[before]!, owner[micro]!, wr, before, micro);
    if (!order.isPrefix(micro)) {
      const last = order.lastOf(micro);
      if (last !== before && order.commits(last)) edges.add(owner[last]!, owner[micro]!, wr, last, micro);
      continue;
    }
    const after = order.nextCommit(number, length);
    if (after >= 0) {
      edges.add(owner[micro]!, owner[after]!, rw, micro, after);
      continue;
    }
    const appends = unobserved[number]!;
    const room = Math.min(budget, appends.length);
    for (let place = 0; place < room; place++)
      edges.add(owner[micro]!, owner[appends[place]!]!, rw, micro, appends[place]!);
    budget -= room;
    omitted += appends.length - room;
  }
  return omitted;
}

/** Whether the same transaction read the same version before. */
function repeats({ before, isWrite }: Transactions, { length, isPrefix }: ListOrder, micro: number): boolean {
  for (let earlier = before[micro]!; earlier >= 0; earlier = before[earlier]!) {
    if (isWrite[earlier] === 1) continue;
    return length[earlier] === length[micro] && isPrefix(earlier) && isPrefix(micro);
  }
  return false;
}

/** What was never read came after all that was. */
function addUnobservedEdges(
  { owner, keys }: Transactions,
  order: ListOrder,
  unobserved: readonly (readonly number[])[],
  edges: EdgeList,
): void {
  for (let key = 0; key < keys.length; key++) {
    const last = order.lastCommit(key, order.versions[key]!.length);
    if (last < 0) continue;
    for (const append of unobserved[key]!) edges.add(owner[last]!, owner[append]!, ww, last, append);
  }
}
