// A thread that judges the histories of single keys.
import { parentPort, workerData } from 'node:worker_threads';
import type { PartitionResult } from '../checkers/index.ts';
import type { History } from '../sim/index.ts';
import { judgeHere, type KeyWork } from './check-keys.ts';

export interface KeyThreadData {
  readonly work: KeyWork;
  /** One number; above zero: stop as soon as you can. */
  readonly stop: Int32Array;
}

/** The histories of some keys, by their places in the list of all. */
export interface KeyBatch {
  readonly parts: readonly { readonly place: number; readonly history: History }[];
}

export type KeyMessage =
  | { readonly type: 'judged'; readonly place: number; readonly part: PartitionResult }
  | { readonly type: 'done' }
  | { readonly type: 'error'; readonly message: string };

const { work, stop } = workerData as KeyThreadData;
const post = (message: KeyMessage): void => parentPort?.postMessage(message, []);

parentPort?.on('message', ({ parts }: KeyBatch) => {
  try {
    for (const { place, history } of parts) {
      const watch = { deadline: () => Atomics.load(stop, 0) > 0, onProgress: () => {} };
      for (const part of judgeHere(history, work, watch)) post({ type: 'judged', place, part });
    }
    post({ type: 'done' });
  } catch (error) {
    post({ type: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
