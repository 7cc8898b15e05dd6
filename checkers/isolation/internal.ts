// What a transaction shows against itself: reads that contradict its own earlier reads and writes, and reads of what it wrote
// only later. INT in Cerone, Bernardi & Gotsman, "A Framework for Transactional Consistency Models" (2015).
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import type { Findings } from './findings.ts';
import { elementsOf } from './list-order.ts';
import { tokenOf, type Transactions } from './transactions.ts';
import { nameTransaction, showRead, showValue } from './words.ts';
import { isAmbiguous, writerOf, type Writers } from './writers.ts';

/** What a transaction knows of a key: all of it, or only that it ends in its own appends, which follow what it read. */
type Known =
  | { readonly type: 'all'; readonly value: Json; readonly appended: Json[] }
  | { readonly type: 'end'; readonly appended: Json[] };

/**
 * Adds `internal` and `future-read` anomalies of transactions that are ok. Where a transaction may see two versions of a key,
 * its reads are only compared with its `own writes`.
 */
export function findInternalAnomalies(
  transactions: Transactions,
  writers: Writers,
  findings: Findings,
  against: 'all' | 'own writes' = 'all',
): void {
  const { operations } = transactions;
  for (let number = 0; number < operations.length; number++) {
    if (operations[number]!.type !== 'ok' || !repeatsKey(transactions, number)) continue;
    judgeReads(transactions, number, findings, against);
    judgeFuture(transactions, writers, number, findings);
  }
}

/** Whether the transaction touches any key more than once: if not, there is nothing to contradict. */
function repeatsKey({ start, before }: Transactions, number: number): boolean {
  for (let micro = start[number]! + 1; micro < start[number + 1]!; micro++) if (before[micro]! >= 0) return true;
  return false;
}

function judgeReads(
  transactions: Transactions,
  number: number,
  findings: Findings,
  against: 'all' | 'own writes',
): void {
  const { start, key, isWrite, value, keys, workload } = transactions;
  const known = new Map<number, Known>();
  for (let micro = start[number]!; micro < start[number + 1]!; micro++) {
    const before = known.get(key[micro]!);
    const now = value[micro]!;
    if (isWrite[micro] === 1) {
      known.set(key[micro]!, workload === 'list-append' ? append(before, now) : whole(now));
      continue;
    }
    if (before !== undefined && !agrees(before, now, workload === 'list-append')) {
      findings.add('internal', [number], () => {
        const expected = showExpected(before);
        return (
          `${nameTransaction(transactions, number)} read ${showValue(keys[key[micro]!]!)} = ${showRead(transactions, micro)} ` +
          `where its own earlier steps leave ${expected}`
        );
      });
    }
    if (against === 'all') known.set(key[micro]!, whole(now));
  }
}

function whole(value: Json): Known {
  return { type: 'all', value, appended: [] };
}

function showExpected(known: Known): string {
  if (known.type === 'end') return `[… ${known.appended.map(showValue).join(' ')}]`;
  if (known.appended.length > 0) return showValue([...elementsOf(known.value), ...known.appended]);
  return known.value === null ? 'nothing' : showValue(known.value);
}

/** What is known after an append; what was known before is used up. */
function append(before: Known | undefined, element: Json): Known {
  if (before === undefined) return { type: 'end', appended: [element] };
  before.appended.push(element);
  return before;
}

function agrees(before: Known, now: Json, isList: boolean): boolean {
  if (!isList) return before.type === 'all' && tokenOf(before.value) === tokenOf(now);
  const elements = elementsOf(now);
  const read = before.type === 'all' ? elementsOf(before.value) : [];
  const shift = elements.length - read.length - before.appended.length;
  if (before.type === 'all' ? shift !== 0 : shift < 0) return false;
  const isThere = (element: Json, place: number) => tokenOf(element) === tokenOf(elements[place]!);
  return (
    read.every(isThere) && before.appended.every((element, place) => isThere(element, shift + read.length + place))
  );
}

/** A read before the own write of what it saw, if nobody else wrote the same. */
function judgeFuture(transactions: Transactions, writers: Writers, number: number, findings: Findings): void {
  const { start, key, isWrite, value, keys } = transactions;
  const reads = new Map<number, number[]>(); // by key, those before the micro-operation at hand
  for (let write = start[number]!; write < start[number + 1]!; write++) {
    const early = reads.get(key[write]!) ?? [];
    if (isWrite[write] === 0) {
      early.push(write);
      reads.set(key[write]!, early);
      continue;
    }
    const token = tokenOf(value[write]!);
    if (early.length === 0 || writerOf(writers, key[write]!, token) === isAmbiguous) continue;
    for (const read of early) {
      const seen = value[read]!;
      if (
        isArray(seen) ? !seen.some((element) => tokenOf(element) === token) : seen === null || tokenOf(seen) !== token
      ) {
        continue;
      }
      findings.add('future-read', [number], () => {
        const name = showValue(keys[key[read]!]!);
        return `${nameTransaction(transactions, number)} read ${name} = ${showRead(transactions, read)} before it wrote ${showValue(value[write]!)} itself`;
      });
      break;
    }
  }
}
