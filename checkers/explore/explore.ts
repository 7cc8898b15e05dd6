// Explores every run of a world within bounds: breadth first, so that the first violation found has the shortest trace, or
// depth first, which meets violations far from the start sooner.
// States are rows of interned integers, and handlers run once for each local state and event (see `local-steps.ts`).
import type { Action } from './action.ts';
import { Expander, type Visitor } from './expander.ts';
import { Judge, type Objection } from './judge.ts';
import { LocalSteps } from './local-steps.ts';
import { prepare, type PreparedWorld } from './prepared-world.ts';
import { StateStore } from './state-store.ts';
import { actionOf, traceTo } from './traces.ts';
import { isEnough, noHandlerThrows, type StopRule, type Violation } from './violations.ts';
import type { ExploredWorld } from './world.ts';

export interface ExploreOptions {
  /** When the search ends before all runs were followed; `at violation` unless told. */
  readonly stop?: StopRule;
  /** Breadth first unless told. */
  readonly order?: 'breadth first' | 'depth first';
  /**
   * Levels of states to visit, the initial one included; all unless told. Depth first it bounds the length of runs, and states
   * may be missed that a shorter run would have reached.
   */
  readonly maxLevels?: number;
  /** States to visit; 50,000,000 unless told. */
  readonly maxStates?: number;
  /** Bytes that states may take; 4 GiB unless told. */
  readonly maxBytes?: number;
  /** Asked every few thousand states: true ends the search. */
  readonly isOver?: () => boolean;
  /** Runs one in so many memoised handler calls again, and refuses handlers that then do something else. */
  readonly auditEvery?: number;
}

const defaultMaxStates = 50_000_000;

export interface Exploration {
  /** Distinct states visited. */
  readonly unique: number;
  /** Transitions, and the initial states. */
  readonly generated: number;
  /** Levels of the search: the longest shortest run has one action less. Depth first, those of the longest run followed. */
  readonly levels: number;
  /** Whether every run within the world's bounds was followed to its end. */
  readonly complete: boolean;
  /** What ended the search, where it is not complete. */
  readonly endedBy?: 'violation' | 'levels' | 'states' | 'bytes' | 'time';
  /** States that were reached and not followed any further. */
  readonly frontier: number;
  /** The first of each property, in the order of discovery. */
  readonly violations: readonly Violation[];
  /** `sometimes` properties that no visited state reached. */
  readonly unreached: readonly string[];
  readonly statistics: ExploreStatistics;
}

export interface ExploreStatistics {
  readonly handlerRuns: number;
  /** The share of handler calls that the memo answered, from 0 to 1. */
  readonly memoHitRate: number;
  readonly localStates: number;
  readonly envelopes: number;
  readonly histories: number;
  /** Evaluations of properties and checks. */
  readonly evaluations: number;
  /** What the states take in memory. */
  readonly bytes: number;
}

/**
 * Visits the states of a world and judges each of them.
 * @throws ExploreError if the world or a handler cannot be explored, EncodingError if a state or message is no plain data.
 */
export function explore(world: ExploredWorld, options: ExploreOptions = {}): Exploration {
  return new Search(world, options).run();
}

class Search implements Visitor {
  readonly #options: ExploreOptions;
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #judge: Judge;
  readonly #store = new StateStore();
  readonly #prepared: PreparedWorld;
  readonly #found: { readonly objection: Objection; readonly state: number; readonly last: readonly Action[] }[] = [];
  readonly #objections: Objection[] = [];
  #generated = 0;
  #levels = 0;
  #current = -1; // the state that is being expanded
  #row = new Int32Array(64);

  constructor(world: ExploredWorld, options: ExploreOptions) {
    this.#options = options;
    this.#prepared = prepare(world);
    this.#steps = new LocalSteps(this.#prepared, options.auditEvery ?? 0);
    this.#expander = new Expander(this.#prepared, this.#steps);
    this.#judge = new Judge(this.#prepared, this.#steps, this.#expander);
  }

  run(): Exploration {
    this.#expander.begin(this);
    return this.#options.order === 'depth first' ? this.#depthFirst() : this.#breadthFirst();
  }

  /** States are expanded in the order in which they were stored. */
  #breadthFirst(): Exploration {
    const store = this.#store;
    let levelEnd = 0;
    let expanded = 0;
    let endedBy = this.#limit();
    while (endedBy === undefined && expanded < store.count) {
      if (expanded === levelEnd) {
        this.#levels++;
        levelEnd = store.count;
        if (this.#levels >= (this.#options.maxLevels ?? Infinity)) {
          endedBy = 'levels';
          break;
        }
      }
      this.#expand(expanded++);
      if (this.#mustLook(expanded)) endedBy = this.#limit();
    }
    if (store.count > levelEnd) this.#levels++; // the level that was begun
    return this.#result(endedBy, expanded);
  }

  #depthFirst(): Exploration {
    const { maxLevels = Infinity } = this.#options;
    const pending = Array.from({ length: this.#store.count }, (_, state) => ({ state, level: 1 }));
    let expanded = 0;
    let cut = false;
    let endedBy = this.#limit();
    while (endedBy === undefined) {
      const next = pending.pop();
      if (next === undefined) break;
      const { state, level } = next;
      this.#levels = Math.max(this.#levels, level);
      if (level >= maxLevels) cut = true;
      else {
        const first = this.#store.count;
        this.#expand(state);
        expanded++;
        for (let child = this.#store.count - 1; child >= first; child--)
          pending.push({ state: child, level: level + 1 });
        if (this.#mustLook(expanded)) endedBy = this.#limit();
      }
    }
    return this.#result(endedBy ?? (cut ? 'levels' : undefined), expanded);
  }

  /** Whether a bound may have been reached: time and memory are looked at now and then only. */
  #mustLook(expanded: number): boolean {
    const isFull = this.#store.count >= (this.#options.maxStates ?? defaultMaxStates);
    return this.#found.length > 0 || isFull || expanded % 4096 === 0;
  }

  transition(row: Int32Array, length: number, event: number, changed: number): void {
    this.#generated++;
    const state = this.#store.add(row, length, this.#current, event);
    if (state === -1) return;
    if (changed === -1 && this.#current !== -1) return; // messages were lost or repeated: no process changed
    this.#judge.judge(row, changed, this.#objections);
    if (this.#objections.length > 0) this.#report(state);
  }

  failure(event: number, thrown: string): void {
    if (this.#found.some(({ objection }) => objection.property === noHandlerThrows)) return;
    const objection = { property: noHandlerThrows, verdict: 'invalid', reason: thrown } as const;
    const last = event === -1 ? [] : [actionOf(event, this.#expander.draws, this.#steps, this.#prepared)];
    this.#found.push({ objection, state: this.#current, last });
  }

  #expand(state: number): void {
    const length = this.#store.lengthOf(state);
    if (length > this.#row.length) this.#row = new Int32Array(2 * length);
    this.#store.load(state, this.#row);
    this.#current = state;
    const progress = this.#expander.expand(this.#row, length, this);
    if (progress > 0) return;
    this.#judge.judgeEnd(this.#row, this.#objections);
    if (this.#objections.length > 0) this.#report(state);
  }

  #limit(): Exploration['endedBy'] {
    const { stop, maxStates = defaultMaxStates, maxBytes = 2 ** 32, isOver } = this.#options;
    if (
      isEnough(
        this.#prepared,
        this.#found.map(({ objection }) => objection),
        stop,
      )
    )
      return 'violation';
    if (this.#store.count >= maxStates) return 'states';
    if (this.#store.bytes >= maxBytes) return 'bytes';
    return isOver?.() === true ? 'time' : undefined;
  }

  #report(state: number): void {
    for (const objection of this.#objections) {
      if (this.#found.some(({ objection: { property } }) => property === objection.property)) continue;
      this.#found.push({ objection, state, last: [] });
    }
    this.#objections.length = 0;
  }

  #result(endedBy: Exploration['endedBy'], expanded: number): Exploration {
    const { hits, misses, localCount, envelopeCount } = this.#steps;
    const generated = this.#generated;
    return {
      unique: this.#store.count,
      generated,
      levels: this.#levels,
      complete: endedBy === undefined,
      ...(endedBy !== undefined && { endedBy }),
      frontier: this.#store.count - expanded,
      violations: this.#found.map(({ objection, state, last }) => ({
        ...objection,
        trace: [...traceTo(state, this.#store, this.#expander, this.#steps, this.#prepared), ...last],
      })),
      unreached: this.#judge.unreached,
      statistics: {
        handlerRuns: misses,
        memoHitRate: hits + misses === 0 ? 0 : hits / (hits + misses),
        localStates: localCount,
        envelopes: envelopeCount,
        histories: this.#expander.histories.size,
        evaluations: this.#judge.evaluations,
        bytes: this.#store.bytes,
      },
    };
  }
}
