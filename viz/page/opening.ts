// Where the timeline opens: at the evidence of the first finding, else at the first fault or election, else at all of it.
import { isMap } from './draw/heat.ts';
import type { Model } from './model.ts';
import { lowerBound } from './search.ts';
import type { TimeWindow } from './view.ts';

/** The window to show first. */
export function openingWindow(model: Model, whole: TimeWindow): TimeWindow {
  if (model.data.findings.length > 0) return findingWindow(model, 0);
  const { faults, roles } = model.data;
  const firstFault = faults[0];
  const firstChange = roles.find((span) => span.from > 0);
  const at = firstFault?.from ?? firstChange?.from;
  if (at === undefined || model.messages.length < 300 || isMap(model.data)) return whole;
  const window = windowAround(model, at);
  return firstFault === undefined || firstFault.to - at > 4 * (window.to - at)
    ? window
    : include(window, firstFault.to);
}

/** The window around a finding: its evidence and the moment it was found. */
export function findingWindow(model: Model, index: number): TimeWindow {
  const finding = model.data.findings[index];
  if (finding === undefined) return windowAround(model, 0);
  const evidence = model.data.operations.filter((operation) => operation.evidence.includes(index));
  if (evidence.length === 0) return windowAround(model, finding.at);
  const times = evidence.flatMap((operation) => [operation.from, operation.to ?? operation.from]);
  // A check that judged the whole history found it at the end of the run, far from what it is about.
  if (finding.row >= 0) times.push(finding.at);
  const from = Math.min(...times);
  const to = Math.max(...times);
  const air = Math.max((to - from) * 0.5, model.data.end * 0.001, 2_000);
  return { from: from - air, to: to + air };
}

/** A window in which some hundred messages around a time can be told apart. */
export function windowAround(model: Model, at: number): TimeWindow {
  const { sent, length } = model.messages;
  const { end } = model.data;
  if (length === 0) return { from: at - end * 0.1, to: at + end * 0.1 };
  const here = lowerBound(sent, at);
  const first = sent[Math.max(0, here - 50)] as number;
  const last = sent[Math.min(length - 1, here + 110)] as number;
  const reach = Math.max(end * 0.002, Math.min(end, last - first));
  // Near an end of the run the window leans inwards, to show what there is.
  const from = Math.max(-end * 0.005, Math.min(at - reach * 0.35, end * 1.01 - reach));
  return { from, to: from + reach };
}

function include(window: TimeWindow, time: number): TimeWindow {
  return { from: window.from, to: Math.max(window.to, time + (window.to - window.from) * 0.1) };
}
