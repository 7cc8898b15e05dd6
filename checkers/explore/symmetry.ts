// Symmetry reduction: states that differ only in which of several interchangeable processes is which are one. A state is
// represented by the least of its permutations. Processes are first sorted by signatures that no permutation changes; only
// where these tie are orders tried, and not those that swap twins, which leave the state as it is (the orbits are exact, as
// in Ip and Dill, "Better Verification Through Symmetry", 1996, section 4, at a price that rarely grows with the factorial).
import type { Expander } from './expander.ts';
import type { LocalSteps } from './local-steps.ts';
import { PairTable } from './pair-table.ts';
import { Permutations, type Permutation } from './permutations.ts';
import { ExploreError, never, type PreparedWorld } from './prepared-world.ts';
import { blur } from './relabel.ts';
import { Interner } from './interner.ts';

export class Symmetry {
  readonly permutations: Permutations;
  /** The groups of interchangeable processes, each in ascending order. */
  readonly groups: readonly (readonly number[])[];
  /** The representative that was found last, and the permutation that leads to it. */
  row = new Int32Array(64);
  permutation = 0;

  readonly #prepared: PreparedWorld;
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #groupOf = new Map<string, number>();
  readonly #sets: ReadonlySet<string>;
  readonly #blurred = new Interner<number>();
  readonly #localBlurs = new PairTable();
  readonly #envelopeBlurs = new PairTable();
  readonly #historyBlurs = new PairTable();
  readonly #signatures: Int32Array;
  #candidate = new Int32Array(64);

  /** @throws ExploreError if the world declares no groups, or none that can be interchanged. */
  constructor(prepared: PreparedWorld, steps: LocalSteps, expander: Expander) {
    this.#prepared = prepared;
    this.#steps = steps;
    this.#expander = expander;
    this.permutations = new Permutations(prepared, steps, expander);
    this.groups = groupsOf(prepared);
    this.groups.forEach((group, index) => {
      for (const process of group) this.#groupOf.set(prepared.processes[process]!.id, index);
    });
    this.#sets = new Set(prepared.world.idSets);
    this.#signatures = new Int32Array(prepared.processes.length);
  }

  /** Finds the representative of a state; its length. */
  represent(row: Int32Array, length: number): number {
    if (length > this.row.length) {
      this.row = new Int32Array(2 * length);
      this.#candidate = new Int32Array(2 * length);
    }
    let best = -1;
    const consider = (to: Permutation): void => {
      const permutation = this.permutations.intern(to);
      const end = this.permutations.row(row, length, permutation, this.#candidate);
      if (best !== -1 && !isLess(this.#candidate, end, this.row)) return;
      [this.row, this.#candidate] = [this.#candidate, this.row];
      best = permutation;
    };
    this.#arrange(row, length, consider);
    this.permutation = best;
    return length;
  }

  /** The permutations that swap two neighbours of a group: all others are made of them. */
  swaps(): readonly number[] {
    return this.groups.flatMap((group) => group.slice(1).map((process, index) => this.#swap(group[index]!, process)));
  }

  /** Calls with each permutation that may lead to the representative. */
  #arrange(row: Int32Array, length: number, consider: (to: Permutation) => void): void {
    const to = this.#prepared.processes.map(({ index }) => index);
    for (const group of this.groups) for (const process of group) this.#sign(row, length, process);
    const arrangeGroup = (index: number): void => {
      const group = this.groups[index];
      if (group === undefined) return consider([...to]);
      const sorted = group.toSorted((one, other) => this.#signatures[one]! - this.#signatures[other]!);
      const place = (at: number): void => {
        if (at === sorted.length) return arrangeGroup(index + 1);
        let end = at + 1;
        while (end < sorted.length && this.#signatures[sorted[end]!] === this.#signatures[sorted[at]!]) end++;
        const tied = sorted.slice(at, end);
        const kinds = end - at === 1 ? [tied] : this.#twins(row, length, tied);
        eachOrder(kinds, (order) => {
          order.forEach((process, offset) => {
            to[process] = group[at + offset]!;
          });
          place(end);
        });
      };
      place(0);
    };
    arrangeGroup(0);
  }

  /** Processes whose swap leaves the state as it is, together. */
  #twins(row: Int32Array, length: number, tied: readonly number[]): readonly (readonly number[])[] {
    const kinds: number[][] = [];
    for (const process of tied) {
      const kind = kinds.find(([first]) => this.#isFixed(row, length, this.#swap(first!, process)));
      if (kind === undefined) kinds.push([process]);
      else kind.push(process);
    }
    return kinds;
  }

  #isFixed(row: Int32Array, length: number, permutation: number): boolean {
    this.permutations.row(row, length, permutation, this.#candidate);
    for (let at = 0; at < length; at++) if (this.#candidate[at] !== row[at]) return false;
    return true;
  }

  #swap(one: number, other: number): number {
    return this.permutations.intern(
      this.#prepared.processes.map(({ index }) => (index === one ? other : index === other ? one : index)),
    );
  }

  /** The signature of a process: what everything in the state has to do with it, in no order. */
  #sign(row: Int32Array, length: number, process: number): void {
    const { history, network } = this.#expander.layout;
    let signature = 0;
    for (let other = 0; other < this.#prepared.processes.length; other++) {
      signature = (signature + mix(this.#localBlur(row[other]!, process))) | 0;
    }
    for (let at = network; at < length; at++) {
      signature = (signature + mix(this.#envelopeBlur(row[at]!, process))) | 0;
    }
    if (history !== -1) signature = (signature + mix(this.#historyBlur(row[history]!, process))) | 0;
    this.#signatures[process] = signature;
  }

  #localBlur(local: number, process: number): number {
    return this.#remember(this.#localBlurs, local, process, () => {
      const { process: own, timers, ...component } = this.#steps.component(local);
      const roleOf = this.#rolesFor(process);
      const owner = this.#prepared.processes[own]!.id;
      return blur(
        { ...component, owner, timers: timers.map((timer) => roleOf(timer) ?? timer).sort() },
        roleOf,
        this.#sets,
      );
    });
  }

  #envelopeBlur(envelope: number, process: number): number {
    return this.#remember(this.#envelopeBlurs, envelope, process, () => {
      const { from, to, message } = this.#steps.envelope(envelope);
      const { processes } = this.#prepared;
      return `>${blur([processes[from]!.id, processes[to]!.id, message], this.#rolesFor(process), this.#sets)}`;
    });
  }

  #historyBlur(history: number, process: number): number {
    return this.#remember(this.#historyBlurs, history, process, () => {
      const calls = this.#expander.histories.value(history)[process - this.#prepared.nodeCount] ?? [];
      const told = calls.map(({ after, ...call }) => [call, after.reduce((sum, count) => sum + count, 0)]);
      return `#${blur(told, this.#rolesFor(process), this.#sets)}`;
    });
  }

  #remember(table: PairTable, id: number, process: number, text: () => string): number {
    const known = table.get(id, process);
    if (known !== -1) return known;
    const blurred = this.#blurred.intern(text(), () => 0);
    table.add(id, process, blurred);
    return blurred;
  }

  #rolesFor(process: number): (name: string) => string | undefined {
    const self = this.#prepared.processes[process]!.id;
    return (name) => {
      const group = this.#groupOf.get(name);
      return group === undefined ? undefined : name === self ? '@self' : `@${group}`;
    };
  }
}

function groupsOf({ world, indexOf, nodeCount, budgets }: PreparedWorld): readonly (readonly number[])[] {
  const { symmetric = [] } = world;
  if (symmetric.every((group) => group.length < 2)) throw new ExploreError('the world declares no symmetric processes');
  if (budgets.slots.partitions !== never)
    throw new ExploreError('symmetry knows no partitions: expected a world without');
  const seen = new Set<string>();
  return symmetric.map((group) => {
    const processes = group.map((id) => {
      const process = indexOf.get(id);
      if (process === undefined) throw new ExploreError(`symmetric: ${id} is not in the world`);
      if (seen.has(id)) throw new ExploreError(`symmetric: ${id} is named twice`);
      seen.add(id);
      return process;
    });
    if (processes.some((process) => process < nodeCount) && processes.some((process) => process >= nodeCount)) {
      throw new ExploreError(`symmetric: ${group.join(', ')} are nodes and clients`);
    }
    return processes.sort((one, other) => one - other);
  });
}

/** Calls with each order of the members, those of one kind being alike. */
function eachOrder(kinds: readonly (readonly number[])[], visit: (order: readonly number[]) => void): void {
  const total = kinds.reduce((sum, kind) => sum + kind.length, 0);
  const used = kinds.map(() => 0);
  const order: number[] = [];
  const extend = (): void => {
    if (order.length === total) return visit([...order]);
    kinds.forEach((kind, index) => {
      const member = kind[used[index]!];
      if (member === undefined) return;
      used[index]!++;
      order.push(member);
      extend();
      order.pop();
      used[index]!--;
    });
  };
  extend();
}

function isLess(row: Int32Array, length: number, than: Int32Array): boolean {
  for (let at = 0; at < length; at++) if (row[at] !== than[at]) return row[at]! < than[at]!;
  return false;
}

function mix(value: number): number {
  let hash = Math.imul(value + 0x7f4a7c15, 0x9e3779b1);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
