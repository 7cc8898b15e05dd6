// The watch checker: what etcd promises of its watches, which are ordered, unique, reliable, atomic, resumable and
// bookmarkable (etcd's documentation of its API guarantees).
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical } from '../canonical.ts';
import { pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';
import { readStreams, type WatchEvent, type WatchStream } from './watch-streams.ts';

export type WatchAnomaly =
  /** Revisions went back. */
  | 'unordered'
  /** An event came twice. */
  | 'not-unique'
  /** An event is missing between others that came, or before a bookmark. */
  | 'unreliable'
  /** The events of one revision came in several responses. */
  | 'not-atomic'
  /** A watch that began at a revision got events from before it, or not those from there on. */
  | 'not-resumable'
  /** An event came after a bookmark that said that all up to its revision had come. */
  | 'not-bookmarkable'
  /** Two watches, or a watch and a write, differ in what happened to a key at a revision. */
  | 'inconsistent'
  /** An event for a key that was not asked for. */
  | 'unfiltered';

export interface WatchResult extends Judgement<WatchAnomaly> {
  readonly streams: number;
  readonly events: number;
}

/**
 * Judges `watch`: its value is `{ watch?, from?, key?, prefix? }`, the name of the watch, the first revision and the filter; a
 * value with `from` begins or resumes the watch, one without goes on. The result is a list of responses `{ events: [{ type:
 * "put" or "delete", key, value, revision }] }`, or `{ revision }` for a bookmark. A `put` or `delete` of `[key, value]` that
 * returned its revision, a number or `{ revision }`, is known to have happened.
 * @throws HistoryError on a history that pairs badly and on a malformed response.
 */
export function checkWatch(history: History): WatchResult {
  const operations = pairOperations(history);
  const streams = readStreams(operations);
  const book = new EvidenceBook<WatchAnomaly>();
  const known = indexEvents(collectEvents(operations, streams, book));
  let events = 0;
  for (const stream of streams) {
    judgeOrder(stream, book);
    judgeCompleteness(stream, known, book);
    events += stream.responses.reduce((sum, response) => sum + response.events.length, 0);
  }
  return { ...book.judge(events === 0 ? 'no watch saw an event' : ''), streams: streams.length, events };
}

/** The watch checker for scenarios. */
export function watchCheck(): Check {
  const about = 'Watches are ordered, unique, reliable, atomic, resumable and bookmarkable.';
  return asCheck('watch', about, checkWatch);
}

interface Known {
  readonly event: WatchEvent;
  readonly operation: Operation;
}

/** All that is known to have happened, in the order of revisions. */
function collectEvents(
  operations: readonly Operation[],
  streams: readonly WatchStream[],
  book: EvidenceBook<WatchAnomaly>,
): readonly Known[] {
  const known = new Map<string, Known>();
  const note = (event: WatchEvent, operation: Operation) => {
    const place = canonical([event.revision, event.key]);
    const before = known.get(place);
    if (before === undefined) known.set(place, { event, operation });
    else if (canonical([before.event.type, before.event.value]) !== canonical([event.type, event.value])) {
      book.add('inconsistent', event.key, [before.operation.id, operation.id], () => {
        return `${nameOf(event)} for ${operation.client} was ${nameOf(before.event)} for ${before.operation.client}`;
      });
    }
  };
  for (const operation of operations) {
    const { f, type, value, result } = operation;
    if ((f !== 'put' && f !== 'delete') || type !== 'ok') continue;
    const revision = typeof result === 'number' ? result : (result as { readonly revision?: Json } | null)?.revision;
    const [key, written = null] = Array.isArray(value) ? (value as Json[]) : [value];
    if (typeof revision !== 'number' || typeof key !== 'string') continue; // a delete of nothing has no revision of its own
    note({ type: f, key, value: f === 'put' ? written : null, revision }, operation);
  }
  for (const { responses } of streams) {
    for (const { events, operation } of responses) for (const event of events) note(event, operation);
  }
  return [...known.values()].toSorted((one, other) => one.event.revision - other.event.revision);
}

/** Known events in the order of revisions: all, and those of each key. */
interface KnownEvents {
  readonly all: readonly Known[];
  readonly byKey: ReadonlyMap<string, readonly Known[]>;
}

function indexEvents(all: readonly Known[]): KnownEvents {
  const byKey = new Map<string, Known[]>();
  for (const one of all) {
    const others = byKey.get(one.event.key);
    if (others === undefined) byKey.set(one.event.key, [one]);
    else others.push(one);
  }
  return { all, byKey };
}

function judgeOrder(stream: WatchStream, book: EvidenceBook<WatchAnomaly>): void {
  const { client, watch, from, responses } = stream;
  const seen = new Map<string, Operation>();
  let last: Known | undefined;
  let lastResponse = -1;
  let bookmark: { readonly revision: number; readonly operation: Operation } | undefined;
  for (const [place, { events, operation, bookmark: revision }] of responses.entries()) {
    if (revision !== undefined) bookmark = { revision, operation };
    for (const event of events) {
      const add = (type: WatchAnomaly, other: Operation | undefined, why: string) => {
        const ids = [...new Set([...(other === undefined ? [] : [other.id]), operation.id])];
        book.add(type, event.key, ids, () => `${client}'s ${watch} got ${nameOf(event)} ${why}`);
      };
      const text = canonical([event.revision, event.key]);
      const twin = seen.get(text);
      if (!isAsked(stream, event)) add('unfiltered', undefined, 'that it had not asked for');
      if (twin !== undefined) add('not-unique', twin, 'twice');
      else if (last !== undefined && event.revision < last.event.revision) {
        add('unordered', last.operation, `after revision ${last.event.revision}`);
      } else if (last?.event.revision === event.revision && lastResponse !== place) {
        add('not-atomic', last.operation, 'apart from others of its revision');
      }
      if (from !== undefined && event.revision < from) add('not-resumable', undefined, `although it began at ${from}`);
      if (bookmark !== undefined && event.revision <= bookmark.revision && twin === undefined) {
        add('not-bookmarkable', bookmark.operation, `after a bookmark of ${bookmark.revision}`);
      }
      seen.set(text, operation);
      if (last === undefined || event.revision >= last.event.revision) last = { event, operation };
      lastResponse = place;
    }
  }
}

/** Everything known that was asked for, from the beginning of the watch to the latest revision it told, must have come. */
function judgeCompleteness(stream: WatchStream, known: KnownEvents, book: EvidenceBook<WatchAnomaly>): void {
  const { client, watch, from, responses } = stream;
  const told = responses.flatMap(({ events }) => events);
  const start = from ?? told[0]?.revision ?? Infinity;
  let end = -1;
  let witness: Operation | undefined;
  for (const { events, bookmark, operation } of responses) {
    const reached = events.reduce((latest, { revision }) => Math.max(latest, revision), bookmark ?? -1);
    if (reached > end) [end, witness] = [reached, operation];
  }
  const seen = new Set(told.map(({ revision, key }) => canonical([revision, key])));
  const first = told[0]?.revision ?? Infinity;
  const candidates = stream.key === undefined ? known.all : (known.byKey.get(stream.key) ?? []);
  for (let place = firstFrom(candidates, start); place < candidates.length; place += 1) {
    const { event, operation } = candidates[place]!;
    if (event.revision > end) break;
    if (!isAsked(stream, event)) continue;
    if (seen.has(canonical([event.revision, event.key]))) continue;
    const type = from !== undefined && event.revision < first ? 'not-resumable' : 'unreliable';
    book.add(type, event.key, [...new Set([operation.id, witness!.id])], () => {
      return `${client}'s ${watch} was told of revision ${end} and never got ${nameOf(event)}`;
    });
  }
}

/** The first place of a revision that is not below `start`. */
function firstFrom(known: readonly Known[], start: number): number {
  let low = 0;
  for (let high = known.length; low < high;) {
    const middle = (low + high) >> 1;
    if (known[middle]!.event.revision < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAsked({ key, prefix }: WatchStream, event: WatchEvent): boolean {
  return key === undefined ? event.key.startsWith(prefix) : event.key === key;
}

function nameOf({ type, key, value, revision }: WatchEvent): string {
  return type === 'put' ? `the put of ${show(value)} to ${key} at ${revision}` : `the delete of ${key} at ${revision}`;
}
