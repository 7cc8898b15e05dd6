// The checker of causal reverse: whoever sees a write sees all writes that were over before that one began.
import type { History } from '../../sim/history.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical, isArray } from '../canonical.ts';
import { HistoryError, pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';

/** How many writes that one read misses are named; all are counted. */
const mostListed = 100;

export interface CausalReverseResult extends Judgement<'causal-reverse'> {
  readonly reads: number;
}

/**
 * Judges `write` of unique values, and `read` of the list of all values there. Strict serializability forbids the anomaly,
 * serializability alone does not: it has the later write in an earlier place (CockroachDB's "comments" test).
 * @throws HistoryError on a history that pairs badly and on a read that returned no list.
 */
export function checkCausalReverse(history: History): CausalReverseResult {
  const operations = pairOperations(history);
  const writes = operations.filter(({ f, type }) => f === 'write' && type !== 'fail');
  const first = new Map<string, Operation>(); // of each value: if it was written again, nobody knows which one was read
  for (const write of writes) if (!first.has(canonical(write.value))) first.set(canonical(write.value), write);
  const over = writes
    .filter(({ type }) => type === 'ok')
    .toSorted((one, other) => one.returned!.index - other.returned!.index);
  const ranks = new Map<string, number[]>(); // of each value: the places of its writes among those that are over
  const texts = over.map(({ value }) => canonical(value));
  for (const [rank, text] of texts.entries()) {
    const others = ranks.get(text);
    if (others === undefined) ranks.set(text, [rank]);
    else others.push(rank);
  }
  const book = new EvidenceBook<'causal-reverse'>();
  const reads = operations.filter(({ f, type }) => f === 'read' && type === 'ok');
  for (const read of reads) {
    const seen = new Set(elementsOf(read));
    let latest: Operation | undefined;
    for (const text of seen) {
      const write = first.get(text);
      if (write !== undefined && write.called.index > (latest?.called.index ?? -1)) latest = write;
    }
    const effect = latest;
    if (effect === undefined) continue;
    const before = countOver(over, effect.called.index);
    let missing = before;
    for (const text of seen) for (const rank of ranks.get(text) ?? []) if (rank < before) missing -= 1;
    let listed = 0;
    for (let rank = 0; listed < Math.min(missing, mostListed); rank += 1) {
      const cause = over[rank]!;
      if (seen.has(texts[rank]!)) continue;
      listed += 1;
      book.add('causal-reverse', cause.value, [cause.id, effect.id, read.id], () => {
        return `${read.client} read ${show(effect.value)} and not ${show(cause.value)}, whose write was over before that of ${show(effect.value)} began`;
      });
    }
    book.addMore('causal-reverse', missing - listed);
  }
  return { ...book.judge(), reads: reads.length };
}

/** The checker of causal reverse for scenarios. */
export function causalReverseCheck(): Check {
  const about = 'A read that sees a write sees all writes that were over before it began.';
  return asCheck('causal-reverse', about, checkCausalReverse);
}

/** How many of the writes, in the order of their ends, were over before a moment. */
function countOver(over: readonly Operation[], index: number): number {
  let low = 0;
  for (let high = over.length; low < high;) {
    const middle = (low + high) >> 1;
    if (over[middle]!.returned!.index < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

function elementsOf({ result, returned }: Operation): readonly string[] {
  if (isArray(result)) return result.map(canonical);
  throw new HistoryError(returned!.index, 'a list of values as the result of read', show(result));
}
