// Searches while people watch: in a thread where that is possible, with what is known so far on a terminal, and ended by an
// interrupt without losing what was found.
import { InputError } from '../sim/index.ts';
import { runSearch, type SearchOrder, type Searched } from './explore-search.ts';
import type { SearchMessage, SearchThreadData } from './explore-thread.ts';
import type { Io } from './io.ts';
import { startThread } from './threads.ts';

export interface WatchedSearch {
  readonly searched: Searched;
  readonly interrupted: boolean;
}

export async function watchSearch(order: SearchOrder, io: Io): Promise<WatchedSearch> {
  const interrupt = io.interruptible();
  try {
    const searched =
      io.threads === true
        ? await searchInThread(order, interrupt.signal)
        : runSearch(order, () => interrupt.signal.aborted);
    return { searched, interrupted: interrupt.signal.aborted };
  } finally {
    interrupt.release();
  }
}

async function searchInThread(order: SearchOrder, signal: AbortSignal): Promise<Searched> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const askToStop = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', askToStop);
  const worker = startThread('explore-thread', { order, stop } satisfies SearchThreadData);
  try {
    return await new Promise<Searched>((resolve, reject) => {
      worker.on('message', (message: SearchMessage) => {
        if (message.type === 'searched') resolve(message.searched);
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
