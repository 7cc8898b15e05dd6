// Random walks through a world: runs drawn by a seed, with no memory of where they have been. They reach far from the start
// at once, where a search would not get to, and prove nothing by finding nothing.
import { crashKind, dropKind, duplicateKind } from './events.ts';
import { walkInterned } from './interned-walk.ts';
import { LiveJudge, type LiveObjection } from './live-judge.ts';
import { runsInPlace } from './live-process.ts';
import { liveKind, LiveWorld, type LiveEvent } from './live-world.ts';
import { ExploreError, prepare, type PreparedWorld } from './prepared-world.ts';
import { retrace } from './retrace.ts';
import { RunStream } from './run-stream.ts';
import { scheduleOf, type Schedule, type ScheduleName } from './schedules.ts';
import { isEnough, noHandlerThrows, type StopRule, type Violation } from './violations.ts';
import type { ExploredWorld } from './world.ts';

export interface WalkOptions {
  readonly seed: string;
  readonly runs: number;
  /** The number of the first run, from 0: what a run does depends on seed and number only. 0 unless told. */
  readonly firstRun?: number;
  /** The longest run, in actions. */
  readonly maxSteps: number;
  /** How the next event is drawn; `random` unless told. */
  readonly strategy?: ScheduleName;
  /** Of `pct`: how many ordering constraints it aims at; 3 unless told. */
  readonly depth?: number;
  /** When the walks end before their number; `at violation` unless told. */
  readonly stop?: StopRule;
  /** Asked between runs: true ends the walks. */
  readonly isOver?: () => boolean;
  /** Told now and then how many runs and actions there were. */
  readonly onProgress?: (runs: number, steps: number) => void;
}

export interface Walk {
  readonly runs: number;
  readonly steps: number;
  /** The first of each property. */
  readonly violations: readonly Violation[];
  readonly unreached: readonly string[];
}

/**
 * Walks at random. Violations are confirmed: their traces were run again by the plain engine.
 * @throws as `explore` does; and ExploreError on strategies other than `random` in worlds that do not run in place, and if a
 * violation cannot be confirmed, which happens if a protocol mutates what it has sent, written or received.
 */
export function walk(world: ExploredWorld, options: WalkOptions): Walk {
  const prepared = prepare(world);
  if (runsInPlace(prepared)) return new Walker(prepared, options).walk();
  if ((options.strategy ?? 'random') === 'random') return walkInterned(prepared, options);
  throw new ExploreError(
    `${options.strategy} needs a world whose only faults are crashes between events, drops, duplicates and time-outs`,
  );
}

class Walker {
  readonly #prepared: PreparedWorld;
  readonly #options: WalkOptions;
  readonly #random = new RunStream();
  readonly #world: LiveWorld;
  readonly #judge: LiveJudge;
  readonly #schedule: Schedule | undefined;
  readonly #violations: Violation[] = [];
  readonly #objections: LiveObjection[] = [];
  readonly #judgesEnds: boolean;

  constructor(prepared: PreparedWorld, options: WalkOptions) {
    const { strategy = 'random' } = options;
    this.#prepared = prepared;
    this.#options = options;
    this.#world = new LiveWorld(prepared, this.#random);
    this.#judge = new LiveJudge(prepared, this.#world);
    this.#judgesEnds = prepared.world.properties.some(({ type }) => type === 'end');
    if (strategy !== 'random') this.#schedule = scheduleOf(strategy, this.#world, this.#random, options);
  }

  walk(): Walk {
    const { seed, runs, firstRun = 0, isOver, onProgress } = this.#options;
    let walked = 0;
    let steps = 0;
    while (walked < runs && !this.#isEnough()) {
      if (walked > 0 && isOver?.() === true) break;
      if (walked % runsBetweenProgress === 0) onProgress?.(walked, steps);
      this.#random.begin(seed, firstRun + walked);
      this.#run();
      steps += this.#world.path.length;
      walked++;
    }
    return { runs: walked, steps, violations: this.#violations, unreached: this.#judge.unreached };
  }

  #run(): void {
    const world = this.#world;
    if (!world.begin()) return this.#throw(world.thrown, 0);
    this.#schedule?.begin();
    this.#judge.judge(-1, this.#objections);
    while (world.path.length < this.#options.maxSteps) {
      if (this.#objections.length > 0 && this.#report()) return;
      const changed = this.#step();
      if (changed === isOver) break;
      if (changed !== nothing) this.#judge.judge(changed, this.#objections);
    }
    this.#judge.judgeHistory(this.#objections);
    this.#report();
  }

  /** Takes one action; the process that it changed, or that there was none. */
  #step(): number {
    const world = this.#world;
    let events: LiveEvent[] | undefined;
    for (let attempt = 0; ; attempt++) {
      // a few cheap draws, then all events in turn, until one has an effect
      let event = this.#schedule === undefined && attempt < 4 ? world.drawEnabled() : -1;
      if (event === -1) {
        events ??= world.enabled();
        if (events.length === 0) return this.#end();
        event = this.#schedule?.pick(events, world.path.length) ?? this.#random.pick(events);
      }
      if (this.#judgesEnds && isFault(event) && world.enabled().every(isFault)) {
        this.#judge.judgeEnd(this.#objections);
      }
      const process = world.processOf(event);
      switch (world.perform(event)) {
        case 'done':
          this.#schedule?.taken(process);
          return isNetworkFault(event) ? nothing : process;
        case 'effectless':
          events = events?.filter((other) => other !== event);
          continue;
        case 'out of bounds':
          world.forgetLast();
          return isOver;
        case 'thrown':
          this.#throw(world.thrown, world.path.length);
          return isOver;
      }
    }
  }

  #end(): number {
    this.#judge.judgeEnd(this.#objections);
    return isOver;
  }

  #throw(reason: string, after: number): void {
    this.#objections.push({ property: noHandlerThrows, verdict: 'invalid', reason, after });
    this.#report();
  }

  /** Keeps the first violation of each property; whether that is enough to end the run. */
  #report(): boolean {
    for (const { after, ...objection } of this.#objections.splice(0)) {
      if (this.#violations.some(({ property }) => property === objection.property)) continue;
      const trace = this.#world.path.slice(0, after);
      this.#confirm(objection.property, trace);
      this.#violations.push({ ...objection, trace });
    }
    return this.#isEnough();
  }

  #confirm(property: string, trace: Violation['trace']): void {
    let why = '';
    try {
      const { objections } = retrace(this.#prepared.world, trace);
      if (objections.some((objection) => objection.property === property)) return;
    } catch (error) {
      if (!(error instanceof ExploreError)) throw error;
      why = ` (${error.message})`;
    }
    throw new ExploreError(
      `a run of ${trace.length} actions violates ${property} in place and not when it is run again${why}: ` +
        'some handler mutates what it has sent, written or received',
    );
  }

  #isEnough(): boolean {
    return isEnough(this.#prepared, this.#violations, this.#options.stop);
  }
}

/** Runs of one world whose results are those of walking them all, one after the other. */
export function joinWalks(walks: readonly Walk[], stop: WalkOptions['stop']): Walk {
  const first = stop === 'never' ? -1 : walks.findIndex(({ violations }) => violations.length > 0);
  const counted = first === -1 ? walks : walks.slice(0, first + 1);
  const violations = counted.flatMap((one) => one.violations);
  const [head, ...others] = counted;
  return {
    runs: counted.reduce((sum, one) => sum + one.runs, 0),
    steps: counted.reduce((sum, one) => sum + one.steps, 0),
    violations: violations.filter(
      ({ property }, index) => violations.findIndex((other) => other.property === property) === index,
    ),
    unreached: (head?.unreached ?? []).filter((name) => others.every(({ unreached }) => unreached.includes(name))),
  };
}

/** How many runs go by without a word. */
const runsBetweenProgress = 64;

/** No process changed; and the run is over. */
const nothing = -2;
const isOver = -3;

function isNetworkFault(event: LiveEvent): boolean {
  return liveKind(event) === dropKind || liveKind(event) === duplicateKind;
}

function isFault(event: LiveEvent): boolean {
  return isNetworkFault(event) || liveKind(event) === crashKind;
}
