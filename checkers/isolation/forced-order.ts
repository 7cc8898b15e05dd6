// What a weak level forces of the commit order: if a transaction knows of a write and yet reads from another of the same key,
// the write that it knows of came first. Biswas & Enea 2019, section 3.
import { wr, ww, type EdgeList } from './graph.ts';
import { lastWrite, tokenOf, type Transactions } from './transactions.ts';
import { writerOf, type Writers } from './writers.ts';

/** From the weakest: what a transaction has read, what it depends on directly, all of its causal past is seen as a whole. */
export type WeakLevel = 'read-committed' | 'read-atomic' | 'causal';

/** A read from outside of its transaction: of a write, or of the initial version (-1). */
export interface ExternalRead {
  readonly read: number;
  readonly write: number;
}

/** The external reads of each transaction that is ok, in their order, with their edges. */
export function linkReads(
  transactions: Transactions,
  writers: Writers,
  edges: EdgeList,
): readonly (readonly ExternalRead[])[] {
  const { operations, start, isWrite, key, value, owner } = transactions;
  return operations.map(({ type }, number) => {
    if (type !== 'ok') return none;
    const found: ExternalRead[] = [];
    for (let read = start[number]!; read < start[number + 1]!; read++) {
      if (isWrite[read] === 1 || followsOwnWrite(transactions, read)) continue;
      const write = value[read] === null ? -1 : writerOf(writers, key[read]!, tokenOf(value[read]!));
      if (value[read] !== null && (write < 0 || operations[owner[write]!]!.type === 'fail')) continue;
      found.push({ read, write });
      if (write >= 0) edges.add(owner[write]!, number, wr, write, read);
    }
    return found;
  });
}

const none: readonly ExternalRead[] = [];

function followsOwnWrite({ isWrite, before }: Transactions, read: number): boolean {
  for (let micro = before[read]!; micro >= 0; micro = before[micro]!) if (isWrite[micro] === 1) return true;
  return false;
}

/** Read committed looks at what was read before in the transaction, read atomic at all that it read. */
export function linkDirectPasts(
  transactions: Transactions,
  reads: readonly (readonly ExternalRead[])[],
  level: WeakLevel,
  edges: EdgeList,
): void {
  const { owner } = transactions;
  for (const external of reads) {
    const known = new Set<number>();
    const learn = ({ write }: ExternalRead) => void (write >= 0 && known.add(owner[write]!));
    if (level === 'read-atomic') external.forEach(learn);
    for (const one of external) {
      for (const other of known) force(transactions, edges, other, one.read, one.write);
      learn(one);
    }
  }
}

/** What a session did before is known to it: its last write of each key that it reads. */
export function linkSessionPasts(
  transactions: Transactions,
  counts: Uint8Array,
  reads: readonly (readonly ExternalRead[])[],
  edges: EdgeList,
): void {
  const { operations, start, isWrite, key } = transactions;
  const latest = new Map<number, Map<number, number>>();
  operations.forEach(({ process: session }, number) => {
    if (counts[number] === 0) return;
    const writes = latest.get(session) ?? new Map<number, number>();
    latest.set(session, writes);
    for (const { read, write } of reads[number]!) {
      const before = writes.get(key[read]!);
      if (before !== undefined) force(transactions, edges, before, read, write);
    }
    for (let micro = start[number]!; micro < start[number + 1]!; micro++) {
      if (isWrite[micro] === 1) writes.set(key[micro]!, number);
    }
  });
}

/**
 * If the known transaction wrote the key of the read as well, it came before the one that was read from: an edge of kind ww
 * with that write and the read. The initial version is a vertex of its own, behind all transactions.
 */
export function force(transactions: Transactions, edges: EdgeList, known: number, read: number, write: number): void {
  const { key, owner, operations } = transactions;
  if (known === owner[read] || (write >= 0 && owner[write] === known)) return;
  const own = lastWrite(transactions, known, key[read]!);
  if (own < 0) return;
  const initial = operations.length;
  edges.add(known, write < 0 ? initial : owner[write]!, ww, own, read);
  if (write < 0) edges.add(initial, known, ww, -1, own);
}
