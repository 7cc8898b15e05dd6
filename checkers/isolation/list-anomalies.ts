// Anomalies of lists that are seen in single reads: elements of failed, unfinished, unknown or later appends, elements twice,
// contradictory orders. Elle, section 4.3; internal consistency as INT in Cerone, Bernardi & Gotsman 2015.
import type { Json } from '../../sim/protocol.ts';
import type { Findings } from './findings.ts';
import { elementsOf, isRepeated, type ListOrder } from './list-order.ts';
import { tokenOf, type Transactions } from './transactions.ts';
import { nameTransaction, showRead, showValue } from './words.ts';
import { isAmbiguous, isUnknown, writerOf, type Writers } from './writers.ts';

/** Adds what single reads show, in the order of the history. */
export function findListAnomalies(
  transactions: Transactions,
  writers: Writers,
  order: ListOrder,
  findings: Findings,
): void {
  const { operations, isWrite, key, owner, value, keys } = transactions;
  const suspects = keys.map((_, number) => suspectsOf(transactions, order.versions[number]!));
  for (let micro = 0; micro < value.length; micro++) {
    if (isWrite[micro] === 1 || operations[owner[micro]!]!.type !== 'ok') continue;
    const number = key[micro]!;
    if (!order.isPrefix(micro)) {
      reportDivergence(transactions, order, micro, findings);
      judgeElements(transactions, writers, micro, findings);
    } else if (order.length[micro]! > suspects[number]!) {
      judgeElements(transactions, writers, micro, findings);
    }
    judgeLast(transactions, order, micro, findings);
  }
  keys.forEach((_, number) => findDirtyUpdate(transactions, order, number, findings));
}

/** The place of the first version that should not be there; past the end if all should. */
function suspectsOf({ operations, owner }: Transactions, versions: Int32Array): number {
  const place = versions.findIndex((micro) =>
    micro < 0 ? micro === isUnknown || micro === isRepeated : operations[owner[micro]!]!.type === 'fail',
  );
  return place < 0 ? versions.length : place;
}

function reportDivergence(transactions: Transactions, order: ListOrder, micro: number, findings: Findings): void {
  const { key, owner, keys } = transactions;
  const longest = order.longest[key[micro]!]!;
  const shared = order.divergence(micro);
  const elementAt = (read: number) => showValue(elementsOf(transactions.value[read]!)[shared]!);
  findings.add('incompatible-order', [owner[micro]!, owner[longest]!], () => {
    const name = showValue(keys[key[micro]!]!);
    return (
      `${nameTransaction(transactions, owner[micro]!)} read ${name} = ${showRead(transactions, micro)}, and ` +
      `${nameTransaction(transactions, owner[longest]!)} read ${name} = ${showRead(transactions, longest)}: ` +
      `element ${shared + 1} is ${elementAt(micro)} in the one and ${elementAt(longest)} in the other`
    );
  });
}

/** Elements of failed appends (G1a), elements that nobody appended, elements twice. */
function judgeElements(transactions: Transactions, writers: Writers, micro: number, findings: Findings): void {
  const { operations, key, owner, value, keys } = transactions;
  const reader = owner[micro]!;
  const seen = new Set<ReturnType<typeof tokenOf>>();
  const says = () =>
    `${nameTransaction(transactions, reader)} read ${showValue(keys[key[micro]!]!)} = ${showRead(transactions, micro)}`;
  for (const element of elementsOf(value[micro]!)) {
    const token = tokenOf(element);
    const writer = writerOf(writers, key[micro]!, token);
    if (writer === isAmbiguous) continue;
    if (seen.has(token)) {
      findings.add('duplicate-elements', [reader], () => `${says()}, which holds ${showValue(element)} more than once`);
    }
    seen.add(token);
    if (writer === isUnknown) {
      findings.add('garbage-read', [reader], () => `${says()}, but nobody appended ${showValue(element)}`);
    } else if (writer >= 0 && operations[owner[writer]!]!.type === 'fail') {
      findings.add('G1a', [owner[writer]!, reader], () => {
        return `${says()}, where ${showValue(element)} was appended by ${nameTransaction(transactions, owner[writer]!)}`;
      });
    }
  }
}

/** A read that ends in an append which its transaction followed by another of the same key (G1b). */
function judgeLast(transactions: Transactions, order: ListOrder, micro: number, findings: Findings): void {
  const { after, isWrite, key, owner, value, keys } = transactions;
  const writer = order.length[micro] === 0 ? -1 : order.lastOf(micro);
  if (writer < 0 || owner[writer] === owner[micro]) return;
  for (let later = after[writer]!; later >= 0; later = after[later]!) {
    if (isWrite[later] === 0) continue;
    findings.add('G1b', [owner[writer]!, owner[micro]!], () => {
      const name = showValue(keys[key[micro]!]!);
      return (
        `${nameTransaction(transactions, owner[micro]!)} read ${name} = ${showRead(transactions, micro)}, which ends with ` +
        `${showValue(value[writer]!)}, but ${nameTransaction(transactions, owner[writer]!)} appended ` +
        `${showValue(value[later]!)} after it`
      );
    });
    return;
  }
}

/** A committed append that follows a failed one in the order of the versions. */
function findDirtyUpdate(transactions: Transactions, order: ListOrder, number: number, findings: Findings): void {
  const { operations, owner, value, keys } = transactions;
  let dirty = -1;
  for (const micro of order.versions[number]!) {
    if (micro < 0) continue;
    const { type } = operations[owner[micro]!]!;
    if (type === 'fail') dirty = micro;
    if (type !== 'ok' || dirty < 0) continue;
    const failed = dirty;
    findings.add('dirty-update', [owner[failed]!, owner[micro]!], () => {
      const says = (one: number, other: Json) => `${showValue(other)} by ${nameTransaction(transactions, owner[one]!)}`;
      return (
        `${showValue(keys[number]!)} held ${says(failed, value[failed]!)}, and then ` +
        `${says(micro, value[micro]!)}, which built on it`
      );
    });
    dirty = -1;
  }
}
