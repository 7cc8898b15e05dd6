// Times: takes waiting out of a run, by moving what happens to earlier, and rounder, times, and by leaving out whole spans of it.
import type { Micros, TimedFault } from '../../sim/index.ts';
import type { Case } from '../case.ts';
import { healAtOf } from './limits.ts';
import type { Search } from './index.ts';

/** Everything at once first, then everything from some moment on, then each by itself. */
export function earlierTimes(search: Search): void {
  for (const divisor of [8, 4, 2]) {
    const isSooner = search.accepts(
      mapTimes(search.best.case, (at) => Math.floor(at / divisor)),
      search.best.events,
    );
    if (isSooner) break;
  }
  const { clients } = search.scenario.world(search.best.case.parameters);
  const timeouts = [...new Set(clients.map(({ timeout }) => timeout))];
  let [before, earlier] = [0, 0];
  for (const moment of timesOf(search.best.case)) {
    if (search.isOver()) return;
    earlier += closeGap(search, before, moment - earlier, timeouts);
    before = moment - earlier;
  }
  for (const unit of [100_000, 10_000, 1_000])
    search.accepts(
      mapTimes(search.best.case, (at) => Math.round(at / unit) * unit),
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
    const span = toMilliseconds(healAt / parts);
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

/**
 * Moves everything from `moment` on towards what comes before it, ends of faults as well, where these are; or else without them,
 * as long as it lasted. Between two operations of one client a time-out may have to pass. Returns by how much.
 */
function closeGap(search: Search, before: number, moment: number, timeouts: readonly Micros[]): Micros {
  const gap = moment - before;
  if (gap < 2_000) return 0;
  const parts = [gap, ...timeouts.map((timeout) => gap - timeout), gap / 2, gap / 8];
  for (const less of parts.map(toMilliseconds).filter((part) => part > 0)) {
    const { case: found, events } = search.best;
    const healAt = healAtOf(search.scenario.world(found.parameters), found.until);
    const earlier = (at: Micros): Micros => (at >= moment ? Math.max(0, at - less) : at);
    const moved = mapTimes(found, earlier);
    const faults = found.faults.map((each) => {
      const end = Math.min(endOf(each), healAt);
      if (end === -Infinity) return { ...each, at: earlier(each.at) };
      return end < moment ? each : withEnds(each, earlier(each.at), earlier(end));
    });
    if (search.accepts({ ...moved, faults }, events) || search.accepts(moved, events)) return less;
  }
  return 0;
}

/** When it is over by itself; −∞ where it has no length. */
const endOf = ({ at, fault }: TimedFault): Micros =>
  'for' in fault && fault.for !== undefined ? at + fault.for : -Infinity;

function withEnds({ fault }: TimedFault, at: Micros, end: Micros): TimedFault {
  return { at, fault: { ...fault, for: Math.max(1, end - at) } } as TimedFault;
}

function timesOf({ faults, workload }: Case): readonly number[] {
  const times = [...faults.map(({ at }) => at), ...workload.map(({ at }) => at)];
  return [...new Set(times)]
    .sort((one, other) => other - one)
    .slice(0, mostMoments)
    .toReversed();
}

const mostMoments = 40;

function mapTimes(found: Case, map: (at: number) => number): Case {
  return {
    ...found,
    faults: found.faults.map((each) => ({ ...each, at: map(each.at) })),
    workload: found.workload.map((each) => ({ ...each, at: map(each.at) })),
  };
}

/** Lengths that are round stay so. */
export const toMilliseconds = (time: Micros): Micros => Math.floor(time / 1_000) * 1_000;
