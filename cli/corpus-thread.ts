// The thread that runs entries of a corpus, one at a time, and answers each with what became of it.
import { parentPort, workerData } from 'node:worker_threads';
import type { CorpusEntry } from '../fuzz/index.ts';
import { replayHere, type ReplayOutcome } from './corpus-replay.ts';
import { loadScenario } from './scenario-source.ts';

export interface CorpusThreadData {
  readonly reference: string;
}

export type CorpusMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'outcome'; readonly outcome: ReplayOutcome }
  | { readonly type: 'error'; readonly message: string };

const { reference } = workerData as CorpusThreadData;
const post = (message: CorpusMessage): void => parentPort?.postMessage(message, []);
const refuse = (error: unknown): void =>
  post({ type: 'error', message: error instanceof Error ? error.message : String(error) });
const loaded = loadScenario(reference);
loaded.then(() => post({ type: 'ready' }), refuse);

parentPort?.on('message', (entry: CorpusEntry) => {
  loaded
    .then(({ scenario }) => replayHere(scenario, entry))
    .then((outcome) => post({ type: 'outcome', outcome }), refuse);
});
