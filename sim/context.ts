// The context that the simulator gives a node's handlers. Effects take place at once until the handler syncs or works; what
// follows waits until that is done. A process that was crashed in the middle of its handler has no further effect.
import { drawLatency } from './latency.ts';
import { eventKind, type Kernel } from './kernel.ts';
import type { Effect, NoteData, Outcome, SimNode, Timer } from './node.ts';
import { crashAsArmed } from './process.ts';
import type { Context, Disk, Json, LogContents, NodeId, Types } from './protocol.ts';
import { completeOperation } from './client.ts';
import type { Micros } from './time.ts';
import { transmit } from './wire.ts';

export class NodeContext implements Context<Types> {
  readonly id: NodeId;
  readonly disk: Disk;
  readonly #kernel: Kernel;
  readonly #node: SimNode;
  #peers: readonly NodeId[] | undefined;

  constructor(kernel: Kernel, node: SimNode) {
    this.id = node.id;
    this.#kernel = kernel;
    this.#node = node;
    this.disk = new NodeDisk(kernel, node);
  }

  /** Listed when first asked for: in a world of thousands the lists of all nodes together are big. */
  get peers(): readonly NodeId[] {
    this.#peers ??= this.#kernel.nodes
      .filter((other) => other !== this.#node && other.work === undefined)
      .map(({ id }) => id);
    return this.#peers;
  }

  send(to: NodeId, message: object): void {
    const node = this.#node;
    const kernel = this.#kernel;
    if (node.status !== 'up') return;
    kernel.debug?.sends(node, message);
    const index = kernel.indexOf(to);
    if (node.cursor > kernel.now) {
      node.effects.push({ at: node.cursor, cause: kernel.recorder.cause, type: 'send', to: index, message });
      return;
    }
    transmit(kernel, node, index, message);
    if (node.armed !== undefined) countEffect(kernel, node);
  }

  setTimer(name: string, delay: Micros): void {
    const node = this.#node;
    if (node.status !== 'up') return;
    let timer = node.timers.get(name);
    if (timer === undefined) {
      timer = { name, deadline: 0, active: true, queuedAt: -1, generation: 0 };
      node.timers.set(name, timer);
    }
    const deadline = node.clock.monotonic(node.cursor) + Math.max(0, Math.floor(delay));
    // The usual case: a deadline moves further away, and the queued event will find that when it comes.
    const isServed = timer.queuedAt >= 0 && deadline >= timer.deadline;
    timer.active = true;
    timer.deadline = deadline;
    if (!isServed) armTimer(this.#kernel, node, timer);
    if (this.#kernel.recorder.recording)
      this.#kernel.record('set-timer', node.index, -1, Math.min(delay, longestShown), name);
  }

  clearTimer(name: string): void {
    const timer = this.#node.timers.get(name);
    if (timer !== undefined) timer.active = false;
  }

  now(): Micros {
    return this.#node.clock.wall(this.#node.cursor);
  }

  monotonic(): Micros {
    const node = this.#node;
    // A handler that works reads the clock ahead of true time; a clock that is then slowed or frozen must not go back.
    node.monotonicShown = Math.max(node.monotonicShown, node.clock.monotonic(node.cursor));
    return node.monotonicShown;
  }

  random(bound: number): number {
    return Math.floor(this.#node.draw() * bound);
  }

  work(cost: Micros): void {
    this.#node.cursor += cost * this.#node.cpuFactor;
  }

  ok(response: unknown): void {
    this.#complete({ type: 'ok', value: response as Json });
  }

  fail(error: string): void {
    this.#complete({ type: 'fail', error });
  }

  unknown(error: string): void {
    this.#complete({ type: 'info', error });
  }

  note(kind: string, data: NoteData = {}): void {
    const node = this.#node;
    if (node.status !== 'up') return;
    if (node.cursor > this.#kernel.now)
      node.effects.push({ at: node.cursor, cause: this.#kernel.recorder.cause, type: 'note', kind, data });
    else this.#kernel.note(node, kind, data);
  }

  #complete(outcome: Outcome): void {
    const node = this.#node;
    if (node.status !== 'up') return;
    if (node.cursor > this.#kernel.now)
      node.effects.push({ at: node.cursor, cause: this.#kernel.recorder.cause, type: 'complete', outcome });
    else {
      completeOperation(this.#kernel, node, outcome);
      if (node.armed !== undefined) countEffect(this.#kernel, node);
    }
  }
}

/** A trace holds 32 bits: a timer that is set for longer than half an hour is shown as that. */
const longestShown = 2 ** 31 - 1;

/** Lets a deferred effect take place now. */
export function perform(kernel: Kernel, node: SimNode, effect: Effect): void {
  kernel.recorder.cause = effect.cause;
  switch (effect.type) {
    case 'send':
      transmit(kernel, node, effect.to, effect.message);
      break;
    case 'synced':
      if (node.armed?.when === 'before-sync') return crashAtSync(kernel, node, effect.writes);
      node.disk.makeDurable(effect.writes);
      kernel.statistics.syncs++;
      kernel.record('synced', node.index, -1, effect.writes);
      if (node.armed?.when === 'after-sync') return crashAtSync(kernel, node, node.disk.lying > 0 ? effect.writes : 0);
      break;
    case 'complete':
      completeOperation(kernel, node, effect.outcome);
      break;
    case 'note':
      kernel.note(node, effect.kind, effect.data);
      return;
  }
  if (node.armed !== undefined) countEffect(kernel, node);
}

/** What the handler wrote behind the sync was issued at the same instant at the earliest, so after the crash. */
function crashAtSync(kernel: Kernel, node: SimNode, writes: number): void {
  node.disk.forgetBehind(writes);
  crashAsArmed(kernel, node);
}

/** Queues the one event that serves a timer, unless one is queued that comes early enough. */
export function armTimer(kernel: Kernel, node: SimNode, timer: Timer): void {
  const fireAt = Math.max(kernel.now, node.clock.trueTimeOf(timer.deadline));
  if (fireAt === Infinity || (timer.queuedAt >= 0 && timer.queuedAt <= fireAt)) return;
  timer.queuedAt = fireAt;
  kernel.queue.push(fireAt, eventKind.timer, node.index, ++timer.generation, 0, timer);
}

function countEffect(kernel: Kernel, node: SimNode): void {
  if (node.armed?.when === 'after-effects' && --node.armed.effects <= 0) crashAsArmed(kernel, node);
}

class NodeDisk implements Disk {
  readonly #kernel: Kernel;
  readonly #node: SimNode;

  constructor(kernel: Kernel, node: SimNode) {
    this.#kernel = kernel;
    this.#node = node;
  }

  get<T extends Json>(cell: string): T | undefined {
    return this.#node.disk.get<T>(cell);
  }

  set(cell: string, value: Json): void {
    this.#write({ type: 'set', cell, value });
  }

  append(log: string, record: Json): number {
    return this.#write({ type: 'append', log, record });
  }

  truncate(log: string, from: number): void {
    this.#write({ type: 'truncate', log, from });
  }

  trim(log: string, before: number): void {
    this.#write({ type: 'trim', log, before });
  }

  read<T extends Json>(log: string): LogContents<T> {
    return this.#node.disk.read<T>(log);
  }

  sync(): void {
    const node = this.#node;
    if (node.status !== 'up' || node.disk.unsyncedWrites === 0) return;
    const asked = node.cursor;
    const begin = Math.max(asked, node.stalledUntil);
    node.cursor = begin + drawLatency(node.syncLatency, node.diskRandom) + node.syncDelay;
    const pending = node.effects.reduce((sum, effect) => sum + (effect.type === 'synced' ? effect.writes : 0), 0);
    const writes = node.disk.unsyncedWrites - pending;
    if (writes === 0) return;
    node.effects.push({ at: node.cursor, cause: this.#kernel.recorder.cause, type: 'synced', writes, asked });
  }

  #write(write: Parameters<SimNode['disk']['write']>[0]): number {
    const node = this.#node;
    if (node.status !== 'up') return 0;
    this.#kernel.debug?.writes(node, write);
    if (this.#kernel.recorder.recording) this.#kernel.record('write', node.index, -1, 0, write);
    return node.disk.write(write, node.cursor);
  }
}
