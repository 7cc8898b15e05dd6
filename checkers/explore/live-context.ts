// The `Context` and the disk of a process that runs in place: its state is the only one there is, nothing is copied, and
// what it sends is handed over as it stands. It relies on the seam's rule that nothing is mutated after it was sent or
// written; a trace in which a protocol broke it does not run again, and is refused.
import type { AnyProtocol, Context, Disk, Json, LogContents, NodeId } from '../../sim/protocol.ts';
import type { Component } from './component.ts';
import { ExploreError, type PreparedProcess, type PreparedWorld } from './prepared-world.ts';
import type { ClientEvent } from './turn.ts';
import type { DiskContents } from './world.ts';

type AnyTypes = AnyProtocol extends { start(ctx: Context<infer P>): unknown } ? P : never;

/** What a live process does to the rest of its world. */
export interface LiveEffects {
  send(from: number, to: number, message: object): void;
  draw(below: number): number;
  tell(client: number, event: ClientEvent): void;
}

export class LiveContext implements Context<AnyTypes> {
  readonly id: NodeId;
  readonly peers: readonly NodeId[];
  readonly disk: Disk;
  readonly component: Component;
  readonly self: PreparedProcess;
  /** Whether it sent something, or an operation began or ended, since this was last set to false. */
  spoke = false;
  /** The disk before the first write since this was last set to null, where anybody asks. */
  diskBefore: DiskContents | null = null;

  readonly #prepared: PreparedWorld;
  readonly #effects: LiveEffects;

  constructor(prepared: PreparedWorld, self: PreparedProcess, component: Component, effects: LiveEffects) {
    this.#prepared = prepared;
    this.#effects = effects;
    this.self = self;
    this.id = self.id;
    this.peers = self.peers;
    this.component = component;
    const keepsBefore = prepared.world.effectless !== 'counted';
    this.disk = liveDisk(component, prepared.world.restartKeeps === 'synced', () => {
      if (keepsBefore) this.diskBefore ??= snapshotOf(component.disk);
    });
  }

  send(to: NodeId, message: object): void {
    const receiver = this.#prepared.indexOf.get(to);
    if (receiver === undefined) throw new ExploreError(`${this.id} sends to ${to}, which is not in the world`);
    this.spoke = true;
    this.#effects.send(this.self.index, receiver, message);
  }

  setTimer(timer: string): void {
    const { timers } = this.component;
    if (timers.includes(timer)) return;
    timers.push(timer);
    if (timers.length > 1) timers.sort();
  }

  clearTimer(timer: string): void {
    const { timers } = this.component;
    const at = timers.indexOf(timer);
    if (at !== -1) timers.splice(at, 1);
  }

  now(): number {
    return this.#clock('now');
  }

  monotonic(): number {
    return this.#clock('monotonic');
  }

  random(n: number): number {
    return this.#prepared.world.random === 'zero' ? 0 : this.#effects.draw(n);
  }

  work(): void {
    // takes time, of which there is none
  }

  note(): void {
    // tells a reader, of whom there is none
  }

  ok(response: Json): void {
    this.#complete('ok', response ?? null);
  }

  fail(error: string): void {
    this.#complete('fail', null, error);
  }

  unknown(error: string): void {
    this.#complete('info', null, error);
  }

  /** Begins the client's next operation. */
  begin(): void {
    const { component, self } = this;
    const operation = self.operations[component.begun];
    if (operation === undefined) return;
    if (self.protocol.onRequest === undefined) throw new ExploreError(`the protocol of ${this.id} takes no requests`);
    component.begun++;
    component.running = true;
    this.spoke = true;
    this.#effects.tell(self.index, { type: 'invoke', f: operation.f, value: operation.value });
    self.protocol.onRequest(component.state, { ...operation }, this);
  }

  #complete(type: 'ok' | 'fail' | 'info', value: Json, error?: string): void {
    const { component, self } = this;
    const operation = self.operations[component.begun - 1];
    if (!component.running || operation === undefined) return;
    component.running = false;
    this.spoke = true;
    const given = type === 'ok' ? value : operation.value;
    this.#effects.tell(self.index, { type, f: operation.f, value: given, ...(error !== undefined && { error }) });
  }

  #clock(what: string): number {
    const { clock } = this.#prepared.world;
    if (typeof clock === 'number') return clock;
    throw new ExploreError(`${this.id} reads ctx.${what}(): an exploration has no time; see the world's clock`);
  }
}

interface Contents {
  readonly cells: Record<string, Json>;
  readonly logs: Record<string, { first: number; records: Json[] }>;
}

/** Writes go into the component's disk; from the first unsynced one on, what was there before is kept. */
function liveDisk(component: Component, syncMatters: boolean, touch: () => void): Disk {
  const seen = (): Contents => component.disk as Contents;
  const write = (): Contents => {
    touch();
    if (syncMatters) component.durable ??= snapshotOf(component.disk);
    return seen();
  };
  return {
    get: <T extends Json>(cell: string) => (Object.hasOwn(seen().cells, cell) ? (seen().cells[cell] as T) : undefined),
    set: (cell, value) => {
      write().cells[cell] = value;
    },
    append: (log, record) => {
      const image = (write().logs[log] ??= { first: 0, records: [] });
      return image.first + image.records.push(record) - 1;
    },
    truncate: (log, from) => {
      const image = write().logs[log];
      if (image !== undefined) image.records.length = Math.min(image.records.length, Math.max(0, from - image.first));
    },
    trim: (log, before) => {
      const image = (write().logs[log] ??= { first: 0, records: [] });
      image.records.splice(0, Math.max(0, before - image.first));
      image.first = Math.max(image.first, before);
    },
    read: <T extends Json>(log: string): LogContents<T> => {
      const image = seen().logs[log];
      if (image === undefined) return { first: 0, records: [] };
      return { first: image.first, records: image.records.slice() as unknown as T[] };
    },
    sync: () => {
      component.durable = null;
    },
  };
}

function snapshotOf({ cells, logs }: DiskContents): DiskContents {
  const kept = Object.entries(logs).map(([name, { first, records }]) => [name, { first, records: records.slice() }]);
  return { cells: { ...cells }, logs: Object.fromEntries(kept) as DiskContents['logs'] };
}
