// Has files judged, several at once, in threads of their own where that is possible: a judge that never looks at the clock
// can then be stopped all the same.
import type { Worker } from 'node:worker_threads';
import { InputError } from '../sim/index.ts';
import { unfinished, type Begun } from './check-judge.ts';
import { refuse, tell, tellFile, type Order, type Told } from './check-tell.ts';
import type { ThreadData, ThreadMessage } from './check-thread.ts';
import { OutputError } from './files.ts';
import type { Io } from './io.ts';
import { startThread } from './threads.ts';

/** Starts a thread that takes orders and answers with messages. */
export type StartJudge = (data: ThreadData) => Worker;

/** How long a judge may take to hand in what it has, once it was told to stop. */
const grace = 2_000;

/**
 * What is told of the files, in their order, however many are judged at once.
 * @param workers how many threads there may be.
 * @throws OutputError if a picture cannot be drawn
 */
export async function judgeAll(
  orders: readonly Order[],
  { io, signal, workers }: { readonly io: Io; readonly signal: AbortSignal; readonly workers: number },
  onProgress: (order: Order, how: string) => void,
  start?: StartJudge,
): Promise<readonly Told[]> {
  const told: Told[][] = orders.map(() => []);
  const count = io.threads === true ? Math.max(1, Math.min(workers, orders.length)) : 1;
  const startOne: StartJudge = start ?? ((data) => startThread('check-thread', data, 1 / count));
  const judges = Array.from({ length: count }, () => new JudgeThread(startOne));
  const askToStop = (): void => judges.forEach((judge) => judge.askToStop());
  signal.addEventListener('abort', askToStop);
  let next = 0;
  const takeOrders = async (judge: JudgeThread): Promise<void> => {
    for (let place = next++; place < orders.length; place = next++) {
      const order = orders[place]!;
      const emit = (one: Told): void => void told[place]!.push(one);
      if (signal.aborted) emit(refuse(order.path, 'interrupted before it was judged'));
      else if (io.threads === true) await judge.run(order, emit, (how) => onProgress(order, how));
      else for await (const one of tellFile(order, watchOf(order, signal, onProgress))) emit(one);
    }
  };
  try {
    await Promise.all(judges.map(takeOrders));
  } finally {
    signal.removeEventListener('abort', askToStop);
    await Promise.all(judges.map((judge) => judge.end()));
  }
  return told.flat();
}

function watchOf(order: Order, signal: AbortSignal, onProgress: (order: Order, how: string) => void) {
  return { onProgress: (how: string) => onProgress(order, how), stopped: () => signal.aborted };
}

/** One thread at a time: the next file gets the same one, unless it had to be ended. */
class JudgeThread {
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #start: StartJudge;
  #worker: Worker | undefined;
  #giveUp: (why: string) => void = () => {};

  constructor(start: StartJudge) {
    this.#start = start;
  }

  /** Asks nicely, through a flag that judges look at; after a while it ends the thread. */
  askToStop(): void {
    Atomics.store(this.#stop, 0, 1);
    const giveUp = this.#giveUp;
    setTimeout(() => giveUp('it was interrupted'), grace).unref();
  }

  /** Ends when the histories of the file are told, or what is known of them when they cannot be. */
  async run(order: Order, emit: (told: Told) => void, onProgress: (how: string) => void): Promise<void> {
    const worker = (this.#worker ??= this.#start({ stop: this.#stop }));
    const usesStdin = order.path === '-';
    if (usesStdin) process.stdin.pipe(worker.stdin!);
    let begun: Begun | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const abandon = (why: string): void => {
          void this.end();
          emit(abandoned(order, begun, why));
          resolve();
        };
        this.#giveUp = abandon;
        worker.on('message', (message: ThreadMessage) => {
          clearTimeout(message.type === 'progress' ? undefined : timer);
          if (message.type === 'begun') {
            begun = message.begun;
            timer = setTimeout(() => abandon('the time was up'), order.request.timeout + grace);
          } else if (message.type === 'progress') onProgress(message.how);
          else if (message.type === 'told') {
            begun = undefined;
            emit(message.told);
          } else if (message.type === 'done') resolve();
          else reject(errorOf(order, message.kind, message.message));
        });
        worker.on('error', (error: NodeJS.ErrnoException) => {
          // A history that does not fit into memory is a bound that was reached, not a defect.
          if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') abandon('the memory was used up');
          else reject(errorOf(order, 'internal', error.stack ?? error.message));
        });
        worker.on('exit', () => reject(errorOf(order, 'internal', 'the thread that judged it ended without a word')));
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

function abandoned(order: Order, begun: Begun | undefined, why: string): Told {
  if (begun === undefined) return refuse(order.path, `${why} before it was read`);
  return tell(unfinished(order.path, begun, `${why} before the judge had come to an end`), order, []);
}

function errorOf({ path }: Order, kind: 'input' | 'output' | 'internal', message: string): Error {
  if (kind === 'input') return new InputError(message);
  return kind === 'output' ? new OutputError(message) : new Error(`${path}: ${message}`);
}
