// Anomalies of registers that are seen in single reads: values of failed, unfinished or unknown writes.
import type { Findings } from './findings.ts';
import { tokenOf, type Transactions } from './transactions.ts';
import { nameTransaction, showRead, showValue } from './words.ts';
import { isUnknown, writerOf, type Writers } from './writers.ts';

/** Adds what single reads show, in the order of the history. */
export function findRegisterAnomalies(transactions: Transactions, writers: Writers, findings: Findings): void {
  const { operations, isWrite, key, owner, value, keys } = transactions;
  for (let micro = 0; micro < value.length; micro++) {
    const reader = owner[micro]!;
    if (isWrite[micro] === 1 || value[micro] === null || operations[reader]!.type !== 'ok') continue;
    const writer = writerOf(writers, key[micro]!, tokenOf(value[micro]!));
    const says = () =>
      `${nameTransaction(transactions, reader)} read ${showValue(keys[key[micro]!]!)} = ${showRead(transactions, micro)}`;
    if (writer === isUnknown) findings.add('garbage-read', [reader], () => `${says()}, but nobody wrote that`);
    if (writer < 0 || owner[writer] === reader) continue;
    const name = () => nameTransaction(transactions, owner[writer]!);
    if (operations[owner[writer]!]!.type === 'fail') {
      findings.add('G1a', [owner[writer]!, reader], () => `${says()}, which was written by ${name()}`);
    }
    const later = overwrite(transactions, writer);
    if (later >= 0) {
      findings.add('G1b', [owner[writer]!, reader], () => {
        return `${says()}, but ${name()} wrote ${showValue(value[later]!)} after that`;
      });
    }
  }
}

/** The next write of the same key in the same transaction, -1 if there is none. */
function overwrite({ after, isWrite }: Transactions, writer: number): number {
  let later = after[writer]!;
  while (later >= 0 && isWrite[later] === 0) later = after[later]!;
  return later;
}
