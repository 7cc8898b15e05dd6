// The injector carries out the fault schedule: each fault begins at its time, and ends after its length or when the world
// heals. Overlapping faults add up; ending one leaves the others in force.
import { describeFault, namesIn, type Fault, type TimedFault } from './fault.ts';
import { eventKind, type Kernel } from './kernel.ts';
import { linkRuleOf } from './link-faults.ts';
import type { LinkRule } from './network.ts';
import type { SimNode } from './node.ts';
import { armTimer } from './context.ts';
import { crash, pause, resume, startProcess } from './process.ts';
import type { Micros } from './time.ts';
import { release } from './wire.ts';

/** A fault in force: how it ends, and its rule on links if it has one. */
interface ActiveFault {
  readonly fault: Fault;
  end(): void;
  tick?(phase: number): void;
}

/** What ends a fault that is over as soon as it has struck. */
const atOnce = (): void => undefined;

export class Injector {
  readonly #kernel: Kernel;
  readonly #schedule: readonly TimedFault[];
  readonly #healAt: Micros;
  readonly #resolveRole: (role: string) => string | undefined;
  readonly #active = new Map<number, ActiveFault>();

  constructor(
    kernel: Kernel,
    schedule: readonly TimedFault[],
    healAt: Micros,
    resolveRole: (role: string) => string | undefined,
  ) {
    this.#kernel = kernel;
    this.#schedule = schedule;
    this.#healAt = healAt;
    this.#resolveRole = resolveRole;
    schedule.forEach(({ at }, index) => kernel.queue.push(at, eventKind.fault, index, 0, 0, undefined));
    kernel.queue.push(healAt, eventKind.heal, 0, 0, 0, undefined);
  }

  /** Begins the fault at this place of the schedule; one whose role nobody plays is skipped. */
  begin(index: number): void {
    const kernel = this.#kernel;
    const fault = this.#resolve((this.#schedule[index] as TimedFault).fault);
    kernel.recorder.cause = -1;
    if (fault === undefined) {
      kernel.record('fault', -1, -1, index, { type: 'skipped', why: 'nobody plays the role' });
      return;
    }
    kernel.recorder.cause = kernel.record('fault', 'node' in fault ? kernel.indexOf(fault.node) : -1, -1, index, fault);
    const active = this.#strike(index, fault);
    if (active === undefined) return;
    this.#active.set(index, active);
    const isAimed = 'when' in fault && fault.when !== undefined && fault.when !== 'now';
    const lasts = 'for' in fault ? fault.for : undefined;
    if (lasts !== undefined && !isAimed)
      kernel.queue.push(kernel.now + lasts, eventKind.faultEnd, index, 0, 0, undefined);
  }

  /** Ends a fault that is still in force; with `struck`, an aimed crash has just found its moment and its time begins. */
  end(index: number, struck: boolean): void {
    const active = this.#active.get(index);
    if (active === undefined) return;
    if (struck) {
      const lasts = 'for' in active.fault ? active.fault.for : undefined;
      if (lasts !== undefined)
        this.#kernel.queue.push(this.#kernel.now + lasts, eventKind.faultEnd, index, 0, 0, undefined);
      return;
    }
    this.#active.delete(index);
    this.#kernel.recorder.cause = -1;
    this.#kernel.record('fault-end', 'node' in active.fault ? this.#kernel.indexOf(active.fault.node) : -1, -1, index);
    active.end();
  }

  tick(index: number, phase: number): boolean {
    const active = this.#active.get(index);
    active?.tick?.(phase);
    return active !== undefined;
  }

  /** Ends everything that is in force and starts every node that is down. */
  heal(): void {
    // Who has not died by now does not die of what wakes them.
    for (const node of this.#kernel.nodes) node.armed = undefined;
    // Links, disks and clocks first: a process that starts again must not meet what is being mended.
    const isOnProcess = ([, { fault }]: [number, ActiveFault]): boolean =>
      fault.type === 'crash' || fault.type === 'power-loss' || fault.type === 'pause';
    const inForce = [...this.#active];
    for (const [index] of inForce.filter((active) => !isOnProcess(active))) this.end(index, false);
    for (const [index] of inForce.filter(isOnProcess)) this.end(index, false);
    for (const node of this.#kernel.nodes) {
      node.downBy.clear();
      node.stalledUntil = 0;
      if (node.status === 'down') startProcess(this.#kernel, node);
    }
  }

  #resolve(fault: Fault): Fault | undefined {
    if (!namesIn(fault).some(([, name]) => name.startsWith('@'))) return fault;
    let isPlayed = true;
    const resolve = (name: unknown): unknown => {
      if (Array.isArray(name)) return name.map(resolve);
      if (typeof name !== 'string' || !name.startsWith('@')) return name;
      const node = this.#resolveRole(name.slice(1));
      if (node === undefined) isPlayed = false;
      return node;
    };
    const resolved = Object.fromEntries(Object.entries(fault).map(([field, value]) => [field, resolve(value)]));
    return isPlayed ? (resolved as Fault) : undefined;
  }

  #strike(index: number, fault: Fault): ActiveFault | undefined {
    const rule = linkRuleOf(this.#kernel, fault);
    if (rule !== undefined) return this.#strikeLinks(index, fault, rule);
    if (fault.type === 'heal') {
      this.heal();
      return undefined;
    }
    const node = this.#kernel.node(this.#kernel.indexOf((fault as { node: string }).node));
    const end =
      this.#strikeProcess(index, fault, node) ?? this.#strikeClock(index, fault, node) ?? this.#strikeDisk(fault, node);
    if (end === atOnce) return undefined;
    if (typeof end === 'function') return { fault, end };
    return end === undefined ? undefined : { fault, ...end };
  }

  #strikeLinks(index: number, fault: Fault, rule: LinkRule): ActiveFault {
    const { network, queue } = this.#kernel;
    let inForce = true;
    network.addRule(rule);
    const end = (): void => {
      if (!inForce) return;
      inForce = false;
      for (const link of network.removeRule(rule))
        if (link.holds === 0 && link.held.length > 0) release(this.#kernel, link);
    };
    if (fault.type !== 'flap') return { fault, end };
    const next = (phase: number): void =>
      queue.push(this.#kernel.now + fault.period, eventKind.tick, index, phase, 0, undefined);
    next(1);
    const tick = (phase: number): void => {
      if (phase % 2 === 1) end();
      else {
        inForce = true;
        network.addRule(rule);
      }
      next(phase + 1);
    };
    return { fault, end, tick };
  }

  #strikeProcess(index: number, fault: Fault, node: SimNode): (() => void) | undefined {
    const kernel = this.#kernel;
    switch (fault.type) {
      case 'crash':
      case 'power-loss': {
        const unsynced = fault.type === 'crash' ? 'process' : fault.unsynced;
        if (node.status === 'unborn') return atOnce;
        if (fault.when !== undefined && fault.when !== 'now') {
          node.armed = { fault: index, when: fault.when, effects: fault.effects ?? 1, unsynced };
        } else {
          node.downBy.add(index); // also when it is down already: then it stays down for the length of this fault as well
          crash(kernel, node, unsynced);
        }
        return () => {
          if (node.armed?.fault === index) node.armed = undefined;
          node.downBy.delete(index);
          if (node.downBy.size === 0 && node.status === 'down') startProcess(kernel, node);
        };
      }
      case 'restart':
        node.downBy.clear();
        if (node.status === 'down') startProcess(kernel, node);
        return atOnce;
      case 'pause':
        if (node.status !== 'up' && node.status !== 'paused') return atOnce;
        node.pausedBy.add(index);
        pause(kernel, node);
        return () => {
          if (node.pausedBy.delete(index) && node.pausedBy.size === 0) resume(kernel, node);
        };
      case 'slow-cpu':
        node.slowness += fault.perEvent;
        node.cpuFactor *= fault.factor ?? 1;
        return () => {
          node.slowness -= fault.perEvent;
          node.cpuFactor /= fault.factor ?? 1;
        };
      default:
        return undefined;
    }
  }

  #strikeClock(index: number, fault: Fault, node: SimNode): (() => void) | Omit<ActiveFault, 'fault'> | undefined {
    const kernel = this.#kernel;
    const { clock } = node;
    switch (fault.type) {
      case 'clock-jump':
        clock.jump(fault.by);
        return atOnce;
      case 'clock-drift': {
        this.#setDrift(node, clock.drift + fault.ppm);
        return () => this.#setDrift(node, clock.drift - fault.ppm);
      }
      case 'clock-strobe': {
        let shown = 0;
        const show = (by: Micros): void => {
          clock.strobe(by - shown);
          shown = by;
        };
        const tick = (phase: number): void => {
          show(phase % 2 === 0 ? fault.by : 0);
          kernel.queue.push(kernel.now + fault.period, eventKind.tick, index, phase + 1, 0, undefined);
        };
        tick(0);
        return { end: () => show(0), tick };
      }
      case 'clock-freeze':
        clock.freeze(kernel.now);
        return () => {
          clock.thaw(kernel.now);
          rearm(kernel, node);
        };
      default:
        return undefined;
    }
  }

  #strikeDisk(fault: Fault, node: SimNode): (() => void) | undefined {
    const kernel = this.#kernel;
    const { disk } = node;
    switch (fault.type) {
      case 'disk-stall': {
        const end = fault.for === undefined ? this.#healAt : Math.min(this.#healAt, kernel.now + fault.for);
        node.stalledUntil = Math.max(node.stalledUntil, end);
        return () => undefined;
      }
      case 'disk-slow':
        node.syncDelay += fault.add;
        return () => void (node.syncDelay -= fault.add);
      case 'disk-full':
        disk.full++;
        return () => void disk.full--;
      case 'disk-unreadable':
        disk.unreadable++;
        return () => void disk.unreadable--;
      case 'disk-lie':
        disk.lying++;
        return () => void disk.lying--;
      case 'bit-rot':
        kernel.note(node, 'bit-rot', { place: disk.rot(node.diskRandom) ?? 'nothing is written yet' });
        return atOnce;
      case 'disk-wipe':
        disk.wipe();
        return atOnce;
      default:
        throw new Error(`no such fault: ${describeFault(fault)}`);
    }
  }

  #setDrift(node: SimNode, ppm: number): void {
    node.clock.setDrift(this.#kernel.now, ppm);
    rearm(this.#kernel, node);
  }
}

/** A clock changed its rate: timers may now be due earlier than their queued events. */
function rearm(kernel: Kernel, node: SimNode): void {
  for (const timer of node.timers.values()) {
    if (timer.active && (node.status === 'up' || node.status === 'paused')) armTimer(kernel, node, timer);
  }
}
