// How transactions, micro-operations and values are put into words.
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import type { Transactions } from './transactions.ts';

/** The longest list that is written out; of a longer one the end is what matters. */
const shownElements = 8;

/** A value in short: lists in brackets without commas, the beginning of a long one left out. */
export function showValue(value: Json): string {
  if (isArray(value)) {
    const shown = value.slice(-shownElements).map(showValue).join(' ');
    return value.length > shownElements ? `[… ${shown}]` : `[${shown}]`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was read: of lists, nothing is an empty list. */
export function showRead({ workload, value }: Transactions, micro: number): string {
  const read = value[micro]!;
  if (read === null) return workload === 'list-append' ? '[]' : 'nothing';
  return showValue(read);
}

/** A micro-operation: `append x 1`, `w x 1`, `r x [1 2]`. */
function showMicro(transactions: Transactions, micro: number): string {
  const { workload, isWrite, key, value, keys } = transactions;
  const name = showValue(keys[key[micro]!]!);
  if (isWrite[micro] === 0) {
    const { type } = transactions.operations[transactions.owner[micro]!]!;
    return `r ${name}${type === 'ok' ? ` ${showRead(transactions, micro)}` : ''}`;
  }
  return `${workload === 'list-append' ? 'append' : 'w'} ${name} ${showValue(value[micro]!)}`;
}

/** All that a transaction did: `append x 1, r y []`. */
export function showTransaction(transactions: Transactions, number: number): string {
  const { start } = transactions;
  const texts: string[] = [];
  for (let micro = start[number]!; micro < start[number + 1]!; micro++) texts.push(showMicro(transactions, micro));
  return texts.join(', ');
}

/** A transaction by its operation: `operation 12 of process 3`. */
export function nameTransaction({ operations }: Transactions, number: number): string {
  const { id, process, type } = operations[number]!;
  const fate = type === 'ok' ? '' : type === 'fail' ? ', which failed' : ', whose outcome is unknown';
  return `operation ${id} of process ${process}${fate}`;
}
