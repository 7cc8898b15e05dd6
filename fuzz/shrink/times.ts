// Times: takes waiting out of a run, by moving what happens to earlier, and rounder, times.
import type { Case } from '../case.ts';
import type { Search } from './index.ts';

/** Everything at once first, then everything from some moment on, then each by itself. */
export function earlierTimes(search: Search): void {
  for (const divisor of [8, 4, 2]) if (search.accepts(mapTimes(search, (at) => Math.floor(at / divisor)))) break;
  const moments = timesOf(search.best.case);
  let before = 0;
  for (const moment of moments) {
    if (search.isOver()) return;
    closeGap(search, before, moment);
    before = moment;
  }
  for (const unit of [100_000, 10_000, 1_000]) search.accepts(mapTimes(search, (at) => Math.round(at / unit) * unit));
}

/** Moves everything from `moment` on towards what comes before it. */
function closeGap(search: Search, before: number, moment: number): void {
  const gap = moment - before;
  if (gap < 2_000) return;
  for (const less of [gap, Math.floor(gap / 2), Math.floor(gap / 8)]) {
    if (search.accepts(mapTimes(search, (at) => (at >= moment ? Math.max(0, at - less) : at)))) return;
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
