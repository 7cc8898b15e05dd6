// What may be assumed of the order of a register's versions: the initial one comes first, and what else the caller allows.
// A source that contradicts those before it is dropped for that register and reported.
import type { Operation } from '../operations.ts';
import { cyclicComponents, findComponents } from './components.ts';
import type { Findings } from './findings.ts';
import { EdgeList, makeGraph } from './graph.ts';
import { forEachDirectPredecessor } from './precedence.ts';
import type { Transactions } from './transactions.ts';
import { showValue } from './words.ts';

/** What may be assumed of the order of versions besides that the initial one, nil, comes first. */
export interface VersionSources {
  /** In a transaction that reads a key and then writes it, the write follows the version that was read. */
  readonly wfrKeys: boolean;
  /** Each session sees the versions of a key in their order. */
  readonly sequentialKeys: boolean;
  /** Each key is linearizable: what completed before something else was invoked was not later in the order. */
  readonly linearizableKeys: boolean;
  /** The place of each transaction in the order of commits, by operation id, where the system tells it. */
  readonly transactionOrder: ReadonlyMap<number, number> | undefined;
}

/** Why one version follows another, in words; the index is the bit in the version graph. */
export const sourceWords = [
  'the initial version comes first',
  'the commits are in that order',
  'a write follows the read of its transaction',
  'a session saw them in that order',
  'in real time they were seen in that order',
] as const;

/** What a transaction did to a key, as others see it: its first read, if nothing came before it, and its last write. */
export interface Touch {
  readonly transaction: number;
  readonly key: number;
  read: number;
  write: number;
}

/** The edges of all sources that do not contradict each other. The kind of an edge is the bit of its source. */
export function linkVersions(
  transactions: Transactions,
  touches: readonly Touch[],
  sources: VersionSources,
  versionOf: (micro: number) => number,
  keyOf: readonly number[],
  findings: Findings,
): EdgeList {
  const first = ({ read, write }: Touch) => versionOf(read >= 0 ? read : write);
  const last = ({ read, write }: Touch) => versionOf(write >= 0 ? write : read);
  type Link = (before: number, after: number) => void;
  const links: ((link: Link) => void)[] = [];
  const { operations } = transactions;
  links[0] = (link) => keyOf.forEach((key, version) => link(key, version)); // keys are numbered as their initial versions
  if (sources.transactionOrder !== undefined) {
    const places = sources.transactionOrder;
    const placeOf = ({ transaction }: Touch) => places.get(operations[transaction]!.id);
    const known = touches.filter((touch) => touch.write >= 0 && placeOf(touch) !== undefined);
    known.sort((one, other) => placeOf(one)! - placeOf(other)!);
    links[1] = (link) =>
      chain(
        known,
        ({ key }) => key,
        ({ write }) => versionOf(write),
        ({ write }) => versionOf(write),
        link,
      );
  }
  if (sources.wfrKeys) {
    links[2] = (link) => {
      for (const touch of touches)
        if (touch.read >= 0 && touch.write >= 0) link(versionOf(touch.read), versionOf(touch.write));
    };
  }
  if (sources.sequentialKeys) {
    const sessionKey = ({ transaction, key }: Touch) => `${operations[transaction]!.process} ${key}`;
    links[3] = (link) => chain(touches, sessionKey, last, first, link);
  }
  if (sources.linearizableKeys) links[4] = (link) => linkInRealTime(operations, touches, last, first, link);
  let accepted = new EdgeList();
  links.forEach((each, bit) => {
    const proposed: [number, number][] = [];
    each((before, after) => void (before !== after && proposed.push([before, after])));
    accepted = accept(transactions, accepted, proposed, 1 << bit, keyOf, findings);
  });
  return accepted;
}

/** Links each touch to the next of its group. */
function chain(
  touches: readonly Touch[],
  groupOf: (touch: Touch) => string | number,
  last: (touch: Touch) => number,
  first: (touch: Touch) => number,
  link: (before: number, after: number) => void,
): void {
  const latest = new Map<string | number, Touch>();
  for (const touch of touches) {
    const group = groupOf(touch);
    const before = latest.get(group);
    if (before !== undefined) link(last(before), first(touch));
    latest.set(group, touch);
  }
}

function linkInRealTime(
  operations: readonly Operation[],
  touches: readonly Touch[],
  last: (touch: Touch) => number,
  first: (touch: Touch) => number,
  link: (before: number, after: number) => void,
): void {
  const byKey = new Map<number, Touch[]>();
  for (const touch of touches) {
    const list = byKey.get(touch.key);
    if (list === undefined) byKey.set(touch.key, [touch]);
    else list.push(touch);
  }
  for (const list of byKey.values()) {
    const its = list.map(({ transaction }) => operations[transaction]!);
    forEachDirectPredecessor(its, new Uint8Array(its.length).fill(1), (before, after) =>
      link(last(list[before]!), first(list[after]!)),
    );
  }
}

/** Adds the proposed edges, but for those of keys of which they would turn the order into a circle. */
function accept(
  transactions: Transactions,
  accepted: EdgeList,
  proposed: readonly (readonly [number, number])[],
  kind: number,
  keyOf: readonly number[],
  findings: Findings,
): EdgeList {
  const joined = joinEdges(accepted, proposed, kind);
  const circular = new Set<number>();
  for (const versions of cyclicComponents(findComponents(makeGraph(keyOf.length, joined), 255))) {
    const key = keyOf[versions[0]!]!;
    circular.add(key);
    findings.add('cyclic-versions', [], () => {
      const why = sourceWords[31 - Math.clz32(kind)]!;
      return `${versions.length} versions of ${showValue(transactions.keys[key]!)} follow each other in a circle if ${why}`;
    });
  }
  if (circular.size === 0) return joined;
  return joinEdges(
    accepted,
    proposed.filter(([before]) => !circular.has(keyOf[before]!)),
    kind,
  );
}

function joinEdges(accepted: EdgeList, proposed: readonly (readonly [number, number])[], kind: number): EdgeList {
  const joined = new EdgeList();
  for (let edge = 0; edge < accepted.count; edge++) {
    joined.add(accepted.from[edge]!, accepted.to[edge]!, accepted.kind[edge]!, -1, -1);
  }
  for (const [before, after] of proposed) joined.add(before, after, kind, -1, -1);
  return joined;
}
