// Has keys judged in threads, largest first, each thread taking the next when it is done with one.
import type { Worker } from 'node:worker_threads';
import type { PartitionResult } from '../checkers/index.ts';
import type { History } from '../sim/index.ts';
import type { KeyBatch, KeyMessage, KeyThreadData } from './check-key-thread.ts';
import type { KeyWork } from './check-keys.ts';
import { startThread } from './threads.ts';

/** Starts a thread that takes batches and answers with messages. */
export type StartKeyThread = (data: KeyThreadData) => Worker;

/** How often the deadline is looked at, in milliseconds. */
const interval = 50;

/** The most events that are handed over at once; a larger history goes alone. */
const largestBatch = 20_000;

/**
 * @param onJudged told of each history as it is judged; those that were not when memory ran out are unknown.
 * @throws Error if a thread ends by itself
 */
export async function runInThreads(
  histories: readonly History[],
  work: KeyWork,
  workers: number,
  deadline: () => boolean,
  onJudged: (place: number, part: PartitionResult) => void,
  start: StartKeyThread = (data) => startThread('check-key-thread', data, 0.5 / workers),
): Promise<void> {
  const batches = batchesOf(histories, workers);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const lookAtClock = (): void => {
    if (deadline()) Atomics.store(stop, 0, 1);
  };
  lookAtClock();
  const clock = setInterval(lookAtClock, interval);
  let next = 0;
  const takeBatches = async (): Promise<void> => {
    let worker: Worker | undefined;
    try {
      for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
        worker ??= start({ work, stop });
        const missing = await judgeBatch(worker, batch, onJudged);
        if (missing.size === 0) continue;
        await worker.terminate();
        worker = undefined;
        for (const place of missing) onJudged(place, outOfMemory(batch, place));
      }
    } finally {
      await worker?.terminate();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, batches.length) }, takeBatches));
  } finally {
    clearInterval(clock);
  }
}

/** The largest first, so that none is left for the end; small ones together. */
function batchesOf(histories: readonly History[], workers: number): readonly KeyBatch[] {
  const total = histories.reduce((sum, { length }) => sum + length, 0);
  const enough = Math.min(largestBatch, total / (workers * 8));
  const parts = histories
    .map((history, place) => ({ place, history }))
    .toSorted((one, other) => other.history.length - one.history.length || one.place - other.place);
  const batches: { place: number; history: History }[][] = [];
  let size = Infinity;
  for (const part of parts) {
    if (size + part.history.length > enough) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)!.push(part);
    size += part.history.length;
  }
  return batches.map((list) => ({ parts: list }));
}

/** The places that were left without a verdict when the memory was used up. */
async function judgeBatch(
  worker: Worker,
  batch: KeyBatch,
  onJudged: (place: number, part: PartitionResult) => void,
): Promise<ReadonlySet<number>> {
  const missing = new Set(batch.parts.map(({ place }) => place));
  try {
    return await new Promise<ReadonlySet<number>>((resolve, reject) => {
      worker.on('message', (message: KeyMessage) => {
        if (message.type === 'judged') {
          missing.delete(message.place);
          onJudged(message.place, message.part);
        } else if (message.type === 'done') resolve(missing);
        else reject(new Error(message.message));
      });
      worker.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(missing);
        else reject(error);
      });
      worker.on('exit', () => reject(new Error('a thread that judged some of its keys ended without a word')));
      worker.postMessage(batch, []);
    });
  } finally {
    for (const name of ['message', 'error', 'exit']) worker.removeAllListeners(name);
  }
}

function outOfMemory({ parts }: KeyBatch, place: number): PartitionResult {
  const history = parts.find((part) => part.place === place)?.history ?? [];
  const returned = history.filter(({ type }) => type === 'ok').length;
  const reason = 'the memory was used up before the judge had come to an end';
  return { key: undefined, steps: 0, verdict: 'unknown', reason, covered: 0, returned };
}
