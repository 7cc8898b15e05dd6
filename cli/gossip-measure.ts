// Worlds for the experiments on gossip: members that know each other from the start, and an observer that hears what they note.
import { lan, startingMembers, swim, swimClient, type SwimOptions } from '../protocols/swim/index.ts';
import {
  alwaysOn,
  seconds,
  simulate,
  type Json,
  type Micros,
  type NetworkSpec,
  type NodeId,
  type Operation,
  type TimedFault,
} from '../sim/index.ts';

export interface Observed {
  readonly at: Micros;
  readonly node: NodeId;
  readonly kind: string;
  readonly data: Readonly<Record<string, Json | undefined>>;
}

export interface Measurement {
  readonly members: number;
  readonly seed: number;
  readonly until: Micros;
  readonly options?: SwimOptions;
  readonly network?: NetworkSpec;
  readonly faults?: readonly TimedFault[];
  /** At this time `m1` is made to send an event. */
  readonly eventAt?: Micros;
  /** The kinds of notes to hear. */
  readonly hears: readonly string[];
}

/** The names of the members, from `m1`. */
export function namesOf(count: number): NodeId[] {
  return Array.from({ length: count }, (_, index) => `m${index + 1}`);
}

/** Runs one world and returns what was noted, in order. */
export function observe(measurement: Measurement): Observed[] {
  const { members, seed, until, options = {}, network = { latency: 'lan' }, faults = [], eventAt, hears } = measurement;
  const ids = namesOf(members);
  const protocol = swim({ known: startingMembers(ids), ...options, config: { ...lan, ...options.config } });
  const observed: Observed[] = [];
  const listens = alwaysOn(hears, 'observed', 'what members note', () => (view, { node, note }) => {
    if (note !== undefined) observed.push({ at: view.now, node: node.id, kind: note.kind, data: note.data });
    return undefined;
  });
  const workload: Operation[] =
    eventAt === undefined ? [] : [{ id: 0, client: 'c1', at: eventAt, f: 'event', value: ['m1', 1] }];
  const scenario = {
    name: 'gossip-measured',
    story: 'Members gossip, and are watched.',
    protocol: 'swim',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: ids.map((id) => ({ id, protocol })),
      clients: workload.length === 0 ? [] : [{ id: 'c1', protocol: swimClient, timeout: seconds(60) }],
      network,
      until,
      tail: 1,
      workload,
      faults,
      properties: [listens],
      checks: [],
    }),
  } as const;
  simulate(scenario, { seed, maxEvents: Number.MAX_SAFE_INTEGER });
  return observed;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard error of the mean. */
export function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
}

/** The line through the points, and the share of the spread that it explains. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): {
  slope: number;
  at0: number;
  r2: number;
} {
  const x = mean(points.map(([value]) => value));
  const y = mean(points.map(([, value]) => value));
  const xy = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  const xx = points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
  const yy = points.reduce((sum, [, py]) => sum + (py - y) ** 2, 0);
  return { slope: xy / xx, at0: y - (xy / xx) * x, r2: (xy * xy) / (xx * yy) };
}
