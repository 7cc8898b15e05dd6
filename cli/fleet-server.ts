// The side of a fleet that has the processors: takes ranges of one campaign, runs them in threads, and gives them back when it has to
// stop. Whoever dies with a range in hand gives it back as well, by not renewing its lock.
import type { Worker } from 'bullmq';
import type { SeedOutcome } from '../fuzz/index.ts';
import type { RangeJob, RangeResult } from './fleet-campaign.ts';
import type { Fleet } from './fleet-connection.ts';
import { misfitOf, prefix, queueName, sweep, type Announcement } from './fleet-registry.ts';
import type { FuzzBatch } from './fuzz-thread.ts';
import { SeedThread } from './seed-thread.ts';

export interface ServerOptions {
  /** The name of this worker in the fleet. */
  readonly name: string;
  readonly threads: number;
  /** Hears why this machine cannot run the seeds after all. */
  readonly onRefuse: (reason: string) => void;
}

/** How long a range stays with a worker that gives no sign of life, and how often that is looked at, in milliseconds. */
const lockMs = 10_000;
const lookMs = 5_000;

export class CampaignServer {
  readonly announcement: Announcement;
  /** Seeds that it has run. */
  seeds = 0;
  /** Ranges that it runs now. */
  active = 0;
  readonly #fleet: Fleet;
  readonly #options: ServerOptions;
  readonly #idle: SeedThread[] = [];
  readonly #busy = new Set<SeedThread>();
  readonly #worker: Worker<FuzzBatch, RangeResult>;
  #isClosed = false;

  constructor(fleet: Fleet, announcement: Announcement, options: ServerOptions) {
    this.#fleet = fleet;
    this.announcement = announcement;
    this.#options = options;
    this.#worker = new fleet.queues.Worker<FuzzBatch, RangeResult>(
      queueName(announcement.id),
      (job, token) => this.#process(job, token ?? ''),
      {
        ...{ connection: fleet.redis, prefix, skipVersionCheck: true },
        ...{ name: options.name, concurrency: options.threads },
        ...{ lockDuration: lockMs, stalledInterval: lookMs, runRetryDelay: 1_000, drainDelay: 2 },
      },
    );
    this.#worker.on('error', () => {}); // a range that is not ours any more, or a server that is away: both pass
  }

  /** Runs so many ranges at a time from now on. */
  setThreads(threads: number): void {
    this.#worker.concurrency = threads;
    for (const thread of this.#idle.splice(threads)) void thread.stop();
  }

  /** Gives back what it has begun, and stops; waits for a server that is away. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#worker.pause(true);
    await Promise.all([...this.#busy, ...this.#idle].map((thread) => thread.stop()));
    await this.#worker.close();
    // Whoever else sweeps at the same moment, or comes later, does it as well.
    await sweep(this.#fleet, this.announcement.id).catch(() => {});
  }

  async #process(job: RangeJob, token: string): Promise<RangeResult> {
    this.active++;
    try {
      const outcomes = await this.#run(job.data);
      if (outcomes !== undefined) return outcomes;
    } catch (error) {
      // Whatever else it does, a thread that does not start is no reason to say something about a seed.
      if (!this.#isClosed) this.#options.onRefuse((error as Error).message);
    } finally {
      this.active--;
    }
    await job.moveToWait(token).catch(() => {}); // nobody may want it any more
    throw new this.#fleet.queues.WaitingError();
  }

  /** The outcomes of all seeds; undefined when it was stopped before. */
  async #run(range: FuzzBatch): Promise<RangeResult | undefined> {
    const { from, to } = range;
    const outcomes: SeedOutcome[] = [];
    const thread = this.#idle.pop() ?? this.#newThread();
    this.#busy.add(thread);
    try {
      const isWhole = await thread.run(range, (index, outcome) => void (outcomes[index - from] = outcome));
      if (!isWhole) return undefined;
      this.seeds += to - from;
      return outcomes;
    } finally {
      this.#busy.delete(thread);
      if (this.#idle.length < this.#worker.concurrency) this.#idle.push(thread);
      else void thread.stop();
    }
  }

  /** @throws Error when the file has been changed since the campaign began */
  #newThread(): SeedThread {
    const { reference, plan, watchdogMs } = this.announcement;
    const misfit = misfitOf(this.announcement);
    if (misfit !== undefined) throw new Error(misfit);
    return new SeedThread({ reference, plan, alone: true, watchdogMs, share: 1 / this.#options.threads });
  }
}
