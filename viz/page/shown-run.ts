// A run on the page: what was asked, what came back, and the model that is drawn.
import type { TimelineData } from '../data.ts';
import type { RunRequest } from '../request.ts';
import type { ClockTrack, Difference, RunAnswer } from '../worker/messages.ts';
import { noLocks, readLocks, type Locks } from './locks.ts';
import { buildModel, type Model } from './model.ts';
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

/** A run that the simulator in the page made. */
export function shownRun(asked: RunRequest, answer: RunAnswer): ShownRun {
  const { number, timeline, clocks, tenures, orders, difference } = answer;
  const locks = readLocks(
    tenures,
    timeline.lanes.map(({ id }) => id),
  );
  return {
    asked,
    model: buildModel(timeline),
    number,
    clocks,
    locks,
    explained: effectPoints(orders, timeline),
    difference,
  };
}

/** A run that came in a file. */
export function carriedRun(data: TimelineData): ShownRun {
  return { asked: data.request, model: buildModel(data), clocks: [], locks: noLocks, explained: [] };
}
