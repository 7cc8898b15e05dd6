// The thread in which a world is searched, so that interrupts reach the command meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import type { Progress } from '../checkers/index.ts';
import { InputError } from '../sim/index.ts';
import { runSearch, type SearchOrder, type Searched } from './explore-search.ts';

export interface SearchThreadData {
  readonly order: SearchOrder;
  /** One number; above zero: stop as soon as you can. */
  readonly stop: Int32Array;
}

export type SearchMessage =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'searched'; readonly searched: Searched }
  | { readonly type: 'error'; readonly kind: 'input' | 'internal'; readonly message: string };

const { order, stop } = workerData as SearchThreadData;
const post = (message: SearchMessage): void => parentPort?.postMessage(message, []);

try {
  const searched = runSearch(order, {
    isStopped: () => Atomics.load(stop, 0) > 0,
    onProgress: (progress) => post({ type: 'progress', progress }),
  });
  post({ type: 'searched', searched });
} catch (error) {
  const kind = error instanceof InputError ? 'input' : 'internal';
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  post({ type: 'error', kind, message: kind === 'internal' ? (stack ?? message) : message });
}
