// Scenarios as vitest tests: a test that runs many seeds, and whose failure says which seed, what was found and how to run
// just that one again.
import { test } from 'vitest';
import type { Micros, Parameters, Scenario } from '../sim/index.ts';
import { campaign, type Campaign, type SeedFailure } from './campaign.ts';

export interface SimTestOptions {
  /** How many seeds to run, counting up from `start` (default 1). The environment variable FAULTLINE_SEED runs that one. */
  readonly seeds: number;
  readonly start?: number;
  readonly parameters?: Parameters;
  /** How long each run lasts, in microseconds of virtual time. */
  readonly until?: Micros;
  /** Real milliseconds that the test may take; default 60,000. */
  readonly timeout?: number;
}

/**
 * Registers a test that the scenario is as it declares: one that holds must be valid under every seed; one that breaks must
 * violate what it names under some seed.
 */
export function simTest(name: string, scenario: Scenario, options: SimTestOptions): void {
  test(name, { timeout: options.timeout ?? 60_000 }, async () => {
    const failure = await judgeSeeds(scenario, options, process.env['FAULTLINE_SEED']);
    if (failure === undefined) return;
    // The place in this file helps nobody.
    const error = new Error(`${failure.reason}${failure.seed === undefined ? '' : reproduce(name, failure.seed)}`);
    error.stack = error.message;
    throw error;
  });
}

/** What is wrong with the scenario under the seeds; undefined when it is as declared. */
export async function judgeSeeds(
  scenario: Scenario,
  options: SimTestOptions,
  only: string | undefined,
): Promise<{ readonly reason: string; readonly seed?: string } | undefined> {
  const { seeds, start = 1, parameters = {}, until } = options;
  const chosen = only === undefined || only === '' ? { seeds, start } : { seeds: 1, start: seedNumber(only) };
  const untilFailure = scenario.expect.type === 'holds';
  const found = await campaign(scenario, {
    ...chosen,
    parameters,
    untilFailure,
    ...(until === undefined ? {} : { until }),
  });
  const { broken } = found;
  if (broken !== undefined) return { reason: `seed ${broken.seed}: ${broken.reason}`, seed: broken.seed };
  if (scenario.expect.type === 'holds') {
    const failure = found.failures.find(({ verdict }) => verdict === 'invalid') ?? found.failures[0];
    return failure === undefined ? undefined : { reason: describeFailure(scenario, failure), seed: failure.seed };
  }
  return violatesAny(found, scenario.expect.what) ? undefined : { reason: describeSilence(scenario, found) };
}

function violatesAny({ failures }: Campaign, names: readonly string[]): boolean {
  return failures.some(({ findings }) =>
    findings.some(({ name, verdict }) => verdict === 'invalid' && names.includes(name)),
  );
}

function describeFailure(scenario: Scenario, { seed, verdict, findings }: SeedFailure): string {
  const reasons = findings.map(({ name, reason }) => `  ${name}: ${reason.replaceAll('\n', '\n    ')}`);
  return [`${scenario.name} is ${verdict} under seed ${seed}:`, ...reasons].join('\n');
}

function describeSilence(scenario: Scenario, { seeds }: Campaign): string {
  const names = scenario.expect.type === 'breaks' ? scenario.expect.what.join(' or ') : '';
  return `${scenario.name} should violate ${names}, but none of ${seeds} seeds does`;
}

function reproduce(name: string, seed: string): string {
  return `\n\nRun this seed alone:\n  FAULTLINE_SEED=${seed} npx vitest run -t '${name.replaceAll("'", `'\\''`)}'`;
}

function seedNumber(text: string): number {
  const seed = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(seed)) throw new Error(`FAULTLINE_SEED: expected a whole number, found ${JSON.stringify(text)}`);
  return seed;
}
