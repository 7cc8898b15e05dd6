// Partial-order reduction by sleep sets (Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", LNCS
// 1032, 1996, chapter 5) for a search level by level. An event that was taken before another one in a state need not be taken
// after that one where the two commute: the other order was followed already. Every reachable state is still visited, at the
// same level, so every property of states, client histories and ends keeps its verdict and its shortest trace; what is saved
// is transitions.
//
// With states that are met again, sleep sets must shrink: a state sleeps through what all arrivals at its level agree on. That
// arrivals from later levels may be passed over is special to breadth first: take a shortest way to a state. All reorderings
// of it by commuting events are shortest ways too. Of the events that can come first in one of them, take the one that the
// search took first; nothing that can come first after it sleeps there, or it would have slept here, or been taken earlier.
// So the search follows one of the reorderings to the end.
import { beginKind, crashKind, deliverKind, kindOf, restartKind, timerKind } from './events.ts';
import type { LocalSteps } from './local-steps.ts';
import type { PreparedWorld } from './prepared-world.ts';

const nobody: readonly number[] = [];

const dependsOnAll = -1;
const crashes = 1;
const restarts = 2;
const sharesHistory = 4;

export class SleepSets {
  readonly #prepared: PreparedWorld;
  readonly #steps: LocalSteps;
  readonly #traits: number[] = []; // by event
  readonly #timersDependOnAll: boolean;
  #asleep: (readonly number[] | undefined)[] = []; // by state of the level that is being expanded
  #first = 0; // of those states
  #next: (readonly number[] | undefined)[] = []; // by state of the level that is in the making
  #nextFirst = 0;
  #current: readonly number[] = nobody;
  #done: number[] = []; // events that were taken from the current state, and led on
  #event = -1; // the one that is being taken

  constructor(prepared: PreparedWorld, steps: LocalSteps) {
    this.#prepared = prepared;
    this.#steps = steps;
    this.#timersDependOnAll = prepared.world.timersFire === 'when quiet';
  }

  /** A new level begins: its states, and from which number on states belong to the next one. */
  beginLevel(first: number, end: number): void {
    this.#asleep = first === this.#nextFirst ? this.#next : [];
    this.#first = first;
    this.#next = [];
    this.#nextFirst = end;
  }

  /** A state is about to be expanded; whether anything sleeps there. */
  beginState(state: number): boolean {
    this.#current = this.#asleep[state - this.#first] ?? nobody;
    this.#done = [];
    this.#event = -1;
    return this.#current.length > 0;
  }

  /** Whether an event of the state is to be taken. */
  isAwake(event: number): boolean {
    return !this.#current.includes(event);
  }

  /** An event was taken from the current state, and led to another one. */
  arrive(event: number, state: number, isNew: boolean): void {
    if (event !== this.#event) {
      if (this.#event !== -1) this.#done.push(this.#event);
      this.#event = event;
    }
    if (state < this.#nextFirst) return;
    const known = isNew ? undefined : this.#next[state - this.#nextFirst];
    if (!isNew && known === undefined) return; // nothing sleeps there any more
    const asleep: number[] = [];
    for (const other of this.#current) this.#putToSleep(other, event, known, asleep);
    for (const other of this.#done) this.#putToSleep(other, event, known, asleep);
    this.#next[state - this.#nextFirst] = asleep.length === 0 ? undefined : asleep;
  }

  #putToSleep(other: number, event: number, known: readonly number[] | undefined, asleep: number[]): void {
    if (known !== undefined && !known.includes(other)) return;
    if (this.#commute(other, event)) asleep.push(other);
  }

  /**
   * Whether two events commute: wherever one can be followed by the other, the other can be followed by the one, to the same
   * state. Turns of two processes do: each changes its own component, takes its own message and adds to the network; and a
   * budget that paid for both in one order pays in the other. A crash and a restart do not, as only so many nodes may be down,
   * nor do operations of two clients, whose order is in the history. All else is taken to depend on everything.
   */
  #commute(one: number, other: number): boolean {
    const [left, right] = [this.#traitsOf(one), this.#traitsOf(other)];
    if (left === dependsOnAll || right === dependsOnAll || left >> 3 === right >> 3) return false;
    return (left & right & sharesHistory) === 0 && ((left | right) & (crashes | restarts)) !== (crashes | restarts);
  }

  /** The process of an event, and in the last three bits what it shares with events of other processes. */
  #traitsOf(event: number): number {
    return (this.#traits[event] ??= this.#workOutTraits(event));
  }

  #workOutTraits(event: number): number {
    const process = this.#steps.processOf(event);
    if (process === -1) return dependsOnAll;
    const { nodeCount, keepsHistory } = this.#prepared;
    const history = keepsHistory && process >= nodeCount ? sharesHistory : 0;
    switch (kindOf(event)) {
      case deliverKind:
      case beginKind:
        return (process << 3) | history;
      case timerKind:
        if (this.#timersDependOnAll) return dependsOnAll;
        return (process << 3) | history;
      case crashKind:
        return (process << 3) | crashes;
      case restartKind:
        return (process << 3) | restarts;
      default:
        return dependsOnAll;
    }
  }
}
