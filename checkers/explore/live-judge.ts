// Judges a run in place: what one process changed after each action, and the client history when the run is over. A history
// that fails is traced back to the first of its prefixes that does.
import { emptyHistory, extend, toHistory, type ClientHistory } from './client-history.ts';
import { encode } from './encoding.ts';
import type { Objection } from './judge.ts';
import type { LiveWorld } from './live-world.ts';
import type { PreparedWorld } from './prepared-world.ts';
import type { WorldProperty } from './properties.ts';

type Typed<T extends WorldProperty['type']> = Extract<WorldProperty, { readonly type: T }>;

/** What speaks against the state after so many actions of the run. */
export interface LiveObjection extends Objection {
  readonly after: number;
}

/** How many judgements of histories are kept. */
const maxKnown = 50_000;

export class LiveJudge {
  readonly #prepared: PreparedWorld;
  readonly #world: LiveWorld;
  readonly #each: readonly Typed<'each'>[];
  readonly #pairs: readonly Typed<'pair'>[];
  readonly #always: readonly Typed<'always'>[];
  readonly #ends: readonly Typed<'end'>[];
  readonly #known = new Map<string, readonly Objection[]>();
  #waiting: readonly Typed<'sometimes'>[];
  #waitingForOne: readonly Typed<'sometimes each'>[];

  constructor(prepared: PreparedWorld, world: LiveWorld) {
    this.#prepared = prepared;
    this.#world = world;
    const { properties } = prepared.world;
    this.#each = properties.filter((one) => one.type === 'each');
    this.#pairs = properties.filter((one) => one.type === 'pair');
    this.#always = properties.filter((one) => one.type === 'always');
    this.#ends = properties.filter((one) => one.type === 'end');
    this.#waiting = properties.filter((one) => one.type === 'sometimes');
    this.#waitingForOne = properties.filter((one) => one.type === 'sometimes each');
  }

  /** The names of the properties that no state has reached so far. */
  get unreached(): readonly string[] {
    return [...this.#waiting, ...this.#waitingForOne].map(({ name }) => name);
  }

  /** Judges what one process changed, or everything with -1. */
  judge(changed: number, objections: LiveObjection[]): void {
    const { nodeCount } = this.#prepared;
    const { views } = this.#world;
    if (changed === -1) for (let node = 0; node < nodeCount; node++) this.#judgeNode(node, objections);
    else if (changed < nodeCount) this.#judgeNode(changed, objections);
    if (this.#waitingForOne.length > 0) {
      const asked = changed === -1 ? views : [views[changed]!];
      this.#waitingForOne = this.#waitingForOne.filter((property) => !asked.some((view) => property.holds(view)));
    }
    for (const property of this.#always) this.#object(property.name, property.check(views), objections);
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((property) => !property.holds(views));
  }

  /** Judges a state in which a run has come to its end. */
  judgeEnd(objections: LiveObjection[]): void {
    for (const property of this.#ends) this.#object(property.name, property.check(this.#world.views), objections);
  }

  /** Judges the client history of the run. */
  judgeHistory(objections: LiveObjection[]): void {
    const { told } = this.#world;
    if (!this.#prepared.keepsHistory || told.length === 0) return;
    const prefixes: ClientHistory[] = [emptyHistory(this.#prepared)];
    for (const { client, event } of told) prefixes.push(extend(prefixes.at(-1)!, client, [event]));
    for (const { property } of this.#objectionsTo(prefixes.at(-1)!)) {
      for (let index = 0; index < told.length; index++) {
        // an action is over when the next thing was told at another one
        if (index + 1 < told.length && told[index + 1]!.at === told[index]!.at) continue;
        const objection = this.#objectionsTo(prefixes[index + 1]!).find((one) => one.property === property);
        if (objection === undefined) continue;
        objections.push({ ...objection, after: told[index]!.at });
        break;
      }
    }
  }

  #judgeNode(node: number, objections: LiveObjection[]): void {
    const { views } = this.#world;
    const view = views[node]!;
    for (const property of this.#each) this.#object(property.name, property.check(view), objections);
    for (const property of this.#pairs) {
      for (let other = 0; other < this.#prepared.nodeCount; other++) {
        if (other === node) continue;
        const found = other < node ? property.check(views[other]!, view) : property.check(view, views[other]!);
        this.#object(property.name, found, objections);
      }
    }
  }

  #object(property: string, reason: string | undefined, objections: LiveObjection[]): void {
    if (reason === undefined) return;
    objections.push({ property, verdict: 'invalid', reason, after: this.#world.path.length });
  }

  #objectionsTo(history: ClientHistory): readonly Objection[] {
    const text = encode(history, 'the client history');
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const events = toHistory(history, this.#prepared);
    const found = (this.#prepared.world.checks ?? []).flatMap((check) =>
      check.judge(events).map(({ verdict, reason }) => ({ property: check.name, verdict, reason })),
    );
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(text, found);
    return found;
  }
}
