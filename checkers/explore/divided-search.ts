// A search breadth first that is divided among parts, each of which owns the states whose content falls to it. The parts expand
// a round of states, exchange what follows, and the coordinator ranks what is new as a search in one piece would have met it:
// states, transitions, levels, violations and their traces are the same, whatever the number of parts.
//
// The coordinator is a generator: it gives one order for each part and takes their replies in the same order, so that the parts
// may be anywhere, in threads for example.
import type { Action } from './action.ts';
import type { Exploration, ExploreOptions } from './explore.ts';
import type { Objection } from './judge.ts';
import { prepare, ExploreError, type PreparedWorld } from './prepared-world.ts';
import { estimateShare, type Progress } from './progress.ts';
import { defaultMaxBytes, defaultMaxStates, isAbout } from './search-options.ts';
import { SearchPart, type PartFound, type PartOrder, type PartReply } from './search-part.ts';
import { isEnough, type Violation } from './violations.ts';
import type { ExploredWorld } from './world.ts';

export type DividedOptions = Pick<
  ExploreOptions,
  'stop' | 'maxLevels' | 'maxStates' | 'maxBytes' | 'isOver' | 'onProgress'
> & {
  /** States that are expanded between two exchanges; 65,536 unless told. */
  readonly round?: number;
};

type Ask<T> = Generator<readonly PartOrder[], T, readonly PartReply[]>;
type Arrived = Extract<PartReply, { readonly type: 'arrived' }>;

/**
 * Searches a world with these parts, all in this thread. Nothing is faster by it: it is for tests, and for hosts without threads.
 * @throws as `explore` does.
 */
export function exploreInParts(world: ExploredWorld, parts: number, options: DividedOptions = {}): Exploration {
  const all = Array.from({ length: parts }, (_, part) => new SearchPart(world, part, parts));
  const search = coordinate(world, parts, options);
  let step = search.next();
  while (step.done !== true) {
    const orders = step.value;
    step = search.next(all.map((part, index) => part.take(orders[index]!)));
  }
  return step.value;
}

/** @throws ExploreError on worlds whose properties need all transitions in one place. */
export function coordinate(world: ExploredWorld, parts: number, options: DividedOptions): Ask<Exploration> {
  if (isAbout(world, 'eventually')) {
    throw new ExploreError('what happens eventually is judged on all transitions at once: expected one worker');
  }
  return new Coordinator(prepare(world), parts, options).search();
}

class Coordinator {
  readonly #prepared: PreparedWorld;
  readonly #parts: number;
  readonly #options: DividedOptions;
  readonly #found: PartFound[] = [];
  readonly #levelSizes: number[] = [];
  #unreached: readonly string[];
  #ranks: readonly Int32Array[] = []; // by part, of the states that arrived last
  #unique = 0;
  #generated = 0;
  #expanded = 0;
  #levels = 0;
  #levelEnd = 0;
  #bytes = 0;

  constructor(prepared: PreparedWorld, parts: number, options: DividedOptions) {
    this.#prepared = prepared;
    this.#parts = parts;
    this.#options = options;
    const { properties } = prepared.world;
    const awaited = (type: string): string[] => properties.filter((one) => one.type === type).map(({ name }) => name);
    this.#unreached = [...awaited('sometimes'), ...awaited('sometimes each')];
  }

  *search(): Ask<Exploration> {
    const { maxLevels = Infinity, maxStates = defaultMaxStates, stop, round = 65_536 } = this.#options;
    const born = arrivals(yield this.#all({ type: 'begin' }));
    const initial = this.#rank(born);
    this.#generated = born[0]!.generated; // all parts know all of them
    if (initial.length > this.#generated) throw new ExploreError('nodes start differently in each part of the search');
    this.#unique = initial.length;
    this.#take(born, [], Infinity);
    const isFull = this.#unique >= maxStates ? 'states' : undefined;
    let endedBy: Exploration['endedBy'] = isEnough(this.#prepared, this.#objections, stop) ? 'violation' : isFull;
    endedBy ??= this.#limit(born);
    while (endedBy === undefined && this.#expanded < this.#unique) {
      if (this.#expanded === this.#levelEnd) {
        this.#levels++;
        this.#levelSizes.push(this.#unique - this.#levelEnd);
        this.#levelEnd = this.#unique;
        if (this.#levels >= maxLevels) {
          endedBy = 'levels';
          break;
        }
      }
      endedBy = yield* this.#expandRound(Math.min(this.#levelEnd, this.#expanded + round));
    }
    return yield* this.#result(endedBy);
  }

  *#expandRound(to: number): Ask<Exploration['endedBy']> {
    const from = this.#expanded;
    const expanded = (yield this.#ranks.map((ranks) => ({ type: 'expand', ranks, from, to }) as const)).map((reply) =>
      expectReply(reply, 'expanded'),
    );
    const arrived = arrivals(
      yield expanded.map((_, part) => ({
        type: 'receive' as const,
        parcels: expanded.map(({ parcels }) => parcels[part]!),
      })),
    );
    const parents = this.#rank(arrived);
    const found = [...expanded, ...arrived].flatMap((reply) => reply.found).sort(byDiscovery);
    const cut = this.#cutOf(found, parents);
    const last = cut?.after ?? to - 1;
    this.#unique += cut === undefined ? parents.length : parents.findLastIndex((parent) => parent <= last) + 1;
    for (let rank = from; rank <= last; rank++) {
      for (const { generated } of expanded) this.#generated += generated[rank - from]!;
    }
    this.#expanded = last + 1;
    this.#take(arrived, found, last);
    return cut?.endedBy ?? this.#limit(arrived);
  }

  /** Gives new states their ranks; returns the ranks of what they follow, in their order. */
  #rank(arrived: readonly Arrived[]): Int32Array {
    const total = arrived.reduce((sum, { parents }) => sum + parents.length, 0);
    const all = new Int32Array(total);
    const next = arrived.map(() => 0);
    this.#ranks = arrived.map(({ parents }) => new Int32Array(parents.length));
    for (let place = 0; place < total; place++) {
      let first = -1;
      for (let part = 0; part < arrived.length; part++) {
        if (next[part]! < arrived[part]!.parents.length && (first === -1 || isBefore(arrived, next, part, first)))
          first = part;
      }
      const at = next[first]!++;
      all[place] = arrived[first]!.parents[at]!;
      this.#ranks[first]![at] = this.#unique + place;
    }
    return all;
  }

  /** Behind which state of a round the search has enough, if it has. */
  #cutOf(found: readonly PartFound[], parents: Int32Array) {
    const { stop, maxStates = defaultMaxStates } = this.#options;
    const objections = [...this.#objections];
    const enough = found.find(({ objection }) => {
      objections.push(objection);
      return isEnough(this.#prepared, objections, stop);
    });
    const full = parents[maxStates - this.#unique - 1] ?? Infinity;
    if (enough !== undefined && enough.parent <= full) return { endedBy: 'violation', after: enough.parent } as const;
    return full === Infinity ? undefined : ({ endedBy: 'states', after: full } as const);
  }

  /** Keeps what was found and reached, up to where the search ends. */
  #take(arrived: readonly Arrived[], found: readonly PartFound[], last: number): void {
    const all = found.length === 0 ? arrived.flatMap((reply) => reply.found).sort(byDiscovery) : found;
    for (const one of all) {
      if (one.parent > last || this.#objections.some(({ property }) => property === one.objection.property)) continue;
      this.#found.push(one);
    }
    const reached = arrived.flatMap((reply) => reply.reached).filter(({ parent }) => parent <= last);
    this.#unreached = this.#unreached.filter((name) => !reached.some((one) => one.name === name));
  }

  #limit(arrived: readonly Arrived[]): Exploration['endedBy'] {
    const { maxBytes = defaultMaxBytes, isOver, onProgress } = this.#options;
    this.#bytes = arrived.reduce((sum, { bytes }) => sum + bytes, 0);
    onProgress?.({
      unique: this.#unique,
      generated: this.#generated,
      frontier: this.#unique - this.#expanded,
      levels: this.#levels,
      share: estimateShare(this.#levelSizes),
      actions: summed(arrived.flatMap(({ actions }) => actions)),
    });
    if (this.#bytes >= maxBytes) return 'bytes';
    return isOver?.() === true ? 'time' : undefined;
  }

  *#result(endedBy: Exploration['endedBy']): Ask<Exploration> {
    const violations: Violation[] = [];
    for (const found of this.#found) violations.push({ ...found.objection, trace: yield* this.#traceOf(found) });
    const reports = (yield this.#all({ type: 'report' })).map((reply) => expectReply(reply, 'reported').statistics);
    const total = (of: (one: (typeof reports)[number]) => number): number =>
      reports.reduce((sum, one) => sum + of(one), 0);
    const handlerRuns = total((one) => one.handlerRuns);
    const calls = total((one) => (one.handlerRuns === 0 ? 0 : one.handlerRuns / (1 - one.memoHitRate)));
    return {
      unique: this.#unique,
      generated: this.#generated,
      levels: this.#levels + (this.#unique > this.#levelEnd ? 1 : 0), // and the level that was begun
      complete: endedBy === undefined,
      ...(endedBy !== undefined && { endedBy }),
      frontier: this.#unique - this.#expanded,
      violations,
      unreached: this.#unreached,
      statistics: {
        handlerRuns,
        memoHitRate: calls === 0 ? 0 : 1 - handlerRuns / calls,
        localStates: total((one) => one.localStates),
        envelopes: total((one) => one.envelopes),
        histories: total((one) => one.histories),
        evaluations: total((one) => one.evaluations),
        bytes: total((one) => one.bytes),
      },
    };
  }

  /** From part to part, back to where the run began. */
  *#traceOf({ parent, place, about, last }: PartFound): Ask<readonly Action[]> {
    const trace = [...last];
    let at = { rank: parent, place: about === 'successor' ? place : -1 };
    while (at.rank !== -1) {
      const replies = yield this.#all({ type: 'explain', ...at });
      const step = replies.map((reply) => expectReply(reply, 'explained').step).find((one) => one !== undefined);
      if (step === undefined) throw new ExploreError(`no part of the search owns state ${at.rank}`);
      if (step.action !== undefined) trace.unshift(step.action);
      at = { rank: step.parent, place: step.place };
    }
    return trace;
  }

  get #objections(): readonly Objection[] {
    return this.#found.map(({ objection }) => objection);
  }

  #all(order: PartOrder): readonly PartOrder[] {
    return Array.from({ length: this.#parts }, () => order);
  }
}

function arrivals(replies: readonly PartReply[]): readonly Arrived[] {
  return replies.map((reply) => expectReply(reply, 'arrived'));
}

function expectReply<T extends PartReply['type']>(reply: PartReply, type: T): Extract<PartReply, { readonly type: T }> {
  if (reply.type !== type) throw new ExploreError(`a part of the search replied ${reply.type}: expected ${type}`);
  return reply as Extract<PartReply, { readonly type: T }>;
}

function isBefore(arrived: readonly Arrived[], next: readonly number[], one: number, other: number): boolean {
  const [left, right] = [arrived[one]!, arrived[other]!];
  const [here, there] = [next[one]!, next[other]!];
  return (left.parents[here]! - right.parents[there]! || left.places[here]! - right.places[there]!) < 0;
}

function byDiscovery(one: PartFound, other: PartFound): number {
  return one.parent - other.parent || one.place - other.place;
}

/** Counts of the same thing from several parts, the most frequent first. */
function summed(actions: Progress['actions']): Progress['actions'] {
  const counts = new Map<string, number>();
  for (const { what, count } of actions) counts.set(what, (counts.get(what) ?? 0) + count);
  return [...counts].map(([what, count]) => ({ what, count })).sort((one, other) => other.count - one.count);
}
