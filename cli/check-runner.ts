// Has a file judged, in a thread of its own where that is possible: a judge that never looks at the clock can then be
// stopped all the same.
import { Worker } from 'node:worker_threads';
import { InputError } from '../sim/index.ts';
import { unfinished, type Begun } from './check-judge.ts';
import { refuse, tell, tellFile, type Order, type Told } from './check-tell.ts';
import type { ThreadData, ThreadMessage } from './check-thread.ts';
import { OutputError } from './files.ts';
import type { Io } from './io.ts';

/** How long a judge may take to hand in what it has, once it was told to stop. */
const grace = 2_000;

export async function runCheck(
  order: Order,
  io: Io,
  signal: AbortSignal,
  onProgress: (how: string) => void,
): Promise<Told> {
  if (signal.aborted) return refuse(order.path, 'interrupted before it was judged');
  if (io.threads !== true) return tellFile(order, { onProgress, stopped: () => signal.aborted });
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = startThread({ order, stop });
  if (order.path === '-') process.stdin.pipe(worker.stdin!);
  let timer: NodeJS.Timeout | undefined;
  const askToStop = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', askToStop);
  try {
    return await new Promise<Told>((resolve, reject) => {
      let begun: Begun | undefined;
      const giveUp = (why: string): void => resolve(abandon(order, begun, why));
      signal.addEventListener('abort', () => setTimeout(() => giveUp('it was interrupted'), grace).unref());
      worker.on('message', (message: ThreadMessage) => {
        switch (message.type) {
          case 'begun':
            begun = message.begun;
            timer = setTimeout(() => giveUp('the time was up'), order.request.timeout + grace);
            break;
          case 'progress':
            onProgress(message.how);
            break;
          case 'told':
            resolve(message.told);
            break;
          case 'error':
            reject(errorOf(message.kind, message.message));
        }
      });
      worker.on('error', (error) => resolve(outOfMemory(order, begun, error) ?? (reject(error), neverTold)));
      worker.on('exit', () => reject(new Error('the thread ended without a word')));
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', askToStop);
    if (order.path === '-') process.stdin.unpipe().pause();
    await worker.terminate();
  }
}

const neverTold = refuse('', '');

function startThread(workerData: ThreadData): Worker {
  const options = { workerData, stdin: workerData.order.path === '-' };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./check-thread.js', import.meta.url), options);
  // From source: threads do not inherit the loader that this process was started with.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const thread = JSON.stringify(new URL('./check-thread.ts', import.meta.url).href);
  const begin = `import(${loader}).then(({ register }) => { register(); return import(${thread}); });`;
  return new Worker(begin, { ...options, eval: true });
}

function abandon(order: Order, begun: Begun | undefined, why: string): Told {
  if (begun === undefined) return refuse(order.path, `${why} before it was read`);
  return tell(unfinished(order.path, begun, `${why} before the judge had come to an end`), order, []);
}

/** A history that does not fit into memory is a bound that was reached, not a defect. */
function outOfMemory(order: Order, begun: Begun | undefined, error: Error): Told | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' ? abandon(order, begun, 'the memory was used up') : undefined;
}

function errorOf(kind: 'input' | 'output' | 'internal', message: string): Error {
  if (kind === 'input') return new InputError(message);
  return kind === 'output' ? new OutputError(message) : new Error(message);
}
