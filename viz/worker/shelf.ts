// The runs that the page works with, and a simulation of one of them that can be asked how the world looked at any event.
import type { Json } from '../../sim/protocol.ts';
import type { Run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { Simulation, type SimulateOptions } from '../../sim/simulate.ts';
import type { Moment } from './messages.ts';

/** A run with all that makes it again. */
export interface KeptRun {
  readonly number: number;
  readonly scenario: Scenario;
  readonly options: SimulateOptions;
  readonly run: Run;
}

export interface Shelf {
  keep(scenario: Scenario, options: SimulateOptions, run: Run): KeptRun;
  /** @throws RangeError when the run made place for ones that were asked for since. */
  get(number: number): KeptRun;
}

const mostKept = 4;

export function createShelf(): Shelf {
  const kept = new Map<number, KeptRun>();
  let number = 0;
  return {
    keep(scenario, options, run) {
      const made = { number: ++number, scenario, options, run };
      kept.set(made.number, made);
      for (const old of [...kept.keys()].slice(0, -mostKept)) kept.delete(old);
      return made;
    },
    get(wanted) {
      const found = kept.get(wanted);
      if (found === undefined) throw new RangeError(`run ${wanted} is not kept any more`);
      // What is asked for stays: the first run is compared with every change of it.
      kept.delete(wanted);
      kept.set(wanted, found);
      return found;
    },
  };
}

/** A simulation that stands somewhere in a run. */
export interface Onlooker {
  readonly number: number;
  readonly simulation: Simulation;
}

const slice = 20_000;

/**
 * Steps to right after an event, forward from where the onlooker stands or from the beginning. Yields between slices of
 * work, so that something more urgent may come first.
 */
export function* lookAt(kept: KeptRun, event: number, from: Onlooker | undefined): Generator<undefined, Onlooker> {
  const isOnTheWay = from !== undefined && from.number === kept.number && from.simulation.events <= event + 1;
  const onlooker = isOnTheWay ? from : { number: kept.number, simulation: begin(kept) };
  const { simulation } = onlooker;
  for (let steps = 1; simulation.events <= event && simulation.step(); steps++) if (steps % slice === 0) yield;
  return onlooker;
}

/** The world where the onlooker stands. */
export function momentOf({ simulation }: Onlooker): Moment {
  const { view } = simulation;
  return {
    now: view.now,
    event: simulation.events - 1,
    nodes: view.nodes.map((node, place) => ({
      id: node.id,
      status: node.status,
      busy: node.busy,
      incarnation: node.incarnation,
      state: toJson(node.state),
      ...simulation.clocks(place),
    })),
  };
}

/** The same run, without what only the judge and the picture need. */
function begin({ scenario, options }: KeptRun): Simulation {
  return new Simulation(scenario, { ...options, trace: false, judge: false });
}

/** Plain state as JSON; maps and sets as the lists of what they hold. */
function toJson(state: unknown): Json {
  const text = JSON.stringify(state ?? null, (_, value: unknown) => {
    if (value instanceof Map)
      return Object.fromEntries([...value].map(([key, item]) => [String(key), item as unknown]));
    return value instanceof Set ? [...value] : value;
  });
  return JSON.parse(text) as Json;
}
