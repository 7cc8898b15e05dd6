// A model's steps as a table of integers: each state and each kind of call is numbered, and each pair is computed once.
import { canonical } from '../canonical.ts';
import { hintsOf, type Call, type Model } from '../model.ts';
import type { Operation } from '../operations.ts';

/** What `next` gives for a refusal. */
export const refused = -1;

/** The steps of one model on the operations of one partition. State 0 is the initial one. */
export class Transitions<State> {
  readonly model: Model<State>;
  /** The kind of each operation: operations of one kind are interchangeable to the model. */
  readonly kinds: Int32Array;
  /** By kind: 1 for calls that never change a state. */
  readonly observes: Uint8Array;
  /** By kind: 1 for calls that are said to overwrite. */
  readonly overwrites: Uint8Array;
  /** By kind: 1 for calls that only make the object grow; undefined if nothing is known of growth. */
  readonly grows: Uint8Array | undefined;
  private readonly reached = new Map<number, boolean>(); // by state × kind: what `canReach` says
  private readonly wanted = new Map<number, string | null>(); // by kind: what `wantedBy` says, null for nothing
  private allMet: boolean | undefined;
  private readonly calls: Call[] = [];
  private readonly states: State[] = [];
  private readonly numbers = new Map<string, number>();
  // Open addressing on state × kind: exact as a double below 2^53. A free slot is -1; at most half are in use.
  private keys = new Float64Array(64).fill(-1);
  private targets = new Int32Array(64);
  private used = 0;

  constructor(model: Model<State>, operations: readonly Operation[]) {
    this.model = model;
    const kinds = new Map<string, number>();
    this.kinds = Int32Array.from(operations, (operation) => {
      const { f, value, result, type, client } = operation;
      const text = canonical([f, value, result, type, model.ownerAware === true ? client : null]);
      const known = kinds.get(text);
      if (known !== undefined) return known;
      kinds.set(text, this.calls.length);
      return this.calls.push(operation) - 1;
    });
    this.observes = Uint8Array.from(this.calls, (call) => (model.observes(call) ? 1 : 0));
    const hints = hintsOf(model);
    const { growth } = hints;
    this.overwrites = Uint8Array.from(this.calls, (call) => (hints.overwrites?.(call) === true ? 1 : 0));
    this.grows = growth && Uint8Array.from(this.calls, (call) => (growth.grows(call) ? 1 : 0));
    this.number(model.init);
  }

  /** How many states were met so far: their numbers are below it. */
  get stateCount(): number {
    return this.states.length;
  }

  /** How many kinds of calls there are: their numbers are below it. */
  get kindCount(): number {
    return this.calls.length;
  }

  /** The call that stands for a kind. */
  call(kind: number): Call {
    return this.calls[kind]!;
  }

  /** An estimate of the memory in use, without that of the states. */
  get bytes(): number {
    return 12 * this.keys.length;
  }

  /** The state that a call of this kind leads to, or `refused`. */
  next(state: number, kind: number): number {
    const key = state * this.calls.length + kind;
    let slot = this.slotOf(key);
    if (this.keys[slot] === key) return this.targets[slot]!;
    const step = this.model.step(this.states[state]!, this.calls[kind]!);
    const target = step.type === 'next' ? this.number(step.state) : refused;
    if ((this.used + 1) * 2 > this.keys.length) {
      this.grow();
      slot = this.slotOf(key);
    }
    this.keys[slot] = key;
    this.targets[slot] = target;
    this.used += 1;
    return target;
  }

  /**
   * Meets all states that any of the calls can lead to, in any order, if that takes few steps.
   * @returns whether all of them are known now.
   */
  meetAll(): boolean {
    this.allMet ??= this.tryToMeetAll();
    return this.allMet;
  }

  private tryToMeetAll(): boolean {
    const { overwrites } = this;
    const moving = [...this.calls.keys()].filter((kind) => this.observes[kind] === 0);
    const others = moving.filter((kind) => overwrites[kind] === 0);
    const most = others.length === moving.length ? 20_000 : 500_000;
    let steps = 0;
    for (let state = 0; state < this.states.length; state += 1) {
      for (const kind of state === 0 ? moving : others) {
        steps += 1;
        if (steps > most) return false;
        this.next(state, kind);
      }
    }
    return true;
  }

  /** Whether growth can lead from the state to one that accepts this kind of observation; true if nothing is known of growth. */
  canReach(state: number, kind: number): boolean {
    const { growth } = hintsOf(this.model);
    if (growth === undefined) return true;
    const key = state * this.calls.length + kind;
    const known = this.reached.get(key);
    if (known !== undefined) return known;
    const can = growth.canReach(this.states[state]!, this.calls[kind]!);
    this.reached.set(key, can);
    return can;
  }

  /** Why the state refuses a call of this kind, in words; empty when it does not. */
  reason(state: number, kind: number): string {
    const step = this.model.step(this.states[state]!, this.calls[kind]!);
    return step.type === 'refused' ? step.reason() : '';
  }

  /** The key of the only state that a kind of call asks for; undefined if it may ask for several. */
  wantedBy(kind: number): string | undefined {
    let key = this.wanted.get(kind);
    if (key === undefined) {
      const only = hintsOf(this.model).wants?.(this.calls[kind]!);
      key = only === undefined ? null : this.model.key(only.state);
      this.wanted.set(kind, key);
    }
    return key ?? undefined;
  }

  /** The key of a state. */
  keyOf(state: number): string {
    return this.model.key(this.states[state]!);
  }

  private number(state: State): number {
    const key = this.model.key(state);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.states.length);
    return this.states.push(state) - 1;
  }

  /** The slot that holds the key, or the free one where it belongs. */
  private slotOf(key: number): number {
    const keys = this.keys;
    const mask = keys.length - 1;
    const low = key | 0;
    const high = (key / 4294967296) | 0;
    let slot = Math.imul(low ^ Math.imul(high, 0x9e3779b1) ^ (low >>> 15), 0x85ebca6b);
    slot = (slot ^ (slot >>> 13)) & mask;
    while (keys[slot] !== key && keys[slot] !== -1) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const { keys, targets } = this;
    this.keys = new Float64Array(keys.length * 2).fill(-1);
    this.targets = new Int32Array(keys.length * 2);
    for (let slot = 0; slot < keys.length; slot += 1) {
      if (keys[slot] === -1) continue;
      const free = this.slotOf(keys[slot]!);
      this.keys[free] = keys[slot]!;
      this.targets[free] = targets[slot]!;
    }
  }
}
