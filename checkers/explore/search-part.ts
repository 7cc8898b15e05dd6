// One part of a divided search: the states whose content falls to it, and what it takes to expand them. A part talks to the
// coordinator only, in plain data, so that it can live in a thread of its own; it answers each order with one reply.
import type { Action } from './action.ts';
import { Expander, type Visitor } from './expander.ts';
import type { ExploreStatistics } from './explore.ts';
import { Judge, type Objection } from './judge.ts';
import { LocalSteps } from './local-steps.ts';
import { headLength, Inbox, Outbox, type Parcel } from './parcels.ts';
import { prepare, type PreparedWorld } from './prepared-world.ts';
import { ActionCounts, type Progress } from './progress.ts';
import { RowContent } from './row-content.ts';
import { StateStore } from './state-store.ts';
import { actionOf } from './traces.ts';
import { noHandlerThrows } from './violations.ts';
import type { ExploredWorld } from './world.ts';

/** States have ranks: the places that they would have in a search that is not divided, from 0. */
export type PartOrder =
  | { readonly type: 'begin' }
  /** Expand the states of these ranks. @property ranks those of the states that arrived last, in their order */
  | { readonly type: 'expand'; readonly ranks: Int32Array; readonly from: number; readonly to: number }
  /** What all parts, in their order, have for this one. */
  | { readonly type: 'receive'; readonly parcels: readonly Parcel[] }
  /** How the state of this rank was reached first, and what leads from it to the successor at this place (-1: to none). */
  | { readonly type: 'explain'; readonly rank: number; readonly place: number }
  | { readonly type: 'report' };

export type PartReply =
  | {
      readonly type: 'arrived';
      /** Of each new state, in their order: the rank of the state that it follows, -1 for none, and its place. */
      readonly parents: Int32Array;
      readonly places: Int32Array;
      readonly generated: number;
      readonly found: readonly PartFound[];
      readonly reached: readonly PartReached[];
      readonly bytes: number;
      readonly actions: Progress['actions'];
    }
  | {
      readonly type: 'expanded';
      readonly parcels: readonly Parcel[];
      /** By rank, from the first that was asked for: how many transitions there were. */
      readonly generated: Int32Array;
      readonly found: readonly PartFound[];
    }
  /** Undefined if the state is another part's. */
  | { readonly type: 'explained'; readonly step: Explained | undefined }
  | { readonly type: 'reported'; readonly statistics: ExploreStatistics };

export interface Explained {
  readonly action: Action | undefined;
  readonly parent: number;
  readonly place: number;
}

/** What speaks against the successor of a state, against the state where its runs end, or against a step out of it. */
export interface PartFound {
  readonly objection: Objection;
  readonly parent: number;
  readonly place: number;
  readonly about: 'successor' | 'end' | 'step';
  /** The step. */
  readonly last: readonly Action[];
}

/** A property that holds somewhere, and behind which state that was. */
export interface PartReached {
  readonly name: string;
  readonly parent: number;
}

const endPlace = 0x7fffffff;

export class SearchPart implements Visitor {
  readonly #prepared: PreparedWorld;
  readonly #part: number;
  readonly #parts: number;
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #judge: Judge;
  readonly #content: RowContent;
  readonly #counts: ActionCounts;
  readonly #store = new StateStore(); // in the order of ranks; parents are ranks, events are places
  readonly #outboxes: readonly Outbox[];
  readonly #inboxes: readonly Inbox[];
  readonly #objections: Objection[] = [];
  readonly #known = new Set<string>(); // what was found, so that it is found once
  #ranks = new Int32Array(1024); // by state
  #ranked = 0;
  #expanded = 0;
  #found: PartFound[] = [];
  #row = new Int32Array(64);
  #rank = -1; // of the state that is expanded
  #place = 0; // of its next successor
  #generated = 0;

  /** @throws ExploreError on a world that cannot be explored. */
  constructor(world: ExploredWorld, part: number, parts: number, auditEvery = 0) {
    this.#prepared = prepare(world);
    this.#part = part;
    this.#parts = parts;
    this.#steps = new LocalSteps(this.#prepared, auditEvery);
    this.#expander = new Expander(this.#prepared, this.#steps);
    this.#judge = new Judge(this.#prepared, this.#steps, this.#expander);
    this.#content = new RowContent(this.#prepared, this.#steps, this.#expander);
    this.#counts = new ActionCounts(this.#prepared);
    const tools = [this.#prepared, this.#steps, this.#expander] as const;
    this.#outboxes = Array.from({ length: parts }, (_, other) => new Outbox(...tools, other !== part));
    this.#inboxes = Array.from({ length: parts }, () => new Inbox(...tools));
  }

  /** @throws as `explore` does. */
  take(order: PartOrder): PartReply {
    switch (order.type) {
      case 'begin':
        return this.#begin();
      case 'expand':
        return this.#expand(order.ranks, order.from, order.to);
      case 'receive':
        return this.#receive(order.parcels);
      case 'explain':
        return { type: 'explained', step: this.#explain(order.rank, order.place) };
      case 'report':
        return { type: 'reported', statistics: this.#statistics() };
    }
  }

  transition(row: Int32Array, length: number, event: number, changed: number): void {
    this.#generated++;
    this.#counts.count(event, changed);
    const place = this.#place++;
    const hash = this.#content.hash(row, length);
    const owner = hash % this.#parts;
    if (this.#rank === -1 && owner !== this.#part) return; // all parts know the initial states
    if (owner === this.#part && this.#store.find(row, length) !== -1) return;
    this.#outboxes[owner]!.add(row, length, hash, this.#rank, place, changed);
  }

  failure(event: number, thrown: string): void {
    const objection = { property: noHandlerThrows, verdict: 'invalid', reason: thrown } as const;
    const last = event === -1 ? [] : [actionOf(event, this.#expander.draws, this.#steps, this.#prepared)];
    this.#find({ objection, parent: this.#rank, place: this.#place++, about: 'step', last });
  }

  /** All parts bear the same initial states, and each keeps its own. */
  #begin(): PartReply {
    this.#expander.begin(this);
    return this.#arrive([this.#outboxes[this.#part]!.take().rows]);
  }

  #expand(ranks: Int32Array, from: number, to: number): PartReply {
    if (this.#store.count > this.#ranks.length) {
      const grown = new Int32Array(2 * this.#store.count);
      grown.set(this.#ranks);
      this.#ranks = grown;
    }
    this.#ranks.set(ranks, this.#ranked);
    this.#ranked += ranks.length;
    const generated = new Int32Array(to - from);
    while (this.#expanded < this.#store.count && this.#ranks[this.#expanded]! < to) {
      const state = this.#expanded++;
      this.#rank = this.#ranks[state]!;
      this.#generated = 0;
      this.#place = 0;
      this.#expandState(state);
      generated[this.#rank - from] = this.#generated;
    }
    const parcels = this.#outboxes.map((outbox) => outbox.take());
    return { type: 'expanded', parcels, generated, found: this.#takeFound() };
  }

  #expandState(state: number): void {
    if (this.#expander.expand(this.#loaded(state), this.#store.lengthOf(state), this) > 0) return;
    this.#judge.judgeEnd(this.#row, this.#objections);
    this.#object(this.#rank, endPlace, 'end');
  }

  #receive(parcels: readonly Parcel[]): PartReply {
    return this.#arrive(
      parcels.map((parcel, from) => (from === this.#part ? parcel.rows : this.#inboxes[from]!.open(parcel))),
    );
  }

  /** Stores and judges rows in the order in which a search that is not divided would have met them. */
  #arrive(sources: readonly Int32Array[]): PartReply {
    const [store, judge] = [this.#store, this.#judge];
    const first = store.count;
    const reached: PartReached[] = [];
    const at = sources.map(() => 0);
    for (let next = earliest(sources, at); next !== -1; next = earliest(sources, at)) {
      const rows = sources[next]!;
      const begin = at[next]! + headLength;
      const [parent, place, changed, length] = [rows[begin - 4]!, rows[begin - 3]!, rows[begin - 2]!, rows[begin - 1]!];
      at[next] = begin + length;
      const row = rows.subarray(begin, begin + length);
      if (store.add(row, length, parent, place) === -1 || (changed === -1 && parent !== -1)) continue;
      const before = judge.unreached;
      judge.judge(row, changed, this.#objections);
      this.#object(parent, place, 'successor');
      if (before.length === 0) continue;
      const after = judge.unreached;
      for (const name of before) if (!after.includes(name)) reached.push({ name, parent });
    }
    const generated = this.#generated;
    const columns = { parents: new Int32Array(store.count - first), places: new Int32Array(store.count - first) };
    for (let state = first; state < store.count; state++) {
      columns.parents[state - first] = store.parentOf(state);
      columns.places[state - first] = store.eventOf(state);
    }
    const rest = { generated, found: this.#takeFound(), reached, bytes: this.#bytes };
    return { type: 'arrived', ...columns, ...rest, actions: this.#counts.mostFrequent() };
  }

  #object(parent: number, place: number, about: 'successor' | 'end'): void {
    if (this.#objections.length === 0) return;
    for (const objection of this.#objections.splice(0)) this.#find({ objection, parent, place, about, last: [] });
  }

  #find(found: PartFound): void {
    const key = `${found.about} ${found.objection.property}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#found.push(found);
  }

  #takeFound(): readonly PartFound[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  #explain(rank: number, place: number): Explained | undefined {
    const state = this.#stateOf(rank);
    if (state === -1) return undefined;
    let taken = 0;
    let action: Action | undefined;
    const visitor: Visitor = {
      transition: (_row, _length, event) => {
        if (taken++ === place) action = actionOf(event, this.#expander.draws, this.#steps, this.#prepared);
      },
      failure: () => void taken++,
    };
    if (place !== -1) this.#expander.expand(this.#loaded(state), this.#store.lengthOf(state), visitor);
    return { action, parent: this.#store.parentOf(state), place: this.#store.eventOf(state) };
  }

  /** The state of a rank, or -1 if it is another part's. */
  #stateOf(rank: number): number {
    let low = 0;
    let high = this.#ranked;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranks[middle]! < rank) low = middle + 1;
      else high = middle;
    }
    return low < this.#ranked && this.#ranks[low] === rank ? low : -1;
  }

  #loaded(state: number): Int32Array {
    const length = this.#store.lengthOf(state);
    if (length > this.#row.length) this.#row = new Int32Array(2 * length);
    this.#store.load(state, this.#row);
    return this.#row;
  }

  #statistics(): ExploreStatistics {
    const { hits, misses, localCount, envelopeCount } = this.#steps;
    return {
      handlerRuns: misses,
      memoHitRate: hits + misses === 0 ? 0 : hits / (hits + misses),
      localStates: localCount,
      envelopes: envelopeCount,
      histories: this.#expander.histories.size,
      evaluations: this.#judge.evaluations,
      bytes: this.#bytes,
    };
  }

  get #bytes(): number {
    return this.#store.bytes + this.#steps.bytes + this.#expander.histories.bytes + this.#ranks.byteLength;
  }
}

/** Which of some lists of rows has the earliest one next, or -1 if there are none left. */
function earliest(sources: readonly Int32Array[], at: readonly number[]): number {
  let found = -1;
  for (let source = 0; source < sources.length; source++) {
    const rows = sources[source]!;
    const here = at[source]!;
    if (here >= rows.length) continue;
    if (found === -1) found = source;
    else {
      const best = sources[found]!;
      const there = at[found]!;
      const order = rows[here]! - best[there]! || rows[here + 1]! - best[there + 1]!;
      if (order < 0) found = source;
    }
  }
  return found;
}
