// Dependencies of transactions over registers: who read whose write is known, the order of the versions only in part, from
// the assumptions that the caller allows (Kingsbury & Alvaro, "Elle", VLDB 2020, section 4.2; Adya 1999, section 3).
import type { Findings } from './findings.ts';
import { rw, wr, ww, type EdgeList } from './graph.ts';
import type { Inference } from './list-append.ts';
import { findRegisterAnomalies } from './register-anomalies.ts';
import { orderVersions, type VersionOrder } from './register-order.ts';
import type { VersionSources } from './version-sources.ts';
import type { Transactions } from './transactions.ts';
import type { Writers } from './writers.ts';

/** How many edges there may be between the readers of versions and the writers of those that followed, over all keys. */
const mostVersionEdges = 5_000_000;

/** Adds the edges and the anomalies of an rw-register history. The version order explains its edges afterwards. */
export function inferFromRegisters(
  transactions: Transactions,
  writers: Writers,
  sources: VersionSources,
  edges: EdgeList,
  findings: Findings,
): Inference & { readonly order: VersionOrder } {
  const order = orderVersions(transactions, writers, sources, findings);
  findRegisterAnomalies(transactions, writers, findings);
  const { owner } = transactions;
  for (let version = 0; version < order.count; version++) {
    const write = order.writer[version]!;
    if (write < 0) continue;
    for (const read of order.readers[version]!) edges.add(owner[write]!, owner[read]!, wr, write, read);
  }
  return { counts: order.counts, omitted: addOrderEdges(transactions, order, edges), order };
}

/** A version's writer and readers precede the writer of a version that followed it. */
function addOrderEdges({ owner }: Transactions, order: VersionOrder, edges: EdgeList): number {
  const { graph, writer, readers } = order;
  let omitted = 0;
  let budget = mostVersionEdges;
  for (let version = 0; version < order.count; version++) {
    const write = writer[version]!;
    for (let edge = graph.offset[version]!; edge < graph.offset[version + 1]!; edge++) {
      const next = graph.target[edge]!;
      const after = writer[next]!;
      if (after < 0 || (order.isInitial[version] === 1 && order.followsAnother[next] === 1)) continue;
      if (write >= 0) edges.add(owner[write]!, owner[after]!, ww, write, after);
      const reads = readers[version]!;
      const room = Math.min(budget, reads.length);
      for (let place = 0; place < room; place++)
        edges.add(owner[reads[place]!]!, owner[after]!, rw, reads[place]!, after);
      budget -= room;
      omitted += reads.length - room;
    }
  }
  return omitted;
}
