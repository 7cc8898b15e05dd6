// What a world that runs in place needs of a process: how it goes down, how properties see it, and which worlds can do so.
import type { Component } from './component.ts';
import type { PreparedWorld } from './prepared-world.ts';
import type { NodeInWorld } from './world.ts';

/**
 * Whether a world can run in place: it uses nothing that only the searches know, such as partitions, crashes inside of handlers,
 * and clocks that run freely.
 */
export function runsInPlace({ processes, world, budgets }: PreparedWorld): boolean {
  const { faults = {}, restartKeeps = 'written', clock } = world;
  const known = new Set(['crashes', 'maxDown', 'drops', 'duplicates', 'timeouts']);
  const { crashPoints, timerOrder, timersFire, leases } = world;
  return (
    Object.entries(faults).every(([name, bound]) => known.has(name) || bound === 0) &&
    budgets.initial.length < 32 &&
    processes.length < 256 &&
    ['written', 'synced', 'nothing'].includes(restartKeeps) &&
    (clock === undefined || typeof clock === 'number') &&
    (crashPoints ?? 'between events') === 'between events' &&
    (timerOrder ?? 'free') === 'free' &&
    (timersFire ?? 'any time') === 'any time' &&
    leases === undefined
  );
}

/** The node goes down, as in `crashes.ts`, in worlds that leave nothing open of what survives. */
export function goDown(component: Component, { world }: PreparedWorld): void {
  component.up = false;
  component.timers = [];
  if (world.whileDown !== 'visible') component.state = null;
  if (world.restartKeeps === 'nothing') component.disk = { cells: {}, logs: {} };
  if (component.durable !== null) component.disk = component.durable;
  component.durable = null;
}

/** A process as properties see it, always as it is now. */
export function liveView(component: Component, id: string): NodeInWorld {
  return {
    id,
    get up() {
      return component.up;
    },
    get state() {
      return component.state ?? undefined;
    },
    get timers() {
      return component.timers;
    },
    get disk() {
      return component.disk;
    },
  };
}
