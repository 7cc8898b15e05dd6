// The side of a fleet that has a campaign: it hands ranges of seeds to whoever works for it, adds up what comes back, and hands out
// again what got lost. The outcomes of a range depend on the range alone, so it does not matter who ran it, or how often.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Job, Queue } from 'bullmq';
import {
  seedAt,
  startCampaign,
  type Campaign,
  type CampaignOptions,
  type Plan,
  type SeedOutcome,
  type Tally,
} from '../fuzz/index.ts';
import { InputError } from '../sim/index.ts';
import { FleetError, whileThere, type Fleet } from './fleet-connection.ts';
import { codeDigest, scenarioDigest } from './fleet-digest.ts';
import { announce, prefix, queueName, readRefusals, withdraw, type Announcement } from './fleet-registry.ts';
import { Vigil } from './fleet-vigil.ts';
import { furthestAhead, isMisfit } from './fuzz-pool.ts';
import type { FuzzBatch } from './fuzz-thread.ts';
import { count } from './layout.ts';
import { referenceFor, type SourcedScenario } from './scenario-source.ts';
import { packageVersion } from './version.ts';

export interface FleetOptions extends CampaignOptions {
  /** Real milliseconds after which a seed that has not ended counts as hung. */
  readonly watchdogMs: number;
  /** Hears what people should know while it runs, line by line. */
  readonly tell: (line: string) => void;
}

/** What a job of the queue asks for; its plan is in the announcement. */
export type RangeJob = Job<FuzzBatch, RangeResult>;

/** One outcome for each seed of a range, in order. */
export type RangeResult = readonly SeedOutcome[];

const pauseMs = 200;
/** Real milliseconds that a range should take: long beside the way there and back, short beside the campaign. */
const rangeMs = 2_000;
const largestRange = 512;
/** Jobs that are looked at in one go. */
const most = 50;

/**
 * Runs a campaign on the workers of a fleet.
 * @throws InputError when the plan does not fit the scenario
 * @throws FleetError when the server is lost before anything came back, or nobody serves the campaign and somebody refuses it
 */
export async function campaignOnFleet(
  sourced: SourcedScenario,
  fleet: Fleet,
  options: FleetOptions,
): Promise<Campaign> {
  const { plan, tally } = startCampaign(sourced.scenario, options);
  const coordinator = new Coordinator(announcementOf(sourced, plan, options.watchdogMs), tally, fleet, options);
  await coordinator.run();
  const found = coordinator.result();
  options.onProgress?.(found);
  return found;
}

function announcementOf(sourced: SourcedScenario, plan: Plan, watchdogMs: number): Announcement {
  const { scenario, file } = sourced;
  return {
    ...{ id: randomUUID(), scenario: scenario.name, reference: referenceFor(sourced), plan, watchdogMs },
    ...{ host: hostname(), version: packageVersion(), code: codeDigest() },
    file: file === undefined ? null : (scenarioDigest(file) ?? null),
  };
}

class Coordinator {
  readonly #announcement: Announcement;
  readonly #tally: Tally;
  readonly #fleet: Fleet;
  readonly #options: FleetOptions;
  readonly #vigil: Vigil;
  readonly #queue: Queue<FuzzBatch, RangeResult>;
  readonly #began = performance.now();
  readonly #settled: Promise<void>;
  #settle: (error?: Error) => void = () => {};
  /** Ranges that are handed out and not back yet, by job. */
  readonly #out = new Map<string, FuzzBatch>();
  readonly #workers = new Set<string>();
  #ranges = 0;
  #next = 0;
  #msPerSeed = rangeMs / 4;
  #announcedAt = -Infinity;
  #addedAt = -Infinity;
  #isLate = false;

  constructor(announcement: Announcement, tally: Tally, fleet: Fleet, options: FleetOptions) {
    this.#announcement = announcement;
    this.#tally = tally;
    this.#fleet = fleet;
    this.#options = options;
    this.#vigil = new Vigil(fleet, options.tell);
    this.#queue = new fleet.queues.Queue<FuzzBatch, RangeResult>(queueName(announcement.id), {
      ...{ connection: fleet.redis, prefix, skipVersionCheck: true },
      // Nobody reads the events, and they would hold the outcomes of ranges.
      streams: { events: { maxLen: 10 } },
      defaultJobOptions: { attempts: 3, backoff: { type: 'fixed', delay: 1_000 } },
    });
    this.#queue.on('error', () => {}); // every call that fails is heard of where it is made
    this.#settled = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  async run(): Promise<void> {
    const { signal, tell } = this.#options;
    const interrupt = (): void => this.#end('interrupted');
    signal?.addEventListener('abort', interrupt);
    const clock = setInterval(() => this.#watch(), pauseMs);
    const work = this.#work().catch((error: Error) => this.#settle(error));
    try {
      if (signal?.aborted === true) interrupt();
      await this.#settled;
    } finally {
      clearInterval(clock);
      signal?.removeEventListener('abort', interrupt);
      this.#tally.end('interrupted');
      // What is being handed out is out before it is taken away.
      await whileThere(this.#fleet, work);
      await withdraw(this.#fleet, this.#announcement.id);
      this.#queue.close().catch(() => {});
    }
    tell(`fleet: ${count(this.#workers.size, 'worker')} did ${count(this.#ranges, 'range')} of seeds`);
  }

  result(): Campaign {
    return this.#tally.result(performance.now() - this.#began);
  }

  /** Asks the server again and again until the campaign has ended; bears it when the server is away. */
  async #work(): Promise<void> {
    while (this.#tally.ended === 'running') {
      try {
        await this.#keepAlive();
        await this.#collect();
        if (this.#isLate) await this.#callBack();
        else await this.#handOut();
        this.#vigil.hear();
      } catch (error) {
        if (error instanceof InputError) throw error;
        this.#vigil.hear(error as Error);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** Says that the campaign is on and, less often, which ranges are out: a server that has lost all learns of them again. */
  async #keepAlive(): Promise<void> {
    // What did not succeed is due again at once.
    const now = performance.now();
    if (now - this.#announcedAt >= 1_000) {
      await announce(this.#fleet, this.#announcement);
      const refusals = await readRefusals(this.#fleet, this.#announcement.id);
      for (const [worker, reason] of refusals) this.#vigil.refused(worker, reason);
      this.#announcedAt = now;
    }
    if (now - this.#addedAt >= 5_000) {
      await this.#add([...this.#out]);
      this.#addedAt = now;
    }
  }

  async #add(ranges: readonly (readonly [string, FuzzBatch])[]): Promise<void> {
    if (ranges.length === 0) return;
    // A job that is there already stays as it is.
    await this.#queue.addBulk(ranges.map(([jobId, range]) => ({ name: 'range', data: range, opts: { jobId } })));
  }

  async #collect(): Promise<void> {
    for (let isMore = true; isMore && this.#tally.ended === 'running';) {
      // A job may be gone between the list and the look.
      const listed: readonly (RangeJob | undefined)[] = await this.#queue.getJobs(['completed', 'failed'], 0, most - 1);
      const jobs = listed.filter((job) => job !== undefined);
      for (const job of jobs) if (this.#tally.ended === 'running') this.#take(job);
      await Promise.all(jobs.map((job) => job.remove()));
      isMore = listed.length >= most;
    }
  }

  /**
   * When the time is up: takes back what nobody has begun, and waits for the rest. A seed that never ends is no less so because the
   * time is up.
   */
  async #callBack(): Promise<void> {
    if (this.#tally.ended !== 'running') return;
    const waiting = await this.#queue.getJobs(['wait', 'prioritized']);
    await this.#queue.drain();
    const active = new Set(
      (await this.#queue.getJobs(['active', 'delayed', 'completed', 'failed'])).map((job) => job?.id),
    );
    for (const job of waiting) if (job?.id !== undefined && !active.has(job.id)) this.#out.delete(job.id);
    if (this.#out.size === 0) this.#end('out of time');
  }

  /** Keeps as many ranges waiting as are under way, and a few. */
  async #handOut(): Promise<void> {
    if (this.#tally.ended !== 'running') return;
    const { seeds } = this.#options;
    const { active = 0, ...idle } = await this.#queue.getJobCounts('active', 'wait', 'delayed');
    if (active > 0) this.#vigil.stir();
    const waiting = Object.values(idle).reduce((sum, each) => sum + each, 0);
    const size = Math.max(1, Math.min(largestRange, Math.round(rangeMs / this.#msPerSeed)));
    const fresh: [string, FuzzBatch][] = [];
    const furthest = Math.min(seeds, this.#tally.next + furthestAhead);
    while (waiting + fresh.length < active + 4 && this.#next < furthest) {
      const range = { from: this.#next, to: Math.min(seeds, this.#next + size) };
      this.#next = range.to;
      fresh.push([jobIdOf(range), range]);
    }
    for (const [id, range] of fresh) this.#out.set(id, range);
    await this.#add(fresh);
  }

  #take({ id = '', data, returnvalue, failedReason, finishedOn = 0, processedOn = 0, processedBy }: RangeJob): void {
    if (!this.#out.delete(id)) return; // it had come before
    this.#vigil.stir();
    const seeds = data.to - data.from;
    if (!this.#isWhole(data, returnvalue)) {
      this.#divide(data, failedReason || 'its worker did not tell of every seed');
      return;
    }
    this.#ranges++;
    if (processedBy !== undefined) this.#workers.add(processedBy);
    this.#msPerSeed += (Math.max(0.01, (finishedOn - processedOn) / seeds) - this.#msPerSeed) / 2;
    for (const [place, outcome] of returnvalue.entries()) this.#hear(data.from + place, outcome);
  }

  /** Whether there is an outcome for each seed that was asked for; what comes back went through other hands. */
  #isWhole({ from, to }: FuzzBatch, outcomes: unknown): outcomes is RangeResult {
    if (!Array.isArray(outcomes) || outcomes.length !== to - from) return false;
    const isOf = (place: number): string => seedAt(this.#announcement.plan, from + place);
    return outcomes.every((outcome: SeedOutcome | null, place) => outcome?.seed === isOf(place));
  }

  /** A range that no worker survives is cut into pieces, until it is known which seed it is. */
  #divide({ from, to }: FuzzBatch, reason: string): void {
    if (to - from === 1) {
      const seed = seedAt(this.#announcement.plan, from);
      this.#hear(from, { type: 'lost', seed, why: 'crashed', reason: `no worker survives it: ${reason}` });
      return;
    }
    const size = Math.ceil((to - from) / 8);
    for (let start = from; start < to; start += size) {
      const piece = { from: start, to: Math.min(to, start + size) };
      this.#out.set(jobIdOf(piece), piece);
    }
    this.#addedAt = -Infinity;
  }

  #hear(index: number, outcome: SeedOutcome): void {
    if (this.#tally.ended !== 'running') return;
    if (isMisfit(index, outcome)) throw new InputError(outcome.reason);
    this.#tally.take(index, outcome);
    if (this.#tally.next >= this.#options.seeds) this.#end('finished');
    else if (this.#tally.ended !== 'running') this.#settle();
  }

  /** Looks at the clocks; asks the server nothing. */
  #watch(): void {
    const { timeMs = Infinity, onProgress, tell } = this.#options;
    if (performance.now() - this.#began >= timeMs) this.#isLate = true;
    const isOn = this.#tally.ended === 'running';
    const reason = isOn ? (this.#vigil.checkServer() ?? this.#vigil.checkWorkers()) : undefined;
    if (reason !== undefined && this.#tally.next === 0) this.#settle(new FleetError(reason));
    else if (reason !== undefined) {
      // What has come is worth telling.
      tell(`error: ${reason}; the campaign ends here`);
      this.#end('interrupted');
    }
    onProgress?.(this.result());
  }

  #end(why: Campaign['ended']): void {
    this.#tally.end(why);
    this.#settle();
  }
}

function jobIdOf({ from, to }: FuzzBatch): string {
  return `${from}-${to}`;
}
