// Lost updates: transactions that read the same version of a key and all overwrote it, so that one of them worked on a
// version that another had replaced. Adya 1999, section 2.4; it needs no order of the versions.
import type { Findings } from './findings.ts';
import { elementsOf } from './list-order.ts';
import { tokenOf, type Token, type Transactions } from './transactions.ts';
import { nameTransaction, showRead, showValue } from './words.ts';

/** Adds a lost update for each version that several transactions which took effect read and overwrote. */
export function findLostUpdates(transactions: Transactions, findings: Findings): void {
  const { operations, start, key, isWrite, keys } = transactions;
  const updaters = new Map<string, number[]>(); // by key and version: the reads
  for (let number = 0; number < operations.length; number++) {
    if (operations[number]!.type !== 'ok') continue;
    for (let micro = start[number]!; micro < start[number + 1]!; micro++) {
      if (isWrite[micro] === 1 || !isFirst(transactions, micro) || !writesLater(transactions, micro)) continue;
      const version = `${key[micro]} ${JSON.stringify(versionOf(transactions, micro))}`;
      const reads = updaters.get(version);
      if (reads === undefined) updaters.set(version, [micro]);
      else reads.push(micro);
    }
  }
  for (const reads of updaters.values()) {
    if (reads.length < 2) continue;
    const owners = reads.map((read) => transactions.owner[read]!);
    findings.add('lost-update', owners, () => {
      const [read] = reads;
      const names = owners.map((owner) => nameTransaction(transactions, owner)).join(' and ');
      return `${names} read ${showValue(keys[key[read!]!]!)} = ${showRead(transactions, read!)}, and each wrote it`;
    });
  }
}

/** What identifies the version that was read: the value of a register, the last element of a list and its length. */
function versionOf({ workload, value }: Transactions, micro: number): readonly Token[] {
  const read = value[micro]!;
  if (workload === 'rw-register') return [tokenOf(read)];
  const elements = elementsOf(read);
  const last = elements.at(-1);
  return last === undefined ? [] : [elements.length, tokenOf(last)];
}

/** Whether nothing in the transaction touched the key before. */
function isFirst({ start, owner, key }: Transactions, micro: number): boolean {
  for (let earlier = micro - 1; earlier >= start[owner[micro]!]!; earlier--)
    if (key[earlier] === key[micro]) return false;
  return true;
}

function writesLater({ start, owner, key, isWrite }: Transactions, micro: number): boolean {
  for (let later = micro + 1; later < start[owner[micro]! + 1]!; later++) {
    if (key[later] === key[micro] && isWrite[later] === 1) return true;
  }
  return false;
}
