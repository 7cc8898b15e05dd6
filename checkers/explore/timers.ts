// Which timers of a component may fire next, and on which budget.
import type { NodeId } from '../../sim/protocol.ts';
import type { Component } from './component.ts';
import { mayBeFirst } from './deadlines.ts';
import type { PreparedWorld } from './prepared-world.ts';
import type { ExploredWorld } from './world.ts';

/** Whether the timer keeps its place among the others of its node, where delays decide: no lease, and may fire at all. */
export function isOrdered({ timers, leases }: ExploredWorld, node: NodeId, timer: string): boolean {
  return timers?.(node, timer) !== false && leases?.(node, timer) !== true;
}

/** The timers that may fire at a component, each with the class of its budget. */
export function firableTimers(
  { world, processes }: PreparedWorld,
  { process, timers, deadlines }: Component,
): readonly { readonly timer: string; readonly budget: 'timeouts' | 'leases' }[] {
  const id = processes[process]?.id ?? '';
  const ordered = world.timerOrder === 'by delay' ? timers.filter((timer) => isOrdered(world, id, timer)) : [];
  return timers
    .filter((timer) => world.timers?.(id, timer) ?? true)
    .filter((timer) => !ordered.includes(timer) || mayBeFirst(deadlines, timer, ordered))
    .map((timer) => ({ timer, budget: world.leases?.(id, timer) === true ? 'leases' : 'timeouts' }));
}
