// Makes a history of what was read: clients get numbers, operations get ids, completions find their invocations, and what
// no set of sequential processes can have recorded is refused, or mended in a lenient reading.
import type { History } from '../../sim/history.ts';
import { HistoryBuilder } from './history-builder.ts';
import type { RawOperation } from './operation.ts';
import type { Skipped } from './tally.ts';

export interface ToHistoryOptions {
  /** The file's name, for errors. */
  readonly file?: string;
  /** Skips or mends what does not fit, and counts it, instead of refusing it. */
  readonly lenient?: boolean;
  /** Which history to take of a file that holds several. */
  readonly part?: string;
  /** What a read means that returned nil: that nothing was there (the default), or that its result is unknown (Knossos). */
  readonly nilReads?: 'absent' | 'unknown';
  /** A failed cas without an error: it did nothing (the default), or saw another value (Porcupine's etcd model). */
  readonly failedCas?: 'dropped' | 'observed';
  /** Whether a process may begin an operation before its last has ended, which then gets a process of its own. */
  readonly mayOverlap?: boolean;
  /** The most events that are accepted; 20,000,000 by default. */
  readonly maxEvents?: number;
}

export interface RecordedHistory {
  readonly history: History;
  /** The line in the file of each event of the history. */
  readonly lines: readonly number[];
  /** Events of no client, such as the nemesis's, which are no part of the history: the first 10,000 of them. */
  readonly notes: readonly RawOperation[];
  readonly noteCount: number;
  /** False if the file does not say which operations precede which in real time: then only processes' own orders count. */
  readonly realtime: boolean;
  /** In a lenient reading: what was skipped or mended, by reason. */
  readonly skipped: readonly Skipped[];
  /** What is odd but was accepted, in words. */
  readonly remarks: readonly string[];
}

/**
 * Collects raw operations into a history. The order of the file is the order of events. Without times, events are a
 * millisecond apart. A file of completions alone, as some of Elle's, is taken as operations that were invoked as early as
 * their processes allow. Completions that name no process go to the oldest pending invocation that they fit.
 * @throws MalformedInput at a completion without invocation or of another function, a second invocation by a busy process,
 * an index that does not go up, a time that goes back within a process, an operation id that was used before, a second
 * part, and beyond `maxEvents`.
 */
export async function toHistory(
  operations: Iterable<RawOperation> | AsyncIterable<RawOperation>,
  options: ToHistoryOptions = {},
): Promise<RecordedHistory> {
  const builder = new HistoryBuilder(options);
  for await (const operation of operations) builder.add(operation);
  return builder.finish();
}
