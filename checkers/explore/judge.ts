// Judges the states of an exploration by their interned numbers: a component, a pair of components and a history are each
// judged once, however many states they occur in.
import type { Verdict } from '../../sim/verdict.ts';
import { toHistory } from './client-history.ts';
import type { Expander } from './expander.ts';
import type { LocalSteps } from './local-steps.ts';
import { PairTable } from './pair-table.ts';
import type { PreparedWorld } from './prepared-world.ts';
import type { WorldProperty } from './properties.ts';
import type { NodeInWorld } from './world.ts';

/** What speaks against a state. */
export interface Objection {
  readonly property: string;
  readonly verdict: Exclude<Verdict, 'valid'>;
  readonly reason: string;
}

type Typed<T extends WorldProperty['type']> = Extract<WorldProperty, { readonly type: T }>;

export class Judge {
  /** How often a property or check was evaluated. */
  evaluations = 0;

  readonly #prepared: PreparedWorld;
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #each: readonly { readonly property: Typed<'each'>; readonly known: (string | null)[] }[];
  readonly #pairs: readonly {
    readonly property: Typed<'pair'>;
    readonly known: PairTable;
    readonly reasons: string[];
  }[];
  readonly #always: readonly Typed<'always'>[];
  readonly #ends: readonly Typed<'end'>[];
  readonly #histories: (readonly Objection[])[] = [];
  readonly #met: boolean[] = []; // by local state: whether those that wait for one were asked about it
  #waiting: readonly Typed<'sometimes'>[];
  #waitingForOne: readonly Typed<'sometimes each'>[];

  constructor(prepared: PreparedWorld, steps: LocalSteps, expander: Expander) {
    this.#prepared = prepared;
    this.#steps = steps;
    this.#expander = expander;
    const { properties } = prepared.world;
    this.#each = properties.filter((one) => one.type === 'each').map((property) => ({ property, known: [] }));
    this.#pairs = properties
      .filter((one) => one.type === 'pair')
      .map((property) => ({ property, known: new PairTable(), reasons: [''] }));
    this.#always = properties.filter((one) => one.type === 'always');
    this.#ends = properties.filter((one) => one.type === 'end');
    this.#waiting = properties.filter((one) => one.type === 'sometimes');
    this.#waitingForOne = properties.filter((one) => one.type === 'sometimes each');
  }

  /** The names of the properties that no state has reached so far. */
  get unreached(): readonly string[] {
    return [...this.#waiting, ...this.#waitingForOne].map(({ name }) => name);
  }

  /** Only these have not been reached, says an earlier search. */
  restore(unreached: readonly string[]): void {
    this.#waiting = this.#waiting.filter(({ name }) => unreached.includes(name));
    this.#waitingForOne = this.#waitingForOne.filter(({ name }) => unreached.includes(name));
  }

  /** What speaks against a new state in which one process changed since its parent, or all with -1. */
  judge(row: Int32Array, changed: number, objections: Objection[]): void {
    const { nodeCount } = this.#prepared;
    if (changed === -1) {
      for (let node = 0; node < nodeCount; node++) this.#judgeNode(row, node, objections);
    } else if (changed < nodeCount) this.#judgeNode(row, changed, objections);
    const { history } = this.#expander.layout;
    if (history !== -1 && (changed === -1 || changed >= nodeCount)) {
      const found = (this.#histories[row[history]!] ??= this.#judgeHistory(row[history]!));
      for (const objection of found) objections.push(objection);
    }
    if (this.#waitingForOne.length > 0) {
      if (changed !== -1) this.#meet(row[changed]!);
      else for (let process = 0; process < this.#prepared.processes.length; process++) this.#meet(row[process]!);
    }
    if (this.#always.length > 0 || this.#waiting.length > 0) this.#judgeAll(row, objections);
  }

  /** What speaks against a run that ends in this state. */
  judgeEnd(row: Int32Array, objections: Objection[]): void {
    for (const property of this.#ends) {
      this.evaluations++;
      const reason = property.check(this.#views(row));
      if (reason !== undefined) objections.push({ property: property.name, verdict: 'invalid', reason });
    }
  }

  #judgeNode(row: Int32Array, node: number, objections: Objection[]): void {
    const local = row[node]!;
    for (const { property, known } of this.#each) {
      let reason = known[local];
      if (reason === undefined) {
        this.evaluations++;
        reason = known[local] = property.check(this.#steps.view(local)) ?? null;
      }
      if (reason !== null) objections.push({ property: property.name, verdict: 'invalid', reason });
    }
    for (const pair of this.#pairs) {
      for (let other = 0; other < this.#prepared.nodeCount; other++) {
        if (other === node) continue;
        const [one, two] = other < node ? [row[other]!, local] : [local, row[other]!];
        let found = pair.known.get(one, two);
        if (found === -1) {
          this.evaluations++;
          const reason = pair.property.check(this.#steps.view(one), this.#steps.view(two));
          found = reason === undefined ? 0 : pair.reasons.push(reason) - 1;
          pair.known.add(one, two, found);
        }
        if (found !== 0) {
          objections.push({ property: pair.property.name, verdict: 'invalid', reason: pair.reasons[found]! });
        }
      }
    }
  }

  #meet(local: number): void {
    if (this.#met[local] === true) return;
    this.#met[local] = true;
    this.#waitingForOne = this.#waitingForOne.filter((property) => !property.holds(this.#steps.view(local)));
  }

  #judgeAll(row: Int32Array, objections: Objection[]): void {
    const nodes = this.#views(row);
    for (const property of this.#always) {
      this.evaluations++;
      const reason = property.check(nodes);
      if (reason !== undefined) objections.push({ property: property.name, verdict: 'invalid', reason });
    }
    const reached = this.#waiting.filter((property) => property.holds(nodes));
    if (reached.length > 0) this.#waiting = this.#waiting.filter((property) => !reached.includes(property));
  }

  #judgeHistory(id: number): readonly Objection[] {
    const history = toHistory(this.#expander.histories.value(id), this.#prepared);
    return (this.#prepared.world.checks ?? []).flatMap((check) => {
      this.evaluations++;
      return check.judge(history).map(({ verdict, reason }) => ({ property: check.name, verdict, reason }));
    });
  }

  /** All nodes, then all clients. */
  #views(row: Int32Array): readonly NodeInWorld[] {
    return this.#prepared.processes.map(({ index }) => this.#steps.view(row[index]!));
  }
}
