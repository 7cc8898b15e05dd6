// One search in several threads: each owns a part of the states, or walks blocks of runs. A thread that ends by itself is an
// error of the whole search.
import type { Worker } from 'node:worker_threads';
import { coordinate, joinWalks, type PartReply, type Walk } from '../checkers/index.ts';
import { InputError } from '../sim/index.ts';
import type { PartThreadData, ThreadOrder, ThreadReply } from './explore-part-thread.ts';
import {
  inWords,
  isWalk,
  searchBounds,
  worldOf,
  type Searched,
  type SearchOrder,
  type SearchWatch,
} from './explore-search.ts';
import { startThread } from './threads.ts';

/** Starts a thread that takes orders and answers each with a reply. */
export type StartPartThread = (data: PartThreadData) => Worker;

/** Runs that a thread walks before it looks up. */
const runsInBlock = 256;

/**
 * What `runSearch` does, in so many threads.
 * @throws InputError as `runSearch` does, Error if a thread ends by itself.
 */
export async function searchInWorkers(
  order: SearchOrder,
  watch: SearchWatch,
  start: StartPartThread = (data) => startThread('explore-part-thread', data, 1 / data.parts),
): Promise<Searched> {
  const begun = performance.now();
  const isOver = (): boolean => watch.isStopped() || performance.now() - begun > order.timeout;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const clock = setInterval(() => isOver() && Atomics.store(stop, 0, 1), 50);
  const threads: Thread[] = [];
  try {
    for (let part = 0; part < order.workers; part++) {
      threads.push(new Thread(start({ order, part, parts: order.workers, stop })));
    }
    const seconds = (): number => (performance.now() - begun) / 1_000;
    if (isWalk(order))
      return { type: 'walk', result: await walkBlocks(order, threads, isOver, watch), seconds: seconds() };
    const search = refusing(order, () =>
      coordinate(worldOf(order), threads.length, { ...searchBounds(order), isOver, onProgress: watch.onProgress }),
    );
    let step = search.next();
    while (step.done !== true) {
      const orders = step.value;
      const replies = await Promise.all(threads.map((thread, part) => thread.ask(orders[part]!)));
      step = search.next(replies as PartReply[]);
    }
    return { type: 'search', result: step.value, seconds: seconds() };
  } finally {
    clearInterval(clock);
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** Hands out blocks of runs in their order, until they are all walked or an earlier one than those left has found enough. */
async function walkBlocks(
  order: SearchOrder,
  threads: readonly Thread[],
  isOver: () => boolean,
  { onProgress }: SearchWatch,
): Promise<Walk> {
  const walks: Walk[] = [];
  const blocks = Math.ceil(order.runs / runsInBlock);
  let next = 0;
  let enough = blocks;
  const takeBlocks = async (thread: Thread): Promise<void> => {
    while (next < enough && !(next > 0 && isOver())) {
      const block = next++;
      const firstRun = block * runsInBlock;
      const reply = await thread.ask({ type: 'walk', firstRun, runs: Math.min(runsInBlock, order.runs - firstRun) });
      if (reply.type !== 'walked') throw new Error(`a thread replied ${reply.type}: expected walked`);
      walks[block] = reply.walk;
      if (!order.all && reply.walk.violations.length > 0) enough = Math.min(enough, block);
      const { runs, steps } = joinWalks(Object.values(walks), 'never');
      onProgress({ runs, steps, of: order.runs });
    }
  };
  await Promise.all(threads.map(takeBlocks));
  return joinWalks(Object.values(walks), order.all ? 'never' : 'at violation');
}

class Thread {
  readonly #worker: Worker;
  #resolve: ((reply: ThreadReply) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;
  #failure: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: ThreadReply) => {
      if (reply.type !== 'error') return this.#resolve?.(reply);
      this.#fail(reply.kind === 'input' ? new InputError(reply.message) : new Error(reply.message));
    });
    worker.on('error', (error: Error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('a thread of the search ended without a word')));
  }

  /** One order at a time. @throws what ended the thread, however it did. */
  ask(order: ThreadOrder): Promise<ThreadReply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      [this.#resolve, this.#reject] = [resolve, reject];
      this.#worker.postMessage(order, memoryIn(order));
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#reject?.(this.#failure);
  }
}

/** Rows are handed over, not copied. */
function memoryIn(order: ThreadOrder): ArrayBuffer[] {
  return order.type === 'receive' ? order.parcels.map(({ rows }) => rows.buffer as ArrayBuffer) : [];
}

function refusing<T>(order: SearchOrder, begin: () => T): T {
  try {
    return begin();
  } catch (error) {
    throw inWords(order, error);
  }
}
