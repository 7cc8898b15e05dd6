// Proves by example that what a world declares to be symmetric is: permuting a state and then taking an event must lead where
// taking it and then permuting does, births and properties must not care either. A protocol that compares names, or hides them
// in longer strings, is caught by it.
import { encode } from './encoding.ts';
import { argumentOf, beginKind, crashKind, deliverKind, eventCode, kindOf, restartKind, timerKind } from './events.ts';
import type { LocalSteps, Step } from './local-steps.ts';
import { PairTable } from './pair-table.ts';
import { ExploreError, type PreparedWorld } from './prepared-world.ts';
import { relabel } from './relabel.ts';
import type { Symmetry } from './symmetry.ts';
import type { NodeInWorld } from './world.ts';

/** So many handler calls, and states, are all looked at; afterwards one in so many. */
const looksAtFirst = 2_000;
const looksAtOneIn = 32;

export class SymmetryAudit {
  readonly #prepared: PreparedWorld;
  readonly #steps: LocalSteps;
  readonly #symmetry: Symmetry;
  readonly #seen = new PairTable();
  #states = 0;

  constructor(prepared: PreparedWorld, steps: LocalSteps, symmetry: Symmetry) {
    this.#prepared = prepared;
    this.#steps = steps;
    this.#symmetry = symmetry;
  }

  /** @throws ExploreError unless every permutation of an initial state is an initial state. */
  births(rows: readonly Int32Array[]): void {
    const known = new Set(rows.map((row) => row.join()));
    for (const row of rows) {
      for (const swap of this.#symmetry.swaps()) {
        const into = new Int32Array(row.length);
        this.#symmetry.permutations.row(row, row.length, swap, into);
        if (!known.has(into.join())) throw this.#refusal(swap, 'the way they start');
      }
    }
  }

  /** An event that was taken at a component. @throws ExploreError where it goes another way under other names. */
  step(local: number, event: number): void {
    const kind = kindOf(event);
    if (![deliverKind, timerKind, beginKind, restartKind].includes(kind)) return;
    if (this.#seen.get(local, event) !== -1) return;
    this.#seen.add(local, event, 0);
    if (this.#seen.size > looksAtFirst && this.#seen.size % looksAtOneIn !== 0) return;
    for (const swap of this.#symmetry.swaps()) {
      const there = this.#symmetry.permutations.local(local, swap);
      const other = this.#relabelled(event, there, swap);
      const expected = this.#inWords(this.#steps.steps(local, event), swap);
      const found = other === -1 ? '' : this.#inWords(this.#steps.steps(there, other), 0);
      if (expected !== found) throw this.#refusal(swap, this.#describe(event));
    }
  }

  /** A new state. @throws ExploreError if a property judges it otherwise under other names. */
  state(row: Int32Array, length: number): void {
    this.#states++;
    if (this.#states > looksAtFirst && this.#states % looksAtOneIn !== 0) return;
    const expected = this.#verdicts(row);
    for (const swap of this.#symmetry.swaps()) {
      const into = new Int32Array(length);
      this.#symmetry.permutations.row(row, length, swap, into);
      const found = this.#verdicts(into);
      const differs = expected.findIndex((verdict, index) => verdict !== found[index]);
      if (differs !== -1) throw this.#refusal(swap, `property ${this.#prepared.world.properties[differs]?.name}`);
    }
  }

  #verdicts(row: Int32Array): readonly boolean[] {
    const views = this.#prepared.processes.map(({ index }) => this.#steps.view(row[index]!));
    const nodes = views.slice(0, this.#prepared.nodeCount);
    const inPairs = (check: (one: NodeInWorld, other: NodeInWorld) => unknown): boolean =>
      nodes.some((one, index) => nodes.slice(index + 1).some((other) => check(one, other) !== undefined));
    return this.#prepared.world.properties.map((property) => {
      switch (property.type) {
        case 'each':
          return nodes.some((node) => property.check(node) !== undefined);
        case 'pair':
          return inPairs((one, other) => property.check(one, other));
        case 'always':
        case 'end':
          return property.check(views) !== undefined;
        case 'sometimes':
        case 'eventually':
          return property.holds(views);
        case 'sometimes each':
          return views.some((view) => property.holds(view));
      }
    });
  }

  /** The event under other names, at a component; -1 if there is none. */
  #relabelled(event: number, there: number, swap: number): number {
    const argument = argumentOf(event);
    const { permutations } = this.#symmetry;
    const { to, names } = permutations.of(swap);
    switch (kindOf(event)) {
      case deliverKind:
        return eventCode(deliverKind, permutations.envelope(argument, swap));
      case timerKind: {
        const { timer } = this.#steps.timer(argument);
        const wanted = names.get(timer) ?? timer;
        const events = [...this.#steps.timerEvents[there]!, ...this.#steps.leaseEvents[there]!];
        return events.find((other) => this.#steps.timer(argumentOf(other)).timer === wanted) ?? -1;
      }
      default:
        return eventCode(kindOf(event), to[argument]!);
    }
  }

  /** The outcomes in an order that does not depend on names, relabelled. */
  #inWords(steps: readonly Step[], swap: number): string {
    const { permutations } = this.#symmetry;
    const renaming = permutations.of(swap);
    return steps
      .map(({ local, sends, clientEvents, within, thrown }) => {
        if (thrown !== undefined) return 'thrown';
        const sent = sends.map((envelope) => permutations.envelope(envelope, swap)).sort((a, b) => a - b);
        const told = clientEvents === -1 ? null : this.#steps.clientEvents(clientEvents).events;
        return encode([permutations.local(local, swap), sent, relabel(told, renaming), within], 'a step');
      })
      .sort()
      .join();
  }

  #describe(event: number): string {
    const { processes } = this.#prepared;
    const name = processes[this.#steps.processOf(event)]?.id ?? '';
    switch (kindOf(event)) {
      case deliverKind: {
        const { message } = this.#steps.envelope(argumentOf(event));
        return `onMessage of ${name} (${encode(message, 'a message')})`;
      }
      case timerKind:
        return `onTimer of ${name} (${this.#steps.timer(argumentOf(event)).timer})`;
      case beginKind:
        return `onRequest of ${name}`;
      default:
        return `${kindOf(event) === crashKind ? 'crash' : 'start'} of ${name}`;
    }
  }

  #refusal(swap: number, what: string): ExploreError {
    const { processes } = this.#prepared;
    const { to } = this.#symmetry.permutations.of(swap);
    const swapped = processes.filter(({ index }) => to[index] !== index).map(({ id }) => id);
    return new ExploreError(
      `${swapped.join(' and ')} are not symmetric: ${what} differs when they are swapped; expected protocols that never ` +
        'compare names or hide them in longer strings, and sets of names declared in idSets',
    );
  }
}
