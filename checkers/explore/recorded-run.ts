// Explored runs as files: the world by its name and knobs, the actions, and what came of them, so that anybody can run the
// very same actions through the handlers again and see the same states, or the first that is not.
import { z } from 'zod';
import { InputError, parseWith } from '../../sim/fault.ts';
import { RunningHash } from '../../sim/hash.ts';
import type { Parameters } from '../../sim/scenario.ts';
import { describeAction, type Action } from './action.ts';
import { stateText, type PlainState } from './plain.ts';
import { faultClasses, type PreparedWorld } from './prepared-world.ts';
import { asJson, retrace, RetraceError, type Retraced } from './retrace.ts';
import type { ExploredWorld, FaultBounds } from './world.ts';

/** A recorded run, as JSON. */
export interface RecordedRun {
  readonly format: 'faultline-explored-run';
  readonly version: 1;
  /** The version of Faultline that recorded it. */
  readonly faultline: string;
  /** The explored scenario, its parameters, and the budgets that were set instead of its own. */
  readonly world: string;
  readonly parameters: Parameters;
  readonly budgets: FaultBounds;
  readonly actions: readonly Action[];
  readonly expected: {
    readonly property: string;
    readonly verdict: 'invalid' | 'unknown';
    readonly reason: string;
    /** Sixteen bits of each state on the way, the initial one first, as four hexadecimal digits. */
    readonly states: string;
  };
}

/** How a recorded run went this time. */
export type Rerun =
  | { readonly same: true; readonly retraced: Retraced }
  /** The first action (from 0) that did something else or was not possible; the actions' count where the end was judged otherwise. */
  | { readonly same: false; readonly step: number; readonly why: string; readonly retraced?: Retraced };

type About = Pick<RecordedRun, 'faultline' | 'world' | 'parameters' | 'budgets'>;

/** @throws RetraceError where the actions are not possible in this world. */
export function recordRun(
  world: ExploredWorld,
  about: About,
  found: Pick<RecordedRun['expected'], 'property' | 'verdict' | 'reason'> & { readonly trace: readonly Action[] },
): RecordedRun {
  const { trace, property, verdict, reason } = found;
  const actions = trace.map(asJson);
  const { path, prepared } = retrace(world, actions);
  return {
    format: 'faultline-explored-run',
    version: 1,
    ...about,
    actions,
    expected: { property, verdict, reason, states: fingerprintsOf(path, prepared) },
  };
}

/** Whether a text is JSON of this format, and not some other. */
export function isRecordedRun(text: string): boolean {
  return text.slice(0, 200).includes('"faultline-explored-run"');
}

/** @throws InputError that names the place, what was expected and what was found. */
export function parseRecordedRun(text: string): RecordedRun {
  let json: unknown;
  try {
    json = JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`explored run: expected JSON, found an error: ${(error as Error).message}`);
  }
  return parseWith(recordedRunSchema, json, 'run') as RecordedRun;
}

/** Runs the recorded actions again and compares every state. @throws ExploreError as `retrace` does, but for its own. */
export function rerun(world: ExploredWorld, recorded: RecordedRun): Rerun {
  const { actions, expected } = recorded;
  let retraced: Retraced;
  try {
    retraced = retrace(world, actions);
  } catch (error) {
    if (!(error instanceof RetraceError)) throw error;
    return { same: false, step: error.steps, why: error.message };
  }
  const states = fingerprintsOf(retraced.path, retraced.prepared);
  if (states !== expected.states) {
    const step = firstDifference(states, expected.states) - 1;
    const action = actions[step];
    const where = action === undefined ? 'the births' : `step ${step + 1}, ${describeAction(action)},`;
    return { same: false, step: Math.max(0, step), why: `${where} led to another state than it did then`, retraced };
  }
  const again = retraced.objections.find(({ property }) => property === expected.property);
  if (again?.verdict === expected.verdict && again.reason === expected.reason) return { same: true, retraced };
  const now = again === undefined ? 'nothing' : `${again.verdict}: ${again.reason}`;
  const why = `the same states, but ${expected.property} was ${expected.verdict} then (${expected.reason}), and is ${now} now`;
  return { same: false, step: actions.length, why, retraced };
}

function fingerprintsOf(path: readonly PlainState[], prepared: PreparedWorld): string {
  return path
    .map((state) => {
      const hash = new RunningHash();
      const text = stateText(prepared, state);
      for (let at = 0; at < text.length; at++) hash.mix(text.charCodeAt(at));
      return hash.fingerprint().toString(16).padStart(4, '0');
    })
    .join('');
}

/** The first state (from 0) of which the fingerprints differ. */
function firstDifference(one: string, other: string): number {
  for (let at = 0; ; at += 4) if (one.slice(at, at + 4) !== other.slice(at, at + 4)) return at / 4;
}

const name = z.string().max(1_000);
const message = z.record(z.string(), z.json());
const survival = z.strictObject({ kept: z.int().nonnegative(), torn: z.boolean() }).optional();
const names = z.array(name).max(1_000);
const draws = z
  .array(z.union([z.int().nonnegative(), z.strictObject({ clock: z.int() })]))
  .max(10_000)
  .optional();

const simpleActions = [
  z.strictObject({ type: z.enum(['deliver', 'drop', 'duplicate']), from: name, to: name, message, draws }),
  z.strictObject({ type: z.literal('timer'), node: name, timer: name, draws }),
  z.strictObject({ type: z.enum(['begin', 'restart', 'client crash']), node: name, draws }),
] as const;

const actionSchema = z.discriminatedUnion('type', [
  ...simpleActions,
  z.strictObject({ type: z.literal('crash'), node: name, survival }),
  z.strictObject({
    type: z.literal('crash inside'),
    node: name,
    during: z.discriminatedUnion('type', simpleActions),
    after: z.int().positive(),
    survival,
    draws,
  }),
  z.strictObject({
    type: z.literal('partition'),
    partition: z.union([z.strictObject({ groups: z.array(names) }), z.strictObject({ from: names, to: names })]),
  }),
  z.strictObject({ type: z.literal('heal') }),
]);

const budget = z.int().nonnegative().optional();

const recordedRunSchema = z.strictObject({
  format: z.literal('faultline-explored-run'),
  version: z.literal(1),
  faultline: z.string().max(100),
  world: name,
  parameters: z.record(z.string(), z.union([name, z.number(), z.boolean()])),
  budgets: z.strictObject({
    ...(Object.fromEntries(faultClasses.map((fault) => [fault, budget])) as Record<string, typeof budget>),
    maxDown: budget,
  }),
  actions: z.array(actionSchema).max(1_000_000),
  expected: z.strictObject({
    property: name,
    verdict: z.enum(['invalid', 'unknown']),
    reason: z.string().max(100_000),
    states: z.string().regex(/^(?:[0-9a-f]{4})+$/, 'expected four hexadecimal digits for each state'),
  }),
});
