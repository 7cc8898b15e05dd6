// The checker of causal reverse: whoever sees a write sees all writes that were over before that one began.
import type { History } from '../../sim/history.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical, isArray } from '../canonical.ts';
import { HistoryError, pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';

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
    for (const cause of over) {
      if (cause.returned!.index >= effect.called.index) break;
      if (seen.has(canonical(cause.value))) continue;
      book.add('causal-reverse', cause.value, [cause.id, effect.id, read.id], () => {
        return `${read.client} read ${show(effect.value)} and not ${show(cause.value)}, whose write was over before that of ${show(effect.value)} began`;
      });
    }
  }
  return { ...book.judge(), reads: reads.length };
}

/** The checker of causal reverse for scenarios. */
export function causalReverseCheck(): Check {
  const about = 'A read that sees a write sees all writes that were over before it began.';
  return asCheck('causal-reverse', about, checkCausalReverse);
}

function elementsOf({ result, returned }: Operation): readonly string[] {
  if (isArray(result)) return result.map(canonical);
  throw new HistoryError(returned!.index, 'a list of values as the result of read', show(result));
}
