// A campaign: many seeds of one scenario, one after the other, with its failures grouped by cause. It re-runs what failed,
// and a sample of the rest, to prove that the runs are deterministic, and it can be interrupted at any moment.
import {
  InputError,
  Simulation,
  type Finding,
  type Micros,
  type Parameters,
  type Run,
  type Scenario,
  type SimulateOptions,
  type Verdict,
} from '../sim/index.ts';
import { describeNondeterminism } from './nondeterminism.ts';
import { Tally } from './tally.ts';

export interface CampaignOptions {
  /** How many seeds to run; the first is `start` (default 1), and they count up from there. */
  readonly seeds: number;
  readonly start?: number;
  readonly parameters?: Parameters;
  /** How long each run lasts, in microseconds of virtual time; the scenario's own length by default. */
  readonly until?: Micros;
  /** Stop at the first seed that violates something. */
  readonly untilFailure?: boolean;
  /** Called about ten times a second, and at the end. */
  readonly onProgress?: (progress: Campaign) => void;
  /** Ends the campaign between two events; what was found so far is kept. */
  readonly signal?: AbortSignal;
}

/** What a campaign has found: so far, and at its end. */
export interface Campaign {
  readonly scenario: string;
  readonly start: number;
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
  /** The seeds that were not valid, in order. At most 10,000 are kept; `causes` count them all. */
  readonly failures: readonly SeedFailure[];
  readonly causes: readonly Cause[];
  /** For each `sometimes` property, how many seeds reached it. */
  readonly sometimes: readonly { readonly name: string; readonly seeds: number }[];
  readonly ended: 'running' | 'finished' | 'interrupted' | 'first failure' | 'broken';
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
}

/** Failures with one set of findings' names. */
export interface Cause {
  readonly verdict: 'invalid' | 'unknown';
  /** The names of the findings, sorted. */
  readonly names: readonly string[];
  readonly seeds: number;
  /** The failing seed with the fewest events. */
  readonly smallest: SeedFailure;
}

const verifyEvery = 20;

/**
 * Runs the seeds. The promise is rejected only for bad input; a run that breaks the tools ends the campaign as `broken`.
 * @throws InputError when seeds, parameters or length do not fit.
 */
export async function campaign(scenario: Scenario, options: CampaignOptions): Promise<Campaign> {
  const { start = 1, seeds } = options;
  assertCount('seeds', seeds, 1);
  assertCount('start', start, 0);
  const tally = new Tally(scenario.name, start, seeds);
  const pace = new Pace(tally, options);
  for (let index = 0; index < seeds && tally.ended === 'running'; index++) {
    const seed = String(start + index);
    try {
      await runSeed(scenario, seed, index, options, tally, pace);
    } catch (error) {
      // What does not fit the scenario shows at the first seed; later it is a defect.
      if (error instanceof InputError && index === 0) throw error;
      tally.break(seed, 'error', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
  tally.end('finished');
  pace.report();
  return tally.result();
}

async function runSeed(
  scenario: Scenario,
  seed: string,
  index: number,
  options: CampaignOptions,
  tally: Tally,
  pace: Pace,
): Promise<void> {
  const { parameters = {}, until } = options;
  const set: SimulateOptions = { seed, parameters, ...(until === undefined ? {} : { until }) };
  const began = performance.now();
  const run = await runPaced(scenario, set, pace);
  if (run === undefined) return tally.end('interrupted');
  tally.add(run, performance.now() - began);
  if (run.verdict !== 'valid' || index % verifyEvery === 0) {
    const again = await runPaced(scenario, { ...set, judge: false }, pace);
    if (again === undefined) return tally.end('interrupted');
    if (again.hash === run.hash) tally.verified++;
    else tally.break(seed, 'nondeterminism', describeNondeterminism(scenario, set));
  }
  if (run.verdict === 'invalid' && options.untilFailure === true) tally.end('first failure');
  await pace.breathe();
}

/** One run that lets others work now and then; undefined when it was interrupted. */
async function runPaced(scenario: Scenario, set: SimulateOptions, pace: Pace): Promise<Run | undefined> {
  if (pace.isInterrupted()) return undefined;
  const simulation = new Simulation(scenario, set);
  for (let step = 1; simulation.step(); step++) {
    if (step % 1024 === 0) {
      await pace.breathe();
      if (pace.isInterrupted()) return undefined;
    }
  }
  return simulation.finish();
}

/** Keeps the event loop alive: signals are heard and progress is shown while the campaign works. */
class Pace {
  readonly #tally: Tally;
  readonly #options: CampaignOptions;
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

  report(): void {
    this.#reported = performance.now();
    this.#options.onProgress?.(this.#tally.result());
  }
}

function assertCount(name: string, count: number, least: number): void {
  if (Number.isSafeInteger(count) && count >= least && count <= 1_000_000_000) return;
  throw new InputError(`${name}: expected a whole number from ${least} to 1000000000, found ${count}`);
}
