// One node or client process as the simulator keeps it: its state, clocks, disk, timers, inbox, and the effects that wait
// for a sync or for work to be done.
import { NodeClock } from './clock.ts';
import { SimulatedDisk, type DiskImage, type UnsyncedFate } from './disk.ts';
import { latencyPresets, type LatencyTable } from './latency.ts';
import type { AnyProtocol, Context, Json, NodeId, Types } from './protocol.ts';
import type { NodeView } from './property.ts';
import { fractionStream, randomStream, type Random } from './random.ts';
import type { ClientSpec, NodeSpec, Operation } from './scenario.ts';
import type { Micros } from './time.ts';

/** A timer of one name: where its deadline lies on the node's monotonic clock, and the one queued event that serves it. */
export interface Timer {
  readonly name: string;
  deadline: Micros;
  active: boolean;
  /** True time of the queued event, or -1. */
  queuedAt: Micros;
  /** Queued events of an older generation are void. */
  generation: number;
}

/** An effect that leaves when the sync or the work before it is done. */
export type Effect = {
  /** The true instant at which it takes place. */
  at: Micros;
  /** The trace row of what the handler was handling. */
  readonly cause: number;
} & (
  | { readonly type: 'send'; readonly to: number; readonly message: object }
  | { readonly type: 'synced'; readonly writes: number; /** When the process asks for it. */ asked: Micros }
  | { readonly type: 'complete'; readonly outcome: Outcome }
  | { readonly type: 'note'; readonly kind: string; readonly data: NoteData }
);

export type NoteData = { readonly [key: string]: Json | undefined };

/** How an operation ends. */
export type Outcome =
  { readonly type: 'ok'; readonly value: Json } | { readonly type: 'fail' | 'info'; readonly error: string };

/** What waits while the process is paused or busy, in the order of arrival. */
export type InboxItem =
  | { readonly type: 'message'; readonly from: number; readonly number: number; readonly message: object }
  | { readonly type: 'refused'; readonly peer: number; readonly number: number; readonly message: object }
  | { readonly type: 'timer'; readonly timer: Timer; readonly deadline: Micros }
  | { readonly type: 'request'; readonly place: number }
  | { readonly type: 'timeout'; readonly operation: number };

/** A crash that waits for its moment. */
export interface ArmedCrash {
  readonly fault: number;
  readonly when: 'before-sync' | 'after-sync' | 'after-effects';
  effects: number;
  /** What happens to unsynced writes; `process` is a crash of the process alone. */
  readonly unsynced: UnsyncedFate | 'process';
}

/** A client's walk through its operations. */
export interface ClientWork {
  readonly operations: readonly Operation[];
  readonly timeout: Micros;
  next: number;
  current: Operation | undefined;
  process: number;
}

const defaultSyncLatency: LatencyTable = [
  [0, 500],
  [500_000, 1_000],
  [900_000, 2_000],
  [990_000, 8_000],
  [1_000_000, 20_000],
];

export class SimNode implements NodeView {
  readonly index: number;
  readonly id: NodeId;
  readonly protocol: AnyProtocol;
  readonly clock: NodeClock;
  readonly disk = new SimulatedDisk();
  readonly syncLatency: LatencyTable;
  readonly draw: () => number;
  readonly diskRandom: Random;
  readonly joinsAt: Micros;
  readonly work: ClientWork | undefined;

  /** What its handlers reach the world through; set when the world is built. */
  context!: Context<Types>;
  status: 'unborn' | 'up' | 'paused' | 'down' = 'unborn';
  state: unknown = undefined;
  incarnation = 0;
  /** The true instant that the work of the handler under way, or of the last one, reaches to. */
  cursor: Micros = 0;
  /** The greatest reading of the monotonic clock that a handler has seen. */
  monotonicShown: Micros = -Infinity;
  busy = false;
  workGeneration = 0;
  effects: Effect[] = [];
  inbox: InboxItem[] = [];
  readonly timers = new Map<string, Timer>();

  // Faults in force.
  perEvent: Micros;
  slowness: Micros = 0;
  cpuFactor = 1;
  syncDelay: Micros = 0;
  stalledUntil: Micros = 0;
  pausedAt: Micros = 0;
  readonly downBy = new Set<number>();
  readonly pausedBy = new Set<number>();
  armed: ArmedCrash | undefined;

  constructor(index: number, spec: NodeSpec | ClientSpec, seed: string, work?: ClientWork) {
    const node = spec as Partial<NodeSpec>;
    this.index = index;
    this.id = spec.id;
    this.protocol = spec.protocol;
    this.clock = new NodeClock(spec.clock);
    this.syncLatency = node.syncLatency ?? (work === undefined ? defaultSyncLatency : latencyPresets.loopback);
    this.perEvent = node.perEvent ?? 0;
    this.joinsAt = node.joinsAt ?? 0;
    this.draw = fractionStream(seed, `node/${spec.id}`);
    this.diskRandom = randomStream(seed, `disk/${spec.id}`);
    this.work = work;
  }

  get durable(): DiskImage {
    return this.disk.durable;
  }

  /** Forgets what a process forgets when it dies. */
  forget(): void {
    this.state = undefined;
    this.effects = [];
    this.inbox = [];
    this.busy = false;
    this.workGeneration++;
    this.armed = undefined;
    for (const timer of this.timers.values()) timer.generation++;
    this.timers.clear();
  }
}
