// Scenarios as vitest tests: a test that runs many seeds, and the matchers. What fails says which seed, what was found, the smallest
// run in words, where it lies as a transcript and as a timeline, and how to run just that one again.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { replayFileOf, transcript, type Run, type Scenario } from '../sim/index.ts';
import { watchForHang } from './hang.ts';
import { defaultShrinkMs, judgeSeeds, type HoldFailure, type HoldOptions } from './hold.ts';
import './matchers.ts';
import { quote } from './shell.ts';
import { packageVersion } from './version.ts';

export { judgeSeeds } from './hold.ts';

export interface SimTestOptions extends HoldOptions {
  /** How many seeds to run, counting up from `start` (default 1). The environment variable FAULTLINE_SEED runs that one. */
  readonly seeds: number;
  /** Real milliseconds that the seeds may take, as `timeMs`; default 60,000. */
  readonly timeout?: number;
  /** Where the smallest failing run goes as a file; default `out`. */
  readonly out?: string;
}

/**
 * Registers a test that the scenario is as it declares: one that holds must be valid under every seed; one that breaks must
 * violate what it names under some seed.
 */
export function simTest(name: string, scenario: Scenario, options: SimTestOptions): void {
  const { timeout = 60_000, shrinkMs = defaultShrinkMs, out } = options;
  // What was found within its time must not be lost because it is told a moment later.
  const longest = timeout + shrinkMs + graceMs;
  test(name, { timeout: longest }, async ({ task }) => {
    const command = commandFor(task.file.name, name);
    const hang = watchForHang(longest);
    const judged = judgeSeeds(scenario, { timeMs: timeout, ...options }, process.env['FAULTLINE_SEED'], (what, seed) =>
      hang.tellOf(
        `${name}: ${what} has not ended in ${longest / 1_000} s. Run it alone:\n  ${withSeed(seed, command)}`,
      ),
    );
    const failure = await judged.finally(() => hang.stop());
    if (failure === undefined) return;
    // The place in this file helps nobody.
    const error = new Error(await tell({ scenario, file: task.file }, command, failure, out));
    error.stack = error.message;
    throw error;
  });
}

/** Real milliseconds for what ends a test: the smallest run once more, and its files. */
const graceMs = 10_000;

/** How vitest runs this test alone: it takes names as patterns. */
function commandFor(file: string, name: string): string {
  const pattern = `${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`;
  return `npx vitest run ${quote(file)} -t ${quote(pattern)}`;
}

/** What was tested, and the test file. */
interface Tested {
  readonly scenario: Scenario;
  readonly file: { readonly filepath: string };
}

/** The words of a failure, with the files that it leaves. */
async function tell(
  tested: Tested,
  command: string,
  { reason, seed, smallest }: HoldFailure,
  out = 'out',
): Promise<string> {
  const again = withSeed(seed ?? '', command);
  return [
    reason,
    ...(smallest === undefined ? [] : await save(smallest, seed ?? smallest.seed, tested, again, out)),
    ...(seed === undefined ? [] : ['', 'Run this seed alone:', `  ${again}`]),
  ].join('\n');
}

/** How vitest runs one seed of a test. */
const withSeed = (seed: string, command: string): string => `FAULTLINE_SEED=${seed} ${command}`;

/** Writes the smallest run, under the seed that was found; a folder that cannot be written must not hide what was found. */
async function save(run: Run, seed: string, tested: Tested, again: string, out: string): Promise<string[]> {
  const place = join(out, `${run.scenario}-${seed}.shrunk`);
  try {
    mkdirSync(out, { recursive: true });
    writeFileSync(`${place}.replay.json`, `${JSON.stringify(replayFileOf(run, packageVersion()))}\n`);
    writeFileSync(`${place}.txt`, `${transcript(run).join('\n')}\n`);
  } catch (error) {
    return ['', `The smallest run could not be written: ${(error as Error).message}`];
  }
  return ['', `Its transcript:  ${place}.txt`, `Its timeline:    ${await saveTimeline(run, tested, again, place)}`];
}

/** Its path; or, where the page is not built, how to make it. What draws is loaded only now: tests that pass do without. */
async function saveTimeline(run: Run, { scenario, file }: Tested, reproduce: string, place: string): Promise<string> {
  try {
    const [{ timelineOf }, { renderTimelineHtml }, { loadTimelineAssets }, { withOwnScenario }] = await Promise.all([
      import('../viz/data.ts'),
      import('../viz/html.ts'),
      import('../viz/assets.ts'),
      import('../viz/own-scenario.ts'),
    ]);
    const { name, story } = scenario;
    const assets = await withOwnScenario(loadTimelineAssets(), { name, file: file.filepath });
    const data = timelineOf(run, { story, version: packageVersion(), reproduce });
    writeFileSync(`${place}.html`, renderTimelineHtml(data, assets));
    const why = assets.recordedOnly;
    return why === undefined ? `${place}.html` : `${place}.html\n  (it cannot be changed in the page: ${why})`;
  } catch (error) {
    const command = `npx faultline timeline ${place}.replay.json --scenario FILE`;
    return `${command}  (${(error as Error).message.split('\n')[0] ?? ''})`;
  }
}
