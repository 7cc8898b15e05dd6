// Replay files: a run written down as everything that decided it (parameters, seed, faults, workload) and everything that
// identifies it (hash, verdict, a fingerprint for each event), so that anyone can run it again and see that it is the same.
import { z } from 'zod';
import { InputError, parseWith, timedFaultSchema, type TimedFault } from './fault.ts';
import type { Json } from './protocol.ts';
import type { Run } from './run.ts';
import type { Operation, Parameters, Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';
import type { Micros } from './time.ts';
import { lineAt, linesBefore, rowOfEvent } from './moment.ts';
import { parseFingerprints, thinFingerprints, type ThinnedFingerprints } from './fingerprints.ts';
import type { Verdict } from './verdict.ts';

/** A recorded run, as JSON. */
export interface Replay {
  readonly format: 'faultline-replay';
  readonly version: 1;
  /** The version of Faultline that recorded it. */
  readonly faultline: string;
  readonly scenario: string;
  readonly parameters: Parameters;
  readonly seed: string;
  readonly until: Micros;
  /** Where the run was stopped by a bound on its events. */
  readonly maxEvents?: number | undefined;
  readonly faults: readonly TimedFault[];
  readonly workload: readonly Operation[];
  readonly expected: { readonly hash: string; readonly events: number; readonly verdict: Verdict };
  readonly fingerprints: ThinnedFingerprints;
}

/** What a replay found. */
export interface Replayed {
  /** The run now, with trace and fingerprints. */
  readonly run: Run;
  /** Where it first differs from the recorded run; absent when it is the same, event for event. */
  readonly divergence?: Divergence;
}

/** Where a run left the path of a recorded one. */
export interface Divergence {
  /** The number of the first event that differs, from 0. */
  readonly event: number;
  /** The last event that may be the first to differ: above `event` where a long run keeps not every fingerprint. */
  readonly through: number;
  /** When it happens in the run now; absent when the run now is over by then. */
  readonly time?: Micros;
  /** What happens in the run now, in words. */
  readonly description: string;
  /** The last thing that happened in both, in words. */
  readonly lastCommon: string;
  /** Whether running it twice more gives one hash: then it is the code that has changed since. */
  readonly repeatable: boolean;
}

/**
 * The replay file of a run that was simulated with `fingerprints: true`.
 * @throws RangeError when the run has none.
 */
export function replayFileOf(run: Run, version: string): Replay {
  if (run.fingerprints === undefined) {
    throw new RangeError('the run has no fingerprints: simulate it with `fingerprints: true`');
  }
  return {
    format: 'faultline-replay',
    version: 1,
    faultline: version,
    scenario: run.scenario,
    parameters: run.parameters,
    seed: run.seed,
    until: run.until,
    ...(run.simulatedUs < run.until ? { maxEvents: run.events } : {}),
    faults: run.faults,
    workload: run.workload,
    expected: { hash: run.hash, events: run.events, verdict: run.verdict },
    fingerprints: thinFingerprints(run.fingerprints),
  };
}

/**
 * Reads the text of a replay file. Whether it fits the scenario shows when it is replayed.
 * @throws InputError that names the place, what was expected and what was found.
 */
export function parseReplay(text: string): Replay {
  let json: unknown;
  try {
    json = JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`replay file: expected JSON, found an error: ${(error as Error).message}`);
  }
  assertPlain(json, 'replay', 0);
  return parseWith(replaySchema, json, 'replay') as Replay;
}

/**
 * Runs a recorded run again and compares it event for event.
 * @throws InputError when the file is of another scenario, or does not fit this one.
 */
export function replay(scenario: Scenario, file: Replay): Replayed {
  if (file.scenario !== scenario.name) {
    throw new InputError(
      `replay.scenario: expected ${JSON.stringify(scenario.name)}, found ${JSON.stringify(file.scenario)}`,
    );
  }
  const { parameters, seed, until, faults, workload, maxEvents } = file;
  const options = { parameters, seed, until, faults, workload, ...(maxEvents === undefined ? {} : { maxEvents }) };
  const run = simulate(scenario, { ...options, trace: true, fingerprints: true });
  if (run.hash === file.expected.hash && run.events === file.expected.events) return { run };
  const again = simulate(scenario, { ...options, judge: false });
  return { run, divergence: { ...firstDifference(file, run), repeatable: again.hash === run.hash } };
}

function firstDifference(file: Replay, run: Run): Omit<Divergence, 'repeatable'> {
  const { every } = file.fingerprints;
  const recorded = parseFingerprints(file.fingerprints);
  const now = run.fingerprints ?? new Uint16Array(0);
  const { events } = file.expected;
  for (let index = 0; index < recorded.length; index++) {
    const last = (index + 1) * every - 1;
    if (last >= run.events || now[last] !== recorded[index]) return describe(run, index * every, last, events);
  }
  const event = recorded.length * every;
  return describe(run, event, Math.max(event, events), events);
}

/** The first difference lies between two events: what the run now does there. */
function describe(run: Run, event: number, through: number, recorded: number): Omit<Divergence, 'repeatable'> {
  const { trace } = run;
  if (trace === undefined) throw new RangeError('the run has no trace');
  const row = rowOfEvent(trace, event);
  const place = { event, through, lastCommon: linesBefore(run, row, 1)[0]?.trim() ?? 'nothing yet' };
  if (event < run.events) {
    const line = lineAt(run, row) ?? 'nothing is recorded here';
    const description = event < recorded ? line : `the recorded run had ended; this one goes on: ${line}`;
    return { ...place, ...(row < trace.length ? { time: trace.time[row] as Micros } : {}), description };
  }
  const same = `all ${recorded} events are the same; what differs is how they left the run at its end`;
  const shorter = `the run is over after ${run.events} events; the recorded one had ${recorded}`;
  return { ...place, description: run.events === recorded ? same : shorter };
}

const operationSchema = z.strictObject({
  id: z.int().nonnegative().max(0x7fff_ffff),
  client: z.string().min(1).max(200),
  at: z.int().nonnegative(),
  f: z.string().max(1_000),
  value: z.custom<Json>((value) => value !== undefined, 'expected a JSON value'),
});

const replaySchema = z.strictObject({
  format: z.literal('faultline-replay'),
  version: z.literal(1),
  faultline: z.string().max(100),
  scenario: z.string().min(1).max(200),
  parameters: z.record(z.string(), z.union([z.string().max(1_000), z.number(), z.boolean()])),
  seed: z.string().max(1_000),
  until: z.int().positive(),
  maxEvents: z.int().positive().optional(),
  faults: z.array(timedFaultSchema).max(100_000),
  workload: z.array(operationSchema).max(1_000_000),
  expected: z.strictObject({
    hash: z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits'),
    events: z.int().nonnegative(),
    verdict: z.enum(['valid', 'invalid', 'unknown']),
  }),
  fingerprints: z.strictObject({
    every: z.int().positive(),
    hex: z.string().regex(/^[0-9a-f]*$/, 'expected hexadecimal digits'),
  }),
});

const deepest = 64;

/** Nothing that could reach into JavaScript's own objects or exhaust the stack. */
function assertPlain(value: unknown, place: string, depth: number): void {
  if (value === null || typeof value !== 'object') return;
  if (depth > deepest) throw new InputError(`${place}: expected at most ${deepest} levels of nesting`);
  if (Array.isArray(value)) {
    value.forEach((item, index) => assertPlain(item, `${place}[${index}]`, depth + 1));
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw new InputError(`${place}: expected no field named __proto__`);
    assertPlain(item, `${place}.${key}`, depth + 1);
  }
}
