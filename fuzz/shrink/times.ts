// Times: takes waiting out of a run, by moving what happens to earlier, and rounder, times, and by leaving out whole spans of it.
import type { Case } from '../case.ts';
import { healAtOf } from './limits.ts';
import type { Search } from './index.ts';

/** Everything at once first, then everything from some moment on, then each by itself. */
export function earlierTimes(search: Search): void {
  for (const divisor of [8, 4, 2])
    if (
      search.accepts(
        mapTimes(search, (at) => Math.floor(at / divisor)),
        search.best.events,
      )
    )
      break;
  const moments = timesOf(search.best.case);
  let before = 0;
  for (const moment of moments) {
    if (search.isOver()) return;
    closeGap(search, before, moment);
    before = moment;
  }
  for (const unit of [100_000, 10_000, 1_000])
    search.accepts(
      mapTimes(search, (at) => Math.round(at / unit) * unit),
      search.best.events,
    );
}

/**
 * Leaves out spans of time, with all that happens in them: for what shows only when everything has healed, which then is sooner.
 * What is asked for after the heal stays as it is.
 */
export function withoutSpans(search: Search): void {
  const { tail } = search.scenario.world(search.best.case.parameters);
  const healAt = healAtOf({ tail }, search.best.case.until);
  for (const parts of [1, 2, 4, 8, 16]) {
    const span = Math.floor(healAt / parts / 1_000) * 1_000;
    if (span < shortestSpan) return;
    for (let from = Math.max(0, healAt - span); ; from = Math.max(0, from - span)) {
      if (search.isOver()) return;
      const { case: found, events } = search.best;
      // The end of what is left may have come below it.
      if (from + span <= healAtOf({ tail }, found.until)) search.accepts(withoutSpan(found, from, span), events - 1);
      if (from === 0) break;
    }
  }
}

const shortestSpan = 10_000;

function withoutSpan(found: Case, from: number, span: number): Case {
  const cut = <T extends { readonly at: number }>(list: readonly T[]): T[] =>
    list
      .filter(({ at }) => at < from || at >= from + span)
      .map((each) => (each.at < from ? each : { ...each, at: each.at - span }));
  return { ...found, until: found.until - span, faults: cut(found.faults), workload: cut(found.workload) };
}

/** Moves everything from `moment` on towards what comes before it. */
function closeGap(search: Search, before: number, moment: number): void {
  const gap = moment - before;
  if (gap < 2_000) return;
  for (const less of [gap, Math.floor(gap / 2), Math.floor(gap / 8)]) {
    if (
      search.accepts(
        mapTimes(search, (at) => (at >= moment ? Math.max(0, at - less) : at)),
        search.best.events,
      )
    )
      return;
  }
}

function timesOf({ faults, workload }: Case): readonly number[] {
  const times = [...faults.map(({ at }) => at), ...workload.map(({ at }) => at)];
  return [...new Set(times)]
    .sort((one, other) => other - one)
    .slice(0, mostMoments)
    .toReversed();
}

const mostMoments = 40;

function mapTimes(search: Search, map: (at: number) => number): Case {
  const { case: found } = search.best;
  return {
    ...found,
    faults: found.faults.map((each) => ({ ...each, at: map(each.at) })),
    workload: found.workload.map((each) => ({ ...each, at: map(each.at) })),
  };
}
