// Has files judged, one after the other, in a thread of their own where that is possible: a judge that never looks at the
// clock can then be stopped all the same.
import { Worker } from 'node:worker_threads';
import { InputError } from '../sim/index.ts';
import { unfinished, type Begun } from './check-judge.ts';
import { refuse, tell, tellFile, type Order, type Told } from './check-tell.ts';
import type { ThreadData, ThreadMessage } from './check-thread.ts';
import { OutputError } from './files.ts';
import type { Io } from './io.ts';

export interface Runner {
  /** @throws OutputError if a picture cannot be drawn */
  run(order: Order, onProgress: (how: string) => void): Promise<Told>;
  close(): Promise<void>;
}

/** How long a judge may take to hand in what it has, once it was told to stop. */
const grace = 2_000;

export function startRunner(io: Io, signal: AbortSignal): Runner {
  const threads = new Threads();
  const askToStop = (): void => threads.askToStop();
  signal.addEventListener('abort', askToStop);
  return {
    run: async (order, onProgress) => {
      if (signal.aborted) return refuse(order.path, 'interrupted before it was judged');
      if (io.threads === true) return threads.run(order, onProgress);
      return tellFile(order, { onProgress, stopped: () => signal.aborted });
    },
    close: async () => {
      signal.removeEventListener('abort', askToStop);
      await threads.end();
    },
  };
}

/** One thread at a time: the next file gets the same one, unless it had to be ended. */
class Threads {
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;
  #giveUp: (why: string) => void = () => {};

  /** Asks nicely, through a flag that judges look at; after a while it ends the thread. */
  askToStop(): void {
    Atomics.store(this.#stop, 0, 1);
    const giveUp = this.#giveUp;
    setTimeout(() => giveUp('it was interrupted'), grace).unref();
  }

  async run(order: Order, onProgress: (how: string) => void): Promise<Told> {
    const worker = (this.#worker ??= startThread({ stop: this.#stop }));
    const usesStdin = order.path === '-';
    if (usesStdin) process.stdin.pipe(worker.stdin!);
    let begun: Begun | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Told>((resolve, reject) => {
        const abandon = (why: string): void => {
          void this.end();
          resolve(abandoned(order, begun, why));
        };
        this.#giveUp = abandon;
        worker.on('message', (message: ThreadMessage) => {
          if (message.type === 'begun') {
            begun = message.begun;
            timer = setTimeout(() => abandon('the time was up'), order.request.timeout + grace);
          } else if (message.type === 'progress') onProgress(message.how);
          else if (message.type === 'told') resolve(message.told);
          else reject(errorOf(message.kind, message.message));
        });
        worker.on('error', (error: NodeJS.ErrnoException) => {
          // A history that does not fit into memory is a bound that was reached, not a defect.
          if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') abandon('the memory was used up');
          else reject(error);
        });
        worker.on('exit', () => reject(new Error('the thread ended without a word')));
        worker.postMessage(order, []);
      });
    } finally {
      clearTimeout(timer);
      for (const name of ['message', 'error', 'exit']) worker.removeAllListeners(name);
      this.#giveUp = () => {};
      if (usesStdin) process.stdin.unpipe().pause();
    }
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

function startThread(workerData: ThreadData): Worker {
  const options = { workerData, stdin: true };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./check-thread.js', import.meta.url), options);
  // From source: threads do not inherit the loader that this process was started with.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const thread = JSON.stringify(new URL('./check-thread.ts', import.meta.url).href);
  const begin = `import(${loader}).then(({ register }) => { register(); return import(${thread}); });`;
  return new Worker(begin, { ...options, eval: true });
}

function abandoned(order: Order, begun: Begun | undefined, why: string): Told {
  if (begun === undefined) return refuse(order.path, `${why} before it was read`);
  return tell(unfinished(order.path, begun, `${why} before the judge had come to an end`), order, []);
}

function errorOf(kind: 'input' | 'output' | 'internal', message: string): Error {
  if (kind === 'input') return new InputError(message);
  return kind === 'output' ? new OutputError(message) : new Error(message);
}
