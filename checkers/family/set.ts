// The set checker: what was added and acknowledged is in the final read, and nothing is there that nobody added.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical, isArray } from '../canonical.ts';
import { HistoryError, pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';

export type SetAnomaly = 'lost' | 'phantom' | 'duplicate';

export interface SetResult extends Judgement<SetAnomaly> {
  /** Elements whose add was acknowledged. */
  readonly acknowledged: number;
  /** Elements that were there although their add had no known outcome. */
  readonly recovered: readonly Json[];
}

/**
 * Judges `add` of elements and the last `read` that returned, a list. Adds that were acknowledged before that read was
 * invoked must be in it. Unlike Jepsen's, it refuses elements that are there twice and elements whose add had failed.
 * Unknown if nobody read.
 * @throws HistoryError on a history that pairs badly and on a read that returned no list.
 */
export function checkSet(history: History): SetResult {
  const operations = pairOperations(history);
  const final = readsOf(operations).at(-1);
  const book = new EvidenceBook<SetAnomaly>();
  const adds = indexAdds(operations);
  const acknowledged = [...adds.values()].filter((attempts) => attempts.some(({ type }) => type === 'ok')).length;
  if (final === undefined) return { ...book.judge('nobody read the set'), acknowledged, recovered: [] };
  const seen = countElements(elementsOf(final));
  for (const [text, attempts] of adds) {
    const added = attempts.find(({ returned, type }) => type === 'ok' && returned!.index < final.called.index);
    if (added === undefined || seen.has(text)) continue;
    book.add('lost', added.value, [added.id, final.id], () => {
      return `${added.client}'s add of ${text} was acknowledged, but the final read by ${final.client} lacks it`;
    });
  }
  judgeElements(final, adds, book);
  const recovered = [...seen.values()].filter(({ value }) => {
    const attempts = adds.get(canonical(value)) ?? [];
    return attempts.some(({ type }) => type === 'info') && !attempts.some(({ type }) => type === 'ok');
  });
  return { ...book.judge(), acknowledged, recovered: recovered.map(({ value }) => value) };
}

/** The set checker for scenarios. */
export function setCheck(): Check {
  return asCheck(
    'set',
    'The final read holds every acknowledged element once, and nothing that nobody added.',
    checkSet,
  );
}

/** What a read shows of elements that are there twice, or cannot be there. */
export function judgeElements(
  read: Operation,
  adds: ReadonlyMap<string, readonly Operation[]>,
  book: Pick<EvidenceBook<'phantom' | 'duplicate'>, 'add'>,
): void {
  for (const [text, { value, count }] of countElements(elementsOf(read))) {
    if (count > 1) {
      book.add('duplicate', value, [read.id], () => `${read.client} read ${text} ${count} times in one set`);
    }
    const attempts = adds.get(text) ?? [];
    const isEarly = (add: Operation | undefined) => add !== undefined && add.called.index < read.returned!.index;
    if (isEarly(attempts.find(({ type }) => type !== 'fail'))) continue;
    const why = isEarly(attempts[0])
      ? 'whose add had failed'
      : attempts.length > 0
        ? 'before its add'
        : 'that nobody added';
    book.add('phantom', value, [...attempts.slice(0, 1).map(({ id }) => id), read.id], () => {
      return `${read.client} read ${show(value)}, ${why}`;
    });
  }
}

/** The adds of each element, by its text. */
export function indexAdds(operations: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  const adds = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.f !== 'add') continue;
    const text = canonical(operation.value);
    const attempts = adds.get(text);
    if (attempts === undefined) adds.set(text, [operation]);
    else attempts.push(operation);
  }
  return adds;
}

/** The reads that returned, in the order of their calls. */
export function readsOf(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter(({ f, type }) => f === 'read' && type === 'ok');
}

/** The elements of a read. @throws HistoryError if it returned no list */
export function elementsOf(read: Operation): readonly Json[] {
  if (isArray(read.result)) return read.result;
  if (read.result === null) return [];
  throw new HistoryError(read.returned!.index, 'a list of elements as the result of read', show(read.result));
}

function countElements(elements: readonly Json[]): Map<string, { readonly value: Json; count: number }> {
  const seen = new Map<string, { readonly value: Json; count: number }>();
  for (const value of elements) {
    const text = canonical(value);
    const known = seen.get(text);
    if (known === undefined) seen.set(text, { value, count: 1 });
    else known.count += 1;
  }
  return seen;
}
