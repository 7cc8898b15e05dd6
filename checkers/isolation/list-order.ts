// The order of the versions of each list: the longest read of a key shows it, and all other reads should be prefixes of it.
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import { tokenOf, type Transactions } from './transactions.ts';
import { isUnknown, writerOf, type Writers } from './writers.ts';

/** In place of a micro-operation: the element stands further to the front of the list as well. */
export const isRepeated = -3;

export interface ListOrder {
  /** By key: the micro-operation that appended each element of the longest read, or a mark below zero. */
  readonly versions: readonly Int32Array[];
  /** By key: the micro-operation of the longest read, -1 if none saw an element; the first of several. */
  readonly longest: Int32Array;
  /** By micro-operation: how many elements a read saw. */
  readonly length: Int32Array;
  /** 1 for transactions that took effect. */
  readonly counts: Uint8Array;
  /** 1 for appends that some read saw. */
  readonly isObserved: Uint8Array;
  /** Whether the micro-operation is a real one, of a transaction that took effect. */
  readonly commits: (micro: number) => boolean;
  /** Whether a read is a prefix of the longest of its key. */
  readonly isPrefix: (micro: number) => boolean;
  /** How many elements a read shares with the longest of its key before they part. */
  readonly divergence: (micro: number) => number;
  /** The append of the last element of a read, or a mark. */
  readonly lastOf: (micro: number) => number;
  /** The last committed append among the first `length` versions of the key, -1 if none. */
  readonly lastCommit: (key: number, length: number) => number;
  /** The first committed append from version `length` on, -1 if none. */
  readonly nextCommit: (key: number, length: number) => number;
}

/** Reads off the order of the versions. */
export function orderLists(transactions: Transactions, writers: Writers): ListOrder {
  const { operations, isWrite, key, owner, value, keys } = transactions;
  const longest = new Int32Array(keys.length).fill(-1);
  const length = new Int32Array(value.length);
  for (let micro = 0; micro < value.length; micro++) {
    if (isWrite[micro] === 1) continue;
    length[micro] = elementsOf(value[micro]!).length;
    const best = longest[key[micro]!]!;
    if (length[micro]! > (best < 0 ? 0 : length[best]!)) longest[key[micro]!] = micro;
  }
  const counts = Uint8Array.from(operations, ({ type }) => (type === 'ok' ? 1 : 0));
  const isObserved = new Uint8Array(value.length);
  const observe = (micro: number) => {
    if (micro < 0) return;
    isObserved[micro] = 1;
    if (operations[owner[micro]!]!.type === 'info') counts[owner[micro]!] = 1;
  };
  const versions = keys.map((_, number) => {
    const list = versionsOf(longest[number]! < 0 ? [] : elementsOf(value[longest[number]!]!), writers, number);
    list.forEach(observe);
    return list;
  });
  const divergent = new Map<number, number>();
  for (let micro = 0; micro < value.length; micro++) {
    if (length[micro] === 0) continue;
    const all = elementsOf(value[longest[key[micro]!]!]!);
    const shared = countShared(elementsOf(value[micro]!), all);
    if (shared === length[micro]) continue;
    divergent.set(micro, shared);
    for (const element of elementsOf(value[micro]!)) observe(writerOf(writers, key[micro]!, tokenOf(element)));
  }
  const commits = (micro: number) => micro >= 0 && counts[owner[micro]!] === 1;
  const { lastCommit, nextCommit } = findCommits(versions, commits);
  return {
    versions,
    longest,
    length,
    counts,
    isObserved,
    commits,
    isPrefix: (micro) => !divergent.has(micro),
    divergence: (micro) => divergent.get(micro) ?? length[micro]!,
    lastOf: (micro) => {
      const last = elementsOf(value[micro]!).at(-1);
      return last === undefined ? isUnknown : writerOf(writers, key[micro]!, tokenOf(last));
    },
    lastCommit,
    nextCommit,
  };
}

/** Where the committed versions are; between two of them there may be many that are not. */
function findCommits(
  versions: readonly Int32Array[],
  commits: (micro: number) => boolean,
): Pick<ListOrder, 'lastCommit' | 'nextCommit'> {
  const committed = versions.map((list) => list.filter(commits));
  /** By key and place: how many committed versions stand before it. */
  const before = versions.map((list) => {
    const counted = new Int32Array(list.length + 1);
    list.forEach((micro, place) => (counted[place + 1] = counted[place]! + (commits(micro) ? 1 : 0)));
    return counted;
  });
  return {
    lastCommit: (key, length) => committed[key]![before[key]![length]! - 1] ?? -1,
    nextCommit: (key, length) => committed[key]![before[key]![length]!] ?? -1,
  };
}

/** The elements of a list that was read; null is the empty one. */
export function elementsOf(value: Json): readonly Json[] {
  return isArray(value) ? value : [];
}

/** How many elements two lists share from the front. */
function countShared(one: readonly Json[], other: readonly Json[]): number {
  const end = Math.min(one.length, other.length);
  let place = 0;
  while (place < end && isSame(one[place]!, other[place]!)) place += 1;
  return place;
}

function isSame(one: Json, other: Json): boolean {
  return one === other || (typeof one === 'object' && tokenOf(one) === tokenOf(other));
}

function versionsOf(elements: readonly Json[], writers: Writers, key: number): Int32Array {
  const seen = new Set<ReturnType<typeof tokenOf>>();
  return Int32Array.from(elements, (element) => {
    const token = tokenOf(element);
    if (seen.has(token)) return isRepeated;
    seen.add(token);
    return writerOf(writers, key, token);
  });
}
