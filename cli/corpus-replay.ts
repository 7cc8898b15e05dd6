// Runs the entries of a corpus in a thread, so that an interrupt is heard meanwhile, and an entry whose run never ends in the code
// as it is now, or takes its thread down, costs no more than itself.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { runEntry, type CorpusEntry } from '../fuzz/index.ts';
import { InputError, type Finding, type Scenario } from '../sim/index.ts';
import type { StoredEntry } from './corpus-files.ts';
import type { CorpusMessage, CorpusThreadData } from './corpus-thread.ts';
import type { SourcedScenario } from './scenario-source.ts';
import { startThread } from './threads.ts';

/** What becomes of an entry today. */
export type ReplayOutcome =
  | { readonly type: 'fails' | 'fails otherwise'; readonly finding: Pick<Finding, 'name' | 'reason'> }
  | { readonly type: 'passes' }
  /** Where it is strange, no scenario of that name was found. */
  | { readonly type: 'does not apply'; readonly reason: string; readonly isStrange?: true }
  | { readonly type: 'unreadable' | 'lost'; readonly reason: string };

/** An entry and what became of it. */
export type ReplayedEntry = StoredEntry & { readonly outcome: ReplayOutcome };

export interface ReplayOptions {
  /** Whether there is a thread for it; else entries are run in this one. */
  readonly threads: boolean;
  readonly signal: AbortSignal;
  /** Real milliseconds after which an entry that has not ended counts as hung. */
  readonly watchdogMs: number;
}

/** In milliseconds; a timer of Node that is set further ahead goes off at once. */
const longestTimer = 2 ** 31 - 1;
/** Real milliseconds that a thread has at least to load its scenario. */
const startMs = 30_000;

/**
 * Entries of a scenario, run; fewer when it was interrupted.
 * @throws InputError when the scenario cannot be loaded in a thread
 */
export async function replayCorpus(
  stored: readonly StoredEntry[],
  { scenario, reference }: SourcedScenario,
  options: ReplayOptions,
): Promise<readonly ReplayedEntry[]> {
  const replayed: ReplayedEntry[] = [];
  let worker: Worker | undefined;
  const replayOne = async ({ entry, reason }: StoredEntry): Promise<ReplayOutcome | undefined> => {
    if (entry === undefined) return { type: 'unreadable', reason };
    if (!options.threads) return replayHere(scenario, entry);
    worker ??= await startReady(reference, options);
    return worker === undefined ? undefined : replayThere(worker, entry, options);
  };
  try {
    for (const each of stored) {
      await new Promise((resolve) => setImmediate(resolve)); // an interrupt is heard here
      const outcome = options.signal.aborted ? undefined : await replayOne(each);
      if (outcome === undefined) break;
      replayed.push({ ...each, outcome });
      if (outcome.type !== 'lost') continue;
      await worker?.terminate();
      worker = undefined;
    }
    return replayed;
  } finally {
    await worker?.terminate();
  }
}

/** Runs an entry in this thread. What breaks the tools costs no more than itself. */
export function replayHere(scenario: Scenario, entry: CorpusEntry): ReplayOutcome {
  try {
    const outcome = runEntry(scenario, entry);
    switch (outcome.type) {
      case 'fails':
      case 'fails otherwise':
        return { type: outcome.type, finding: { name: outcome.finding.name, reason: outcome.finding.reason } };
      case 'passes':
        return { type: 'passes' };
      case 'does not apply':
        return outcome;
    }
  } catch (error) {
    return { type: 'lost', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** A thread that has the scenario; undefined when it was interrupted. @throws InputError when it cannot be loaded there */
async function startReady(reference: string, options: ReplayOptions): Promise<Worker | undefined> {
  const worker = startThread('corpus-thread', { reference } satisfies CorpusThreadData);
  const message = await answerOf(worker, { ...options, watchdogMs: Math.max(startMs, options.watchdogMs) });
  if (message?.type === 'ready') return worker;
  await worker.terminate();
  if (message === undefined) return undefined;
  if (message.type === 'lost') throw new InputError(`a thread that runs entries does not start: ${message.reason}`);
  throw new InputError(
    message.type === 'error' ? message.message : 'a thread that runs entries answers before it is asked',
  );
}

/** Runs an entry in a thread; undefined when it was interrupted. */
async function replayThere(
  worker: Worker,
  entry: CorpusEntry,
  options: ReplayOptions,
): Promise<ReplayOutcome | undefined> {
  worker.postMessage(entry, []);
  const message = await answerOf(worker, options);
  switch (message?.type) {
    case undefined:
      return undefined;
    case 'lost':
      return message;
    case 'outcome':
      return message.outcome;
    default:
      throw new Error(`a thread answered an entry with ${JSON.stringify(message)}`);
  }
}

interface Lost {
  readonly type: 'lost';
  readonly reason: string;
}

/** What a thread says next, or how it was lost; undefined when it was interrupted. */
async function answerOf(
  worker: Worker,
  { signal, watchdogMs }: ReplayOptions,
): Promise<CorpusMessage | Lost | undefined> {
  const over = new AbortController();
  const options = { signal: over.signal };
  const lost = (reason: string): Lost => ({ type: 'lost', reason });
  const late = AbortSignal.timeout(Math.min(watchdogMs, longestTimer));
  try {
    return await Promise.race([
      once(worker, 'message', options).then(([answer]) => answer as CorpusMessage),
      once(worker, 'exit', options).then(([code]) => lost(`the thread ended with code ${code}`)),
      once(late, 'abort', options).then(() => lost(`no end after ${Math.round(watchdogMs / 1_000)} s of real time`)),
      once(signal, 'abort', options).then(() => undefined),
    ]).catch((error: Error) => lost(error.message)); // it ran out of memory, or threw where nobody catches
  } finally {
    over.abort();
  }
}
