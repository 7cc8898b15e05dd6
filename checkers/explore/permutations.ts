// Permutations of symmetric processes, and what they make of interned numbers: each component, envelope and history is
// relabelled once for each permutation.
import type { ClientHistory } from './client-history.ts';
import type { Component } from './component.ts';
import { encode, frozenCopy } from './encoding.ts';
import type { Expander } from './expander.ts';
import { Interner } from './interner.ts';
import type { LocalSteps } from './local-steps.ts';
import { PairTable } from './pair-table.ts';
import type { PreparedWorld } from './prepared-world.ts';
import { relabel, type Renaming } from './relabel.ts';
import { insertEnvelope } from './rows.ts';

/** By process, the process that it becomes. */
export type Permutation = readonly number[];

interface Relabelling extends Renaming {
  readonly to: Permutation;
}

export class Permutations {
  readonly #prepared: PreparedWorld;
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #known = new Interner<Relabelling>();
  readonly #locals = new PairTable();
  readonly #envelopes = new PairTable();
  readonly #histories = new PairTable();

  constructor(prepared: PreparedWorld, steps: LocalSteps, expander: Expander) {
    this.#prepared = prepared;
    this.#steps = steps;
    this.#expander = expander;
    this.intern(prepared.processes.map(({ index }) => index));
  }

  get bytes(): number {
    return this.#known.bytes + this.#locals.bytes + this.#envelopes.bytes + this.#histories.bytes;
  }

  /** The number of a permutation; the identity is 0. */
  intern(to: Permutation): number {
    return this.#known.intern(to.join(), () => {
      const { processes, world } = this.#prepared;
      const names = new Map(to.map((process, index) => [processes[index]!.id, processes[process]!.id]));
      return { to, names, sets: new Set(world.idSets) };
    });
  }

  of(permutation: number): Relabelling {
    return this.#known.value(permutation);
  }

  /** First one, then the other. */
  compose(first: number, then: number): number {
    const { to } = this.of(then);
    return this.intern(this.of(first).to.map((process) => to[process]!));
  }

  inverse(permutation: number): number {
    const { to } = this.of(permutation);
    return this.intern(to.map((_, index) => to.indexOf(index)));
  }

  local(local: number, permutation: number): number {
    const known = this.#locals.get(local, permutation);
    if (known !== -1) return known;
    const { process, timers, ...rest } = this.#steps.component(local);
    const renaming = this.of(permutation);
    const component: Component = {
      ...relabel(rest, renaming),
      process: renaming.to[process]!,
      timers: relabel(timers, renaming).toSorted(),
    };
    const relabelled = this.#steps.intern(component);
    this.#locals.add(local, permutation, relabelled);
    return relabelled;
  }

  envelope(envelope: number, permutation: number): number {
    const known = this.#envelopes.get(envelope, permutation);
    if (known !== -1) return known;
    const { from, to, message } = this.#steps.envelope(envelope);
    const renaming = this.of(permutation);
    const copy = frozenCopy(relabel(message, renaming), 'a message');
    const relabelled = this.#steps.internEnvelope(renaming.to[from]!, renaming.to[to]!, copy);
    this.#envelopes.add(envelope, permutation, relabelled);
    return relabelled;
  }

  history(history: number, permutation: number): number {
    const known = this.#histories.get(history, permutation);
    if (known !== -1) return known;
    const renaming = this.of(permutation);
    const { nodeCount } = this.#prepared;
    const before = this.#expander.histories.value(history);
    const permuted = <T>(items: readonly T[]): T[] => {
      const moved: T[] = [];
      items.forEach((item, client) => {
        moved[renaming.to[client + nodeCount]! - nodeCount] = item;
      });
      return moved;
    };
    const after: ClientHistory = permuted(
      before.map((calls) => calls.map((call) => ({ ...relabel(call, renaming), after: permuted(call.after) }))),
    );
    const relabelled = this.#expander.histories.intern(encode(after, 'the client history'), () => after);
    this.#histories.add(history, permutation, relabelled);
    return relabelled;
  }

  /** Writes what a row becomes into another one, which has room for it; its length. */
  row(row: Int32Array, length: number, permutation: number, into: Int32Array): number {
    const { layout } = this.#expander;
    const { processes, world } = this.#prepared;
    const { to } = this.of(permutation);
    for (let process = 0; process < processes.length; process++) {
      into[to[process]!] = this.local(row[process]!, permutation);
    }
    if (layout.history !== -1) into[layout.history] = this.history(row[layout.history]!, permutation);
    for (let at = layout.budgets; at < layout.network; at++) into[at] = row[at]!;
    let end = layout.network;
    for (let at = layout.network; at < length; at++) {
      const envelope = this.envelope(row[at]!, permutation);
      end = insertEnvelope(into, end, layout.network, envelope, world.network, this.#steps.linkOf);
    }
    return end;
  }
}
