// The orders besides that of the data: transactions of one session follow each other, and a transaction that had completed
// before another was invoked precedes it in real time.
import type { Operation } from '../operations.ts';
import { process, realtime, type EdgeList } from './graph.ts';

/** Links each transaction to the next of its session. `counts` says which transactions took effect. */
export function addSessionEdges(operations: readonly Operation[], counts: Uint8Array, edges: EdgeList): void {
  const last = new Map<number, number>();
  operations.forEach((operation, number) => {
    if (counts[number] === 0) return;
    const before = last.get(operation.process);
    if (before !== undefined) edges.add(before, number, process, -1, -1);
    last.set(operation.process, number);
  });
}

/**
 * Links transactions in real time with as few edges as say it all (the transitive reduction): at any time only those
 * completions count that no later transaction has both followed and completed. At most one edge for each transaction and
 * each client that runs beside it.
 */
export function addRealTimeEdges(operations: readonly Operation[], counts: Uint8Array, edges: EdgeList): void {
  forEachDirectPredecessor(operations, counts, (before, after) => edges.add(before, after, realtime, -1, -1));
}

/** Calls `link` for the pairs of the transitive reduction of the real-time order of those transactions that count. */
export function forEachDirectPredecessor(
  operations: readonly Operation[],
  counts: Uint8Array,
  link: (before: number, after: number) => void,
): void {
  const returns: number[] = []; // transactions by their completions
  operations.forEach((operation, number) => {
    if (counts[number] === 1 && operation.returned !== undefined) returns.push(number);
  });
  const returnOf = (number: number) => operations[number]!.returned!.index;
  returns.sort((one, other) => returnOf(one) - returnOf(other));
  const frontier: number[] = []; // in the order of their completions
  let first = 0; // the place of the first that still counts
  let next = 0;
  operations.forEach((operation, number) => {
    if (counts[number] === 0) return;
    for (; next < returns.length && returnOf(returns[next]!) < operation.called.index; next++) {
      const done = returns[next]!;
      const since = operations[done]!.called.index;
      while (first < frontier.length && returnOf(frontier[first]!) <= since) first += 1;
      frontier.push(done);
    }
    for (let place = first; place < frontier.length; place++) link(frontier[place]!, number);
  });
}
