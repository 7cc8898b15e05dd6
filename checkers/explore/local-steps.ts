// What each process can do, memoised: local components, envelopes, timers and client events are interned to integers, and
// the outcomes of an event at a component are worked out once, by running the handler. A handler may depend on nothing
// else, and the audit catches those that do.
import { copyOf, nextOperation, textOf, unborn, viewOf, type Component, type CopyOrder } from './component.ts';
import { deepFreeze, encode } from './encoding.ts';
import { survivalsOf, type Survival } from './crashes.ts';
import {
  argumentOf,
  beginKind,
  clientCrashKind,
  crashInsideKind,
  crashKind,
  deliverKind,
  eventCode,
  kindOf,
  restartKind,
  timerKind,
} from './events.ts';
import { Interner } from './interner.ts';
import { PairTable } from './pair-table.ts';
import { ExploreError, type PreparedWorld } from './prepared-world.ts';
import { copyWithSharing, sharedParts } from './sharing.ts';
import { firableTimers } from './timers.ts';
import { crashPointsOf, outcomesOf, type ClientEvent, type Draw, type LocalEvent, type Outcome } from './turn.ts';
import type { NodeInWorld } from './world.ts';

/** One outcome of an event at a component, in interned numbers. */
export interface Step {
  readonly local: number;
  /** Envelopes, in the order of sending. */
  readonly sends: readonly number[];
  /** What a client did, or -1. */
  readonly clientEvents: number;
  /** Nothing changed and nothing was sent. */
  readonly effectless: boolean;
  /** Whether the new component is within the world's bounds. */
  readonly within: boolean;
  readonly draws: readonly Draw[];
  readonly thrown: string | undefined;
}

export interface Envelope {
  readonly from: number;
  readonly to: number;
  readonly message: object;
}

/** A crash by itself, or in the middle of another event. */
export interface Crash {
  readonly process: number;
  readonly survival: Survival | undefined;
  /** The event, and after how many of its effects the crash falls. */
  readonly during?: number;
  readonly after?: number;
}

/** An interned component with what the explorer asks of it in every state. */
interface Local {
  readonly component: Component;
  readonly view: NodeInWorld;
  readonly within: boolean;
  /** As a handler made it, where that has one object in two places and the audit is on. */
  readonly shared: { readonly component: Component; readonly parts: readonly [string, string] } | undefined;
}

export class LocalSteps {
  /** By component: the events of the timers that may fire there (leases apart), and whether the node is up. */
  readonly timerEvents: (readonly number[])[] = [];
  readonly leaseEvents: (readonly number[])[] = [];
  readonly isUp: boolean[] = [];
  readonly canBegin: boolean[] = [];
  /** By component: whether a client is in the middle of an operation. */
  readonly isRunning: boolean[] = [];
  /** By envelope: its receiver, and its link as a number. */
  readonly receiverOf: number[] = [];
  readonly linkOf: number[] = [];
  hits = 0;

  readonly #prepared: PreparedWorld;
  readonly #auditEvery: number;
  readonly #locals = new Interner<Local>();
  readonly #envelopes = new Interner<Envelope>();
  readonly #timers = new Interner<{ readonly process: number; readonly timer: string }>();
  readonly #clientEvents = new Interner<{ readonly client: number; readonly events: readonly ClientEvent[] }>();
  readonly #crashes = new Interner<Crash>();
  readonly #crashEvents: (readonly number[])[] = []; // by component
  readonly #insides = new PairTable();
  readonly #insideEvents: (readonly number[])[] = [];
  readonly #memo = new PairTable();
  readonly #results: (readonly Step[])[] = [];
  readonly #births: (readonly Step[])[] = [];

  /** @param auditEvery one in so many memo hits is run again and compared; 0 for none. */
  constructor(prepared: PreparedWorld, auditEvery: number) {
    this.#prepared = prepared;
    this.#auditEvery = auditEvery;
  }

  /** How many times handlers were run for the memo. */
  get misses(): number {
    return this.#results.length;
  }

  get localCount(): number {
    return this.#locals.size;
  }

  get envelopeCount(): number {
    return this.#envelopes.size;
  }

  /** About what the tables take in memory. */
  get bytes(): number {
    const tables = [this.#locals, this.#envelopes, this.#timers, this.#clientEvents, this.#crashes];
    const memos = this.#memo.bytes + this.#insides.bytes + 200 * this.#results.length;
    return tables.reduce((sum, table) => sum + table.bytes, memos);
  }

  /** The tables behind all numbers, as plain data. */
  save() {
    return {
      timers: this.#timers.values,
      envelopes: this.#envelopes.values,
      crashes: this.#crashes.values,
      locals: this.#locals.values.map(({ component }) => component),
    };
  }

  /** Interns what another one saved, under the same numbers; to be called before anything else. */
  restore({ timers, envelopes, crashes, locals }: ReturnType<LocalSteps['save']>): void {
    for (const { process, timer } of timers) this.#internTimer(process, timer);
    for (const { from, to, message } of envelopes) this.internEnvelope(from, to, deepFreeze(message));
    for (const crash of crashes) this.#internCrash(crash);
    for (const component of locals) this.#internLocal(component);
  }

  view(local: number): NodeInWorld {
    return this.#locals.value(local).view;
  }

  component(local: number): Component {
    return this.#locals.value(local).component;
  }

  /** The component for another thread: with what its handler shared in it, where that is audited. */
  componentAsMade(local: number): Component {
    const { component, shared } = this.#locals.value(local);
    return shared?.component ?? component;
  }

  /** The number of a component. */
  intern(component: Component): number {
    return this.#internLocal(component);
  }

  envelope(id: number): Envelope {
    return this.#envelopes.value(id);
  }

  timer(id: number): { readonly process: number; readonly timer: string } {
    return this.#timers.value(id);
  }

  crash(id: number): Crash {
    return this.#crashes.value(id);
  }

  /** The process that takes an event; -1 where none does. */
  processOf(event: number): number {
    const argument = argumentOf(event);
    switch (kindOf(event)) {
      case deliverKind:
        return this.receiverOf[argument]!;
      case timerKind:
        return this.timer(argument).process;
      case crashKind:
      case crashInsideKind:
        return this.crash(argument).process;
      case beginKind:
      case restartKind:
      case clientCrashKind:
        return argument;
      default:
        return -1;
    }
  }

  /** The events in which a node at this component crashes by itself. */
  crashEvents(local: number): readonly number[] {
    return (this.#crashEvents[local] ??= survivalsOf(this.#locals.value(local).component, this.#prepared).map(
      (survival) => eventCode(crashKind, this.#internCrash({ process: this.#processOf(local), survival })),
    ));
  }

  /** The events in which a crash falls between two effects of this event at a component. */
  crashesInside(local: number, event: number): readonly number[] {
    const known = this.#insides.get(local, event);
    if (known !== -1) return this.#insideEvents[known]!;
    const points = crashPointsOf(this.#prepared, this.#locals.value(local).component, this.#localEvent(event));
    const process = this.#processOf(local);
    const events = points.map(({ after, survival }) =>
      eventCode(crashInsideKind, this.#internCrash({ process, survival, during: event, after })),
    );
    this.#insides.add(local, event, this.#insideEvents.push(events) - 1);
    return events;
  }

  clientEvents(id: number): { readonly client: number; readonly events: readonly ClientEvent[] } {
    return this.#clientEvents.value(id);
  }

  /** All outcomes of an event at a component. */
  steps(local: number, event: number): readonly Step[] {
    const known = this.#memo.get(local, event);
    if (known !== -1) {
      this.hits++;
      if (this.#auditEvery !== 0 && this.hits % this.#auditEvery === 0)
        this.#audit(local, event, this.#results[known]!);
      return this.#results[known]!;
    }
    const { component, shared } = this.#locals.value(local);
    const steps = outcomesOf(this.#prepared, component, this.#localEvent(event)).map((outcome) =>
      this.#stepOf(outcome, local),
    );
    if (shared !== undefined) this.#auditSharing(local, event, steps, shared);
    this.#memo.add(local, event, this.#results.push(steps) - 1);
    return steps;
  }

  /** The births of a process. */
  births(process: number): readonly Step[] {
    return (this.#births[process] ??= this.#bear(process));
  }

  #bear(process: number): readonly Step[] {
    const prepared = this.#prepared.processes[process];
    if (prepared === undefined) throw new ExploreError(`there is no process ${process}`);
    return outcomesOf(this.#prepared, unborn(prepared), { type: 'start' }).map((outcome) => this.#stepOf(outcome, -1));
  }

  #stepOf(outcome: Outcome, before: number): Step {
    const { component, draws, thrown } = outcome;
    if (thrown !== undefined) {
      return { local: before, sends: [], clientEvents: -1, effectless: false, within: true, draws, thrown };
    }
    const local = this.#internLocal(component);
    const sends = outcome.sends.map(({ to, message }) => this.internEnvelope(component.process, to, message));
    const client = component.process - this.#prepared.nodeCount;
    const clientEvents =
      outcome.clientEvents.length === 0 || !this.#prepared.keepsHistory
        ? -1
        : this.#internClientEvents(client, outcome.clientEvents);
    const effectless = local === before && sends.length === 0 && outcome.clientEvents.length === 0;
    return { local, sends, clientEvents, effectless, within: this.#locals.value(local).within, draws, thrown };
  }

  #internLocal(component: Component): number {
    const id = this.#nameOf(component.process);
    const known = this.#locals.size;
    const local = this.#locals.intern(textOf(component, id), () => {
      const own = copyOf(component);
      const view = deepFreeze(viewOf(own, id));
      const within = this.#prepared.world.within?.(view) ?? true;
      return { component: own, view, within, shared: this.#sharingOf(component) };
    });
    if (local === known) {
      const firable = firableTimers(this.#prepared, component);
      const eventsOf = (wanted: 'timeouts' | 'leases'): readonly number[] =>
        firable
          .filter(({ budget }) => budget === wanted)
          .map(({ timer }) => eventCode(timerKind, this.#internTimer(component.process, timer)));
      this.timerEvents.push(eventsOf('timeouts'));
      this.leaseEvents.push(eventsOf('leases'));
      this.isUp.push(component.up);
      this.isRunning.push(component.running);
      const begins = this.#prepared.processes[component.process]?.beginsAtOnce === false;
      this.canBegin.push(begins && nextOperation(component, this.#prepared) !== undefined);
    }
    return local;
  }

  internEnvelope(from: number, to: number, message: object): number {
    const known = this.#envelopes.size;
    const text = `${from}>${to}:${encode(message, `a message of ${this.#nameOf(from)}`)}`;
    const id = this.#envelopes.intern(text, () => ({ from, to, message }));
    if (id === known) {
      this.receiverOf.push(to);
      this.linkOf.push(from * this.#prepared.processes.length + to);
    }
    return id;
  }

  #internTimer(process: number, timer: string): number {
    return this.#timers.intern(`${process}/${timer}`, () => ({ process, timer }));
  }

  #internClientEvents(client: number, events: readonly ClientEvent[]): number {
    return this.#clientEvents.intern(`${client}/${encode(events, 'an operation')}`, () => ({ client, events }));
  }

  #localEvent(event: number): LocalEvent {
    const argument = argumentOf(event);
    switch (kindOf(event)) {
      case deliverKind: {
        const { from, message } = this.#envelopes.value(argument);
        return { type: 'deliver', from: this.#nameOf(from), message };
      }
      case timerKind:
        return { type: 'timer', timer: this.#timers.value(argument).timer };
      case beginKind:
        return { type: 'begin' };
      case crashKind:
        return { type: 'crash', survival: this.crash(argument).survival };
      case crashInsideKind: {
        const { during = -1, after = 0, survival } = this.crash(argument);
        return { type: 'crash inside', during: this.#localEvent(during), point: { after, survival } };
      }
      case clientCrashKind:
        return { type: 'client crash' };
      default:
        return { type: 'restart' };
    }
  }

  #internCrash(crash: Crash): number {
    return this.#crashes.intern(encode(crash, 'a crash'), () => crash);
  }

  #processOf(local: number): number {
    return this.#locals.value(local).component.process;
  }

  /** Runs the handler once more, on a copy with the properties in the other order, and compares. */
  #audit(local: number, event: number, memoised: readonly Step[]): void {
    const { component } = this.#locals.value(local);
    if (this.#doesTheSame(local, event, memoised, component, 'reversed')) return;
    throw new ExploreError(
      `${this.#handlerOf(component.process, event)} did something else when it ran again on an equal state: ` +
        'it depends on something besides state, event and context, or on the order of properties',
    );
  }

  /** Runs the handler on the state as another handler made it, with one object in two places, and compares. */
  #auditSharing(
    local: number,
    event: number,
    steps: readonly Step[],
    { component, parts }: NonNullable<Local['shared']>,
  ): void {
    if (this.#doesTheSame(local, event, steps, component, 'as it is')) return;
    throw new ExploreError(
      `${this.#handlerOf(component.process, event)} does something else where ${parts[0]} and ${parts[1]} in the state ` +
        'are one object than where they are equal: expected states without shared parts',
    );
  }

  #doesTheSame(local: number, event: number, steps: readonly Step[], component: Component, order: CopyOrder): boolean {
    const again = outcomesOf(this.#prepared, component, this.#localEvent(event), order).map((outcome) =>
      this.#stepOf(outcome, local),
    );
    return encode(again, 'steps') === encode(steps, 'steps');
  }

  #sharingOf(component: Component): Local['shared'] {
    if (this.#auditEvery === 0) return undefined;
    const parts = sharedParts(component.state);
    return parts === undefined ? undefined : { component: copyWithSharing(component), parts };
  }

  #handlerOf(process: number, event: number): string {
    const what = this.#localEvent(event);
    const detail =
      what.type === 'deliver' ? ` message from ${what.from}` : what.type === 'timer' ? ` ${what.timer}` : '';
    return `the handler of ${this.#nameOf(process)} for ${what.type}${detail}`;
  }

  #nameOf(process: number): string {
    return this.#prepared.processes[process]?.id ?? `process ${process}`;
  }
}
