// The files that a campaign leaves behind: a replay file and a timeline for the smallest failing seed of each cause, and,
// where a folder was asked for, a replay file for every failing seed.
import { join } from 'node:path';
import type { Campaign } from '../fuzz/index.ts';
import { simulate, type Micros, type Parameters, type Run, type Scenario } from '../sim/index.ts';
import type { About } from '../viz/data.ts';
import type { TimelineAssets } from '../viz/html.ts';
import { OutputError, saveReplay, saveTimeline, timelineAssets } from './files.ts';
import type { Io } from './io.ts';
import { runCommand } from './reproduce.ts';

export interface Evidence {
  /** Paths by seed. */
  readonly replays: ReadonlyMap<string, string>;
  readonly timelines: ReadonlyMap<string, string>;
  /** What could not be written: what the campaign found is worth telling all the same. */
  readonly problem: OutputError | undefined;
  /** Why there are no timelines though all else is well: the page is not built. */
  readonly warning: string | undefined;
  /** Failing seeds that have no replay file because there are so many. */
  readonly omitted: number;
}

export interface EvidenceOptions {
  readonly folder: string;
  /** A replay file for every failing seed, not only for the smallest of each cause. */
  readonly everySeed: boolean;
  readonly parameters: Parameters;
  readonly until: Micros | undefined;
  readonly version: string;
}

const mostReplays = 100;
const mostTimelines = 10;

export function saveEvidence(campaign: Campaign, scenario: Scenario, options: EvidenceOptions): Evidence {
  const replays = new Map<string, string>();
  const timelines = new Map<string, string>();
  const smallest = campaign.causes.map((cause) => cause.smallest.seed);
  const others = options.everySeed ? campaign.failures.map(({ seed }) => seed) : [];
  const wanted = [...new Set([...smallest, ...others])];
  const assets = smallest.length === 0 ? undefined : tryLoading();
  const page = typeof assets === 'string' ? undefined : assets;
  let problem: OutputError | undefined;
  try {
    for (const seed of wanted.slice(0, mostReplays)) {
      const drawn = page !== undefined && smallest.slice(0, mostTimelines).includes(seed);
      const run = runAgain(scenario, seed, drawn, options);
      const place = join(options.folder, `${scenario.name}-${seed}`);
      saveReplay(run, `${place}.replay.json`, options.version);
      replays.set(seed, `${place}.replay.json`);
      if (!drawn) continue;
      saveTimeline(run, `${place}.html`, aboutRun(run, scenario, options), page);
      timelines.set(seed, `${place}.html`);
    }
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    problem = error;
  }
  const warning = typeof assets === 'string' ? assets : undefined;
  return { replays, timelines, problem, warning, omitted: Math.max(0, wanted.length - mostReplays) };
}

/** Says on standard error what is missing and why. */
export function tellTrouble({ problem, warning }: Evidence, io: Io): void {
  if (problem !== undefined) io.err(`error: ${problem.message}\n`);
  else if (warning !== undefined) io.err(`warning: no timeline was written: ${warning}\n`);
}

function runAgain(scenario: Scenario, seed: string, trace: boolean, { parameters, until }: EvidenceOptions): Run {
  const length = until === undefined ? {} : { until };
  return simulate(scenario, { seed, parameters, ...length, trace, fingerprints: true });
}

function aboutRun({ seed }: Run, { name, story }: Scenario, { parameters, until, version }: EvidenceOptions): About {
  return { story, version, reproduce: runCommand(name, seed, parameters, until) };
}

/** The page's script and style, or why there are none. */
function tryLoading(): TimelineAssets | string {
  try {
    return timelineAssets();
  } catch (error) {
    if (error instanceof OutputError) return error.message;
    throw error;
  }
}
