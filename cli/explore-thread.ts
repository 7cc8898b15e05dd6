// The thread in which a world is searched, or the world of a violation is made smaller, so that interrupts reach the command
// meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import type { Progress, Violation } from '../checkers/index.ts';
import { InputError } from '../sim/index.ts';
import {
  runSearch,
  runShrink,
  type Searched,
  type SearchOrder,
  type ShrunkSearch,
  type WalkProgress,
} from './explore-search.ts';

export interface SearchThreadData {
  readonly order: SearchOrder;
  /** What was found already: only its world is to be made smaller. */
  readonly shrink?: Violation;
  /** One number; above zero: stop as soon as you can. */
  readonly stop: Int32Array;
}

export type SearchMessage =
  | { readonly type: 'progress'; readonly progress: Progress | WalkProgress }
  | { readonly type: 'searched'; readonly searched: Searched }
  | { readonly type: 'shrunk'; readonly shrunk: ShrunkSearch }
  | { readonly type: 'error'; readonly kind: 'input' | 'internal'; readonly message: string };

/** How often progress is told, in milliseconds. */
const interval = 200;

const { order, shrink, stop } = workerData as SearchThreadData;
const post = (message: SearchMessage): void => parentPort?.postMessage(message, []);
const isStopped = (): boolean => Atomics.load(stop, 0) > 0;
let told = 0;

try {
  if (shrink !== undefined) post({ type: 'shrunk', shrunk: runShrink(order, shrink, isStopped) });
  else post({ type: 'searched', searched: runSearch(order, { isStopped, onProgress }) });
} catch (error) {
  const kind = error instanceof InputError ? 'input' : 'internal';
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  post({ type: 'error', kind, message: kind === 'internal' ? (stack ?? message) : message });
}

function onProgress(progress: Progress | WalkProgress): void {
  const now = performance.now();
  if (now - told < interval) return;
  told = now;
  post({ type: 'progress', progress });
}
