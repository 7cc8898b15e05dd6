// A run on the page: what was asked, what came back, and the model that is drawn.
import type { TimelineData } from '../data.ts';
import type { RunRequest } from '../request.ts';
import type { ClockTrack, Difference, RunAnswer } from '../worker/messages.ts';
import { locksOfHistory, readLocks, type Locks } from './locks.ts';
import { buildModel, modelSteps, type Model } from './model.ts';
import { effectPoints, type ExplainedKey } from './orders.ts';

export interface ShownRun {
  /** As it was asked for: what is absent was left to the scenario and the seed. */
  readonly asked: RunRequest;
  readonly model: Model;
  /** The number under which the simulator keeps it; absent of a run that came in a file and was not run here yet. */
  readonly number?: number | undefined;
  readonly clocks: readonly ClockTrack[];
  readonly locks: Locks;
  /** For each key of a linearizable history, an order that explains it. */
  readonly explained: readonly ExplainedKey[];
  readonly difference?: Difference | undefined;
}

/** What a page says where it can only show what was recorded. */
export function cannotRun(why: string): string {
  return `This timeline shows what was recorded and holds no code of its scenario, so nothing can be run again here. ${why}. The command line can: change the faults in a replay file, then npx faultline timeline FILE --scenario YOUR-SCENARIO.ts`;
}

/** A run that the simulator in the page made. */
export function shownRun(asked: RunRequest, answer: RunAnswer): ShownRun {
  return shownAs(asked, answer, buildModel(answer.timeline));
}

/** The same, step by step where it is long; says what comes next. */
export async function shownRunSoon(asked: RunRequest, answer: RunAnswer, tell: Tell): Promise<ShownRun> {
  return shownAs(asked, answer, await buildSoon(answer.timeline, tell));
}

/** A run that came in a file. */
export function carriedRun(data: TimelineData): ShownRun {
  return carriedAs(data, buildModel(data));
}

/** The same, step by step where it is long; says what comes next. */
export async function carriedRunSoon(data: TimelineData, tell: Tell): Promise<ShownRun> {
  return carriedAs(data, await buildSoon(data, tell));
}

/** Is told what comes next. */
export type Tell = (what: string) => void;

/** A trace with fewer rows is there before anybody could read what is being done. */
const fewRows = 200_000;

async function buildSoon(data: TimelineData, tell: Tell): Promise<Model> {
  if (data.trace.length < fewRows) return buildModel(data);
  const steps = modelSteps(data);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    tell(`Reading the run: ${value} of ${data.trace.length.toLocaleString('en-US')} rows`);
    await painted();
  }
}

/** Lets the browser paint what was told, and the reader do what she likes meanwhile. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function shownAs(asked: RunRequest, answer: RunAnswer, model: Model): ShownRun {
  const { number, timeline, clocks, tenures, orders, difference } = answer;
  const ids = timeline.lanes.map(({ id }) => id);
  const locks = tenures.length > 0 ? readLocks(tenures, ids) : locksOfHistory(timeline.held);
  return { asked, model, number, clocks, locks, explained: effectPoints(orders, timeline), difference };
}

function carriedAs(data: TimelineData, model: Model): ShownRun {
  return { asked: data.request, model, clocks: [], locks: locksOfHistory(data.held), explained: [] };
}
