// Shrinks failing runs in threads, so that an interrupt is heard while they work and a run that never ends costs no more than its
// own shrinking; or, where there are no threads, one after the other in this one.
import type { Worker } from 'node:worker_threads';
import { count } from './layout.ts';
import type { Io } from './io.ts';
import { showStatus } from './progress.ts';
import type { SourcedScenario } from './scenario-source.ts';
import { shrinkOrdered, type ShrinkDone, type ShrinkOrder } from './shrink-order.ts';
import type { ShrinkMessage, ShrinkThreadData } from './shrink-thread.ts';
import { startThread } from './threads.ts';
import type { ShrinkProgress } from '../fuzz/index.ts';

export interface ShrinkPoolOptions {
  readonly io: Io;
  /** Threads; 0 for none. */
  readonly workers: number;
  /** Ends what is under way with the smallest so far. */
  readonly signal: AbortSignal;
  /** Real milliseconds beyond an order's own after which its thread counts as hung. */
  readonly watchdogMs: number;
}

/** Who shrinks: answers undefined where nothing came of it. */
export type Shrinker = (order: ShrinkOrder) => Promise<ShrinkDone | undefined>;

/** Gives `use` a shrinker, and ends its threads when that is done. */
export async function withShrinker<T>(
  sourced: SourcedScenario,
  options: ShrinkPoolOptions,
  use: (shrinker: Shrinker) => Promise<T>,
): Promise<T> {
  const status = showStatus(options.io);
  let [ordered, done] = [0, 0];
  const tell = ({ step, runs, size }: ShrinkProgress): void => {
    const which = ordered === 1 ? '' : ` (${done} of ${count(ordered, 'failure')} done)`;
    const much = `${step}, ${count(runs, 'run')}, ${count(size.events, 'event')}`;
    status.update(`shrinking ${sourced.scenario.name}${which}: ${much}`);
  };
  const pool = options.workers === 0 ? undefined : new ShrinkPool(sourced.reference, options, tell);
  const shrinker: Shrinker = pool === undefined ? inTurn(sourced, options, tell) : (order) => pool.shrink(order);
  try {
    return await use((order) => {
      ordered++;
      return shrinker(order).finally(() => done++);
    });
  } finally {
    status.stop();
    await pool?.close();
  }
}

/** In this thread, with a pause before each in which an interrupt is heard. */
function inTurn(
  { scenario }: SourcedScenario,
  { signal }: ShrinkPoolOptions,
  tell: (progress: ShrinkProgress) => void,
): Shrinker {
  let last: Promise<unknown> = Promise.resolve();
  return (order) => {
    const next = last.then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return signal.aborted ? undefined : shrinkOrdered(scenario, order, () => signal.aborted, tell);
    });
    last = next.catch(() => undefined);
    return next;
  };
}

/** How long a thread may take to end what it is at, in real milliseconds. */
const grace = 2_000;

class ShrinkPool {
  readonly #reference: string;
  readonly #options: ShrinkPoolOptions;
  readonly #tell: (progress: ShrinkProgress) => void;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #idle: Worker[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(reference: string, options: ShrinkPoolOptions, tell: (progress: ShrinkProgress) => void) {
    this.#reference = reference;
    this.#options = options;
    this.#tell = tell;
  }

  async shrink(order: ShrinkOrder): Promise<ShrinkDone | undefined> {
    if (this.#busy >= this.#options.workers) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#options.signal.aborted) {
      this.#waiting.shift()?.();
      return undefined;
    }
    this.#busy++;
    const worker = this.#idle.pop() ?? this.#start();
    try {
      const done = await this.#attempt(worker, order);
      this.#idle.push(worker);
      return done;
    } catch (error) {
      void worker.terminate();
      if (!this.#options.signal.aborted) {
        const why = error instanceof Error ? error.message : String(error);
        this.#options.io.err(
          `warning: seed ${order.set.seed} is told as it was found, as shrinking it failed: ${why}\n`,
        );
      }
      return undefined;
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const data: ShrinkThreadData = { reference: this.#reference, stop: this.#stop };
    const worker = startThread('shrink-thread', data, 1 / this.#options.workers);
    worker.on('error', () => {}); // whoever waits for it is told by a listener of its own
    return worker;
  }

  /** Rejects when the thread is lost or hangs. */
  #attempt(worker: Worker, order: ShrinkOrder): Promise<ShrinkDone | undefined> {
    const { signal, watchdogMs } = this.#options;
    const clocks: NodeJS.Timeout[] = [];
    const ended = new AbortController();
    const attempt = new Promise<ShrinkDone | undefined>((resolve, reject) => {
      const giveUpAfter = (milliseconds: number): void => {
        const give = (): void => reject(new Error(`no end after ${Math.round(milliseconds / 1_000)} s of real time`));
        if (Number.isFinite(milliseconds)) clocks.push(setTimeout(give, milliseconds));
      };
      const interrupt = (): void => {
        Atomics.store(this.#stop, 0, 1);
        giveUpAfter(grace);
      };
      signal.addEventListener('abort', interrupt, { signal: ended.signal });
      giveUpAfter(order.milliseconds + watchdogMs);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
      worker.on('message', (message: ShrinkMessage) => {
        switch (message.type) {
          case 'progress':
            return this.#tell(message.progress);
          case 'done':
            return resolve(message.done);
          case 'error':
            return reject(new Error(message.message));
        }
      });
      worker.postMessage(order, []);
    });
    return attempt.finally(() => {
      ended.abort();
      for (const clock of clocks) clearTimeout(clock);
      worker.removeAllListeners('message').removeAllListeners('exit').removeAllListeners('error');
      worker.on('error', () => {});
    });
  }
}
