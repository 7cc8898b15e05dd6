// Runs a campaign's seeds in threads. A thread that dies or hangs costs the seed it was at: a new one takes over the rest of
// its batch. Outcomes are added in the order of the seeds, so that the number of threads changes nothing but the time.
import type { Worker } from 'node:worker_threads';
import {
  seedAt,
  startCampaign,
  type Campaign,
  type CampaignOptions,
  type LostReason,
  type Plan,
  type Tally,
} from '../fuzz/index.ts';
import { InputError } from '../sim/index.ts';
import type { FuzzBatch, FuzzMessage, FuzzThreadData } from './fuzz-thread.ts';
import type { SourcedScenario } from './scenario-source.ts';
import { startThread } from './threads.ts';

export interface PoolOptions extends CampaignOptions {
  readonly workers: number;
  /** Real milliseconds after which a seed that has not ended counts as hung. */
  readonly watchdogMs: number;
  /** Starts a thread; tests start others. */
  readonly startWorker?: (data: FuzzThreadData) => Worker;
}

/** Seeds that may be ahead of the slowest one: what has come early waits in memory. */
const window = 20_000;
const largestBatch = 256;
const watchInterval = 100;

/** @throws InputError when the plan does not fit the scenario */
export async function campaignInThreads(sourced: SourcedScenario, options: PoolOptions): Promise<Campaign> {
  const { plan, tally } = startCampaign(sourced.scenario, options);
  const pool = new Pool(sourced.reference, plan, tally, options);
  await pool.run();
  const found = pool.result();
  options.onProgress?.(found);
  return found;
}

interface Thread {
  readonly worker: Worker;
  readonly current: Int32Array;
  batch: FuzzBatch | undefined;
  /** The index under way when it was last looked at, and since when it is that one. */
  seen: number;
  since: number;
}

class Pool {
  readonly #reference: string;
  readonly #plan: Plan;
  readonly #tally: Tally;
  readonly #options: PoolOptions;
  readonly #threads = new Set<Thread>();
  readonly #returned: FuzzBatch[] = [];
  readonly #began = performance.now();
  readonly #settled: Promise<void>;
  #settle: (error?: Error) => void = () => {};
  #isClosed = false;
  #next = 0;
  #batch = 1;

  constructor(reference: string, plan: Plan, tally: Tally, options: PoolOptions) {
    this.#reference = reference;
    this.#plan = plan;
    this.#tally = tally;
    this.#options = options;
    this.#settled = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  async run(): Promise<void> {
    const { signal, workers } = this.#options;
    const interrupt = (): void => this.#end('interrupted');
    signal?.addEventListener('abort', interrupt);
    const clock = setInterval(() => this.#watch(), watchInterval);
    try {
      if (signal?.aborted === true) interrupt();
      for (let count = 0; count < workers && this.#tally.ended === 'running'; count++) this.#start();
      await this.#settled;
    } finally {
      this.#isClosed = true;
      clearInterval(clock);
      signal?.removeEventListener('abort', interrupt);
      await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
    }
  }

  result(): Campaign {
    return this.#tally.result(performance.now() - this.#began);
  }

  #start(): void {
    const current = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
    const data: FuzzThreadData = { reference: this.#reference, plan: this.#plan, current };
    const start =
      this.#options.startWorker ?? ((given) => startThread('fuzz-thread', given, 1 / this.#options.workers));
    const thread: Thread = { worker: start(data), current, batch: undefined, seen: -1, since: performance.now() };
    this.#threads.add(thread);
    thread.worker.on('message', (message: FuzzMessage) => this.#hear(thread, message));
    thread.worker.on('error', (error: NodeJS.ErrnoException) => {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#lose(thread, isMemory ? 'out of memory' : 'crashed', error.stack ?? error.message);
    });
    thread.worker.on('exit', (code) => this.#lose(thread, 'crashed', `the thread ended with code ${code}`));
    this.#give(thread);
  }

  #hear(thread: Thread, message: FuzzMessage): void {
    if (this.#isClosed || this.#tally.ended !== 'running') return;
    switch (message.type) {
      case 'outcomes':
        for (const [index, outcome] of message.outcomes) {
          if (outcome.type === 'broken' && outcome.kind === 'input' && index === 0) {
            this.#settle(new InputError(outcome.reason));
            return;
          }
          this.#tally.take(index, outcome);
        }
        if (thread.batch !== undefined) {
          const last = message.outcomes.at(-1)?.[0] ?? thread.batch.from - 1;
          thread.batch = { from: Math.max(thread.batch.from, last + 1), to: thread.batch.to };
        }
        this.#endIfOver();
        return;
      case 'done':
        thread.batch = undefined;
        this.#give(thread);
        return;
      case 'error':
        this.#settle(new Error(message.message));
    }
  }

  /** Gives the thread what another left, or the next seeds: few at first, more when they are quick. */
  #give(thread: Thread): void {
    const { seeds, timeMs = Infinity } = this.#options;
    const left = this.#returned.pop();
    const isOver = this.#next >= seeds || performance.now() - this.#began >= timeMs;
    const isAhead = this.#next >= this.#tally.next + window;
    if (left === undefined && (isOver || isAhead)) return;
    const batch = left ?? { from: this.#next, to: Math.min(seeds, this.#next + this.#batch) };
    if (left === undefined) this.#next = batch.to;
    thread.batch = batch;
    thread.since = performance.now();
    thread.worker.postMessage(batch, []);
  }

  #lose(thread: Thread, why: LostReason, reason: string): void {
    if (this.#isClosed || !this.#threads.delete(thread) || this.#tally.ended !== 'running') return;
    void thread.worker.terminate();
    const { batch } = thread;
    const at = Atomics.load(thread.current, 0);
    if (batch !== undefined && at >= 0) {
      this.#tally.take(at, { type: 'lost', seed: seedAt(this.#plan, at), why, reason });
      // What it had not told of is run again; a seed gives the same outcome whoever runs it.
      for (const rest of [
        { from: batch.from, to: at },
        { from: at + 1, to: batch.to },
      ]) {
        if (rest.from < rest.to) this.#returned.push(rest);
      }
    } else if (batch !== undefined) {
      this.#settle(new Error(`a thread that runs seeds does not start: ${reason}`));
      return;
    }
    this.#endIfOver();
    if (this.#tally.ended === 'running') this.#start();
  }

  /** Looks for threads that hang, gives work to those that wait, and tells how it goes. */
  #watch(): void {
    const { watchdogMs, timeMs = Infinity, onProgress } = this.#options;
    const now = performance.now();
    const quick = this.#tally.next / Math.max(1, (now - this.#began) / 1_000) / this.#options.workers;
    this.#batch = Math.max(1, Math.min(largestBatch, Math.floor(quick / 10)));
    for (const thread of this.#threads) {
      const at = Atomics.load(thread.current, 0);
      if (at !== thread.seen) [thread.seen, thread.since] = [at, now];
      if (thread.batch === undefined) this.#give(thread);
      else if (at >= 0 && now - thread.since > watchdogMs) {
        this.#lose(thread, 'hung', `no end after ${Math.round(watchdogMs / 1_000)} s of real time`);
      }
    }
    if (now - this.#began >= timeMs) this.#end('out of time');
    onProgress?.(this.result());
  }

  #endIfOver(): void {
    if (this.#tally.next >= this.#options.seeds) this.#end('finished');
    else if (this.#tally.ended !== 'running') this.#settle();
  }

  #end(why: Campaign['ended']): void {
    this.#tally.end(why);
    this.#settle();
  }
}
