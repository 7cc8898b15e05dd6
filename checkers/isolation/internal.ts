// What a transaction shows against itself: reads that contradict its own earlier reads and writes, and reads of what it wrote
// only later. INT in Cerone, Bernardi & Gotsman, "A Framework for Transactional Consistency Models" (2015).
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import type { Findings } from './findings.ts';
import { elementsOf } from './list-order.ts';
import { tokenOf, type Transactions } from './transactions.ts';
import { nameTransaction, showRead, showValue } from './words.ts';
import { isAmbiguous, writerOf, type Writers } from './writers.ts';

/** What a transaction knows of a key: all of it, or only that it ends in its own appends. */
type Known =
  { readonly type: 'all'; readonly value: Json } | { readonly type: 'end'; readonly elements: readonly Json[] };

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
function repeatsKey({ start, key }: Transactions, number: number): boolean {
  for (let later = start[number]! + 1; later < start[number + 1]!; later++) {
    for (let earlier = start[number]!; earlier < later; earlier++) if (key[earlier] === key[later]) return true;
  }
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
      known.set(key[micro]!, workload === 'list-append' ? append(before, now) : { type: 'all', value: now });
      continue;
    }
    if (before !== undefined && !agrees(before, now, workload === 'list-append')) {
      findings.add('internal', [number], () => {
        const expected =
          before.type === 'all' ? showExpected(before.value) : `[… ${before.elements.map(showValue).join(' ')}]`;
        return (
          `${nameTransaction(transactions, number)} read ${showValue(keys[key[micro]!]!)} = ${showRead(transactions, micro)} ` +
          `where its own earlier steps leave ${expected}`
        );
      });
    }
    if (against === 'all') known.set(key[micro]!, { type: 'all', value: now });
  }
}

function showExpected(value: Json): string {
  return value === null ? 'nothing' : showValue(value);
}

function append(before: Known | undefined, element: Json): Known {
  if (before === undefined) return { type: 'end', elements: [element] };
  if (before.type === 'end') return { type: 'end', elements: [...before.elements, element] };
  return { type: 'all', value: [...elementsOf(before.value), element] };
}

function agrees(before: Known, now: Json, isList: boolean): boolean {
  if (!isList) return before.type === 'all' && tokenOf(before.value) === tokenOf(now);
  const elements = elementsOf(now);
  const expected = before.type === 'all' ? elementsOf(before.value) : before.elements;
  const shift = elements.length - expected.length;
  if (before.type === 'all' ? shift !== 0 : shift < 0) return false;
  return expected.every((element, place) => tokenOf(element) === tokenOf(elements[shift + place]!));
}

/** A read before the own write of what it saw, if nobody else wrote the same. */
function judgeFuture(transactions: Transactions, writers: Writers, number: number, findings: Findings): void {
  const { start, key, isWrite, value, keys } = transactions;
  for (let write = start[number]! + 1; write < start[number + 1]!; write++) {
    if (isWrite[write] === 0) continue;
    const token = tokenOf(value[write]!);
    if (writerOf(writers, key[write]!, token) === isAmbiguous) continue;
    for (let read = start[number]!; read < write; read++) {
      if (isWrite[read] === 1 || key[read] !== key[write]) continue;
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
