// Runs a campaign's seeds in threads. Outcomes are added in the order of the seeds, so that the number of threads changes nothing
// but the time.
import { startCampaign, type Campaign, type CampaignOptions, type SeedOutcome, type Tally } from '../fuzz/index.ts';
import { InputError } from '../sim/index.ts';
import type { FuzzBatch } from './fuzz-thread.ts';
import type { SourcedScenario } from './scenario-source.ts';
import { SeedThread } from './seed-thread.ts';

export interface PoolOptions extends CampaignOptions {
  readonly workers: number;
  /** Real milliseconds after which a seed that has not ended counts as hung. */
  readonly watchdogMs: number;
}

/** Seeds that may be ahead of the slowest one: what has come early waits in memory. */
export const furthestAhead = 20_000;
const largestBatch = 256;
const watchInterval = 100;

/** @throws InputError when the plan does not fit the scenario */
export async function campaignInThreads(
  { scenario, reference }: SourcedScenario,
  options: PoolOptions,
): Promise<Campaign> {
  const { plan, tally } = startCampaign(scenario, options);
  const { watchdogMs, workers } = options;
  const threads = Array.from(
    { length: workers },
    () => new SeedThread({ reference, plan, watchdogMs, share: 1 / workers }),
  );
  const pool = new Pool(threads, tally, options);
  await pool.run();
  const found = pool.result();
  options.onProgress?.(found);
  return found;
}

class Pool {
  readonly #threads: readonly SeedThread[];
  readonly #tally: Tally;
  readonly #options: PoolOptions;
  readonly #began = performance.now();
  readonly #settled: Promise<void>;
  #settle: (error?: Error) => void = () => {};
  #next = 0;
  #batch = 1;
  #isLate = false;

  constructor(threads: readonly SeedThread[], tally: Tally, options: PoolOptions) {
    this.#threads = threads;
    this.#tally = tally;
    this.#options = options;
    this.#settled = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const interrupt = (): void => this.#end('interrupted');
    signal?.addEventListener('abort', interrupt);
    const clock = setInterval(() => this.#watch(), watchInterval);
    try {
      if (signal?.aborted === true) interrupt();
      const occupied = Promise.all(this.#threads.map((thread) => this.#occupy(thread)));
      occupied.then(
        () => this.#end('out of time'),
        (error: Error) => this.#settle(error),
      );
      await this.#settled;
    } finally {
      clearInterval(clock);
      signal?.removeEventListener('abort', interrupt);
      await Promise.all(this.#threads.map((thread) => thread.stop()));
    }
  }

  result(): Campaign {
    return this.#tally.result(performance.now() - this.#began);
  }

  /** Gives the thread batches as long as there are any. */
  async #occupy(thread: SeedThread): Promise<void> {
    while (this.#tally.ended === 'running' && this.#next < this.#options.seeds && !this.#isLate) {
      const batch = this.#takeBatch();
      if (batch === undefined) await new Promise((resolve) => setTimeout(resolve, watchInterval));
      else await thread.run(batch, (index, outcome) => this.#hear(index, outcome));
    }
  }

  /** The next seeds: few at first, more when they are quick; none while the slowest seed is far behind. */
  #takeBatch(): FuzzBatch | undefined {
    if (this.#next >= this.#tally.next + furthestAhead) return undefined;
    const batch = { from: this.#next, to: Math.min(this.#options.seeds, this.#next + this.#batch) };
    this.#next = batch.to;
    return batch;
  }

  #hear(index: number, outcome: SeedOutcome): void {
    if (this.#tally.ended !== 'running') return;
    if (isMisfit(index, outcome)) this.#settle(new InputError(outcome.reason));
    else this.#tally.take(index, outcome);
    if (this.#tally.next >= this.#options.seeds) this.#end('finished');
    else if (this.#tally.ended !== 'running') this.#settle();
  }

  /** Measures how quick the seeds are, and tells how it goes. */
  #watch(): void {
    const { workers, timeMs = Infinity, onProgress } = this.#options;
    const elapsedMs = performance.now() - this.#began;
    const quick = this.#tally.next / Math.max(1, elapsedMs / 1_000) / workers;
    this.#batch = Math.max(1, Math.min(largestBatch, Math.floor(quick / 10)));
    if (elapsedMs >= timeMs && !this.#isLate) {
      // What is under way is waited for: a seed that never ends is no less so because the time is up.
      this.#isLate = true;
      for (const thread of this.#threads) thread.finish();
    }
    onProgress?.(this.result());
  }

  #end(why: Campaign['ended']): void {
    this.#tally.end(why);
    this.#settle();
  }
}

/** What does not fit the scenario shows at the first seed; later it is a defect. */
export function isMisfit(
  index: number,
  outcome: SeedOutcome,
): outcome is Extract<SeedOutcome, { readonly type: 'broken' }> {
  return outcome.type === 'broken' && outcome.kind === 'input' && index === 0;
}
