// A world that runs in place: one live state that handlers mutate, without copies, interned numbers or memory of where it
// has been. Random walks run on it: an action costs little more than its handler.
import type { Random } from '../../sim/random.ts';
import type { Action } from './action.ts';
import { unborn, type Component } from './component.ts';
import { EncodingError, encode } from './encoding.ts';
import { beginKind, crashKind, deliverKind, dropKind, duplicateKind, restartKind, timerKind } from './events.ts';
import { LiveContext, type LiveEffects } from './live-context.ts';
import { goDown, liveView } from './live-process.ts';
import { isSamePlain, plainCopy } from './plain-copy.ts';
import { ExploreError, never, unbounded, type PreparedWorld } from './prepared-world.ts';
import type { ClientEvent, Draw } from './turn.ts';
import type { NodeInWorld } from './world.ts';

/** How an action went: `effectless` ones leave everything as it was, after the others the run stands elsewhere or is over. */
export type Performed = 'done' | 'effectless' | 'out of bounds' | 'thrown';

/** An event in place: its kind and an argument: where its message stands, or its process, or process and timer. */
export type LiveEvent = number;

const kindBits = 3;
const timerBits = 8;

function liveEvent(kind: number, argument: number): LiveEvent {
  return (argument << kindBits) | kind;
}

export function liveKind(event: LiveEvent): number {
  return event & ((1 << kindBits) - 1);
}

export function liveArgument(event: LiveEvent): number {
  return event >> kindBits;
}

export class LiveWorld implements LiveEffects {
  readonly components: readonly Component[];
  /** The processes as properties see them, always as they are now. */
  readonly views: readonly NodeInWorld[];
  /** What is on its way, message by message. */
  readonly messages: object[] = [];
  readonly senders: number[] = [];
  readonly receivers: number[] = [];
  /** A number of its own for each message of a run. */
  readonly serials: number[] = [];
  /** What clients did, and how many actions the run had then, that one included. */
  readonly told: { readonly client: number; readonly event: ClientEvent; readonly at: number }[] = [];
  /** The actions of this run so far. */
  readonly path: Action[] = [];
  /** What the last handler threw, in words. */
  thrown = '';

  readonly #prepared: PreparedWorld;
  readonly #random: Random;
  readonly #contexts: readonly LiveContext[];
  readonly #texts = new Set<string>(); // of the messages of a duplicating network
  #budgets: number[] = [];
  #draws: Draw[] = [];
  #serial = 0;
  #isBorn = false;

  constructor(prepared: PreparedWorld, random: Random) {
    this.#prepared = prepared;
    this.#random = random;
    this.components = prepared.processes.map(unborn);
    this.#contexts = prepared.processes.map(
      (self) => new LiveContext(prepared, self, this.components[self.index]!, this),
    );
    this.views = this.components.map((component) => liveView(component, prepared.processes[component.process]!.id));
  }

  /** Begins a new run; whether all processes were born. */
  begin(): boolean {
    for (const list of [this.messages, this.senders, this.receivers, this.serials, this.told, this.path])
      list.length = 0;
    this.#texts.clear();
    this.#budgets = [...this.#prepared.budgets.initial];
    this.#serial = 0;
    this.#isBorn = false;
    this.#draws = [];
    for (const [process, component] of this.components.entries()) {
      Object.assign(component, unborn(this.#prepared.processes[process]!));
      if (!this.#run(process, () => this.#start(process), 'start')) return false;
    }
    this.#isBorn = true;
    return true;
  }

  /** Takes the last action out of the run's path: it led to where no run is followed. */
  forgetLast(): void {
    this.path.pop();
    while ((this.told.at(-1)?.at ?? 0) > this.path.length) this.told.pop();
  }

  /** The name of the timer that an event is about. */
  timerOf(event: LiveEvent): string {
    const argument = liveArgument(event);
    return this.components[argument >> timerBits]!.timers[argument & ((1 << timerBits) - 1)]!;
  }

  /** Whether an event may happen now; it may turn out to have no effect. */
  isEnabled(event: LiveEvent): boolean {
    const { world, budgets, nodeCount, processes } = this.#prepared;
    const argument = liveArgument(event);
    switch (liveKind(event)) {
      case deliverKind: {
        const receiver = this.receivers[argument]!;
        const component = this.components[receiver]!;
        if (!component.up || this.#waits(argument)) return false;
        const { accepts } = processes[receiver]!;
        if (accepts === undefined || component.state === null) return true;
        return accepts(component.state, this.messages[argument]!, processes[this.senders[argument]!]!.id);
      }
      case timerKind: {
        const process = argument >> timerBits;
        const timer = this.components[process]!.timers[argument & ((1 << timerBits) - 1)];
        if (timer === undefined || !this.#mayPay(budgets.slots.timeouts)) return false;
        return world.timers === undefined || world.timers(processes[process]!.id, timer);
      }
      case beginKind:
        return !processes[argument]!.beginsAtOnce && this.#hasNextOperation(argument);
      case crashKind:
        return argument < nodeCount && this.#mayCrash(argument);
      case restartKind:
        return argument < nodeCount && !this.components[argument]!.up;
      case dropKind:
        return this.#mayPay(budgets.slots.drops) && !this.#waits(argument);
      default:
        return this.#mayPay(budgets.slots.duplicates);
    }
  }

  /** The process at which an event happens, or whose message it is about. */
  processOf(event: LiveEvent): number {
    const argument = liveArgument(event);
    const kind = liveKind(event);
    if (kind === timerKind) return argument >> timerBits;
    return kind === deliverKind || kind === dropKind || kind === duplicateKind ? this.receivers[argument]! : argument;
  }

  /** All events that may happen now. */
  enabled(): LiveEvent[] {
    const events: LiveEvent[] = [];
    const { slots } = this.#prepared.budgets;
    const consider = (kind: number, argument: number): void => {
      const event = liveEvent(kind, argument);
      if (this.isEnabled(event)) events.push(event);
    };
    for (let at = 0; at < this.messages.length; at++) {
      consider(deliverKind, at);
      if (slots.drops !== never) consider(dropKind, at);
      if (slots.duplicates !== never) consider(duplicateKind, at);
    }
    for (const { process, timers } of this.components) {
      for (let index = 0; index < timers.length; index++) consider(timerKind, (process << timerBits) | index);
      if (process >= this.#prepared.nodeCount) consider(beginKind, process);
      else if (slots.crashes !== never) consider(this.components[process]!.up ? crashKind : restartKind, process);
    }
    return events;
  }

  /** One event that may happen now, each being as likely as any other; -1 if a few attempts found none. */
  drawEnabled(): LiveEvent {
    for (let attempt = 0; attempt < 32; attempt++) {
      const event = this.#draw();
      if (this.isEnabled(event)) return event;
    }
    return -1;
  }

  /** Takes an event that is enabled. */
  perform(event: LiveEvent): Performed {
    const argument = liveArgument(event);
    const { slots } = this.#prepared.budgets;
    this.#draws = [];
    switch (liveKind(event)) {
      case deliverKind:
        return this.#deliver(argument);
      case timerKind:
        return this.#fire(argument >> timerBits, argument & ((1 << timerBits) - 1));
      case beginKind: {
        const node = this.#prepared.processes[argument]!.id;
        return this.#turn(argument, { type: 'begin', node }, () => this.#contexts[argument]!.begin());
      }
      case crashKind: {
        this.#pay(slots.crashes);
        const component = this.components[argument]!;
        const action = { type: 'crash', node: this.#prepared.processes[argument]!.id } as const;
        return this.#turn(argument, action, () => goDown(component, this.#prepared));
      }
      case restartKind: {
        const node = this.#prepared.processes[argument]!.id;
        return this.#turn(argument, { type: 'restart', node }, () => this.#start(argument));
      }
      case dropKind: {
        this.#pay(slots.drops);
        this.path.push({ type: 'drop', ...this.#described(argument) });
        this.#take(argument);
        return 'done';
      }
      default: {
        this.#pay(slots.duplicates);
        this.path.push({ type: 'duplicate', ...this.#described(argument) });
        this.send(this.senders[argument]!, this.receivers[argument]!, this.messages[argument]!);
        return 'done';
      }
    }
  }

  send(from: number, to: number, message: object): void {
    if (this.#prepared.world.network === 'duplicating') {
      const text = `${from}>${to}:${encode(message, `a message of ${this.#prepared.processes[from]?.id}`)}`;
      if (this.#texts.has(text)) return;
      this.#texts.add(text);
    }
    this.messages.push(message);
    this.senders.push(from);
    this.receivers.push(to);
    this.serials.push(this.#serial++);
  }

  draw(below: number): number {
    if (!Number.isSafeInteger(below) || below < 1) throw new ExploreError(`random(${below}): expected at least 1`);
    const drawn = this.#random.below(below);
    this.#draws.push(drawn);
    return drawn;
  }

  tell(process: number, event: ClientEvent): void {
    if (this.#prepared.keepsHistory) {
      const at = this.#isBorn ? this.path.length + 1 : 0;
      this.told.push({ client: process - this.#prepared.nodeCount, event, at });
    }
  }

  #deliver(at: number): Performed {
    const receiver = this.receivers[at]!;
    const message = this.messages[at]!;
    const { id: from } = this.#prepared.processes[this.senders[at]!]!;
    const { id: to, protocol } = this.#prepared.processes[receiver]!;
    const context = this.#contexts[receiver]!;
    const performed = this.#turn(receiver, { type: 'deliver', from, to, message }, () => {
      protocol.onMessage(this.components[receiver]!.state, from, message, context);
    });
    if (performed !== 'effectless' && this.#prepared.world.network !== 'duplicating') this.#take(at);
    return performed;
  }

  #fire(process: number, index: number): Performed {
    const component = this.components[process]!;
    const { id: node, protocol } = this.#prepared.processes[process]!;
    const timer = component.timers[index]!;
    const performed = this.#turn(process, { type: 'timer', node, timer }, () => {
      component.timers.splice(index, 1);
      protocol.onTimer?.(component.state, timer, this.#contexts[process]!);
    });
    if (performed !== 'effectless') this.#pay(this.#prepared.budgets.slots.timeouts);
    return performed;
  }

  #turn(process: number, action: Action, handle: () => void): Performed {
    const { world } = this.#prepared;
    const component = this.components[process]!;
    const context = this.#contexts[process]!;
    const before = world.effectless === 'counted' ? undefined : { up: component.up, state: plainCopy(component.state) };
    const timers = before === undefined ? component.timers : component.timers.slice();
    const { durable } = component;
    context.spoke = false;
    context.diskBefore = null;
    const name = action.type === 'deliver' ? 'onMessage' : action.type === 'timer' ? 'onTimer' : action.type;
    const isFine = this.#run(process, handle, name);
    if (isFine && before?.up === component.up && !context.spoke) {
      const isSame =
        isSamePlain(before.state, component.state) &&
        isSamePlain(timers, component.timers) &&
        (context.diskBefore === null || isSamePlain(context.diskBefore, component.disk)) &&
        isSamePlain(durable, component.durable);
      if (isSame) return 'effectless';
    }
    this.path.push(this.#draws.length === 0 ? action : { ...action, draws: this.#draws });
    if (!isFine) return 'thrown';
    return world.within === undefined || world.within(this.views[process]!) ? 'done' : 'out of bounds';
  }

  /** Runs a handler, and what a client begins at once after it. */
  #run(process: number, handle: () => void, name: string): boolean {
    const context = this.#contexts[process]!;
    try {
      handle();
      while (context.self.beginsAtOnce && this.#hasNextOperation(process)) context.begin();
      return true;
    } catch (error) {
      if (error instanceof ExploreError || error instanceof EncodingError) throw error;
      this.thrown = `${name} of ${context.id} threw ${String(error)}`;
      return false;
    }
  }

  #start(process: number): void {
    const component = this.components[process]!;
    component.up = true;
    component.state = this.#prepared.processes[process]!.protocol.start(this.#contexts[process]!) as object;
  }

  /** Any event, enabled or not, such that the enabled ones are equally likely. */
  #draw(): LiveEvent {
    const { slots } = this.#prepared.budgets;
    const { nodeCount } = this.#prepared;
    const perMessage = 1 + (slots.drops === never ? 0 : 1) + (slots.duplicates === never ? 0 : 1);
    const ofMessages = this.messages.length * perMessage;
    let total = ofMessages + this.components.length;
    for (const { timers } of this.components) total += timers.length;
    let drawn = this.#random.below(total);
    if (drawn < ofMessages) {
      const at = Math.floor(drawn / perMessage);
      const which = drawn % perMessage;
      if (which === 0) return liveEvent(deliverKind, at);
      return liveEvent(which === 1 && slots.drops !== never ? dropKind : duplicateKind, at);
    }
    drawn -= ofMessages;
    for (const { process, timers } of this.components) {
      if (drawn < timers.length) return liveEvent(timerKind, (process << timerBits) | drawn);
      drawn -= timers.length;
    }
    if (drawn >= nodeCount) return liveEvent(beginKind, drawn);
    return liveEvent(this.components[drawn]!.up ? crashKind : restartKind, drawn);
  }

  #described(at: number) {
    const { processes } = this.#prepared;
    const [from, to] = [processes[this.senders[at]!]!.id, processes[this.receivers[at]!]!.id];
    return { from, to, message: this.messages[at]! };
  }

  /** Takes a message out of the network; only queues care for the order of the others. */
  #take(at: number): void {
    const isBag = this.#prepared.world.network === 'unordered';
    for (const column of [this.messages, this.senders, this.receivers, this.serials] as unknown[][]) {
      if (isBag) {
        const last = column.pop();
        if (at < column.length) column[at] = last;
      } else column.splice(at, 1);
    }
  }

  /** Whether an older message of its link is before it in a queue. */
  #waits(at: number): boolean {
    if (this.#prepared.world.network !== 'ordered') return false;
    for (let other = 0; other < at; other++) {
      if (this.senders[other] === this.senders[at] && this.receivers[other] === this.receivers[at]) return true;
    }
    return false;
  }

  #hasNextOperation(process: number): boolean {
    const { up, running, begun } = this.components[process]!;
    return up && !running && begun < this.#prepared.processes[process]!.operations.length;
  }

  #mayCrash(node: number): boolean {
    const { budgets, nodeCount } = this.#prepared;
    if (!this.components[node]!.up || !this.#mayPay(budgets.slots.crashes)) return false;
    let down = 0;
    for (let other = 0; other < nodeCount; other++) if (!this.components[other]!.up) down++;
    return down < budgets.maxDown;
  }

  #mayPay(slot: number): boolean {
    return slot === unbounded || (slot >= 0 && this.#budgets[slot]! > 0);
  }

  #pay(slot: number): void {
    if (slot >= 0) this.#budgets[slot]!--;
  }
}
