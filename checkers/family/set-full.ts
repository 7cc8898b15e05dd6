// The full set checker: the fate of each element over all reads, as in Jepsen's set-full, with what that one overlooks.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Micros } from '../../sim/time.ts';
import { formatDuration } from '../../sim/time.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical } from '../canonical.ts';
import { pairOperations, type Moment, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, type Judgement } from './evidence.ts';
import { quantilesOf, type Quantiles } from './quantiles.ts';
import { elementsOf, indexAdds, judgeElements, readsOf } from './set.ts';

export type SetFullAnomaly = 'lost' | 'stale' | 'phantom' | 'duplicate';

export interface SetFullOptions {
  /** Whether a read may miss an element that was known before it was invoked; not by default. */
  readonly mayBeStale?: boolean;
}

/** What became of elements, each in one of the first three lists. */
export interface SetFullResult extends Judgement<SetFullAnomaly> {
  /** There in the last reads. */
  readonly stable: readonly Json[];
  /** Known, and missing from then on in the last reads. */
  readonly lost: readonly Json[];
  /** Neither seen nor surely missing. */
  readonly neverRead: readonly Json[];
  /** Stable elements that some read missed although they were known by then. */
  readonly stale: readonly Json[];
  /** From when an element was known until it was there for good. */
  readonly stableLatencies: Quantiles | undefined;
  /** From when an element was known until it was gone for good. */
  readonly lostLatencies: Quantiles | undefined;
}

interface Sightings {
  /** Places among the reads, in the order of their calls; -1 for none. */
  present: number;
  absent: number;
  /** The completion of the first read that saw it. */
  firstSeen: Moment;
}

/**
 * Judges `add` and `read` of lists. An element is known from its acknowledgement or the first read of it on. It is lost if
 * the latest read that was invoked after that misses it, stale if an earlier one does. Unlike Jepsen's checker it refuses
 * elements that are twice in a read, that nobody added, or whose add failed or came later. Unknown if no element is stable.
 * @throws HistoryError on a history that pairs badly and on a read that returned no list.
 */
export function checkSetFull(history: History, options: SetFullOptions = {}): SetFullResult {
  const { mayBeStale = false } = options;
  const operations = pairOperations(history);
  const reads = readsOf(operations);
  const adds = indexAdds(operations);
  const sightings = findSightings(reads);
  const book = new EvidenceBook<SetFullAnomaly>();
  for (const read of reads) judgeElements(read, adds, book);
  const fates = { stable: [] as Json[], lost: [] as Json[], neverRead: [] as Json[], stale: [] as Json[] };
  const latencies = { stable: [] as Micros[], lost: [] as Micros[] };
  for (const [text, attempts] of adds) {
    const { value } = attempts[0]!;
    const seen = sightings.get(text) ?? { present: -1, absent: reads.length - 1, firstSeen: undefined };
    const known = earliest(attempts, seen.firstSeen);
    const missing = reads[seen.absent];
    const gap = known === undefined || missing === undefined ? undefined : gapOf(known, missing);
    const ids = [attempts.find(({ type }) => type === 'ok')?.id ?? attempts[0]!.id, missing?.id ?? -1];
    const since = known === undefined ? '' : `, known at ${formatDuration(known.time)},`;
    const miss = () =>
      `${text}${since} is missing in ${missing!.client}'s read of ${formatDuration(missing!.called.time)}`;
    if (seen.present > seen.absent) {
      fates.stable.push(value);
      latencies.stable.push(gap ?? 0);
      if (gap === undefined) continue;
      fates.stale.push(value);
      if (!mayBeStale) book.add('stale', value, ids, miss);
    } else if (gap !== undefined) {
      fates.lost.push(value);
      latencies.lost.push(lostLatency(known!, reads, seen.present));
      book.add('lost', value, ids, miss);
    } else if (attempts.some(({ type }) => type !== 'fail')) fates.neverRead.push(value);
  }
  return {
    ...book.judge(fates.stable.length === 0 ? 'no element is stable: there is nothing to go by' : ''),
    ...fates,
    stableLatencies: quantilesOf(latencies.stable),
    lostLatencies: quantilesOf(latencies.lost),
  };
}

/** The full set checker for scenarios. */
export function setFullCheck(options: SetFullOptions = {}): Check {
  const about = 'Every element that is known stays in all later reads, once, and nothing is there that nobody added.';
  return asCheck('set-full', about, (history) => checkSetFull(history, options));
}

/** For each element the latest read with it and the latest without it, in the order of calls. */
function findSightings(reads: readonly Operation[]): ReadonlyMap<string, Sightings> {
  const sightings = new Map<string, Sightings>();
  for (const [place, read] of reads.entries()) {
    for (const element of elementsOf(read)) {
      const text = canonical(element);
      const seen = sightings.get(text);
      if (seen === undefined) {
        sightings.set(text, { present: place, absent: place - 1, firstSeen: read.returned! });
      } else {
        if (seen.present < place - 1) seen.absent = place - 1;
        seen.present = place;
        if (read.returned!.index < seen.firstSeen.index) seen.firstSeen = read.returned!;
      }
    }
  }
  for (const seen of sightings.values()) if (seen.present < reads.length - 1) seen.absent = reads.length - 1;
  return sightings;
}

function earliest(attempts: readonly Operation[], seen: Moment | undefined): Moment | undefined {
  let known = seen;
  for (const { type, returned } of attempts) {
    if (type === 'ok' && (known === undefined || returned!.index < known.index)) known = returned;
  }
  return known;
}

/** How long the element had been known when a read missed it; undefined if it was not known when that was invoked. */
function gapOf(known: Moment, missing: Operation): Micros | undefined {
  return missing.called.index > known.index ? missing.called.time - known.time : undefined;
}

function lostLatency(known: Moment, reads: readonly Operation[], present: number): Micros {
  const last = reads[present];
  return last === undefined ? 0 : Math.max(0, last.called.time - known.time);
}
