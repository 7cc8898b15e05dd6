// The `Context` that handlers run against while they are explored. It records what they do; time and chance, which an
// exploration does not have, are refused, or branch into all outcomes. It may have the process die between two effects.
import type { AnyProtocol, Context, Disk, Json, NodeId } from '../../sim/protocol.ts';
import { ExploreError, type PreparedProcess, type PreparedWorld } from './prepared-world.ts';
import { frozenCopy, normalise } from './encoding.ts';
import { MemoryDisk } from './memory-disk.ts';
import type { ClientEvent, Draw, Noted, Sent } from './turn.ts';
import type { Component } from './component.ts';
import { isOrdered } from './timers.ts';
import { clearDeadline, fireFirst, letTimePass, setDeadline } from './deadlines.ts';

type AnyTypes = AnyProtocol extends { start(ctx: Context<infer P>): unknown } ? P : never;

/** The most outcomes that one draw may have. */
const maxBelow = 64;

export class TurnContext implements Context<AnyTypes> {
  readonly component: Component;
  readonly self: PreparedProcess;
  readonly disk: Disk;
  readonly sends: Sent[] = [];
  readonly clientEvents: ClientEvent[] = [];
  readonly draws: { readonly drawn: number; readonly below: number; readonly told: Draw }[] = [];
  readonly notes: Noted[] = [];
  /** How many effects there were, and would have been after a crash. */
  effects = 0;
  /** The name of the handler that runs, for errors. */
  handler: string;

  readonly #prepared: PreparedWorld;
  readonly #given: readonly number[];
  readonly #diesAfter: number;
  #open = true;

  /**
   * @param given the outcomes of the first draws.
   * @param diesAfter how many effects take place; what follows them has none.
   */
  constructor(
    prepared: PreparedWorld,
    component: Component,
    given: readonly number[],
    handler: string,
    diesAfter = Infinity,
  ) {
    const self = prepared.processes[component.process];
    if (self === undefined) throw new ExploreError(`there is no process ${component.process}`);
    this.#prepared = prepared;
    this.#given = given;
    this.component = component;
    this.self = self;
    this.handler = handler;
    this.#diesAfter = diesAfter;
    this.disk = new MemoryDisk(component, {
      syncMatters: prepared.world.restartKeeps === 'synced' || prepared.keepsJournal,
      keepsJournal: prepared.keepsJournal,
      takesPlace: (effect) => {
        if (effect === 'sync') this.#letTimePass();
        return this.#takesPlace();
      },
    });
  }

  get id(): NodeId {
    return this.self.id;
  }

  get peers(): readonly NodeId[] {
    return this.self.peers;
  }

  send(to: NodeId, message: object): void {
    this.#expectOpen('send');
    const receiver = this.#prepared.indexOf.get(to);
    if (receiver === undefined) throw new ExploreError(`${this.handler} sends to ${to}, which is not in the world`);
    if (!this.#takesPlace()) return;
    this.sends.push({ to: receiver, message: frozenCopy(message, `a message of ${this.handler}`) });
  }

  setTimer(timer: string, delay: number): void {
    this.#expectOpen('setTimer');
    const { component } = this;
    if (!component.timers.includes(timer)) component.timers = [...component.timers, timer].sort();
    if (this.#isOrdered(timer)) component.deadlines = setDeadline(component.deadlines, timer, Math.max(0, delay));
  }

  clearTimer(timer: string): void {
    this.#expectOpen('clearTimer');
    const { component } = this;
    component.timers = component.timers.filter((set) => set !== timer);
    component.deadlines = clearDeadline(component.deadlines, timer);
  }

  /** The timer of this name has run out. */
  takeTimer(timer: string): void {
    const { component } = this;
    if (this.#isOrdered(timer)) {
      const others = component.timers.filter((other) => this.#isOrdered(other));
      component.deadlines = fireFirst(component.deadlines, timer, others);
    } else this.#letTimePass();
    component.timers = component.timers.filter((set) => set !== timer);
  }

  now(): number {
    return this.#clock('now');
  }

  monotonic(): number {
    return this.#clock('monotonic');
  }

  random(n: number): number {
    this.#expectOpen('random');
    if (this.#prepared.world.random === 'zero') return 0;
    if (!Number.isSafeInteger(n) || n < 1 || n > maxBelow) {
      throw new ExploreError(
        `${this.handler} draws random(${n}): branches need 1 to ${maxBelow}; see the world's random`,
      );
    }
    return this.#choose(n, (drawn) => drawn);
  }

  work(): void {
    this.#expectOpen('work');
    this.#letTimePass();
  }

  note(kind: string, data: Noted['data'] = {}): void {
    this.#expectOpen('note');
    if (!this.#isDead) this.notes.push({ kind, data: frozenCopy(data, `a note of ${this.handler}`) });
  }

  ok(response: Json): void {
    this.#complete('ok', frozenCopy(response ?? null, `the response of ${this.handler}`));
  }

  fail(error: string): void {
    this.#complete('fail', null, error);
  }

  unknown(error: string): void {
    this.#complete('info', null, error);
  }

  /** The process begins to handle an event that is no timer: time has passed since the last one. */
  arrive(): void {
    this.#letTimePass();
  }

  /** Begins the client's next operation. */
  begin(): void {
    const operation = this.self.operations[this.component.begun];
    if (operation === undefined) return;
    const { protocol } = this.self;
    if (protocol.onRequest === undefined) throw new ExploreError(`the protocol of ${this.id} takes no requests`);
    this.component.begun++;
    this.component.running = true;
    this.clientEvents.push({ type: 'invoke', f: operation.f, value: operation.value });
    this.handler = `onRequest of ${this.id} (${operation.f})`;
    protocol.onRequest(this.component.state, normalise(operation), this);
  }

  /** The turn is over: a context that a handler kept is of no use any more. */
  close(): void {
    this.#open = false;
  }

  /** The client dies: its operation may have happened or not. */
  die(): void {
    this.#complete('info', null, 'the client crashed');
    this.component.timers = [];
    this.component.deadlines = {};
    this.component.state = this.self.protocol.start(this) as object;
  }

  /** A completion without a running operation is none, as in the simulator. */
  #complete(type: 'ok' | 'fail' | 'info', value: Json, error?: string): void {
    this.#expectOpen(type);
    const operation = this.self.operations[this.component.begun - 1];
    if (!this.component.running || operation === undefined) return;
    this.component.running = false;
    const given = type === 'ok' ? value : operation.value;
    this.clientEvents.push({ type, f: operation.f, value: given, ...(error !== undefined && { error }) });
  }

  #clock(what: string): number {
    this.#expectOpen(what);
    const { clock } = this.#prepared.world;
    const { component } = this;
    if (typeof clock === 'number') return clock;
    if (clock === undefined) {
      throw new ExploreError(`${this.handler} reads ctx.${what}(): an exploration has no time; see the world's clock`);
    }
    const readings = [...new Set(clock.steps.map((step) => component.clock + step))].filter(
      (reading) => reading <= clock.until,
    );
    const shown = (place: number): number => readings[place] ?? component.clock;
    component.clock = shown(this.#choose(Math.max(1, readings.length), (place) => ({ clock: shown(place) })));
    return component.clock;
  }

  /** One of so many ways to go on, each of which is explored. */
  #choose(below: number, tell: (drawn: number) => Draw): number {
    if (this.#isDead) return 0;
    const drawn = this.#given[this.draws.length] ?? 0;
    this.draws.push({ drawn, below, told: tell(drawn) });
    return drawn;
  }

  get #isDead(): boolean {
    return this.effects >= this.#diesAfter;
  }

  /** Counts an effect; false if the process is dead by then. */
  #takesPlace(): boolean {
    const isDead = this.#isDead;
    this.effects++;
    return !isDead;
  }

  #isOrdered(timer: string): boolean {
    const { world } = this.#prepared;
    if (world.timerOrder !== 'by delay') return false;
    return isOrdered(world, this.id, timer);
  }

  #letTimePass(): void {
    if (this.#prepared.world.timerOrder === 'by delay') {
      this.component.deadlines = letTimePass(this.component.deadlines);
    }
  }

  #expectOpen(what: string): void {
    if (!this.#open) throw new ExploreError(`ctx.${what} is called after ${this.handler} has returned`);
  }
}
