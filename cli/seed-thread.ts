// A thread that runs seeds, and survives them: one that takes it down, or never ends, is told of as lost, and a new thread runs the
// rest of the batch. Campaigns in threads and workers of a fleet are made of these.
import type { Worker } from 'node:worker_threads';
import { seedAt, type LostReason, type SeedOutcome } from '../fuzz/index.ts';
import type { FuzzBatch, FuzzMessage, FuzzThreadData } from './fuzz-thread.ts';
import { InputError } from '../sim/index.ts';
import { startThread } from './threads.ts';

export interface SeedThreadOptions extends Omit<FuzzThreadData, 'current'> {
  /** Real milliseconds after which a seed that has not ended counts as hung. */
  readonly watchdogMs: number;
  /** The part of the memory that it may use, from 0 to 1. */
  readonly share: number;
}

export type TakeOutcome = (index: number, outcome: SeedOutcome) => void;

const watchInterval = 100;
/** Real milliseconds that a thread has at least to load its scenario. */
const startMs = 30_000;

export class SeedThread {
  readonly #options: SeedThreadOptions;
  #live: Live | undefined;
  #task: Task | undefined;
  #isStopped = false;
  #isLast = false;

  constructor(options: SeedThreadOptions) {
    this.#options = options;
  }

  /**
   * Runs a batch, one at a time, and tells of every seed of it; a seed may be told of twice, with the same outcome.
   * @returns whether it came to the end, rather than being stopped
   * @throws InputError when a thread does not start, as when it cannot load the scenario
   */
  async run(batch: FuzzBatch, take: TakeOutcome): Promise<boolean> {
    const left = [batch];
    for (let next = left.pop(); next !== undefined && !this.#isStopped; next = left.pop()) {
      const lost = await this.#attempt(next, take);
      if (lost === undefined) continue;
      const { at, told, why, reason } = lost;
      take(at, { type: 'lost', seed: seedAt(this.#options.plan, at), why, reason });
      if (this.#isLast) break;
      // What it had not told of is run again; a seed gives the same outcome whoever runs it.
      for (const rest of [
        { from: at + 1, to: next.to },
        { from: told, to: at },
      ]) {
        if (rest.from < rest.to) left.push(rest);
      }
    }
    return !this.#isStopped;
  }

  /** Has it begin no more seeds: the one under way is still told of, be it as lost. */
  finish(): void {
    this.#isLast = true;
    if (this.#live !== undefined) Atomics.store(this.#live.current, 1, 1);
  }

  /** Ends the thread, whatever it is at. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#task?.end();
    await this.#live?.worker.terminate();
  }

  /** Runs the batch until it is done or the thread is lost. */
  async #attempt(batch: FuzzBatch, take: TakeOutcome): Promise<Lost | undefined> {
    const live = (this.#live ??= this.#start());
    const { watchdogMs } = this.#options;
    let seen = -1;
    let since = performance.now();
    const watch = setInterval(() => {
      const at = Atomics.load(live.current, 0);
      const now = performance.now();
      if (at !== seen) [seen, since] = [at, now];
      else if (now - since > (at >= 0 ? watchdogMs : Math.max(startMs, watchdogMs)))
        this.#lose(live, 'hung', `no end after ${Math.round((now - since) / 1_000)} s of real time`);
    }, watchInterval);
    try {
      return await new Promise<Lost | undefined>((resolve, reject) => {
        this.#task = { told: batch.from, take, end: resolve, fail: reject };
        live.worker.postMessage(batch, []);
      });
    } finally {
      clearInterval(watch);
      this.#task = undefined;
    }
  }

  #start(): Live {
    const { reference, plan, alone, share } = this.#options;
    const current = new Int32Array(new SharedArrayBuffer(8));
    Atomics.store(current, 0, -1);
    Atomics.store(current, 1, this.#isLast ? 1 : 0);
    const data: FuzzThreadData = { reference, plan, current, ...(alone === undefined ? {} : { alone }) };
    const live: Live = { worker: startThread('fuzz-thread', data, share), current, hasRun: false };
    live.worker.on('message', (message: FuzzMessage) => {
      if (this.#live === live) this.#hear(message);
    });
    live.worker.on('error', (error: NodeJS.ErrnoException) => {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#lose(live, isMemory ? 'out of memory' : 'crashed', error.stack ?? error.message);
    });
    live.worker.on('exit', (code) => this.#lose(live, 'crashed', `the thread ended with code ${code}`));
    return live;
  }

  #hear(message: FuzzMessage): void {
    const task = this.#task;
    if (task === undefined) return;
    switch (message.type) {
      case 'outcomes':
        if (this.#live !== undefined) this.#live.hasRun = true;
        for (const [index, outcome] of message.outcomes) {
          task.told = index + 1;
          task.take(index, outcome);
        }
        return;
      case 'done':
        task.end();
        return;
      case 'error':
        task.fail(new InputError(message.message));
    }
  }

  #lose(live: Live, why: LostReason, reason: string): void {
    if (this.#live !== live) return;
    this.#live = undefined;
    void live.worker.terminate();
    const at = Atomics.load(live.current, 0);
    const task = this.#task;
    if (task === undefined) return;
    if (at >= 0) task.end({ at, told: task.told, why, reason });
    else if (live.hasRun) task.end({ at: task.told, told: task.told, why, reason: `${leftBehind}: ${reason}` });
    else task.fail(new InputError(`a thread that runs seeds does not start: ${reason}`));
  }
}

/** A timer, say: handlers and worlds are synchronous. */
const leftBehind = 'something that an earlier seed has left behind took its thread down';

interface Live {
  readonly worker: Worker;
  /** The index under way, or -1; and whether it was the last. */
  readonly current: Int32Array;
  /** Whether it has told of a seed. */
  hasRun: boolean;
}

interface Task {
  /** The first index that it has not told of. */
  told: number;
  readonly take: TakeOutcome;
  readonly end: (lost?: Lost) => void;
  readonly fail: (error: Error) => void;
}

interface Lost {
  readonly at: number;
  readonly told: number;
  readonly why: LostReason;
  readonly reason: string;
}
