// Scenarios as tests, for any test runner: `assertHolds` throws an error that says which seed, what was found, the smallest run
// that shows it in words, and how to run just that one again.
import { simulate, type Finding, type Micros, type Parameters, type Run, type Scenario } from '../sim/index.ts';
import { campaign, type Campaign, type SeedFailure } from './campaign.ts';
import { optionsOf } from './case.ts';
import { firstOf } from './cause.ts';
import { shrink } from './shrink/index.ts';
import { tellStory } from './story.ts';

export interface HoldOptions {
  /** How many seeds to run, counting up from `start` (default 1). */
  readonly seeds: number;
  readonly start?: number;
  readonly parameters?: Parameters;
  /** How long each run lasts, in microseconds of virtual time. */
  readonly until?: Micros;
  /** Real milliseconds that the seeds may take together; that not all have ended by then is a failure. Default: no bound. */
  readonly timeMs?: number;
  /** Real milliseconds that shrinking a failure may take besides; default 5,000; 0 for not at all. */
  readonly shrinkMs?: number;
}

export const defaultShrinkMs = 5_000;

/** Why a scenario is not as it declares. */
export interface HoldFailure {
  readonly reason: string;
  readonly seed?: string;
  /** The smallest run that fails for the same cause, with trace and fingerprints. */
  readonly smallest?: Run;
}

/**
 * Runs the seeds and throws an Error unless the scenario is as it declares: one that holds must be valid under every seed; one
 * that breaks must violate what it names under some seed.
 */
export async function assertHolds(scenario: Scenario, options: HoldOptions): Promise<void> {
  const failure = await judgeSeeds(scenario, options, undefined);
  if (failure !== undefined) throw new Error(failure.reason);
}

/**
 * What is wrong with the scenario under the seeds, or under the one seed `only`; undefined when it is as declared.
 * @param onBegin told what is run next, as “seed 3”
 * @throws Error when `only` is no whole number
 */
export async function judgeSeeds(
  scenario: Scenario,
  options: HoldOptions,
  only: string | undefined,
  onBegin: (what: string, seed: string) => void = () => undefined,
): Promise<HoldFailure | undefined> {
  const { seeds, start = 1, parameters = {}, until, timeMs } = options;
  const chosen = only === undefined || only === '' ? { seeds, start } : { seeds: 1, start: seedNumber(only) };
  const untilFailure = scenario.expect.type === 'holds';
  const world = { parameters, ...(until === undefined ? {} : { until }) };
  const signal = timeMs === undefined ? {} : { signal: AbortSignal.timeout(timeMs) };
  const found = await campaign(scenario, {
    ...{ ...chosen, ...world, ...signal, untilFailure },
    onSeed: (seed) => onBegin(`seed ${seed}`, seed),
  });
  const { broken } = found;
  if (broken !== undefined) return { reason: `seed ${broken.seed}: ${broken.reason}`, seed: broken.seed };
  if (scenario.expect.type === 'holds') {
    const failure = found.failures.find(({ verdict }) => verdict === 'invalid') ?? found.failures[0];
    if (failure === undefined)
      return found.ended === 'interrupted' ? describeLate(scenario, found, options) : undefined;
    onBegin(`a smaller run of seed ${failure.seed}`, failure.seed);
    const run = simulate(scenario, { seed: failure.seed, ...world });
    const smallest = shrinkWithin(scenario, run, options.shrinkMs ?? defaultShrinkMs);
    const story =
      smallest === undefined
        ? []
        : ['', 'In the smallest run that shows it:', ...tellStory(smallest).map((line) => `  ${line}`)];
    const reason = [describeFailure(scenario, failure), ...story].join('\n');
    return { reason, seed: failure.seed, ...(smallest === undefined ? {} : { smallest }) };
  }
  if (violatesAny(found, scenario.expect.what)) return undefined;
  return found.ended === 'interrupted'
    ? describeLate(scenario, found, options)
    : { reason: describeSilence(scenario, found) };
}

/** What speaks against a run, or nothing, as the words of a failing test. */
export function describeFindings(findings: readonly Finding[]): string {
  return findings.map(({ name, reason }) => `  ${name}: ${reason.replaceAll('\n', '\n    ')}`).join('\n');
}

function shrinkWithin(scenario: Scenario, run: Run, milliseconds: number): Run | undefined {
  const finding = firstOf(run.findings, 'invalid');
  if (finding === undefined || milliseconds <= 0) return undefined;
  const { case: small } = shrink(scenario, run, finding, { milliseconds });
  return simulate(scenario, { ...optionsOf(small), trace: true, fingerprints: true });
}

function violatesAny({ failures }: Campaign, names: readonly string[]): boolean {
  return failures.some(({ findings }) =>
    findings.some(({ name, verdict }) => verdict === 'invalid' && names.includes(name)),
  );
}

function describeFailure(scenario: Scenario, { seed, verdict, findings }: SeedFailure): string {
  return `${scenario.name} is ${verdict} under seed ${seed}:\n${describeFindings(findings)}`;
}

/** Whether a seed never ends or only takes long is for the reader to see, who runs it alone. */
function describeLate(
  { name }: Scenario,
  { start, seeds, planned }: Campaign,
  { timeMs = 0 }: HoldOptions,
): HoldFailure {
  const seed = String(start + seeds);
  const much = `${seeds} of ${planned} ${planned === 1 ? 'seed' : 'seeds'} ended within ${timeMs / 1_000} s`;
  return { reason: `${name}: ${much}; seed ${seed} was under way: does it ever end?`, seed };
}

function describeSilence(scenario: Scenario, { seeds }: Campaign): string {
  const names = scenario.expect.type === 'breaks' ? scenario.expect.what.join(' or ') : '';
  return `${scenario.name} should violate ${names}, but none of ${seeds} seeds does`;
}

function seedNumber(text: string): number {
  const seed = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(seed)) throw new Error(`FAULTLINE_SEED: expected a whole number, found ${JSON.stringify(text)}`);
  return seed;
}
