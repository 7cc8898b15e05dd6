// The monotonic checker: inserts are ordered as their timestamps, and none is lost, doubled or revived (Jepsen's test of
// CockroachDB); and what a client reads of one number never goes back.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical, isArray } from '../canonical.ts';
import { HistoryError, pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';

export type MonotonicAnomaly = 'out-of-order' | 'lost' | 'duplicate' | 'revived' | 'phantom' | 'backwards';

export interface MonotonicResult extends Judgement<MonotonicAnomaly> {
  readonly adds: number;
  readonly reads: number;
}

interface Row {
  readonly value: number;
  readonly timestamp: number;
}

/**
 * Judges `add`, which inserts a number greater than all that are there and returns it (or was told it as its value), and
 * `read`, which returns the rows in the order of their timestamps, or with them: `5`, `[5, timestamp]` or
 * `{ value, timestamp }`. The last read must have every acknowledged number once, ascending in the order of timestamps; no
 * read may have a number whose add failed or that nobody added. A read that returns one number instead of rows is
 * compared with what the same client read before: it must not go back.
 * @throws HistoryError on a history that pairs badly, on an add of no number and on a read that returned neither.
 */
export function checkMonotonic(history: History): MonotonicResult {
  const operations = pairOperations(history);
  const reads = operations.filter(({ f, type }) => f === 'read' && type === 'ok');
  const adds = operations.filter(({ f }) => f === 'add');
  const book = new EvidenceBook<MonotonicAnomaly>();
  const latest = new Map<string, Operation>();
  const tables: { readonly read: Operation; readonly rows: readonly Row[] }[] = [];
  for (const read of reads) {
    if (typeof read.result === 'number') judgeNumber(read, latest, book);
    else tables.push({ read, rows: rowsOf(read) });
  }
  const byValue = indexByValue(adds);
  for (const { read, rows } of tables) judgeRows(read, rows, byValue, book);
  const final = tables.at(-1);
  if (final !== undefined) judgeFinal(final.read, final.rows, byValue, book);
  return { ...book.judge(reads.length === 0 ? 'nobody read' : ''), adds: adds.length, reads: reads.length };
}

/** The monotonic checker for scenarios. */
export function monotonicCheck(): Check {
  const about =
    'Numbers ascend in the order of their timestamps, none lost, doubled or revived, and no client reads backwards.';
  return asCheck('monotonic', about, checkMonotonic);
}

function judgeNumber(read: Operation, latest: Map<string, Operation>, book: EvidenceBook<MonotonicAnomaly>): void {
  const before = latest.get(read.client);
  if (before !== undefined && (read.result as number) < (before.result as number)) {
    const reason = () => `${read.client} read ${show(before.result)} and then ${show(read.result)}`;
    book.add('backwards', read.result, [before.id, read.id], reason);
  }
  latest.set(read.client, read);
}

function judgeRows(
  read: Operation,
  rows: readonly Row[],
  adds: ReadonlyMap<number, readonly Operation[]>,
  book: EvidenceBook<MonotonicAnomaly>,
): void {
  const seen = new Set<number>();
  const sorted = rows.toSorted((one, other) => one.timestamp - other.timestamp);
  for (const [place, { value }] of sorted.entries()) {
    const before = sorted[place - 1];
    if (seen.has(value)) book.add('duplicate', value, [read.id], () => `${read.client} read ${value} twice`);
    else if (before !== undefined && value < before.value) {
      const ids = [before.value, value].flatMap((row) => adds.get(row)?.[0]?.id ?? []);
      book.add('out-of-order', [before.value, value], [...ids, read.id], () => {
        return `${read.client} read ${before.value} and then ${value} in the order of timestamps`;
      });
    }
    seen.add(value);
    const attempts = adds.get(value) ?? [];
    if (attempts.some(({ type }) => type !== 'fail')) continue;
    const [failed] = attempts;
    if (failed !== undefined) {
      book.add('revived', value, [failed.id, read.id], () => `${read.client} read ${value}, whose add had failed`);
    } else if (!hasUnknownAdd(adds, read)) {
      book.add('phantom', value, [read.id], () => `${read.client} read ${value}, which nobody added`);
    }
  }
}

function judgeFinal(
  read: Operation,
  rows: readonly Row[],
  adds: ReadonlyMap<number, readonly Operation[]>,
  book: EvidenceBook<MonotonicAnomaly>,
): void {
  const seen = new Set(rows.map(({ value }) => value));
  for (const [value, attempts] of adds) {
    const added = attempts.find(({ type, returned }) => type === 'ok' && returned!.index < read.called.index);
    if (added === undefined || seen.has(value)) continue;
    book.add('lost', value, [added.id, read.id], () => {
      return `${added.client}'s add of ${value} was acknowledged, but the final read by ${read.client} lacks it`;
    });
  }
}

const unknownValue = NaN;

/** An add without a result that chose its number itself may have inserted any. */
function hasUnknownAdd(adds: ReadonlyMap<number, readonly Operation[]>, read: Operation): boolean {
  const first = adds.get(unknownValue)?.find(({ type }) => type === 'info');
  return first !== undefined && first.called.index < read.returned!.index;
}

function indexByValue(adds: readonly Operation[]): ReadonlyMap<number, readonly Operation[]> {
  const byValue = new Map<number, Operation[]>();
  for (const add of adds) {
    const row = rowOf(add.result ?? add.value) ?? rowOf(add.value);
    if (row === undefined && add.type === 'ok') {
      throw new HistoryError(add.returned!.index, 'the number that add inserted', show(add.result));
    }
    const value = row?.value ?? unknownValue;
    const others = byValue.get(value);
    if (others === undefined) byValue.set(value, [add]);
    else others.push(add);
  }
  return byValue;
}

function rowsOf({ result, returned }: Operation): readonly Row[] {
  const rows = isArray(result) ? result.map((row, place) => rowOf(row, place)) : [undefined];
  if (rows.every((row) => row !== undefined)) return rows;
  throw new HistoryError(returned!.index, 'rows or one number as the result of read', canonical(result));
}

function rowOf(row: Json, place = 0): Row | undefined {
  if (typeof row === 'number') return { value: row, timestamp: place };
  if (row === null || typeof row !== 'object') return undefined;
  const value = isArray(row) ? row[0] : row['value'];
  const timestamp = isArray(row) ? row[1] : row['timestamp'];
  return typeof value === 'number' && typeof timestamp === 'number' ? { value, timestamp } : undefined;
}
