// Priority queues whose values are all different, in O(n log n) (the problem is that of Gibbons, Bruno & Phillips 2002,
// section 4, and of Lee & Mathur 2025, section 6). The values are looked at from the first in rank to the last.
//
// A value is surely in the queue from the first end of its operations to the last call of them, or for ever if it was not
// removed. To be found, a value needs a moment, while the operation that found it ran, at which nothing of higher rank is
// surely there. That is enough: at each such moment the values of higher rank fall into those whose operations had all been
// called, which can happen before it, and those of which none had ended, which can happen after it. Any order of theirs can
// be taken apart like that and put together again, and the queue is empty of them in between.
import type { Json } from '../../sim/protocol.ts';
import { canonical } from '../canonical.ts';
import type { Operation } from '../operations.ts';
import { contradiction, declined, endOf, never, type MonitorOutcome } from './monitor.ts';
import { OpenGaps } from './open-gaps.ts';
import { chainOf } from './presence.ts';

/** What the functions that find a value do. */
export interface Ranking {
  /** Whether it finds the least value; otherwise the greatest. */
  readonly takesLeast: (f: string) => boolean;
  /** Whether it leaves the value that it finds. */
  readonly looksOnly: (f: string) => boolean;
}

/** One value, with all that was done to it: operations are indices, times are history indices. */
interface Ranked {
  readonly value: number;
  readonly insert: number;
  /** -1 if nobody removed it. */
  remove: number;
  readonly looks: number[];
  /** The first end of its operations, and whose it is. */
  end: number;
  ended: number;
  /** The last call of its operations, and whose it is. */
  call: number;
  called: number;
}

interface RankedValues {
  readonly type: 'collected';
  readonly values: Ranked[];
  /** Operations that found nothing. */
  readonly empties: readonly number[];
  /** The earliest call of a removal of unknown outcome, which may have removed anything: `never` if there is none. */
  readonly lost: number;
}

/**
 * Judges `insert` and functions that find a value, null when the queue is empty, as it is at first. Declines values that
 * are inserted twice, and histories that ask for the least value and the greatest.
 */
export function judgePriorityQueue(
  operations: readonly Operation[],
  initial: readonly Json[],
  ranking: Ranking,
): MonitorOutcome {
  if (initial.length > 0) return declined('it is not empty at first');
  const finding = operations.filter(({ f }) => f !== 'insert');
  const least = finding.some(({ f }) => ranking.takesLeast(f));
  if (least && finding.some(({ f }) => !ranking.takesLeast(f))) return declined('both ends are asked for');
  const collected = collect(operations, ranking);
  if (collected.type !== 'collected') return collected;
  collected.values.sort((one, other) => (least ? one.value - other.value : other.value - one.value));
  const outcome = judge(operations, collected, never);
  if (outcome.type !== 'invalid' || collected.lost === never) return outcome;
  const relaxed = judge(operations, collected, collected.lost);
  return relaxed.type === 'invalid' ? relaxed : declined('it depends on removals of unknown outcome');
}

/** Gives each operation to its value. An insertion of unknown outcome counts only if its value was found. */
function collect(operations: readonly Operation[], { looksOnly }: Ranking): RankedValues | MonitorOutcome {
  const values = new Map<string, Ranked>();
  const empties: number[] = [];
  let lost = never;
  for (const [index, operation] of operations.entries()) {
    if (operation.f !== 'insert') continue;
    const value = operation.value as number;
    const text = canonical(value);
    if (values.has(text)) return declined(`${text} is inserted twice`);
    const [end, call] = [endOf(operation), operation.called.index];
    values.set(text, { value, insert: index, remove: -1, looks: [], end, ended: index, call, called: index });
  }
  for (const [index, operation] of operations.entries()) {
    if (operation.f === 'insert') continue;
    if (operation.type !== 'ok') {
      lost = Math.min(lost, operation.called.index);
      continue;
    }
    if (operation.result === null) {
      empties.push(index);
      continue;
    }
    const text = canonical(operation.result);
    const ranked = values.get(text);
    if (ranked === undefined) return contradiction([index], `nobody inserted ${text}, which was found`);
    if (looksOnly(operation.f)) ranked.looks.push(index);
    else if (ranked.remove === -1) ranked.remove = index;
    else return contradiction([ranked.insert, ranked.remove, index], `${text} was inserted once and removed twice`);
    if (endOf(operation) < ranked.end) [ranked.end, ranked.ended] = [endOf(operation), index];
    if (operation.called.index > ranked.call) [ranked.call, ranked.called] = [operation.called.index, index];
  }
  const found = [...values.values()].filter(({ end }) => end < never);
  return { type: 'collected', values: found, empties, lost };
}

/** @param gone when what nobody is known to have removed may have been gone. */
function judge(operations: readonly Operation[], { values, empties }: RankedValues, gone: number): MonitorOutcome {
  const moments = operations.flatMap(({ called, returned }) => [called.index, ...(returned ? [returned.index] : [])]);
  const ascending = Float64Array.from(moments).sort();
  const gaps = new OpenGaps(ascending.length);
  const place = new Map<number, number>(Array.from(ascending, (moment, index) => [moment, index]));
  const placeOf = (moment: number) => (moment === never ? ascending.length : place.get(moment)!);
  /** The evidence that operations of a value, or empties, have no moment between `from` and `until`. */
  const against = (rank: number, involved: readonly number[], from: number, until: number): MonitorOutcome => {
    const covering = coveringOf(values.slice(0, rank), from, until, gone);
    const reason = rank === values.length ? 'it was found empty while' : `${values[rank]!.value} was found while`;
    return contradiction([...involved, ...covering], `${reason} something of higher rank was surely there`);
  };
  for (const [rank, { insert, remove, looks, end, call }] of values.entries()) {
    const inserted = operations[insert]!.called.index;
    let latest = { place: -1, look: -1, from: -1 }; // of the first places that the looks can have
    for (const look of looks) {
      const from = Math.max(operations[look]!.called.index, inserted);
      const first = gaps.firstFrom(placeOf(from));
      if (first >= placeOf(endOf(operations[look]!)))
        return against(rank, [insert, look], from, endOf(operations[look]!));
      if (first > latest.place) latest = { place: first, look, from };
    }
    if (remove !== -1) {
      const until = endOf(operations[remove]!);
      const from = Math.max(operations[remove]!.called.index, inserted);
      const last = gaps.lastBefore(placeOf(until));
      if (last < placeOf(from)) return against(rank, [insert, remove], from, until);
      if (last < latest.place) return against(rank, [insert, remove, latest.look], latest.from, until);
    }
    gaps.cover(placeOf(end), placeOf(remove === -1 ? Math.max(gone, call) : call));
  }
  for (const empty of empties) {
    const { called } = operations[empty]!;
    const until = endOf(operations[empty]!);
    if (gaps.firstFrom(placeOf(called.index)) < placeOf(until)) continue;
    return against(values.length, [empty], called.index, until);
  }
  return { type: 'valid' };
}

/** The operations of few values, one or more of which are surely there at each moment between `from` and `until`. */
function coveringOf(values: readonly Ranked[], from: number, until: number, gone: number): readonly number[] {
  const byEnd = values.toSorted((one, other) => one.end - other.end);
  const insertEnd = Float64Array.from(byEnd, ({ end }) => end);
  const removeCall = Float64Array.from(byEnd, ({ remove, call }) => (remove === -1 ? Math.max(gone, call) : call));
  return chainOf({ insertEnd, removeCall }, [...byEnd.keys()], from, until).flatMap((at) => {
    const { insert, remove, ended, called } = byEnd[at]!;
    return [insert, ended, called, ...(remove === -1 ? [] : [remove])];
  });
}
