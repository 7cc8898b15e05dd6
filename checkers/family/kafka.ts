// The checker of partitioned logs in the manner of Kafka, after Jepsen's kafka workload.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Check } from '../../sim/verdict.ts';
import { canonical } from '../canonical.ts';
import { pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';
import { readLogs, type LogHistory, type Polled, type Send } from './kafka-log.ts';

export type KafkaAnomaly =
  /** One offset of a key has two values. */
  | 'inconsistent-offsets'
  /** One value is at two offsets of a key. */
  | 'duplicate'
  /** A value was acknowledged, others behind it were polled, it never was. */
  | 'lost-write'
  /** A value was polled whose send had failed (G1a). */
  | 'aborted-read'
  /** A value was polled that nobody sent by then. */
  | 'phantom'
  /** A client polled an offset again, or a lower one. */
  | 'nonmonotonic-poll'
  /** A client's polls passed over an offset that has a value. */
  | 'poll-skip'
  /** A client sent a later value to a lower offset. */
  | 'nonmonotonic-send';

export interface KafkaOptions {
  /** What is no reason to complain; nothing by default. Consumers that rebalance may poll again: `nonmonotonic-poll`. */
  readonly allowed?: readonly KafkaAnomaly[];
}

export interface KafkaResult extends Judgement<KafkaAnomaly> {
  /** `[key, value]` of what was acknowledged and never polled: lost or not reached yet. */
  readonly unseen: readonly Json[];
}

/**
 * Judges `send`, `poll` and `txn`, whose values are lists of `["send", key, value]` and `["poll"]`; the results have
 * `["send", key, [offset, value]]` and `["poll", { key: [[offset, value], …] }]`. Values are unique for each key. `assign` and
 * `subscribe` let a client begin anew. Cycles between transactions are not looked for.
 * @throws HistoryError on a history that pairs badly and on a malformed micro-operation.
 */
export function checkKafka(history: History, options: KafkaOptions = {}): KafkaResult {
  const logs = readLogs(pairOperations(history));
  const allowed = new Set(options.allowed);
  const book = new EvidenceBook<KafkaAnomaly>();
  const add = (type: KafkaAnomaly, value: Json, operations: readonly Operation[], reason: () => string) => {
    if (!allowed.has(type)) book.add(type, value, [...new Set(operations.map(({ id }) => id))], reason);
  };
  judgeOffsets(logs, add);
  judgeSources(logs, add);
  const unseen = judgeLosses(logs, add);
  judgePolls(logs, add);
  judgeSends(logs, add);
  return { ...book.judge(), unseen };
}

/** The checker of partitioned logs for scenarios. */
export function kafkaCheck(options: KafkaOptions = {}): Check {
  const about = 'Each log has one value an offset, loses none, and is sent to and polled in order.';
  return asCheck('kafka', about, (history) => checkKafka(history, options));
}

type Add = (type: KafkaAnomaly, value: Json, operations: readonly Operation[], reason: () => string) => void;

function seenIn({ sends, polled }: LogHistory): readonly Polled[] {
  return [...sends.filter((send): send is Send & { readonly offset: number } => send.offset !== undefined), ...polled];
}

function judgeOffsets(logs: LogHistory, add: Add): void {
  const values = new Map<string, Polled>();
  const places = new Map<string, Polled>();
  for (const one of seenIn(logs)) {
    const { key, offset, value, operation } = one;
    const before = remember(values, canonical([key, offset]), one);
    if (before !== undefined && canonical(before.value) !== canonical(value)) {
      add('inconsistent-offsets', [key, offset], [before.operation, operation], () => {
        return `offset ${offset} of ${key} held ${show(before.value)} for ${before.operation.client} and ${show(value)} for ${operation.client}`;
      });
    }
    const other = remember(places, canonical([key, value]), one);
    if (other === undefined || other.offset === offset) continue;
    add('duplicate', [key, value], [other.operation, operation], () => {
      return `${show(value)} was at the offsets ${other.offset} and ${offset} of ${key}`;
    });
  }
}

function judgeSources({ sends, polled }: LogHistory, add: Add): void {
  const sources = new Map<string, Operation[]>();
  for (const { key, value, operation } of sends) {
    const text = canonical([key, value]);
    const others = sources.get(text);
    if (others === undefined) sources.set(text, [operation]);
    else others.push(operation);
  }
  for (const { key, value, operation } of polled) {
    const attempts = sources.get(canonical([key, value])) ?? [];
    const isEarly = (send: Operation | undefined) =>
      send !== undefined && send.called.index < operation.returned!.index;
    if (isEarly(attempts.find(({ type }) => type !== 'fail'))) continue;
    const [failed] = attempts;
    if (failed === undefined || !isEarly(failed)) {
      add(
        'phantom',
        [key, value],
        [operation],
        () => `${operation.client} polled ${show(value)} of ${key}, which nobody had sent`,
      );
    } else {
      add('aborted-read', [key, value], [failed, operation], () => {
        return `${operation.client} polled ${show(value)} of ${key}, whose send by ${failed.client} had failed`;
      });
    }
  }
}

function judgeLosses({ sends, polled }: LogHistory, add: Add): readonly Json[] {
  const seen = new Set(polled.map(({ key, value }) => canonical([key, value])));
  const furthest = new Map<string, Polled>();
  for (const one of polled) if (one.offset > (furthest.get(one.key)?.offset ?? -1)) furthest.set(one.key, one);
  const missing = sends.filter(
    ({ operation, key, value }) => operation.type === 'ok' && !seen.has(canonical([key, value])),
  );
  for (const { key, value, offset, operation } of missing) {
    const beyond = furthest.get(key);
    if (offset === undefined || beyond === undefined || beyond.offset <= offset) continue;
    add('lost-write', [key, value], [operation, beyond.operation], () => {
      return `${operation.client}'s ${show(value)} was acknowledged at offset ${offset} of ${key}, but nobody polled it, while ${beyond.operation.client} polled offset ${beyond.offset}`;
    });
  }
  return missing.map(({ key, value }) => [key, value]);
}

/** What each client polled of a key, one after another, until it began anew. */
function judgePolls(logs: LogHistory, add: Add): void {
  const offsets = new Map<string, number[]>();
  for (const [key, all] of groupOffsets(seenIn(logs))) offsets.set(key, all);
  const latest = new Map<string, Map<string, Polled>>(); // by client and key
  let reset = 0;
  for (const one of logs.polled) {
    const { client, called } = one.operation;
    for (; reset < logs.resets.length && logs.resets[reset]!.called.index < called.index; reset += 1) {
      latest.delete(logs.resets[reset]!.client);
    }
    const last = latest.get(client) ?? new Map<string, Polled>();
    latest.set(client, last);
    const before = last.get(one.key);
    last.set(one.key, one);
    if (before === undefined) continue;
    if (one.offset <= before.offset) {
      add('nonmonotonic-poll', [one.key, one.offset], [before.operation, one.operation], () => {
        return `${client} polled offset ${before.offset} of ${one.key} and then ${one.offset}`;
      });
      continue;
    }
    const skipped = firstAbove(offsets.get(one.key)!, before.offset);
    if (skipped === one.offset) continue;
    add('poll-skip', [one.key, skipped!], [before.operation, one.operation], () => {
      return `${client} polled offset ${before.offset} of ${one.key} and then ${one.offset}, past ${skipped}`;
    });
  }
}

function judgeSends({ sends }: LogHistory, add: Add): void {
  const last = new Map<string, Send>();
  for (const send of sends) {
    const { offset, key, operation } = send;
    if (offset === undefined) continue;
    const before = remember(last, canonical([operation.client, key]), send);
    last.set(canonical([operation.client, key]), send);
    if (before === undefined || offset > before.offset!) continue;
    add('nonmonotonic-send', [key, offset], [before.operation, operation], () => {
      return `${operation.client} sent ${show(before.value)} to offset ${before.offset} of ${key} and then ${show(send.value)} to ${offset}`;
    });
  }
}

/** The known offsets of each key, ascending, each once. */
function groupOffsets(seen: readonly Polled[]): ReadonlyMap<string, number[]> {
  const groups = new Map<string, Set<number>>();
  for (const { key, offset } of seen) groups.set(key, (groups.get(key) ?? new Set()).add(offset));
  return new Map([...groups].map(([key, offsets]) => [key, [...offsets].toSorted((one, other) => one - other)]));
}

/** The first of ascending numbers above a bound. */
function firstAbove(sorted: readonly number[], bound: number): number | undefined {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return sorted[low];
}

/** What the map holds at the key; if nothing, the item from now on. */
function remember<Item>(map: Map<string, Item>, key: string, item: Item): Item | undefined {
  const known = map.get(key);
  if (known === undefined) map.set(key, item);
  return known;
}
