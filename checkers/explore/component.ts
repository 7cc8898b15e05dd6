// The local component: all that one process is at one moment. Handlers turn one into the next; nothing else changes it.
import type { Write } from '../../sim/disk.ts';
import type { Deadlines } from './deadlines.ts';
import { ExploreError, type PreparedProcess, type PreparedWorld } from './prepared-world.ts';
import { encode, normalise } from './encoding.ts';
import { copyWithSharing } from './sharing.ts';
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
  /** The writes between the two, in order, where a crash may keep any prefix of them; else empty. */
  journal: readonly Write[];
  /** What its clock showed last, where clocks run freely; else 0. */
  clock: number;
  /** What is certain of the order of its timers, where the world asks for that; else empty. */
  deadlines: Deadlines;
  /** How many operations a client has begun, and whether one of them is running. */
  begun: number;
  running: boolean;
}

export function unborn({ index, disk }: PreparedProcess): Component {
  return {
    process: index,
    up: false,
    state: null,
    timers: [],
    disk: normalise(disk), // handlers write to it
    durable: null,
    journal: [],
    clock: 0,
    deadlines: {},
    begun: 0,
    running: false,
  };
}

/** The component's canonical text. @throws EncodingError that names the part that is no plain data. */
export function textOf(component: Component, id: string): string {
  const { process, up, state, timers, disk, durable, journal, clock, deadlines, begun, running } = component;
  const counters = `${process}/${up ? 1 : 0}/${begun}/${running ? 1 : 0}/${clock}/`;
  const disks = encode([disk, durable, journal], `the disk of ${id}`);
  return counters + encode(state, `the state of ${id}`) + encode([timers, deadlines], `the timers of ${id}`) + disks;
}

/** How a copy is made: with properties in canonical order, in the reverse of it, or as they are, with what is shared. */
export type CopyOrder = 'canonical' | 'reversed' | 'as it is';

/** A copy to run a handler on. */
export function copyOf(component: Component, order: CopyOrder = 'canonical'): Component {
  return order === 'as it is' ? copyWithSharing(component) : normalise(component, order);
}

/** The component as properties see it. */
export function viewOf(component: Component, id: string): NodeInWorld {
  const { up, state, timers, disk } = component;
  return { id, up, state: state ?? undefined, timers, disk };
}

/** The operation that a client would begin next. */
export function nextOperation(component: Component, prepared: PreparedWorld) {
  const self = prepared.processes[component.process];
  if (self === undefined) throw new ExploreError(`there is no process ${component.process}`);
  return component.up && !component.running ? self.operations[component.begun] : undefined;
}
