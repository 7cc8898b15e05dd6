// The files that a campaign leaves behind: a replay file and a timeline for the smallest failing seed of each cause, and,
// where a folder was asked for, a replay file for every failing seed.
import { join } from 'node:path';
import { optionsOf, type Campaign, type SeedFailure } from '../fuzz/index.ts';
import { simulate, type Micros, type Parameters, type Scenario, type SimulateOptions } from '../sim/index.ts';
import type { TimelineAssets } from '../viz/html.ts';
import { describeRecordedOnly, OutputError, saveReplay, saveTimeline, timelineAssetsFor } from './files.ts';
import type { Io } from './io.ts';
import { replayCommand, runCommand } from './reproduce.ts';

export interface Evidence {
  /** Paths by seed. */
  readonly replays: ReadonlyMap<string, string>;
  readonly timelines: ReadonlyMap<string, string>;
  /** What could not be written: what the campaign found is worth telling all the same. */
  readonly problem: OutputError | undefined;
  /** Why there are no timelines though all else is well: the page is not built. */
  readonly warning: string | undefined;
  /** That the timelines cannot be changed in the page, and why. */
  readonly note: string | undefined;
  /** Failing seeds that have no replay file, because there are so many or it was interrupted. */
  readonly omitted: number;
  /** The command that makes a failing run again: by its seed, or by its file where no seed draws it. */
  commandFor(failure: SeedFailure, reference: string, parameters: Parameters, until: Micros | undefined): string;
}

/** What made the runs of a campaign, besides their seeds. */
export interface MadeBy {
  readonly parameters: Parameters;
  readonly until: Micros | undefined;
}

export interface EvidenceOptions extends MadeBy {
  readonly folder: string;
  /** A replay file for every failing seed, not only for the smallest of each cause. */
  readonly everySeed: boolean;
  readonly version: string;
  /** How the scenario is asked for on the command line; its name by default. */
  readonly reference?: string;
  /** The file that defines it, where it came from one: timelines hold its code. */
  readonly file?: string | undefined;
  /** When it is aborted, only the smallest of each cause is still written. */
  readonly signal?: AbortSignal;
}

const mostReplays = 100;
const mostTimelines = 10;

export async function saveEvidence(
  campaign: Campaign,
  scenario: Scenario,
  options: EvidenceOptions,
): Promise<Evidence> {
  const replays = new Map<string, string>();
  const timelines = new Map<string, string>();
  const firsts = campaign.causes.map((cause) => cause.smallest);
  const smallest = firsts.map(({ seed }) => seed);
  const all = [...firsts, ...(options.everySeed ? campaign.failures : [])].filter(({ lost }) => lost !== true);
  const wanted = [...new Map(all.map((failure) => [failure.seed, failure])).values()];
  const assets = smallest.length === 0 ? undefined : await tryLoading(scenario, options);
  const page = typeof assets === 'string' ? undefined : assets;
  let problem: OutputError | undefined;
  try {
    for (const [place, failure] of wanted.slice(0, mostReplays).entries()) {
      // So that an interrupt is heard.
      await new Promise((resolve) => setImmediate(resolve));
      if (options.signal?.aborted === true && place >= firsts.length) break;
      const { seed } = failure;
      const drawn = page !== undefined && smallest.slice(0, mostTimelines).includes(seed);
      const run = simulate(scenario, { ...optionsOfFailure(failure, options), trace: drawn, fingerprints: true });
      const path = join(options.folder, `${scenario.name}-${seed}`);
      saveReplay(run, `${path}.replay.json`, options.version);
      replays.set(seed, `${path}.replay.json`);
      if (!drawn) continue;
      saveTimeline(
        run,
        `${path}.html`,
        { story: scenario.story, version: options.version, reproduce: commandFor(replays, failure, scenario, options) },
        page,
      );
      timelines.set(seed, `${path}.html`);
    }
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    problem = error;
  }
  return {
    ...noEvidence(scenario, replays),
    timelines,
    problem,
    warning: typeof assets === 'string' ? assets : undefined,
    note: page === undefined ? undefined : describeRecordedOnly(page),
    omitted: problem === undefined ? wanted.length - replays.size : 0,
  };
}

/** Of failures that no files were written of. */
export function noEvidence(scenario: Scenario, replays: ReadonlyMap<string, string> = new Map()): Evidence {
  return {
    ...{ replays, timelines: new Map(), problem: undefined, warning: undefined, note: undefined, omitted: 0 },
    commandFor: (failure, reference, parameters, until) =>
      commandFor(replays, failure, scenario, { reference, parameters, until }),
  };
}

/** Says on standard error what is missing and why. */
export function tellTrouble({ problem, warning, note }: Evidence, io: Io): void {
  if (problem !== undefined) io.err(`error: ${problem.message}\n`);
  else if (warning !== undefined) io.err(`warning: no timeline was written: ${warning}\n`);
  else if (note !== undefined) io.err(note);
}

/** The options that make a failing run again. */
export function optionsOfFailure({ seed, case: made }: SeedFailure, { parameters, until }: MadeBy): SimulateOptions {
  return made === undefined ? { seed, parameters, ...(until === undefined ? {} : { until }) } : optionsOf(made);
}

function commandFor(
  replays: ReadonlyMap<string, string>,
  { seed, case: made }: SeedFailure,
  { name }: Scenario,
  { reference = name, parameters, until }: MadeBy & { readonly reference?: string },
): string {
  const replay = replays.get(seed);
  if (made !== undefined && replay !== undefined) return replayCommand(replay, reference);
  return runCommand(reference, seed, parameters, until);
}

/** The page's script and style, or why there are none. */
async function tryLoading(
  scenario: Scenario,
  { file, reference = scenario.name }: EvidenceOptions,
): Promise<TimelineAssets | string> {
  try {
    return await timelineAssetsFor({ scenario, reference, ...(file === undefined ? {} : { file }) });
  } catch (error) {
    if (error instanceof OutputError) return error.message;
    throw error;
  }
}
