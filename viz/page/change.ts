// What a reader changes about a run, and the request that the change makes of it: all the rest stays as it was.
import type { Fault, TimedFault } from '../../sim/fault.ts';
import type { ParameterValue } from '../../sim/scenario.ts';
import type { RunRequest } from '../request.ts';
import { kindOf, type Model } from './model.ts';
import type { ShownRun } from './shown-run.ts';

export type Change =
  | { readonly type: 'seed'; readonly seed: string; readonly keep: boolean }
  | { readonly type: 'knob'; readonly name: string; readonly value: ParameterValue }
  | { readonly type: 'faults'; readonly faults: readonly TimedFault[] };

/** The request of the changed run. */
export function changedRequest({ asked, model }: ShownRun, change: Change): RunRequest {
  const { scenario, seed, parameters, faults } = model.data.request;
  const until = asked.until === undefined ? {} : { until: asked.until };
  const base = { scenario, seed, parameters, ...until };
  switch (change.type) {
    case 'seed':
      if (change.keep) return { ...base, seed: change.seed, faults };
      return {
        scenario,
        seed: change.seed,
        ...(asked.parameters === undefined ? {} : { parameters: asked.parameters }),
        ...until,
      };
    case 'knob':
      return { ...base, parameters: { ...parameters, [change.name]: change.value }, faults };
    case 'faults': {
      const workload = asked.workload === undefined ? {} : { workload: asked.workload };
      return { ...base, ...workload, faults: inOrder(change.faults) };
    }
  }
}

/** What can be done to one message by hand. */
export type Meddling = 'drop' | 'delay' | 'duplicate';

export const delayByHandUs = 50_000;
export const copyByHandUs = 5_000;

/**
 * The fault that does it to this message and to no other: what it does not touch goes on as it was. Undefined for copies that
 * the network made, and when the world has healed.
 */
export function meddle(model: Model, index: number, meddling: Meddling): TimedFault | undefined {
  const { data, messages, rows } = model;
  if (kindOf(rows, messages.sendRow[index] as number) === 'duplicate') return undefined;
  const name = (lane: number | undefined): string => data.lanes[lane ?? -1]?.id ?? '';
  const at = messages.sent[index] as number;
  if (at >= data.healAt) return undefined;
  const [from, to] = [[name(messages.from[index])], [name(messages.to[index])]];
  const one = { from, to, places: [placeOnLink(model, index)], for: 1 };
  switch (meddling) {
    case 'drop':
      return { at, fault: { type: 'lose-messages', ...one } };
    case 'delay':
      return { at, fault: { type: 'delay-messages', ...one, by: delayByHandUs } };
    case 'duplicate':
      return { at, fault: { type: 'delay-messages', ...one, by: copyByHandUs, copy: true } };
  }
}

/** How many messages have left on the same link before, at the same microsecond. */
function placeOnLink({ messages, rows }: Model, index: number): number {
  let place = 0;
  for (let other = index - 1; other >= 0 && messages.sent[other] === messages.sent[index]; other--) {
    const isOnLink = messages.from[other] === messages.from[index] && messages.to[other] === messages.to[index];
    if (isOnLink && kindOf(rows, messages.sendRow[other] as number) === 'send') place++;
  }
  return place;
}

/** The faults that can be added with a few clicks: each strikes one node for a while. */
export const addableFaults: readonly { readonly type: Fault['type']; make(node: string, lasts: number): Fault }[] = [
  { type: 'crash', make: (node, lasts) => ({ type: 'crash', node, for: lasts }) },
  { type: 'power-loss', make: (node, lasts) => ({ type: 'power-loss', node, unsynced: 'lost', for: lasts }) },
  { type: 'pause', make: (node, lasts) => ({ type: 'pause', node, for: lasts }) },
  { type: 'isolate', make: (node, lasts) => ({ type: 'isolate', node, for: lasts }) },
  { type: 'clock-jump', make: (node, lasts) => ({ type: 'clock-jump', node, by: lasts }) },
  { type: 'clock-drift', make: (node, lasts) => ({ type: 'clock-drift', node, ppm: 200_000, for: lasts }) },
  { type: 'clock-freeze', make: (node, lasts) => ({ type: 'clock-freeze', node, for: lasts }) },
  { type: 'disk-stall', make: (node, lasts) => ({ type: 'disk-stall', node, for: lasts }) },
  { type: 'slow-cpu', make: (node, lasts) => ({ type: 'slow-cpu', node, perEvent: 5_000, for: lasts }) },
];

/** A schedule with one fault moved, by its place. */
export function moveFault(faults: readonly TimedFault[], place: number, at: number, healAt: number): TimedFault[] {
  const latest = Math.max(0, healAt - 1);
  return faults.map((fault, index) =>
    index === place ? { ...fault, at: Math.max(0, Math.min(latest, Math.round(at))) } : fault,
  );
}

function inOrder(faults: readonly TimedFault[]): TimedFault[] {
  return [...faults].sort((one, other) => one.at - other.at);
}
