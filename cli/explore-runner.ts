// Searches while people watch: in threads where that is possible, with what is known so far on a terminal, and ended by an
// interrupt without losing what was found.
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
import type { SearchMessage, SearchThreadData } from './explore-thread.ts';
import { searchInWorkers } from './explore-workers.ts';
import type { Io } from './io.ts';
import { count, thousands } from './layout.ts';
import { showStatus } from './progress.ts';
import { startThread } from './threads.ts';

export interface WatchedSearch {
  readonly searched: Searched;
  readonly interrupted: boolean;
}

export async function watchSearch(order: SearchOrder, io: Io): Promise<WatchedSearch> {
  const start = performance.now();
  const [searched, interrupted] = await whileWatched(io, async (signal, status) => {
    const onProgress = (progress: Progress | WalkProgress): void => {
      status(progressInWords(order.world, progress, performance.now() - start));
    };
    const isStopped = (): boolean => signal.aborted;
    if (io.threads !== true) return runSearch(order, { isStopped, onProgress });
    if (order.workers > 1) return await searchInWorkers(order, { isStopped, onProgress });
    const last = await inThread({ order }, signal, onProgress);
    if (last.type !== 'searched') throw new Error(`the thread said ${last.type}: expected searched`);
    return last.searched;
  });
  return { searched, interrupted };
}

/** Makes the world of a violation smaller; an interrupt ends that with the smallest world so far. */
export async function watchShrink(
  order: SearchOrder,
  violation: Violation,
  io: Io,
): Promise<{ readonly shrunk: ShrunkSearch; readonly interrupted: boolean }> {
  const [shrunk, interrupted] = await whileWatched(io, async (signal, status) => {
    status(`${order.world}: looking for a smaller world in which ${violation.property} is violated`);
    if (io.threads !== true) return runShrink(order, violation, () => signal.aborted);
    const last = await inThread({ order, shrink: violation }, signal, () => undefined);
    if (last.type !== 'shrunk') throw new Error(`the thread said ${last.type}: expected shrunk`);
    return last.shrunk;
  });
  return { shrunk, interrupted };
}

/** One line: how far, how fast, how much of it that may be, and what happens most. */
export function progressInWords(world: string, progress: Progress | WalkProgress, elapsedMs: number): string {
  const rateOf = (number: number): string => thousands(Math.round(number / Math.max(elapsedMs / 1_000, 1e-3)));
  if ('runs' in progress) {
    const { runs, steps, of } = progress;
    return `${world}: ${thousands(runs)} of ${count(of, 'run')} · ${thousands(steps)} actions · ${rateOf(steps)}/s`;
  }
  const { unique, levels, share, actions } = progress;
  const most = actions.slice(0, 2).map(({ what }) => what);
  return [
    `${world}: ${count(unique, 'state')}`,
    `level ${levels}`,
    `${rateOf(unique)}/s`,
    ...(share === undefined ? [] : [`about ${(share * 100).toPrecision(2)} %`]),
    ...(most.length === 0 ? [] : [`mostly ${most.join(', ')}`]),
  ].join(' · ');
}

/** Does something that an interrupt may end, with a status line; and whether there was an interrupt. */
async function whileWatched<T>(
  io: Io,
  work: (signal: AbortSignal, status: (text: string) => void) => Promise<T>,
): Promise<readonly [T, boolean]> {
  const interrupt = io.interruptible();
  const status = showStatus(io);
  try {
    const done = await work(interrupt.signal, status.update);
    return [done, interrupt.signal.aborted];
  } finally {
    status.stop();
    interrupt.release();
  }
}

/** The last word of a thread. */
async function inThread(
  data: Omit<SearchThreadData, 'stop'>,
  signal: AbortSignal,
  onProgress: (progress: Progress | WalkProgress) => void,
): Promise<Extract<SearchMessage, { readonly type: 'searched' | 'shrunk' }>> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const askToStop = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', askToStop);
  const worker = startThread('explore-thread', { ...data, stop } satisfies SearchThreadData, 1);
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: SearchMessage) => {
        if (message.type === 'progress') onProgress(message.progress);
        else if (message.type !== 'error') resolve(message);
        else reject(message.kind === 'input' ? new InputError(message.message) : new Error(message.message));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread ended without a word')));
    });
  } finally {
    signal.removeEventListener('abort', askToStop);
    await worker.terminate();
  }
}
