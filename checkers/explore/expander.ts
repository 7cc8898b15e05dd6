// The transition function: all that may happen next in a state, and the states that follow. Every search runs on it.
import { emptyHistory, extend, type ClientHistory } from './client-history.ts';
import { encode } from './encoding.ts';
import {
  beginKind,
  clientCrashKind,
  crashInsideKind,
  crashKind,
  deliverKind,
  dropKind,
  duplicateKind,
  eventCode,
  healKind,
  kindOf,
  partitionKind,
  restartKind,
} from './events.ts';
import { Interner } from './interner.ts';
import type { LocalSteps, Step } from './local-steps.ts';
import { PairTable } from './pair-table.ts';
import { never, unbounded, type PreparedWorld } from './prepared-world.ts';
import { copyRow, copyWithout, insertEnvelope, layoutOf, type Layout } from './rows.ts';
import type { Draw } from './turn.ts';

/** Told of each transition out of a state. The row is only lent. */
export interface Visitor {
  /** @param changed the process whose component may be another one now, or -1. */
  transition(row: Int32Array, length: number, event: number, changed: number): void;
  /** A handler threw. */
  failure(event: number, thrown: string): void;
}

export class Expander {
  readonly layout: Layout;
  readonly histories = new Interner<ClientHistory>();
  /** Asked before each event of a state; events that it refuses are passed over, and cost nothing. */
  gate: ((event: number) => boolean) | undefined;
  /** The draws of the transition that is being told of. */
  draws: readonly Draw[] = [];

  readonly #prepared: PreparedWorld;
  readonly #steps: LocalSteps;
  readonly #extensions = new PairTable();
  readonly #countsEffectless: boolean;
  readonly #crashesInside: boolean;
  #next = new Int32Array(64); // the successor in the making
  #progress = 0;
  #alsoSlot = unbounded; // another budget that pays for the event
  #down = 0; // nodes that are down in the state that is expanded
  #cuts: Uint8Array | undefined; // the links that are cut there

  constructor(prepared: PreparedWorld, steps: LocalSteps) {
    this.#prepared = prepared;
    this.#steps = steps;
    this.#countsEffectless = prepared.world.effectless === 'counted';
    this.#crashesInside = prepared.world.crashPoints === 'between effects' && prepared.budgets.slots.crashes !== never;
    this.layout = layoutOf(prepared);
    this.#internHistory(emptyHistory(prepared));
  }

  /** Calls with each initial state: one, unless births draw. */
  begin(visitor: Visitor): void {
    const { processes, budgets } = this.#prepared;
    this.#reserve(processes.length + budgets.initial.length + 1);
    const born: Step[] = [];
    const bear = (process: number): void => {
      if (process === processes.length) return this.#beginWith(born, visitor);
      for (const birth of this.#steps.births(process)) {
        born.push(birth);
        bear(process + 1);
        born.pop();
      }
    };
    bear(0);
  }

  /**
   * Calls with each transition out of a state.
   * @returns how many of them are progress: not faults, and not without effect.
   */
  expand(row: Int32Array, length: number, visitor: Visitor): number {
    const { slots, cutSlot } = this.#prepared.budgets;
    this.#progress = 0;
    this.#cuts = cutSlot === never ? undefined : this.#cutsIn(row);
    if (slots.crashes !== never) this.#countDown(row);
    this.#deliver(row, length, visitor);
    this.#fireTimers(row, length, visitor);
    this.#beginOperations(row, length, visitor);
    if (slots.crashes !== never) this.#crashAndRestart(row, length, visitor);
    if (slots.clientCrashes !== never) this.#crashClients(row, length, visitor);
    if (cutSlot !== never) this.#cutAndHeal(row, length, visitor);
    return this.#progress;
  }

  #deliver(row: Int32Array, length: number, visitor: Visitor): void {
    const { network: start } = this.layout;
    const kind = this.#prepared.world.network;
    const { receiverOf, linkOf, isUp } = this.#steps;
    const { drops, duplicates } = this.#prepared.budgets.slots;
    const cuts = this.#cuts;
    for (let at = start; at < length; at++) {
      const envelope = row[at]!;
      if (at > start) {
        const before = row[at - 1]!;
        if (kind === 'ordered' ? linkOf[before] === linkOf[envelope] : before === envelope) continue;
      }
      if (cuts !== undefined && cuts[linkOf[envelope]!] === 1) {
        this.#lose(row, length, at, unbounded, visitor); // the cut's doing
        continue;
      }
      if (drops !== never) this.#lose(row, length, at, drops, visitor);
      if (duplicates !== never) this.#sendAgain(row, length, envelope, visitor);
      const receiver = receiverOf[envelope]!;
      if (!isUp[row[receiver]!]) continue;
      const taken = kind === 'duplicating' ? -1 : at;
      this.#turn(row, length, eventCode(deliverKind, envelope), receiver, taken, unbounded, visitor);
    }
  }

  #fireTimers(row: Int32Array, length: number, visitor: Visitor): void {
    const { timeouts, leases } = this.#prepared.budgets.slots;
    const { timerEvents, leaseEvents } = this.#steps;
    const mayTimeOut = this.#mayPay(row, timeouts);
    const mayEnd = this.#mayPay(row, leases);
    if (!mayTimeOut && !mayEnd) return;
    if (this.#prepared.world.timersFire === 'when quiet' && !this.#isQuiet(row, length)) return;
    const { length: count } = this.#prepared.processes;
    for (let process = 0; process < count; process++) {
      const local = row[process]!;
      if (mayTimeOut) this.#turns(row, length, timerEvents[local]!, process, timeouts, visitor);
      if (mayEnd) this.#turns(row, length, leaseEvents[local]!, process, leases, visitor);
    }
  }

  #turns(
    row: Int32Array,
    length: number,
    events: readonly number[],
    process: number,
    slot: number,
    visitor: Visitor,
  ): void {
    for (let index = 0; index < events.length; index++) {
      this.#turn(row, length, events[index]!, process, -1, slot, visitor);
    }
  }

  /** Whether no message can arrive. */
  #isQuiet(row: Int32Array, length: number): boolean {
    const { receiverOf, linkOf, isUp } = this.#steps;
    for (let at = this.layout.network; at < length; at++) {
      const envelope = row[at]!;
      if (isUp[row[receiverOf[envelope]!]!] && this.#cuts?.[linkOf[envelope]!] !== 1) return false;
    }
    return true;
  }

  #beginOperations(row: Int32Array, length: number, visitor: Visitor): void {
    const { nodeCount, processes } = this.#prepared;
    for (let client = nodeCount; client < processes.length; client++) {
      if (!this.#steps.canBegin[row[client]!]) continue;
      this.#turn(row, length, eventCode(beginKind, client), client, -1, unbounded, visitor);
    }
  }

  #crashAndRestart(row: Int32Array, length: number, visitor: Visitor): void {
    const { nodeCount, budgets } = this.#prepared;
    const { isUp } = this.#steps;
    const { crashes } = budgets.slots;
    const mayCrash = this.#down < budgets.maxDown && this.#mayPay(row, crashes);
    for (let node = 0; node < nodeCount; node++) {
      if (!isUp[row[node]!]) {
        this.#turn(row, length, eventCode(restartKind, node), node, -1, unbounded, visitor);
      } else if (mayCrash) {
        const before = this.#progress;
        this.#turns(row, length, this.#steps.crashEvents(row[node]!), node, crashes, visitor);
        this.#progress = before;
      }
    }
  }

  /** The crashes between two effects of an event that a node takes. A node that restarts counts as down already. */
  #crashInside(
    row: Int32Array,
    length: number,
    event: number,
    node: number,
    taken: number,
    slot: number,
    visitor: Visitor,
  ): void {
    const { crashes } = this.#prepared.budgets.slots;
    const down = this.#steps.isUp[row[node]!] ? this.#down : this.#down - 1;
    const kind = kindOf(event);
    if (kind === crashKind || kind === crashInsideKind) return;
    if (node >= this.#prepared.nodeCount || down >= this.#prepared.budgets.maxDown || !this.#mayPay(row, crashes))
      return;
    const before = this.#progress;
    for (const crash of this.#steps.crashesInside(row[node]!, event)) {
      this.#alsoSlot = crashes;
      this.#turn(row, length, crash, node, taken, slot, visitor);
      this.#alsoSlot = unbounded;
    }
    this.#progress = before;
  }

  #crashClients(row: Int32Array, length: number, visitor: Visitor): void {
    const { nodeCount, processes, budgets } = this.#prepared;
    const { clientCrashes } = budgets.slots;
    if (!this.#mayPay(row, clientCrashes)) return;
    const before = this.#progress;
    for (let client = nodeCount; client < processes.length; client++) {
      if (!this.#steps.isRunning[row[client]!]) continue;
      this.#turn(row, length, eventCode(clientCrashKind, client), client, -1, clientCrashes, visitor);
    }
    this.#progress = before;
  }

  #cutAndHeal(row: Int32Array, length: number, visitor: Visitor): void {
    const { partitions, budgets } = this.#prepared;
    const cutAt = this.layout.budgets + budgets.cutSlot;
    const slot = budgets.slots.partitions;
    const begin = (event: number): boolean => {
      if (this.gate?.(event) === false) return false;
      this.#reserve(length);
      copyRow(row, length, this.#next);
      this.draws = [];
      return true;
    };
    if (row[cutAt]! > 0) {
      const event = eventCode(healKind, 0);
      if (!begin(event)) return;
      this.#next[cutAt] = 0;
      this.#progress++;
      visitor.transition(this.#next, length, event, -1);
      return;
    }
    if (!this.#mayPay(row, slot)) return;
    for (let place = 0; place < partitions.length; place++) {
      const event = eventCode(partitionKind, place);
      if (!begin(event)) continue;
      this.#next[cutAt] = place + 1;
      if (slot >= 0) this.#next[this.layout.budgets + slot]!--;
      visitor.transition(this.#next, length, event, -1);
    }
  }

  #countDown(row: Int32Array): void {
    const { isUp } = this.#steps;
    this.#down = 0;
    for (let node = 0; node < this.#prepared.nodeCount; node++) if (!isUp[row[node]!]) this.#down++;
  }

  #cutsIn(row: Int32Array): Uint8Array | undefined {
    const { partitions, budgets } = this.#prepared;
    return partitions[row[this.layout.budgets + budgets.cutSlot]! - 1]?.cuts;
  }

  /**
   * One process takes an event, and may crash inside.
   * @param taken where the message stands that the event takes from the network, or -1.
   * @param slot the budget that pays for it.
   */
  #turn(
    row: Int32Array,
    length: number,
    event: number,
    process: number,
    taken: number,
    slot: number,
    visitor: Visitor,
  ): void {
    if (this.gate?.(event) === false) return;
    const steps = this.#steps.steps(row[process]!, event);
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index]!;
      this.draws = step.draws;
      if (step.thrown !== undefined) {
        visitor.failure(event, step.thrown);
        continue;
      }
      if (!step.within) continue;
      if (!step.effectless) this.#progress++;
      else if (!this.#countsEffectless) continue;
      this.#reserve(length + step.sends.length);
      const next = this.#next;
      const kept = taken === -1 ? copyRow(row, length, next) : copyWithout(row, length, taken, next);
      if (slot >= 0) next[this.layout.budgets + slot]!--;
      if (this.#alsoSlot >= 0) next[this.layout.budgets + this.#alsoSlot]!--;
      visitor.transition(next, this.#apply(step, process, kept), event, process);
    }
    if (this.#crashesInside) this.#crashInside(row, length, event, process, taken, slot, visitor);
  }

  /** Writes what a step did into the successor; its length. */
  #apply(step: Step, process: number, length: number): number {
    const next = this.#next;
    next[process] = step.local;
    if (step.clientEvents !== -1) {
      next[this.layout.history] = this.#extend(next[this.layout.history]!, step.clientEvents);
    }
    const { sends } = step;
    const cuts = this.#cuts;
    let end = length;
    for (let index = 0; index < sends.length; index++) {
      if (cuts !== undefined && cuts[this.#steps.linkOf[sends[index]!]!] === 1) continue; // lost
      const { network: start } = this.layout;
      end = insertEnvelope(next, end, start, sends[index]!, this.#prepared.world.network, this.#steps.linkOf);
    }
    return end;
  }

  #lose(row: Int32Array, length: number, at: number, slot: number, visitor: Visitor): void {
    if (!this.#mayPay(row, slot) || this.gate?.(eventCode(dropKind, row[at]!)) === false) return;
    this.#reserve(length);
    const kept = copyWithout(row, length, at, this.#next);
    if (slot >= 0) this.#next[this.layout.budgets + slot]!--;
    this.draws = [];
    visitor.transition(this.#next, kept, eventCode(dropKind, row[at]!), -1);
  }

  #sendAgain(row: Int32Array, length: number, envelope: number, visitor: Visitor): void {
    const slot = this.#prepared.budgets.slots.duplicates;
    if (!this.#mayPay(row, slot) || this.gate?.(eventCode(duplicateKind, envelope)) === false) return;
    this.#reserve(length + 1);
    copyRow(row, length, this.#next);
    if (slot >= 0) this.#next[this.layout.budgets + slot]!--;
    this.draws = [];
    const { linkOf } = this.#steps;
    const grown = insertEnvelope(this.#next, length, this.layout.network, envelope, 'unordered', linkOf);
    visitor.transition(this.#next, grown, eventCode(duplicateKind, envelope), -1);
  }

  #beginWith(born: readonly Step[], visitor: Visitor): void {
    const { budgets } = this.#prepared;
    const { layout } = this;
    if (layout.history !== -1) this.#next[layout.history] = 0;
    budgets.initial.forEach((budget, slot) => {
      this.#next[layout.budgets + slot] = budget;
    });
    let length = layout.network;
    for (const [process, birth] of born.entries()) {
      if (birth.thrown !== undefined) return visitor.failure(-1, birth.thrown);
      this.#reserve(length + birth.sends.length);
      length = this.#apply(birth, process, length);
    }
    visitor.transition(this.#next, length, -1, -1);
  }

  #mayPay(row: Int32Array, slot: number): boolean {
    return slot === unbounded || (slot >= 0 && row[this.layout.budgets + slot]! > 0);
  }

  #extend(history: number, clientEvents: number): number {
    const known = this.#extensions.get(history, clientEvents);
    if (known !== -1) return known;
    const { client, events } = this.#steps.clientEvents(clientEvents);
    const extended = this.#internHistory(extend(this.histories.value(history), client, events));
    this.#extensions.add(history, clientEvents, extended);
    return extended;
  }

  #internHistory(history: ClientHistory): number {
    return this.histories.intern(encode(history, 'the client history'), () => history);
  }

  #reserve(length: number): void {
    if (length <= this.#next.length) return;
    const grown = new Int32Array(Math.max(length, 2 * this.#next.length));
    grown.set(this.#next);
    this.#next = grown;
  }
}
