// The local component: all that one process is at one moment. Handlers turn one into the next; nothing else changes it.
import { ExploreError, type PreparedProcess, type PreparedWorld } from './prepared-world.ts';
import { encode, normalise } from './encoding.ts';
import type { DiskContents, NodeInWorld } from './world.ts';

export interface Component {
  /** The process's index in the world. */
  readonly process: number;
  up: boolean;
  /** The protocol's state; null while down. */
  state: object | null;
  /** Set timers, sorted. */
  timers: string[];
  disk: DiskContents;
  /** What a restart would find, where it differs from `disk` by what was not synced. */
  durable: DiskContents | null;
  /** How many operations a client has begun, and whether one of them is running. */
  begun: number;
  running: boolean;
}

export function unborn({ index }: PreparedProcess): Component {
  const empty = { cells: {}, logs: {} };
  return {
    process: index,
    up: false,
    state: null,
    timers: [],
    disk: empty,
    durable: null,
    begun: 0,
    running: false,
  };
}

/** The component's canonical text. @throws EncodingError that names the part that is no plain data. */
export function textOf(component: Component, id: string): string {
  const { process, up, state, timers, disk, durable, begun, running } = component;
  const counters = `${process}/${up ? 1 : 0}/${begun}/${running ? 1 : 0}/`;
  const disks = encode(disk, `the disk of ${id}`) + encode(durable, `the disk of ${id}`);
  return counters + encode(state, `the state of ${id}`) + encode(timers, `the timers of ${id}`) + disks;
}

/** A copy to run a handler on. */
export function copyOf(component: Component, order: 'canonical' | 'reversed' = 'canonical'): Component {
  return normalise(component, order);
}

/** The component as properties see it. */
export function viewOf(component: Component, id: string): NodeInWorld {
  const { up, state, timers, disk } = component;
  return { id, up, state: state ?? undefined, timers, disk };
}

/** The node goes down: timers and unsynced writes are gone, and so is its state unless the world keeps it visible. */
export function crash(component: Component, { world }: PreparedWorld): void {
  component.up = false;
  component.timers = [];
  if (world.whileDown !== 'visible') component.state = null;
  if (world.restartKeeps === 'nothing') component.disk = { cells: {}, logs: {} };
  if (component.durable !== null) component.disk = component.durable;
  component.durable = null;
}

/** The operation that a client would begin next. */
export function nextOperation(component: Component, prepared: PreparedWorld) {
  const self = prepared.processes[component.process];
  if (self === undefined) throw new ExploreError(`there is no process ${component.process}`);
  return component.up && !component.running ? self.operations[component.begun] : undefined;
}
