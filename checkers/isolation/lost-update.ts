// Lost updates: transactions that read the same version of a key and all overwrote it, so that one of them worked on a
// version that another had replaced. Adya 1999, section 2.4; it needs no order of the versions.
import type { Findings } from './findings.ts';
import { elementsOf } from './list-order.ts';
import { tokenOf, type Token, type Transactions } from './transactions.ts';
import { nameTransaction, showRead, showValue } from './words.ts';
import { isAmbiguous, writerOf, type Writers } from './writers.ts';

/** Adds a lost update for each version that several transactions which are ok read and overwrote. */
export function findLostUpdates(transactions: Transactions, writers: Writers, findings: Findings): void {
  const { operations, start, key, isWrite, keys } = transactions;
  const updaters = keys.map(() => new Map<Token, number[]>()); // by key and version: the reads
  for (let number = 0; number < operations.length; number++) {
    if (operations[number]!.type !== 'ok') continue;
    for (let micro = start[number]!; micro < start[number + 1]!; micro++) {
      if (isWrite[micro] === 1 || !isFirst(transactions, micro) || !writesLater(transactions, micro)) continue;
      const version = versionOf(transactions, micro);
      if (writerOf(writers, key[micro]!, version) === isAmbiguous) continue; // there may be several such versions
      const reads = updaters[key[micro]!]!.get(version);
      if (reads === undefined) updaters[key[micro]!]!.set(version, [micro]);
      else reads.push(micro);
    }
  }
  for (const byVersion of updaters) for (const reads of byVersion.values()) report(transactions, reads, findings);
}

/** How many transactions of a lost update are told. */
const shownOwners = 4;

/** Several reads of one version. Lists with the same last element are the same unless the history breaks worse models. */
function report(transactions: Transactions, reads: readonly number[], findings: Findings): void {
  const first = reads[0]!;
  const lengthOf = (read: number) => elementsOf(transactions.value[read]!).length;
  const same = reads.filter((read) => lengthOf(read) === lengthOf(first));
  if (same.length < 2) return;
  const owners = same.map((read) => transactions.owner[read]!);
  findings.add('lost-update', owners, () => {
    const shown = owners.slice(0, shownOwners).map((owner) => nameTransaction(transactions, owner));
    const more = owners.length > shownOwners ? [`${owners.length - shownOwners} more`] : [];
    const names = [...shown, ...more].join(' and ');
    const name = showValue(transactions.keys[transactions.key[first]!]!);
    return `${names} read ${name} = ${showRead(transactions, first)}, and each wrote it`;
  });
}

/** What identifies the version that was read: the value of a register, the last element of a list. */
function versionOf({ workload, value }: Transactions, micro: number): Token {
  const read = value[micro]!;
  return tokenOf(workload === 'rw-register' ? read : (elementsOf(read).at(-1) ?? null));
}

/** Whether nothing in the transaction touched the key before. */
function isFirst({ before }: Transactions, micro: number): boolean {
  return before[micro]! < 0;
}

function writesLater({ after, isWrite }: Transactions, micro: number): boolean {
  for (let later = after[micro]!; later >= 0; later = after[later]!) if (isWrite[later] === 1) return true;
  return false;
}
