// What the parts of the simulator share: the instant, the queue, the nodes, the network, the trace, the history.
import type { HistoryEvent, HistoryEventType } from './history.ts';
import { digestOf } from './hash.ts';
import { Network } from './network.ts';
import { SimNode, type NoteData } from './node.ts';
import type { Json, NodeId } from './protocol.ts';
import { EventQueue } from './queue.ts';
import type { Statistics } from './run.ts';
import type { Operation, World } from './scenario.ts';
import type { Micros } from './time.ts';
import { kindNumber, TraceRecorder, type TraceKind } from './trace.ts';
import type { Debugger } from './debug.ts';

/** Kinds of queued events, and what their integers `a`, `b`, `c` and payload are. */
export const eventKind = {
  arrive: 0, // to, from, message number, message
  timer: 1, // node, generation, -, Timer
  work: 2, // node, generation
  invoke: 3, // client
  timeout: 4, // client, operation id
  fault: 5, // place in the schedule
  faultEnd: 6, // place in the schedule
  tick: 7, // place in the schedule, phase: flapping links and strobing clocks
  start: 8, // node
  heal: 9,
} as const;

/** Who listens to what the protocols note. */
export interface NoteListener {
  noted(node: SimNode, kind: string, data: NoteData): void;
}

export class Kernel {
  now: Micros = 0;
  readonly queue: EventQueue;
  readonly nodes: readonly SimNode[];
  readonly network: Network;
  readonly recorder: TraceRecorder;
  readonly history: HistoryEvent[] = [];
  /** The number of the simulator event in which each line of the history was written. */
  readonly historyEvents: number[] = [];
  readonly statistics: Statistics = {
    sent: 0,
    delivered: 0,
    lost: 0,
    duplicated: 0,
    timersFired: 0,
    syncs: 0,
    crashes: 0,
  };
  /** Nodes whose state the event under way touched: the first `touchedCount` of the array. */
  readonly touched: SimNode[] = [];
  touchedCount = 0;
  listener: NoteListener | undefined;
  debug: Debugger | undefined;
  /** Findings that the simulator itself makes: a handler threw. */
  onPanic: ((node: SimNode, reason: string) => void) | undefined;
  messages = 0;
  /** The message sent last, and its digest. */
  lastMessage: object | undefined;
  lastDigest = 0;
  /** Trace rows of sent messages, by message number; filled only while recording. */
  readonly sendRows: number[] = [];
  readonly #indexOf: Map<NodeId, number>;

  constructor(world: World, workload: readonly Operation[], seed: string, recording: boolean) {
    const ids = [...world.nodes, ...world.clients].map(({ id }) => id);
    this.#indexOf = new Map(ids.map((id, index) => [id, index]));
    this.queue = new EventQueue(world.shuffleTies === true ? seed : undefined);
    this.network = new Network(world.network, ids, seed);
    this.recorder = new TraceRecorder(ids, recording);
    this.nodes = [
      ...world.nodes.map((spec, index) => new SimNode(index, spec, seed)),
      ...world.clients.map((spec, place) => {
        const operations = workload.filter(({ client }) => client === spec.id);
        const work = { operations, timeout: spec.timeout, next: 0, current: undefined, process: place };
        return new SimNode(world.nodes.length + place, spec, seed, work);
      }),
    ];
  }

  node(index: number): SimNode {
    return this.nodes[index] as SimNode;
  }

  /** @throws RangeError on a name that the world does not know. */
  indexOf(id: NodeId): number {
    const index = this.#indexOf.get(id);
    if (index === undefined) throw new RangeError(`there is no node ${JSON.stringify(id)}`);
    return index;
  }

  /** Adds a trace row; the payload is digested for the hash. */
  record(kind: TraceKind, node: number, peer: number, ref: number, payload?: unknown): number {
    const digest = payload === undefined ? 0 : digestOf(payload);
    return this.recorder.add(this.now, kindNumber[kind], node, peer, ref, digest, payload);
  }

  touch(node: SimNode): void {
    this.touched[this.touchedCount++] = node;
  }

  note(node: SimNode, kind: string, data: NoteData): void {
    const digest = digestOf(kind) ^ digestOf(data);
    const payload = this.recorder.recording ? { kind, ...data } : undefined;
    this.recorder.add(this.now, kindNumber.note, node.index, -1, 0, digest, payload);
    this.listener?.noted(node, kind, data);
  }

  addHistory(
    node: SimNode,
    process: number,
    type: HistoryEventType,
    operation: Operation,
    value: Json,
    error?: string,
  ): number {
    const { id, f } = operation;
    const { history, now: time } = this;
    const event = { index: history.length, time, process, type, f, value, client: node.id, operation: id };
    this.historyEvents.push(this.recorder.event);
    history.push(error === undefined ? event : { ...event, error });
    return this.record(type, node.index, -1, id, value);
  }
}
