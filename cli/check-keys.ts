// Judges the keys of one history apart, in as many threads as there may be. Keys are judged one after the other at first; what
// is left after a while goes to threads if that pays. What is found of a key never depends on where it was judged.
import {
  checkLinearizable,
  operationsByKey,
  type LinearizabilityBounds,
  type LinearizabilityResult,
  type PartitionResult,
} from '../checkers/index.ts';
import type { History, HistoryEvent, Json } from '../sim/index.ts';
import { runInThreads } from './check-key-threads.ts';
import { findModel } from './check-models.ts';

/** What is to be found out of some keys, as it goes to a thread. */
export interface KeyWork {
  readonly model: string;
  readonly initial: Json | undefined;
  readonly engine: NonNullable<LinearizabilityBounds['engine']>;
  readonly witness: boolean;
}

export interface KeyWatch {
  readonly deadline: () => boolean;
  /** @param judged keys, of how many; completions explained of the one under way */
  readonly onProgress: (judged: number, keys: number, covered: number) => void;
}

/** The keys of a history, each with its verdict, in the order of their first operations. */
export type Keys = Pick<LinearizabilityResult, 'partitions'>;

/** Milliseconds after which threads are thought of, beyond what a history of its size takes at the fast pace. */
const alone = 1_000;

/** Milliseconds of work, by the pace so far, that threads would take to begin. */
const least = 2_000;

/** Operations in a millisecond from which on to copy them into a thread costs as much as to judge them. */
const fast = 200;

/** Placements for each operation, below which the same is true however slow the machine is at the moment. */
const easy = 8;

/** @param workers how many threads there may be; one: none but this */
export async function judgeKeys(history: History, work: KeyWork, workers: number, watch: KeyWatch): Promise<Keys> {
  const patience = alone + history.length / 2 / fast;
  let start: number | undefined; // of the first key: to pair the operations is not what threads could help with
  const elapsed = (): number => performance.now() - (start ??= performance.now());
  const isLate = (): boolean => elapsed() > patience && workers > 1;
  const first = judgeHere(history, work, { ...watch, deadline: () => isLate() || watch.deadline() });
  const left = first.flatMap(({ verdict }, place) => (verdict === 'unknown' ? [place] : []));
  if (!isLate() || left.length === 0 || watch.deadline()) return { partitions: first };
  const histories = splitByKey(history, work, new Set(left.map((place) => first[place]!.key)));
  const events = left.reduce((sum, place) => sum + histories.get(first[place]!.key)!.length, 0);
  const operations = (history.length - events) / 2;
  const pace = operations / elapsed();
  const isEasy = first.reduce((sum, { steps }) => sum + steps, 0) < easy * operations;
  const partitions = [...first];
  if (left.length === 1 || isEasy || pace > fast || events / 2 / pace < least) {
    const rest = history.length === events ? history : merge(history, histories);
    const onProgress: KeyWatch['onProgress'] = (judged, _, covered) => {
      watch.onProgress(first.length - left.length + judged, first.length, covered);
    };
    judgeHere(rest, work, { ...watch, onProgress }).forEach((part, index) => (partitions[left[index]!] = part));
    return { partitions };
  }
  const parts = left.map((place) => histories.get(first[place]!.key)!);
  let judged = first.length - left.length;
  await runInThreads(parts, work, workers, watch.deadline, (index, part) => {
    const place = left[index]!;
    partitions[place] = { ...part, key: first[place]!.key };
    judged += 1;
    watch.onProgress(judged, first.length, 0);
  });
  return { partitions };
}

/** In this thread. */
export function judgeHere(history: History, work: KeyWork, watch: KeyWatch): readonly PartitionResult[] {
  const { engine, witness, model, initial } = work;
  return checkLinearizable(history, findModel(model, initial), {
    engine,
    witness,
    maxSteps: Number.MAX_SAFE_INTEGER, // time and memory bound it
    deadline: watch.deadline,
    onProgress: ({ judged, partitions, covered }) => watch.onProgress(judged, partitions, covered),
  }).partitions;
}

/** The events of each of the keys, with their places in the whole history. */
function splitByKey(
  history: History,
  { model, initial }: KeyWork,
  wanted: ReadonlySet<string | undefined>,
): ReadonlyMap<string | undefined, readonly HistoryEvent[]> {
  const histories = new Map<string | undefined, HistoryEvent[]>();
  const of = new Map<number, HistoryEvent[]>();
  for (const [key, operations] of operationsByKey(history, findModel(model, initial))) {
    if (!wanted.has(key)) continue;
    const events: HistoryEvent[] = [];
    histories.set(key, events);
    for (const { id } of operations) of.set(id, events);
  }
  for (const event of history) of.get(event.operation)?.push(event);
  return histories;
}

function merge(history: History, histories: ReadonlyMap<string | undefined, readonly HistoryEvent[]>): History {
  const kept = new Set<HistoryEvent>();
  for (const events of histories.values()) for (const event of events) kept.add(event);
  return history.filter((event) => kept.has(event));
}
