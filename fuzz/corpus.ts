// The corpus: failing schedules as small JSON, kept when their bug is fixed, run first in the next campaign. An entry is a case,
// not a recording: it does not have to run event for event as it did, only to be a world that the scenario still knows.
import { z } from 'zod';
import {
  InputError,
  parseWith,
  simulate,
  timedFaultSchema,
  type Finding,
  type Json,
  type Operation,
  type Parameters,
  type Run,
  type Scenario,
} from '../sim/index.ts';
import { optionsOf, type Case } from './case.ts';
import { causeOf } from './cause.ts';

/** One failing schedule, as JSON. */
export interface CorpusEntry {
  readonly format: 'faultline-corpus';
  readonly version: 1;
  /** The version of Faultline that found it. */
  readonly faultline: string;
  readonly scenario: string;
  readonly finding: { readonly name: string; readonly reason: string };
  readonly case: Case;
}

/** What becomes of an entry today. */
export type EntryOutcome =
  | { readonly type: 'fails'; readonly finding: Finding; readonly run: Run }
  | { readonly type: 'fails otherwise'; readonly finding: Finding; readonly run: Run }
  | { readonly type: 'passes'; readonly run: Run }
  | { readonly type: 'does not apply'; readonly reason: string };

/** The entry of a case that showed the finding. */
export function corpusEntryOf(scenario: string, found: Case, { name, reason }: Finding, version: string): CorpusEntry {
  // The bound on events belongs to the code as it was: the whole run shows the cause as well.
  const { parameters, seed, until, faults, workload } = found;
  const kept = { parameters, seed, until, faults, workload };
  return {
    format: 'faultline-corpus',
    version: 1,
    faultline: version,
    scenario,
    finding: { name, reason },
    case: kept,
  };
}

/** Runs an entry. Knobs that the scenario does not have any more are left out; other strangers make it no longer apply. */
export function runEntry(scenario: Scenario, { case: kept, finding }: CorpusEntry): EntryOutcome {
  const known = Object.entries(kept.parameters).filter(([name]) => Object.hasOwn(scenario.parameters, name));
  let run: Run;
  try {
    run = simulate(scenario, optionsOf({ ...kept, parameters: Object.fromEntries(known) }));
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError)
      return { type: 'does not apply', reason: error.message };
    throw error;
  }
  const invalid = run.findings.filter(({ verdict }) => verdict === 'invalid');
  const same = invalid.find((found) => found.name === finding.name);
  if (same !== undefined) return { type: 'fails', finding: same, run };
  // A workload that was shrunk asks for little: that little happens after everything has healed is no finding.
  const { properties } = scenario.world(run.parameters);
  const isLiveness = (name: string): boolean =>
    properties.some((each) => each.name === name && each.type === 'eventually');
  const other = invalid.find(({ name }) => !isLiveness(name));
  return other === undefined ? { type: 'passes', run } : { type: 'fails otherwise', finding: other, run };
}

/** A name for the entry's file: scenario, cause, and eight digits of what it holds. */
export function entryName(entry: CorpusEntry): string {
  const cause = causeOf({ ...entry.finding, verdict: 'invalid' }).replace(/^invalid /, '');
  const slug = cause
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return `${entry.scenario}-${slug}-${digestOfText(JSON.stringify(entry.case))}.json`;
}

/** Reads an entry. @throws InputError that names the place, what was expected and what was found. */
export function parseEntry(text: string, path: string): CorpusEntry {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: expected JSON, found an error: ${(error as Error).message}`);
  }
  return parseWith(entrySchema, json, path);
}

const operationSchema: z.ZodType<Operation> = z.strictObject({
  id: z.int().nonnegative().max(0x7fff_ffff),
  client: z.string().min(1).max(200),
  at: z.int().nonnegative(),
  f: z.string().max(1_000),
  value: z.custom<Json>((value) => value !== undefined, 'expected a JSON value'),
});

const parametersSchema: z.ZodType<Parameters> = z.record(
  z.string(),
  z.union([z.string().max(1_000), z.number(), z.boolean()]),
);

const entrySchema = z.strictObject({
  format: z.literal('faultline-corpus'),
  version: z.literal(1),
  faultline: z.string().max(100),
  scenario: z.string().min(1).max(200),
  finding: z.strictObject({ name: z.string().max(1_000), reason: z.string().max(100_000) }),
  case: z.strictObject({
    parameters: parametersSchema,
    seed: z.string().max(1_000),
    until: z.int().positive(),
    faults: z.array(timedFaultSchema).max(100_000),
    workload: z.array(operationSchema).max(1_000_000),
  }),
}) as unknown as z.ZodType<CorpusEntry>;

function digestOfText(text: string): string {
  let hash = 0x811c_9dc5;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x0100_0193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
