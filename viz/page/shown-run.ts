// A run on the page: what was asked, what came back, and the model that is drawn.
import type { TimelineData } from '../data.ts';
import type { RunRequest } from '../request.ts';
import type { ClockTrack, Difference, OperationOrder, RunAnswer } from '../worker/messages.ts';
import { buildModel, type Model } from './model.ts';

export interface ShownRun {
  /** As it was asked for: what is absent was left to the scenario and the seed. */
  readonly asked: RunRequest;
  readonly model: Model;
  /** The number under which the simulator keeps it; absent of a run that came in a file and was not run here yet. */
  readonly number?: number | undefined;
  readonly clocks: readonly ClockTrack[];
  readonly orders: readonly OperationOrder[];
  readonly difference?: Difference | undefined;
}

/** A run that the simulator in the page made. */
export function shownRun(asked: RunRequest, { number, timeline, clocks, orders, difference }: RunAnswer): ShownRun {
  return { asked, model: buildModel(timeline), number, clocks, orders, difference };
}

/** A run that came in a file. */
export function carriedRun(data: TimelineData): ShownRun {
  return { asked: data.request, model: buildModel(data), clocks: [], orders: [] };
}
