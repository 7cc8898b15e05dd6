// The thread that shrinks: takes failing runs one by one, tells how it goes, and answers each with the smallest that was found.
import { parentPort, workerData } from 'node:worker_threads';
import type { ShrinkProgress } from '../fuzz/index.ts';
import { loadScenario } from './scenario-source.ts';
import { shrinkOrdered, type ShrinkDone, type ShrinkOrder } from './shrink-order.ts';

export interface ShrinkThreadData {
  readonly reference: string;
  /** One number: not 0 as soon as it must come to an end. */
  readonly stop: Int32Array;
}

export type ShrinkMessage =
  | { readonly type: 'progress'; readonly progress: ShrinkProgress }
  | { readonly type: 'done'; readonly done: ShrinkDone | undefined }
  | { readonly type: 'error'; readonly message: string };

/** Milliseconds between two messages of progress. */
const interval = 200;

const { reference, stop } = workerData as ShrinkThreadData;
const post = (message: ShrinkMessage): void => parentPort?.postMessage(message, []);
const loaded = loadScenario(reference);

parentPort?.on('message', (order: ShrinkOrder) => {
  work(order).catch((error: unknown) => {
    post({ type: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});

async function work(order: ShrinkOrder): Promise<void> {
  const { scenario } = await loaded;
  let told = performance.now();
  const isStopped = (): boolean => Atomics.load(stop, 0) !== 0;
  const done = shrinkOrdered(scenario, order, isStopped, (progress) => {
    if (performance.now() - told < interval) return;
    told = performance.now();
    post({ type: 'progress', progress });
  });
  post({ type: 'done', done });
}
