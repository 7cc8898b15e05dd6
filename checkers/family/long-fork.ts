// The long fork checker: two readers never see two independent writes in opposite orders, as parallel snapshot isolation
// would allow (Sovran et al. 2011; the anomaly's name is theirs).
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical, isArray } from '../canonical.ts';
import { HistoryError, pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';

export type LongForkAnomaly = 'long-fork' | 'multiple-values';

export interface LongForkResult extends Judgement<LongForkAnomaly> {
  readonly reads: number;
}

interface GroupRead {
  readonly read: Operation;
  /** By key, those that were not null. */
  readonly seen: ReadonlyMap<string, string>;
}

/**
 * Judges transactions: reads of a group of keys, `[["r", key, value], …]`, null where nothing was written yet, and writes of
 * single keys, `[["w", key, value]]`, each key once. Reads of the same group must see ever more of its writes.
 * Unknown if a key was read with two values. Groups that overlap without being the same are not compared.
 * @throws HistoryError on a history that pairs badly and on a read that returned something else.
 */
export function checkLongFork(history: History): LongForkResult {
  const groups = new Map<string, GroupRead[]>();
  let reads = 0;
  for (const read of pairOperations(history)) {
    if (read.type !== 'ok' || !isGroupRead(read)) continue;
    reads += 1;
    const { group, seen } = readGroup(read);
    const others = groups.get(group);
    if (others === undefined) groups.set(group, [{ read, seen }]);
    else others.push({ read, seen });
  }
  const book = new EvidenceBook<LongForkAnomaly>();
  for (const members of groups.values()) judgeGroup(members, book);
  return { ...book.judge(reads === 0 ? 'nobody read a group of keys' : ''), reads };
}

/** The long fork checker for scenarios. */
export function longForkCheck(): Check {
  return asCheck('long-fork', 'No two reads see two writes in opposite orders.', checkLongFork);
}

/** Sorted by how much they saw, each read must see all that the one before it saw. */
function judgeGroup(members: readonly GroupRead[], book: EvidenceBook<LongForkAnomaly>): void {
  const sorted = members.toSorted((one, other) => one.seen.size - other.seen.size);
  for (const [place, { read, seen }] of sorted.entries()) {
    const less = sorted[place - 1];
    if (less === undefined) continue;
    for (const [key, value] of less.seen) {
      const other = seen.get(key);
      if (other === value) continue;
      const ids = [less.read.id, read.id].toSorted((a, b) => a - b);
      if (other !== undefined) {
        book.add('multiple-values', key, ids, () => `${key} was read as ${value} and as ${other}`, 'unknown');
        continue;
      }
      const missed = [...seen.keys()].find((name) => !less.seen.has(name));
      if (missed === undefined) continue;
      book.add('long-fork', [key, missed], ids, () => {
        return `${less.read.client} saw the write of ${key} and not that of ${missed}, ${read.client} the other way round`;
      });
    }
  }
}

function isGroupRead({ result }: Operation): boolean {
  return (
    isArray(result) &&
    result.length > 0 &&
    result.every((micro) => isArray(micro) && (micro[0] === 'r' || micro[0] === 'read'))
  );
}

function readGroup({ result, returned }: Operation): { readonly group: string; readonly seen: Map<string, string> } {
  const seen = new Map<string, string>();
  const keys: string[] = [];
  for (const micro of result as readonly (readonly Json[])[]) {
    const [, key, value] = micro;
    if (micro.length !== 3 || key === undefined || value === undefined) {
      throw new HistoryError(returned!.index, '["r", key, value]', show(micro));
    }
    keys.push(canonical(key));
    if (value !== null) seen.set(canonical(key), canonical(value));
  }
  return { group: keys.toSorted().join(' '), seen };
}
