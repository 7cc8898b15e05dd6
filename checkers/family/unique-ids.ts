// The checker of unique ids: no id is given twice.
import type { History } from '../../sim/history.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical } from '../canonical.ts';
import { pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, type Judgement } from './evidence.ts';

export interface UniqueIdsResult extends Judgement<'duplicated'> {
  readonly attempted: number;
  readonly acknowledged: number;
}

/** Judges `generate`, whose results must all differ. @throws HistoryError on a history that pairs badly */
export function checkUniqueIds(history: History): UniqueIdsResult {
  const calls = pairOperations(history).filter(({ f }) => f === 'generate');
  const answers = calls.filter(({ type }) => type === 'ok');
  const book = new EvidenceBook<'duplicated'>();
  const seen = new Map<string, Operation>();
  for (const answer of answers) {
    const text = canonical(answer.result);
    const first = seen.get(text);
    if (first === undefined) seen.set(text, answer);
    else
      book.add(
        'duplicated',
        answer.result,
        [first.id, answer.id],
        () => `${first.client} and ${answer.client} both got ${text}`,
      );
  }
  return { ...book.judge(), attempted: calls.length, acknowledged: answers.length };
}

/** The checker of unique ids for scenarios. */
export function uniqueIdsCheck(): Check {
  return asCheck('unique-ids', 'No id is given twice.', checkUniqueIds);
}
