// The exhaustive searches: breadth first, depth first, and iterative deepening, over rows of interned integers.
import type { Action } from './action.ts';
import { restoreSearch, saveSearch, type Checkpoint } from './checkpoint.ts';
import { Expander, type Visitor } from './expander.ts';
import type { Exploration, ExploreOptions } from './explore.ts';
import { Judge, type Objection } from './judge.ts';
import { LocalSteps } from './local-steps.ts';
import { prepare, type PreparedWorld } from './prepared-world.ts';
import { ActionCounts, estimateShare } from './progress.ts';
import { defaultMaxBytes, defaultMaxStates, isAbout, refuseCombinations } from './search-options.ts';
import { SleepSets } from './sleep-sets.ts';
import { findLasso } from './liveness.ts';
import { StateStore } from './state-store.ts';
import { Symmetry } from './symmetry.ts';
import { SymmetryAudit } from './symmetry-audit.ts';
import { symmetricViolation } from './symmetric-traces.ts';
import { actionOf, traceTo, transitionAction } from './traces.ts';
import { TransitionGraph } from './transition-graph.ts';
import { isEnough, noHandlerThrows, type Violation } from './violations.ts';
import type { ExploredWorld, NodeInWorld } from './world.ts';

interface Found {
  readonly objection: Objection;
  readonly state: number;
  /** What follows the state, where it was a step that failed. */
  readonly last: readonly Action[];
}

export class Search implements Visitor {
  readonly #options: ExploreOptions;
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #judge: Judge;
  readonly #store = new StateStore();
  readonly #prepared: PreparedWorld;
  readonly #counts: ActionCounts;
  readonly #sleep: SleepSets | undefined;
  readonly #symmetry: Symmetry | undefined;
  readonly #audit: SymmetryAudit | undefined;
  readonly #graph: TransitionGraph | undefined; // where something has to happen eventually
  #initial = 0; // how many states a run may start in
  readonly #births: Int32Array[] = []; // where the audit wants them
  readonly #found: Found[] = [];
  readonly #objections: Objection[] = [];
  #levelSizes: number[] = [];
  #levelEnd = 0;
  #generated = 0;
  #levels = 0;
  #expanded = 0;
  #current = -1; // the state that is being expanded
  #row = new Int32Array(64);
  #isPlain = false; // nothing is asked for but states and verdicts
  #isRepeated = false; // the current state was expanded before, by a search less deep
  #children: number[] | undefined; // of the current state, known ones included, where they are asked for

  constructor(world: ExploredWorld, options: ExploreOptions) {
    this.#options = options;
    this.#prepared = prepare(world);
    this.#steps = new LocalSteps(this.#prepared, options.auditEvery ?? 0);
    this.#expander = new Expander(this.#prepared, this.#steps);
    this.#judge = new Judge(this.#prepared, this.#steps, this.#expander);
    this.#counts = new ActionCounts(this.#prepared);
    refuseCombinations(this.#prepared.world, options);
    if (isAbout(this.#prepared.world, 'eventually')) this.#graph = new TransitionGraph();
    if (options.por === true) this.#sleep = new SleepSets(this.#prepared, this.#steps);
    if (options.symmetry === true) {
      this.#symmetry = new Symmetry(this.#prepared, this.#steps, this.#expander);
      this.#audit = new SymmetryAudit(this.#prepared, this.#steps, this.#symmetry);
    }
  }

  run(): Exploration {
    const { order = 'breadth first', por, symmetry, onProgress } = this.#options;
    const isSimple = por !== true && symmetry !== true && order !== 'iterative deepening';
    this.#isPlain = isSimple && this.#graph === undefined && onProgress === undefined;
    if (this.#options.resume !== undefined) this.#resume(this.#options.resume);
    else this.#expander.begin(this);
    this.#audit?.births(this.#births);
    this.#initial = this.#store.count;
    if (order === 'depth first') return this.#result(this.#depthFirst());
    if (order === 'iterative deepening') return this.#result(this.#deepen());
    return this.#result(this.#breadthFirst());
  }

  /** States are expanded in the order in which they were stored. */
  #breadthFirst(): Exploration['endedBy'] {
    const store = this.#store;
    const { maxLevels = Infinity } = this.#options;
    let endedBy = this.#levels > 0 && this.#levels >= maxLevels ? 'levels' : this.#limit();
    while (endedBy === undefined && this.#expanded < store.count) {
      if (this.#expanded === this.#levelEnd) {
        this.#levels++;
        this.#sleep?.beginLevel(this.#levelEnd, store.count);
        this.#levelSizes.push(store.count - this.#levelEnd);
        this.#levelEnd = store.count;
        if (this.#levels >= maxLevels) {
          endedBy = 'levels';
          break;
        }
      }
      this.#expand(this.#expanded++);
      if (this.#mustLook()) endedBy = this.#limit();
    }
    return endedBy;
  }

  #depthFirst(): Exploration['endedBy'] {
    const { maxLevels = Infinity } = this.#options;
    const pending = Array.from({ length: this.#store.count }, (_, state) => ({ state, level: 1 }));
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
        this.#expanded++;
        for (let child = this.#store.count - 1; child >= first; child--)
          pending.push({ state: child, level: level + 1 });
        if (this.#mustLook()) endedBy = this.#limit();
      }
    }
    return endedBy ?? (cut ? 'levels' : undefined);
  }

  /**
   * Depth first to one level, then to two, and so on, each time from the start. A state is followed again where this round has
   * not met it as early before; so a round of `bound` levels visits all states of these levels, and new ones on the last only.
   */
  #deepen(): Exploration['endedBy'] {
    const { maxLevels = Infinity } = this.#options;
    const initial = Array.from({ length: this.#store.count }, (_, state) => state);
    let isExpanded: Uint8Array = new Uint8Array(0);
    this.#levels = 1;
    let endedBy = this.#limit();
    for (let bound = 2; endedBy === undefined; bound++) {
      if (bound > maxLevels) return 'levels';
      const before = this.#store.count;
      const reached: number[] = []; // by state, the earliest level of this round
      const pending = initial.map((state) => ({ state, level: 1 }));
      for (const state of initial) reached[state] = 1;
      while (endedBy === undefined) {
        const next = pending.pop();
        if (next === undefined) break;
        const { state, level } = next;
        if (reached[state]! < level) continue; // met earlier since
        if (state >= isExpanded.length) isExpanded = grown(isExpanded, 2 * state + 1024);
        this.#isRepeated = isExpanded[state] === 1;
        this.#children = [];
        this.#expand(state);
        if (!this.#isRepeated) this.#expanded++;
        isExpanded[state] = 1;
        if (this.#mustLook()) endedBy = this.#limit();
        for (const child of this.#children.toReversed()) {
          if ((reached[child] ?? Infinity) <= level + 1) continue;
          reached[child] = level + 1;
          if (level + 1 < bound) pending.push({ state: child, level: level + 1 });
        }
      }
      if (this.#store.count === before) return endedBy;
      this.#levels = bound;
      this.#levelSizes.push(this.#store.count - before);
    }
    return endedBy;
  }

  /** Whether a bound may have been reached: time and memory are looked at now and then only. */
  #mustLook(): boolean {
    const isFull = this.#store.count >= (this.#options.maxStates ?? defaultMaxStates);
    return this.#found.length > 0 || isFull || this.#expanded % 4096 === 0;
  }

  transition(row: Int32Array, length: number, event: number, changed: number): void {
    let state: number;
    if (this.#isPlain) {
      this.#generated++;
      state = this.#store.add(row, length, this.#current, event);
    } else state = this.#addWatched(row, length, event, changed);
    if (state === -1) return;
    if (changed === -1 && this.#current !== -1) return; // messages were lost or repeated: no process changed
    this.#judge.judge(row, changed, this.#objections);
    if (this.#objections.length > 0) this.#report(state);
  }

  /** Adds a state where more is asked for than its row and its parent. */
  #addWatched(row: Int32Array, length: number, event: number, changed: number): number {
    const isReduced = this.#symmetry !== undefined;
    const state = isReduced
      ? this.#addRepresentative(row, length, event, changed)
      : this.#store.add(row, length, this.#current, event);
    this.#sleep?.arrive(event, this.#store.last, state !== -1);
    this.#children?.push(this.#store.last);
    if (this.#isRepeated) return state;
    if (this.#current !== -1) this.#graph?.add(this.#current, this.#store.last, event);
    this.#generated++;
    this.#counts.count(event, changed);
    return state;
  }

  #addRepresentative(row: Int32Array, length: number, event: number, changed: number): number {
    if (this.#current === -1) this.#births.push(row.slice(0, length));
    else if (changed !== -1) this.#audit!.step(this.#row[changed]!, event);
    this.#symmetry!.represent(row, length);
    const state = this.#store.add(this.#symmetry!.row, length, this.#current, event);
    if (state !== -1) this.#audit!.state(row, length);
    return state;
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
    this.#graph?.markExpanded(state);
    if (this.#expandAwake(state, length) > 0) return;
    this.#judge.judgeEnd(this.#row, this.#objections);
    if (this.#objections.length > 0) this.#report(state);
  }

  /** How many transitions are progress, those that sleep included where nothing else is. */
  #expandAwake(state: number, length: number): number {
    const sleep = this.#sleep;
    if (sleep?.beginState(state) !== true) {
      this.#expander.gate = undefined;
      return this.#expander.expand(this.#row, length, this);
    }
    this.#expander.gate = (event) => sleep.isAwake(event);
    const progress = this.#expander.expand(this.#row, length, this);
    this.#expander.gate = undefined;
    return progress > 0 ? progress : this.#expander.expand(this.#row, length, onlooker);
  }

  #limit(): Exploration['endedBy'] {
    const { stop, maxStates = defaultMaxStates, maxBytes = defaultMaxBytes, isOver, onProgress } = this.#options;
    onProgress?.({
      unique: this.#store.count,
      generated: this.#generated,
      frontier: this.#store.count - this.#expanded,
      levels: this.#levels,
      share: estimateShare(this.#levelSizes),
      actions: this.#counts.mostFrequent(),
    });
    const objections = this.#found.map(({ objection }) => objection);
    if (isEnough(this.#prepared, objections, stop)) return 'violation';
    if (this.#store.count >= maxStates) return 'states';
    if (this.#bytes >= maxBytes) return 'bytes';
    return isOver?.() === true ? 'time' : undefined;
  }

  get #bytes(): number {
    const tables = this.#steps.bytes + this.#expander.histories.bytes + (this.#symmetry?.permutations.bytes ?? 0);
    return this.#store.bytes + tables + (this.#graph?.bytes ?? 0);
  }

  #report(state: number): void {
    for (const objection of this.#objections) {
      if (this.#found.some(({ objection: { property } }) => property === objection.property)) continue;
      this.#found.push({ objection, state, last: [] });
    }
    this.#objections.length = 0;
  }

  #violations(): readonly Violation[] {
    const symmetry = this.#symmetry;
    if (symmetry !== undefined) {
      const parts = {
        prepared: this.#prepared,
        store: this.#store,
        expander: this.#expander,
        steps: this.#steps,
        symmetry,
      };
      return this.#found.map(({ objection, state, last }) =>
        symmetricViolation(objection.property, state, last, parts),
      );
    }
    return this.#found.map(({ objection, state, last }) => ({
      ...objection,
      trace: [...traceTo(state, this.#store, this.#expander, this.#steps, this.#prepared), ...last],
    }));
  }

  #save(): Checkpoint {
    const standing = {
      generated: this.#generated,
      levels: this.#levels,
      levelEnd: this.#levelEnd,
      levelSizes: this.#levelSizes,
      expanded: this.#expanded,
      found: this.#found,
    };
    return saveSearch(standing, this.#parts);
  }

  #resume(checkpoint: Checkpoint): void {
    const standing = restoreSearch(checkpoint, this.#parts);
    this.#generated = standing.generated;
    this.#levels = standing.levels;
    this.#levelEnd = standing.levelEnd;
    this.#levelSizes = [...standing.levelSizes];
    this.#expanded = standing.expanded;
    for (const found of standing.found as readonly Found[]) this.#found.push(found);
  }

  get #parts() {
    const [prepared, steps, expander] = [this.#prepared, this.#steps, this.#expander];
    return { prepared, steps, expander, judge: this.#judge, store: this.#store };
  }

  /** What never happens on some fair run, as far as the search has come. */
  #neverHappening(): readonly Violation[] {
    const graph = this.#graph;
    if (graph === undefined) return [];
    const [store, steps] = [this.#store, this.#steps];
    graph.close(store.count);
    const initial = Array.from({ length: this.#initial }, (_, state) => state);
    const actionAt = (place: number): Action => {
      const [source, target, event] = [graph.source(place), graph.target(place), graph.event(place)];
      return transitionAction(source, target, event, store, this.#expander, steps, this.#prepared);
    };
    return this.#prepared.world.properties.flatMap((property): Violation[] => {
      if (property.type !== 'eventually') return [];
      const lasso = findLasso({
        graph,
        states: store.count,
        initial,
        processOf: (event) => steps.processOf(event),
        holds: (state) => property.holds(this.#viewsOf(state)),
      });
      if (lasso === undefined) return [];
      const [trace, cycle] = [lasso.stem.map(actionAt), lasso.cycle.map(actionAt)];
      const found = { property: property.name, verdict: 'invalid', trace } as const;
      if (cycle.length === 0) return [{ ...found, reason: 'the run ends and it has never held' }];
      return [{ ...found, cycle, reason: `it has never held, and the last ${cycle.length} actions repeat for ever` }];
    });
  }

  #viewsOf(state: number): readonly NodeInWorld[] {
    if (this.#store.lengthOf(state) > this.#row.length) this.#row = new Int32Array(2 * this.#store.lengthOf(state));
    this.#store.load(state, this.#row);
    return this.#prepared.processes.map(({ index }) => this.#steps.view(this.#row[index]!));
  }

  #result(endedBy: Exploration['endedBy']): Exploration {
    const { hits, misses, localCount, envelopeCount } = this.#steps;
    this.#expander.gate = undefined;
    const isWide = (this.#options.order ?? 'breadth first') === 'breadth first';
    const isUnfinished = endedBy !== undefined && this.#options.checkpoint === true;
    return {
      ...(isUnfinished && { checkpoint: this.#save() }),
      unique: this.#store.count,
      generated: this.#generated,
      levels: this.#levels + (isWide && this.#store.count > this.#levelEnd ? 1 : 0), // and the level that was begun
      complete: endedBy === undefined,
      ...(endedBy !== undefined && { endedBy }),
      frontier: this.#store.count - this.#expanded,
      violations: [...this.#violations(), ...this.#neverHappening()],
      unreached: this.#judge.unreached,
      statistics: {
        handlerRuns: misses,
        memoHitRate: hits + misses === 0 ? 0 : hits / (hits + misses),
        localStates: localCount,
        envelopes: envelopeCount,
        histories: this.#expander.histories.size,
        evaluations: this.#judge.evaluations,
        bytes: this.#bytes,
      },
    };
  }
}

const onlooker: Visitor = { transition: () => undefined, failure: () => undefined };

function grown(flags: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(length);
  larger.set(flags);
  return larger;
}
