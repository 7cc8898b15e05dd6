// The `Context` that handlers run against while they are explored. It records what they do; time and chance, which an
// exploration does not have, are refused, or branch into all outcomes.
import type { AnyProtocol, Context, Disk, Json, NodeId } from '../../sim/protocol.ts';
import { ExploreError, type PreparedProcess, type PreparedWorld } from './prepared-world.ts';
import { frozenCopy, normalise } from './encoding.ts';
import { MemoryDisk } from './memory-disk.ts';
import type { ClientEvent, Sent } from './turn.ts';
import type { Component } from './component.ts';

type AnyTypes = AnyProtocol extends { start(ctx: Context<infer P>): unknown } ? P : never;

/** The most outcomes that one draw may have. */
const maxBelow = 64;

export class TurnContext implements Context<AnyTypes> {
  readonly component: Component;
  readonly self: PreparedProcess;
  readonly disk: Disk;
  readonly sends: Sent[] = [];
  readonly clientEvents: ClientEvent[] = [];
  readonly draws: { readonly drawn: number; readonly below: number }[] = [];
  /** The name of the handler that runs, for errors. */
  handler: string;

  readonly #prepared: PreparedWorld;
  readonly #given: readonly number[];
  #open = true;

  constructor(prepared: PreparedWorld, component: Component, given: readonly number[], handler: string) {
    const self = prepared.processes[component.process];
    if (self === undefined) throw new ExploreError(`there is no process ${component.process}`);
    this.#prepared = prepared;
    this.#given = given;
    this.component = component;
    this.self = self;
    this.handler = handler;
    this.disk = new MemoryDisk(component, prepared.world.restartKeeps === 'synced');
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
    this.sends.push({ to: receiver, message: frozenCopy(message, `a message of ${this.handler}`) });
  }

  setTimer(timer: string): void {
    this.#expectOpen('setTimer');
    if (!this.component.timers.includes(timer)) this.component.timers = [...this.component.timers, timer].sort();
  }

  clearTimer(timer: string): void {
    this.#expectOpen('clearTimer');
    this.component.timers = this.component.timers.filter((set) => set !== timer);
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
    const drawn = this.#given[this.draws.length] ?? 0;
    this.draws.push({ drawn, below: n });
    return drawn;
  }

  work(): void {
    this.#expectOpen('work');
  }

  note(): void {
    this.#expectOpen('note');
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
    if (clock !== undefined) return clock;
    throw new ExploreError(`${this.handler} reads ctx.${what}(): an exploration has no time; see the world's clock`);
  }

  #expectOpen(what: string): void {
    if (!this.#open) throw new ExploreError(`ctx.${what} is called after ${this.handler} has returned`);
  }
}
