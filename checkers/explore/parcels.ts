// Rows that go from one part of a divided search to another. Every part has its own numbers for components, envelopes and
// histories, so a parcel says what those numbers mean that it is the first to use.
import type { ClientHistory } from './client-history.ts';
import type { Component } from './component.ts';
import { deepFreeze, encode } from './encoding.ts';
import type { Expander } from './expander.ts';
import type { Envelope, LocalSteps } from './local-steps.ts';
import type { PreparedWorld } from './prepared-world.ts';

/** Plain data: it can be posted to another thread. */
export interface Parcel {
  /**
   * By the state that they follow and the place among what follows it, ascending: these two numbers, the process that changed
   * (or -1), the row's length, the row.
   */
  readonly rows: Int32Array;
  readonly locals: readonly (readonly [id: number, Component])[];
  readonly envelopes: readonly (readonly [id: number, Envelope])[];
  readonly histories: readonly (readonly [id: number, ClientHistory])[];
}

/** The integers before a row in a parcel. */
export const headLength = 4;

const recentRows = 1 << 15;

/** What a part sends to one other part, or keeps for itself. */
export class Outbox {
  #rows = new Int32Array(4096);
  #end = 0;
  readonly #recent = new Int32Array(recentRows); // by hash, where in this parcel a row with it begins; 0 for nowhere
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #processes: number;
  readonly #tellsMeanings: boolean;
  readonly #toldLocals: boolean[] = [];
  readonly #toldEnvelopes: boolean[] = [];
  readonly #toldHistories: boolean[] = [];
  #locals: (readonly [number, Component])[] = [];
  #envelopes: (readonly [number, Envelope])[] = [];
  #histories: (readonly [number, ClientHistory])[] = [];

  /** @param tellsMeanings whether the receiver has other numbers. */
  constructor(prepared: PreparedWorld, steps: LocalSteps, expander: Expander, tellsMeanings: boolean) {
    this.#steps = steps;
    this.#expander = expander;
    this.#processes = prepared.processes.length;
    this.#tellsMeanings = tellsMeanings;
  }

  /** Puts a row in, unless it is there already: the first of equal rows counts. */
  add(row: Int32Array, length: number, hash: number, parent: number, index: number, changed: number): void {
    const slot = (hash >>> 8) & (recentRows - 1); // its low bits chose the part
    const recent = this.#recent[slot]!;
    if (recent !== 0 && this.#isRowAt(recent, row, length)) return;
    const needed = this.#end + headLength + length;
    if (needed > this.#rows.length) {
      const grown = new Int32Array(2 * needed);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    const rows = this.#rows;
    const at = this.#end + headLength;
    rows[at - 4] = parent;
    rows[at - 3] = index;
    rows[at - 2] = changed;
    rows[at - 1] = length;
    for (let place = 0; place < length; place++) rows[at + place] = row[place]!;
    this.#end = at + length;
    this.#recent[slot] = at;
    if (this.#tellsMeanings) this.#tell(row, length);
  }

  /** All that was put in; the next parcel begins empty. */
  take(): Parcel {
    const rows = this.#rows.slice(0, this.#end);
    const parcel = { rows, locals: this.#locals, envelopes: this.#envelopes, histories: this.#histories };
    this.#end = 0;
    this.#recent.fill(0);
    [this.#locals, this.#envelopes, this.#histories] = [[], [], []];
    return parcel;
  }

  #isRowAt(at: number, row: Int32Array, length: number): boolean {
    const rows = this.#rows;
    if (rows[at - 1] !== length) return false;
    for (let place = 0; place < length; place++) if (rows[at + place] !== row[place]) return false;
    return true;
  }

  #tell(row: Int32Array, length: number): void {
    const { history, network } = this.#expander.layout;
    for (let process = 0; process < this.#processes; process++) {
      const local = row[process]!;
      if (this.#toldLocals[local] === true) continue;
      this.#toldLocals[local] = true;
      this.#locals.push([local, this.#steps.componentAsMade(local)]);
    }
    if (history !== -1 && this.#toldHistories[row[history]!] !== true) {
      this.#toldHistories[row[history]!] = true;
      this.#histories.push([row[history]!, this.#expander.histories.value(row[history]!)]);
    }
    for (let at = network; at < length; at++) {
      const envelope = row[at]!;
      if (this.#toldEnvelopes[envelope] === true) continue;
      this.#toldEnvelopes[envelope] = true;
      this.#envelopes.push([envelope, this.#steps.envelope(envelope)]);
    }
  }
}

/** What a part gets from one other part: it puts the rows into its own numbers. */
export class Inbox {
  readonly #prepared: PreparedWorld;
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #locals: number[] = []; // by the sender's number, the own one
  readonly #envelopes: number[] = [];
  readonly #histories: number[] = [];

  constructor(prepared: PreparedWorld, steps: LocalSteps, expander: Expander) {
    this.#prepared = prepared;
    this.#steps = steps;
    this.#expander = expander;
  }

  /** The rows of a parcel in the own numbers, in the memory that they came in. */
  open({ rows, locals, envelopes, histories }: Parcel): Int32Array {
    for (const [id, component] of locals) this.#locals[id] = this.#steps.intern(component);
    for (const [id, { from, to, message }] of envelopes) {
      this.#envelopes[id] = this.#steps.internEnvelope(from, to, deepFreeze(message));
    }
    for (const [id, history] of histories) {
      this.#histories[id] = this.#expander.histories.intern(encode(history, 'the client history'), () => history);
    }
    for (let at = headLength; at < rows.length; at += rows[at - 1]! + headLength) {
      this.#translate(rows, at, at + rows[at - 1]!);
    }
    return rows;
  }

  #translate(rows: Int32Array, from: number, end: number): void {
    const { layout } = this.#expander;
    const { processes, world } = this.#prepared;
    for (let at = from; at < from + processes.length; at++) rows[at] = this.#locals[rows[at]!]!;
    if (layout.history !== -1) rows[from + layout.history] = this.#histories[rows[from + layout.history]!]!;
    const start = from + layout.network;
    for (let at = start; at < end; at++) {
      const envelope = this.#envelopes[rows[at]!]!;
      let place = at;
      // queues stand in the order of their links, which is the same everywhere; all else in that of the own numbers
      while (world.network !== 'ordered' && place > start && rows[place - 1]! > envelope) {
        rows[place] = rows[place - 1]!;
        place--;
      }
      rows[place] = envelope;
    }
  }
}
