// A campaign: many seeds of one scenario with its failures grouped by cause. It re-runs what failed, and a sample of the rest,
// to prove that the runs are deterministic, and it can be interrupted at any moment.
import { InputError, type Finding, type Micros, type Parameters, type Scenario, type Verdict } from '../sim/index.ts';
import type { Case } from './case.ts';
import type { Plan } from './outcome.ts';
import { SeedRunner, type Pace } from './seed-runner.ts';
import { Tally } from './tally.ts';

export interface CampaignOptions {
  /** How many seeds to run; the first is `start` (default 1), and they count up from there. */
  readonly seeds: number;
  readonly start?: number;
  /** From one seed to the next; default 1. Shards of one campaign start apart and leap over each other's seeds. */
  readonly stride?: number;
  readonly parameters?: Parameters;
  /** How long each run lasts, in microseconds of virtual time; the scenario's own length by default. */
  readonly until?: Micros;
  /** Stop at the first seed that violates something. */
  readonly untilFailure?: boolean;
  /** Real milliseconds after which no more seeds are begun. */
  readonly timeMs?: number;
  /** Mutate schedules that reached something new, instead of drawing each from its seed alone. */
  readonly guided?: boolean;
  /** Called about ten times a second, and at the end. */
  readonly onProgress?: (progress: Campaign) => void;
  /** Called before each seed. */
  readonly onSeed?: (seed: string) => void;
  /** Ends the campaign between two events; what was found so far is kept. */
  readonly signal?: AbortSignal;
}

/** What a campaign has found: so far, and at its end. */
export interface Campaign {
  readonly scenario: string;
  readonly start: number;
  readonly stride: number;
  /** How many seeds it was to run, and how many have ended. */
  readonly planned: number;
  readonly seeds: number;
  /** All hashes of its runs, mixed in order: equal campaigns have equal hashes. */
  readonly hash: string;
  readonly verdict: Verdict;
  readonly events: number;
  readonly simulatedUs: Micros;
  /** Real time, in milliseconds, without what was spent on running seeds again. */
  readonly elapsedMs: number;
  /** Seeds that were run twice and gave the same hash. */
  readonly verified: number;
  /** Seeds that took their thread down or never ended; they count as unknown. */
  readonly lost: number;
  /** How many different things were reached: moves between roles, what follows what, who is what together. */
  readonly coverage: number;
  /** The seeds that were not valid, in order. At most 10,000 are kept; `causes` count them all. */
  readonly failures: readonly SeedFailure[];
  readonly causes: readonly Cause[];
  /** For each `sometimes` property, how many seeds reached it. */
  readonly sometimes: readonly { readonly name: string; readonly seeds: number }[];
  readonly ended: 'running' | 'finished' | 'interrupted' | 'first failure' | 'out of time' | 'broken';
  /** Why a campaign that ended as broken could not go on: no finding about the protocol, but a defect of the tools. */
  readonly broken?: { readonly seed: string; readonly type: 'error' | 'nondeterminism'; readonly reason: string };
}

/** A seed whose run was not valid. */
export interface SeedFailure {
  readonly seed: string;
  readonly verdict: 'invalid' | 'unknown';
  readonly hash: string;
  readonly events: number;
  readonly simulatedUs: Micros;
  readonly findings: readonly Finding[];
  /** What makes the run, where the seed alone does not: its schedule was changed on the way. */
  readonly case?: Case;
  /** The seed gave no run. */
  readonly lost?: true;
}

/** Failures that violate the same first. */
export interface Cause {
  readonly verdict: 'invalid' | 'unknown';
  /** What is violated first. */
  readonly names: readonly string[];
  /** What some of its seeds violate afterwards, sorted. */
  readonly also: readonly string[];
  readonly seeds: number;
  /** The failing seed with the fewest events. */
  readonly smallest: SeedFailure;
}

/**
 * Runs the seeds in this thread. The promise is rejected only for bad input; a run that breaks the tools ends the campaign as
 * `broken`.
 * @throws InputError when seeds, parameters or length do not fit.
 */
export async function campaign(scenario: Scenario, options: CampaignOptions): Promise<Campaign> {
  const { plan, tally } = startCampaign(scenario, options);
  const pace = new CampaignPace(tally, options);
  const runner = new SeedRunner(scenario, plan, pace);
  for (let index = 0; index < options.seeds && tally.ended === 'running'; index++) {
    if (pace.isOutOfTime()) tally.end('out of time');
    else {
      options.onSeed?.(String(plan.start + index * plan.stride));
      const outcome = await runner.run(index);
      if (outcome === undefined) tally.end('interrupted');
      // What does not fit the scenario shows at the first seed; later it is a defect.
      else if (outcome.type === 'broken' && outcome.kind === 'input' && index === 0)
        throw new InputError(outcome.reason);
      else tally.take(index, outcome);
      await pace.breathe();
    }
  }
  tally.end('finished');
  pace.report();
  return tally.result();
}

/** The plan and the empty sums of a campaign. @throws InputError when a count does not fit. */
export function startCampaign(
  { name }: Pick<Scenario, 'name'>,
  options: CampaignOptions,
): { readonly plan: Plan; readonly tally: Tally } {
  const { start = 1, stride = 1, seeds, parameters = {}, until, guided = false, untilFailure = false } = options;
  assertCount('seeds', seeds, 1);
  assertCount('start', start, 0);
  assertCount('stride', stride, 1);
  const plan = { start, stride, parameters, ...(until === undefined ? {} : { until }), guided };
  return { plan, tally: new Tally({ scenario: name, start, stride, planned: seeds, untilFailure }) };
}

/** Keeps the event loop alive: signals are heard and progress is shown while the campaign works. */
class CampaignPace implements Pace {
  readonly #tally: Tally;
  readonly #options: CampaignOptions;
  readonly #began = performance.now();
  #breathed = performance.now();
  #reported = performance.now();

  constructor(tally: Tally, options: CampaignOptions) {
    this.#tally = tally;
    this.#options = options;
  }

  async breathe(): Promise<void> {
    if (performance.now() - this.#breathed < 25) return;
    if (performance.now() - this.#reported >= 100) this.report();
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#breathed = performance.now();
  }

  isInterrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  isOutOfTime(): boolean {
    return performance.now() - this.#began >= (this.#options.timeMs ?? Infinity);
  }

  report(): void {
    this.#reported = performance.now();
    this.#options.onProgress?.(this.#tally.result());
  }
}

function assertCount(name: string, count: number, least: number): void {
  if (Number.isSafeInteger(count) && count >= least && count <= 1_000_000_000) return;
  throw new InputError(`${name}: expected a whole number from ${least} to 1000000000, found ${count}`);
}
