// What is known of the order of each register's versions, and who wrote and who read each of them.
import type { Findings } from './findings.ts';
import { makeGraph, type Graph } from './graph.ts';
import { tokenOf, type Token, type Transactions } from './transactions.ts';
import { linkVersions, sourceWords, type Touch, type VersionSources } from './version-sources.ts';
import { writerOf, type Writers } from './writers.ts';

export interface VersionOrder {
  /** How many versions of all keys there are. */
  readonly count: number;
  readonly graph: Graph;
  /** By version: the micro-operation that wrote it last in a transaction which took effect, -1 if none did. */
  readonly writer: Int32Array;
  /** By version: the reads that saw it from outside of its transaction. */
  readonly readers: readonly (readonly number[])[];
  readonly isInitial: Uint8Array;
  /** 1 for versions that follow one with a writer: the initial one need not be linked to them. */
  readonly followsAnother: Uint8Array;
  /** 1 for transactions that took effect. */
  readonly counts: Uint8Array;
  /** Why the version that the second micro-operation wrote follows that of the first. */
  readonly explain: (before: number, after: number) => string;
}

export function orderVersions(
  transactions: Transactions,
  writers: Writers,
  sources: VersionSources,
  findings: Findings,
): VersionOrder {
  const counts = findEffective(transactions, writers);
  const touches = findTouches(transactions, counts);
  const numbers = transactions.keys.map(() => new Map<Token, number>());
  const keyOf: number[] = [];
  const versionOf = (micro: number): number =>
    numberVersion(transactions.key[micro]!, tokenOf(transactions.value[micro]!));
  const numberVersion = (key: number, token: Token): number => {
    const known = numbers[key]!.get(token);
    if (known !== undefined) return known;
    numbers[key]!.set(token, keyOf.length);
    return keyOf.push(key) - 1;
  };
  transactions.keys.forEach((_, key) => numberVersion(key, null));
  for (const { read, write } of touches) for (const micro of [read, write]) if (micro >= 0) versionOf(micro);
  const count = keyOf.length;
  const writer = new Int32Array(count).fill(-1);
  const readers: number[][] = keyOf.map(() => []);
  for (const { key, read, write } of touches) {
    if (read >= 0) readers[versionOf(read)]!.push(read);
    if (write >= 0 && writerOf(writers, key, tokenOf(transactions.value[write]!)) === write)
      writer[versionOf(write)] = write;
  }
  const linked = linkVersions(transactions, touches, sources, versionOf, keyOf, findings);
  const graph = makeGraph(count, linked);
  const isInitial = Uint8Array.from(keyOf, (key, version) => (numbers[key]!.get(null) === version ? 1 : 0));
  return {
    count,
    graph,
    writer,
    readers,
    isInitial,
    followsAnother: findFollowers(graph, writer, isInitial),
    counts,
    explain: (before, after) => sourceWords[kindBetween(graph, versionOf(before), versionOf(after))] ?? '',
  };
}

/** 1 for transactions that are ok, and for those of unknown outcome of which some write was read. */
export function findEffective(transactions: Transactions, writers: Writers): Uint8Array {
  const { operations, owner, value, key, isWrite } = transactions;
  const counts = Uint8Array.from(operations, ({ type }) => (type === 'ok' ? 1 : 0));
  for (let micro = 0; micro < value.length; micro++) {
    if (isWrite[micro] === 1 || operations[owner[micro]!]!.type !== 'ok') continue;
    const writer = writerOf(writers, key[micro]!, tokenOf(value[micro]!));
    if (writer >= 0 && operations[owner[writer]!]!.type === 'info') counts[owner[writer]!] = 1;
  }
  return counts;
}

function findTouches({ operations, start, key, isWrite, before }: Transactions, counts: Uint8Array): readonly Touch[] {
  const touches: Touch[] = [];
  const touchOf = new Int32Array(key.length).fill(-1);
  for (let number = 0; number < operations.length; number++) {
    if (counts[number] === 0) continue;
    for (let micro = start[number]!; micro < start[number + 1]!; micro++) {
      const isRead = isWrite[micro] === 0;
      const place = before[micro]! < 0 ? -1 : touchOf[before[micro]!]!;
      touchOf[micro] = place;
      if (isRead && operations[number]!.type !== 'ok') continue;
      if (place < 0) {
        const touch = { transaction: number, key: key[micro]!, read: isRead ? micro : -1, write: isRead ? -1 : micro };
        touchOf[micro] = touches.push(touch) - 1;
      } else if (!isRead) touches[place]!.write = micro;
    }
  }
  return touches;
}

/** 1 for versions that follow a version, other than the initial one, which somebody wrote. */
function findFollowers({ size, offset, target }: Graph, writer: Int32Array, isInitial: Uint8Array): Uint8Array {
  const follows = new Uint8Array(size);
  for (let version = 0; version < size; version++) {
    if (writer[version]! < 0 || isInitial[version] === 1) continue;
    for (let edge = offset[version]!; edge < offset[version + 1]!; edge++) follows[target[edge]!] = 1;
  }
  return follows;
}

/** The bit of the source of an edge of the version graph, -1 if there is none. */
function kindBetween({ offset, target, kind }: Graph, before: number, after: number): number {
  for (let edge = offset[before]!; edge < offset[before + 1]!; edge++) {
    if (target[edge] === after) return 31 - Math.clz32(kind[edge]!);
  }
  return -1;
}
