// How a random walk picks its next event. All schedules see the same live world, so all runs have the same kind of trace.
import type { Random } from '../../sim/random.ts';
import { deliverKind, dropKind, duplicateKind, timerKind } from './events.ts';
import { liveArgument, liveKind, type LiveEvent, type LiveWorld } from './live-world.ts';

/**
 * `random`: each possible event is as likely as any other. `pct`: probabilistic concurrency testing (Burckhardt, Kothari,
 * Musuvathi and Nagarakatte, ASPLOS 2010, section 3): processes have random priorities, the highest with a possible event acts,
 * and at a few random steps the one that would act falls below all others; a defect that needs d ordering constraints among
 * n processes and k steps is met with a probability of at least 1/(n k^(d-1)) a run. `pos`: partial-order sampling (Yuan,
 * Yang and Gu, CAV 2018, section 3): events have random priorities, drawn anew once an event of the same process is taken.
 */
export type ScheduleName = 'random' | 'pct' | 'pos';

export interface Schedule {
  /** A new run begins. */
  begin(): void;
  /** The next of some events, none of which has turned out to have no effect. @param step actions taken before. */
  pick(events: readonly LiveEvent[], step: number): LiveEvent;
  /** An event was taken at this process. */
  taken(process: number): void;
}

export interface ScheduleOptions {
  readonly maxSteps: number;
  /** Of `pct`: d, the ordering constraints that it aims at; 3 unless told. There are d - 1 change points. */
  readonly depth?: number;
}

export function scheduleOf(
  name: Exclude<ScheduleName, 'random'>,
  world: LiveWorld,
  random: Random,
  { maxSteps, depth = 3 }: ScheduleOptions,
): Schedule {
  return name === 'pct' ? priorities(world, random, maxSteps, depth) : partialOrders(world, random);
}

function priorities(world: LiveWorld, random: Random, maxSteps: number, depth: number): Schedule {
  const processes = world.components.map((_, process) => process);
  let order: number[] = []; // the highest first
  let changes: number[] = [];
  const highest = (events: readonly LiveEvent[]): number => {
    const able = new Set(events.map((event) => world.processOf(event)));
    return order.find((process) => able.has(process)) ?? 0;
  };
  return {
    begin: () => {
      order = random.shuffle(processes);
      changes = Array.from({ length: depth - 1 }, () => random.below(maxSteps));
    },
    pick: (events, step) => {
      let process = highest(events);
      for (let at = changes.indexOf(step); at !== -1; at = changes.indexOf(step)) {
        changes.splice(at, 1);
        order = [...order.filter((other) => other !== process), process];
        process = highest(events);
      }
      return random.pick(events.filter((event) => world.processOf(event) === process));
    },
    taken: () => undefined,
  };
}

function partialOrders(world: LiveWorld, random: Random): Schedule {
  const precision = 2 ** 30;
  let drawn = new Map<string, number>();
  const byProcess = world.components.map(() => new Set<string>());
  const priorityOf = (event: LiveEvent): number => {
    const key = keyOf(event, world);
    const known = drawn.get(key);
    if (known !== undefined) return known;
    const priority = random.below(precision);
    drawn.set(key, priority);
    byProcess[world.processOf(event)]?.add(key);
    return priority;
  };
  return {
    begin: () => {
      drawn = new Map();
      for (const keys of byProcess) keys.clear();
    },
    pick: (events) => {
      let best = events[0]!;
      let highest = -1;
      for (const event of events) {
        const priority = priorityOf(event);
        if (priority > highest) [best, highest] = [event, priority];
      }
      return best;
    },
    taken: (process) => {
      for (const key of byProcess[process]!) drawn.delete(key);
      byProcess[process]!.clear();
    },
  };
}

/** The name of an event that stays the same while other events are taken. */
function keyOf(event: LiveEvent, world: LiveWorld): string {
  const kind = liveKind(event);
  const argument = liveArgument(event);
  switch (kind) {
    case deliverKind:
    case dropKind:
    case duplicateKind:
      return `${kind}/${world.serials[argument]}`;
    case timerKind:
      return `${kind}/${world.processOf(event)}/${world.timerOf(event)}`;
    default:
      return `${kind}/${argument}`;
  }
}
