// The counter checker: each read is what was surely added before it, and some of what may have been added by then.
import type { History } from '../../sim/history.ts';
import type { Check } from '../../sim/verdict.ts';
import { HistoryError, pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';
import { isSum, noSums, withAmount, type Sums } from './sums.ts';

export type CounterAnomaly = 'out-of-bounds' | 'impossible-sum' | 'backwards';

export interface CounterOptions {
  /** What the counter holds at first; 0 by default. */
  readonly initial?: number;
}

/** What one read returned, and between what it had to be. */
export interface CounterRead {
  readonly operation: number;
  readonly lower: number;
  readonly value: number;
  readonly upper: number;
}

export interface CounterResult extends Judgement<CounterAnomaly> {
  readonly reads: readonly CounterRead[];
}

/** Of what a read may have seen: how many adds are named. */
const mostTold = 16;

/**
 * Judges `add` of positive or negative numbers, and `read`. Adds that completed before a read was invoked count in full,
 * those that were invoked before it completed may count. Beyond Jepsen's bounds the read has to be one of the sums that are
 * possible, and a counter that only grows must not fall from one read to the next.
 * @throws HistoryError on a history that pairs badly and on an add or a read of something else than a number.
 */
export function checkCounter(history: History, options: CounterOptions = {}): CounterResult {
  const { initial = 0 } = options;
  const operations = pairOperations(history);
  const adds = operations.filter(({ f, type }) => f === 'add' && type !== 'fail');
  for (const add of adds) expectNumber(add.value, add.called.index, 'a number to add');
  const book = new EvidenceBook<CounterAnomaly>();
  const before = followAdds(adds, initial);
  const reads = operations
    .filter(({ f, type }) => f === 'read' && type === 'ok')
    .map((read) => judgeRead(read, before(read), book));
  if (adds.every(({ value }) => (value as number) >= 0)) judgeDirection(operations, book);
  return { ...book.judge(), reads };
}

/** The counter checker for scenarios. */
export function counterCheck(options: CounterOptions = {}): Check {
  const about = 'Each read of the counter is a sum of what was added before it and some of what was being added.';
  return asCheck('counter', about, (history) => checkCounter(history, options));
}

interface Added {
  /** The sum of the adds that had completed when the read was invoked, and the initial value. */
  readonly definite: number;
  /** What the others can make up that may have happened before the read was over. */
  readonly sums: Sums;
  /** The first of them. */
  readonly possible: readonly Operation[];
}

/** Tells what had been added by each read; reads are asked for in the order of their calls. */
function followAdds(adds: readonly Operation[], initial: number): (read: Operation) => Added {
  const first: Operation[] = []; // of the lasting ones
  let lasting = noSums; // of adds of unknown outcome, which may have happened ever since they were invoked
  let definite = initial;
  let open: Operation[] = [];
  let next = 0;
  return ({ called, returned }) => {
    for (; next < adds.length && adds[next]!.called.index < returned!.index; next += 1) open.push(adds[next]!);
    open = open.filter((add) => {
      if (add.returned !== undefined) {
        if (add.returned.index > called.index) return true;
        definite += add.value as number;
        return false;
      }
      if (add.called.index > called.index) return true;
      lasting = withAmount(lasting, add.value as number);
      if (first.length < mostTold) first.push(add);
      return false;
    });
    const possible = open.filter((add) => add.called.index < returned!.index);
    const amounts = new Map<number, number>();
    for (const { value } of possible) amounts.set(value as number, (amounts.get(value as number) ?? 0) + 1);
    let sums = lasting;
    for (const [amount, often] of amounts) sums = withAmount(sums, amount, often);
    return { definite, sums, possible: [...first, ...possible.slice(0, mostTold - first.length)] };
  };
}

function judgeRead(read: Operation, added: Added, book: EvidenceBook<CounterAnomaly>): CounterRead {
  const { definite, sums, possible } = added;
  const value = expectNumber(read.result, read.returned!.index, 'a number as the result of read');
  const lower = definite + sums.lower;
  const upper = definite + sums.upper;
  const ids = [...possible.map(({ id }) => id), read.id];
  if (value < lower || value > upper) {
    book.add('out-of-bounds', value, ids, () => `${read.client} read ${value}, expected ${lower} to ${upper}`);
  } else if (!isSum(sums, value - definite)) {
    book.add('impossible-sum', value, ids, () => {
      const more = sums.count - possible.length;
      const amounts = `${possible.map((add) => show(add.value)).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
      return `${read.client} read ${value}, which is not ${definite} and some of ${amounts}`;
    });
  }
  return { operation: read.id, lower, value, upper };
}

/** No read is below one that was over before it began. */
function judgeDirection(operations: readonly Operation[], book: EvidenceBook<CounterAnomaly>): void {
  const reads = operations.filter(({ f, type }) => f === 'read' && type === 'ok');
  const returns = reads.toSorted((one, other) => one.returned!.index - other.returned!.index);
  let next = 0;
  let highest: Operation | undefined;
  for (const read of reads) {
    for (; returns[next] !== undefined && returns[next]!.returned!.index < read.called.index; next += 1) {
      if (highest === undefined || (returns[next]!.result as number) > (highest.result as number))
        highest = returns[next];
    }
    const before = highest;
    if (before === undefined || (read.result as number) >= (before.result as number)) continue;
    book.add('backwards', read.result, [before.id, read.id], () => {
      return `${read.client} read ${show(read.result)} after ${before.client} had read ${show(before.result)}, and nothing was taken away`;
    });
  }
}

function expectNumber(value: unknown, index: number, expected: string): number {
  if (typeof value === 'number') return value;
  throw new HistoryError(index, expected, JSON.stringify(value));
}
