// Searches while people watch: in a thread where that is possible, with what is known so far on a terminal, and ended by an
// interrupt without losing what was found.
import type { Progress } from '../checkers/index.ts';
import { InputError } from '../sim/index.ts';
import { runSearch, type SearchOrder, type Searched } from './explore-search.ts';
import type { SearchMessage, SearchThreadData } from './explore-thread.ts';
import type { Io } from './io.ts';
import { count, thousands } from './layout.ts';
import { showStatus } from './progress.ts';
import { startThread } from './threads.ts';

export interface WatchedSearch {
  readonly searched: Searched;
  readonly interrupted: boolean;
}

export async function watchSearch(order: SearchOrder, io: Io): Promise<WatchedSearch> {
  const interrupt = io.interruptible();
  const status = showStatus(io);
  const start = performance.now();
  const onProgress = (progress: Progress): void => {
    status.update(progressInWords(order.world, progress, performance.now() - start));
  };
  try {
    const searched =
      io.threads === true
        ? await searchInThread(order, interrupt.signal, onProgress)
        : runSearch(order, { isStopped: () => interrupt.signal.aborted, onProgress });
    return { searched, interrupted: interrupt.signal.aborted };
  } finally {
    status.stop();
    interrupt.release();
  }
}

/** One line: how far, how fast, how much of it that may be, and what happens most. */
export function progressInWords(world: string, progress: Progress, elapsedMs: number): string {
  const { unique, levels, share, actions } = progress;
  const rate = Math.round(unique / Math.max(elapsedMs / 1_000, 1e-3));
  const most = actions.slice(0, 2).map(({ what }) => what);
  return [
    `${world}: ${count(unique, 'state')}`,
    `level ${levels}`,
    `${thousands(rate)}/s`,
    ...(share === undefined ? [] : [`about ${(share * 100).toPrecision(2)} %`]),
    ...(most.length === 0 ? [] : [`mostly ${most.join(', ')}`]),
  ].join(' · ');
}

async function searchInThread(
  order: SearchOrder,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Searched> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const askToStop = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', askToStop);
  const worker = startThread('explore-thread', { order, stop } satisfies SearchThreadData, 1);
  try {
    return await new Promise<Searched>((resolve, reject) => {
      worker.on('message', (message: SearchMessage) => {
        if (message.type === 'progress') onProgress(message.progress);
        else if (message.type === 'searched') resolve(message.searched);
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
