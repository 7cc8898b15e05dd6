// The hash of a state by its content: the same in every part of a divided search, whatever numbers the part has given to
// components, envelopes and histories. It says which part owns the state.
import { textOf } from './component.ts';
import { encode } from './encoding.ts';
import type { Expander } from './expander.ts';
import type { LocalSteps } from './local-steps.ts';
import type { PreparedWorld } from './prepared-world.ts';

export class RowContent {
  readonly #prepared: PreparedWorld;
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #locals: number[] = []; // hashes, by number
  readonly #envelopes: number[] = [];
  readonly #histories: number[] = [];

  constructor(prepared: PreparedWorld, steps: LocalSteps, expander: Expander) {
    this.#prepared = prepared;
    this.#steps = steps;
    this.#expander = expander;
  }

  /** 32 bits, not negative. */
  hash(row: Int32Array, length: number): number {
    const { history, budgets, network } = this.#expander.layout;
    const isQueued = this.#prepared.world.network === 'ordered';
    let hash = length;
    for (let process = 0; process < this.#prepared.processes.length; process++) {
      hash = mixed(hash, this.#locals[row[process]!] ?? this.#hashLocal(row[process]!));
    }
    if (history !== -1) hash = mixed(hash, this.#histories[row[history]!] ?? this.#hashHistory(row[history]!));
    for (let at = budgets; at < network; at++) hash = mixed(hash, row[at]!);
    let sum = 0; // of what has no order but that of the numbers
    for (let at = network; at < length; at++) {
      const envelope = this.#envelopes[row[at]!] ?? this.#hashEnvelope(row[at]!);
      if (isQueued) hash = mixed(hash, envelope);
      else sum = (sum + envelope) | 0;
    }
    return mixed(mixed(hash, sum), length) >>> 0;
  }

  #hashLocal(local: number): number {
    const component = this.#steps.component(local);
    const id = this.#prepared.processes[component.process]?.id ?? '';
    return (this.#locals[local] = hashOfText(textOf(component, id)));
  }

  #hashEnvelope(envelope: number): number {
    const { from, to, message } = this.#steps.envelope(envelope);
    return (this.#envelopes[envelope] = hashOfText(`${from}>${to}:${encode(message, 'a message')}`));
  }

  #hashHistory(history: number): number {
    const value = this.#expander.histories.value(history);
    return (this.#histories[history] = hashOfText(encode(value, 'the client history')));
  }
}

function hashOfText(text: string): number {
  let hash = text.length;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash, text.length);
}

function mixed(hash: number, more: number): number {
  const product = Math.imul(hash ^ more, 0x9e3779b1);
  return Math.imul(product ^ (product >>> 15), 0x85ebca6b) ^ (product >>> 13);
}
