// Runs the entries of a corpus in a thread, so that an interrupt is heard meanwhile, and an entry whose run never ends in the code
// as it is now, or takes its thread down, costs no more than itself.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { runEntry, type CorpusEntry } from '../fuzz/index.ts';
import type { Finding, Scenario } from '../sim/index.ts';
import type { StoredEntry } from './corpus-files.ts';
import type { CorpusMessage, CorpusThreadData } from './corpus-thread.ts';
import type { SourcedScenario } from './scenario-source.ts';
import { startThread } from './threads.ts';

/** What becomes of an entry today. */
export type ReplayOutcome =
  | { readonly type: 'fails' | 'fails otherwise'; readonly finding: Pick<Finding, 'name' | 'reason'> }
  | { readonly type: 'passes' }
  | { readonly type: 'does not apply' | 'lost'; readonly reason: string };

/** An entry and what became of it. */
export interface ReplayedEntry extends StoredEntry {
  readonly outcome: ReplayOutcome;
}

export interface ReplayOptions {
  /** Whether there is a thread for it; else entries are run in this one. */
  readonly threads: boolean;
  readonly signal: AbortSignal;
  /** Real milliseconds after which an entry that has not ended counts as hung. */
  readonly watchdogMs: number;
}

/** In milliseconds; a timer of Node that is set further ahead goes off at once. */
const longestTimer = 2 ** 31 - 1;

/** The entries of a scenario, run; fewer when it was interrupted. */
export async function replayCorpus(
  stored: readonly StoredEntry[],
  { scenario, reference }: SourcedScenario,
  { threads, signal, watchdogMs }: ReplayOptions,
): Promise<readonly ReplayedEntry[]> {
  const replayed: ReplayedEntry[] = [];
  let worker: Worker | undefined;
  try {
    for (const each of stored.filter(({ entry }) => entry.scenario === scenario.name)) {
      await new Promise((resolve) => setImmediate(resolve)); // an interrupt is heard here
      if (signal.aborted) break;
      if (threads) worker ??= await startReady(reference);
      const outcome =
        worker === undefined
          ? replayHere(scenario, each.entry)
          : await replayThere(worker, each.entry, signal, watchdogMs);
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

/** Runs an entry in this thread. */
export function replayHere(scenario: Scenario, entry: CorpusEntry): ReplayOutcome {
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
}

/** A thread that has the scenario. @throws Error when it cannot be loaded there */
async function startReady(reference: string): Promise<Worker> {
  const worker = startThread('corpus-thread', { reference } satisfies CorpusThreadData);
  const [message] = (await once(worker, 'message')) as [CorpusMessage];
  if (message.type === 'error') throw new Error(message.message);
  return worker;
}

/** Runs an entry in a thread; undefined when it was interrupted. @throws Error when our own code fails there */
async function replayThere(
  worker: Worker,
  entry: CorpusEntry,
  signal: AbortSignal,
  watchdogMs: number,
): Promise<ReplayOutcome | undefined> {
  const over = new AbortController();
  const options = { signal: over.signal };
  const lost = (reason: string): ReplayOutcome => ({ type: 'lost', reason });
  const late = AbortSignal.timeout(Math.min(watchdogMs, longestTimer));
  try {
    worker.postMessage(entry, []);
    const message = await Promise.race([
      once(worker, 'message', options).then(([answer]) => answer as CorpusMessage),
      once(worker, 'exit', options).then(([code]) => lost(`the thread ended with code ${code}`)),
      once(late, 'abort', options).then(() => lost(`no end after ${Math.round(watchdogMs / 1_000)} s of real time`)),
      once(signal, 'abort', options).then(() => undefined),
    ]).catch((error: Error) => lost(error.message)); // it ran out of memory, or threw where nobody catches
    switch (message?.type) {
      case 'ready':
        throw new Error('a thread is ready once');
      case 'error':
        throw new Error(message.message);
      case 'outcome':
        return message.outcome;
      default:
        return message;
    }
  } finally {
    over.abort();
  }
}
