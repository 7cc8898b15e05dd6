// Random walks on the rows of the search, for worlds with faults that do not run in place: its transitions and properties,
// without memory of where it has been.
import type { Random } from '../../sim/random.ts';
import type { Action } from './action.ts';
import { isFault } from './events.ts';
import { Expander, type Visitor } from './expander.ts';
import { Judge, type Objection } from './judge.ts';
import { LocalSteps } from './local-steps.ts';
import type { PreparedWorld } from './prepared-world.ts';
import { actionOf } from './traces.ts';
import type { Draw } from './turn.ts';
import type { Walk, WalkOptions } from './random-walk.ts';
import { RunStream } from './run-stream.ts';
import { isEnough, noHandlerThrows, type Violation } from './violations.ts';

/** When so many local states are interned, the tables are begun anew. */
const maxLocals = 100_000;

/** Walks at random, each event that is possible being as likely as any other. @throws as `explore` does. */
export function walkInterned(prepared: PreparedWorld, options: WalkOptions): Walk {
  const { seed, runs, firstRun = 0, maxSteps, stop = 'at violation', isOver, onProgress } = options;
  const random = new RunStream();
  const violations: Violation[] = [];
  let walker = new Walker(prepared, random, violations);
  let unreached = walker.unreached;
  let walked = 0;
  let steps = 0;
  for (; walked < runs; walked++) {
    if (isEnough(prepared, violations, stop) || (walked > 0 && isOver?.() === true)) break;
    onProgress?.(walked, steps);
    random.begin(seed, firstRun + walked);
    steps += walker.run(maxSteps, stop);
    const missing = new Set(walker.unreached);
    unreached = unreached.filter((name) => missing.has(name));
    if (walker.localCount > maxLocals) walker = new Walker(prepared, random, violations);
  }
  return { runs: walked, steps, violations, unreached };
}

class Walker implements Visitor {
  readonly #prepared: PreparedWorld;
  readonly #random: Random;
  readonly #violations: Violation[];
  readonly #steps: LocalSteps;
  readonly #expander: Expander;
  readonly #judge: Judge;
  readonly #objections: Objection[] = [];
  #path: Action[] = [];
  #row = new Int32Array(64); // where the walk stands
  #length = 0;
  #next = new Int32Array(64); // where it goes next
  #nextLength = 0;
  #event = -1;
  #changed = -1;
  #draws: readonly Draw[] = [];
  #choices = 0;

  constructor(prepared: PreparedWorld, random: Random, violations: Violation[]) {
    this.#prepared = prepared;
    this.#random = random;
    this.#violations = violations;
    this.#steps = new LocalSteps(prepared, 0);
    this.#expander = new Expander(prepared, this.#steps);
    this.#judge = new Judge(prepared, this.#steps, this.#expander);
  }

  get unreached(): readonly string[] {
    return this.#judge.unreached;
  }

  get localCount(): number {
    return this.#steps.localCount;
  }

  /** One run; how many steps it took. */
  run(maxSteps: number, stop: WalkOptions['stop']): number {
    this.#path = [];
    this.#choices = 0;
    this.#expander.gate = undefined;
    this.#expander.begin(this);
    if (this.#choices === 0) return 0; // births threw
    for (let step = 0; ; step++) {
      this.#enter();
      this.#judge.judge(this.#row, this.#changed, this.#objections);
      this.#report();
      if (step === maxSteps || isEnough(this.#prepared, this.#violations, stop)) return step;
      if (!this.#choose()) return step;
      this.#path.push(actionOf(this.#event, this.#draws, this.#steps, this.#prepared));
    }
  }

  /** Keeps one of the transitions: the newest of k with a probability of one in k. */
  transition(row: Int32Array, length: number, event: number, changed: number): void {
    this.#choices++;
    if (this.#random.below(this.#choices) !== 0) return;
    if (length > this.#next.length) this.#next = new Int32Array(2 * length);
    for (let at = 0; at < length; at++) this.#next[at] = row[at]!;
    this.#nextLength = length;
    this.#event = event;
    this.#changed = changed;
    this.#draws = this.#expander.draws;
  }

  failure(event: number, thrown: string): void {
    this.#objections.push({ property: noHandlerThrows, verdict: 'invalid', reason: thrown });
    this.#report(event === -1 ? [] : [actionOf(event, this.#expander.draws, this.#steps, this.#prepared)]);
  }

  #enter(): void {
    [this.#row, this.#next] = [this.#next, this.#row];
    this.#length = this.#nextLength;
  }

  /** Tries the possible events in a drawn order until one leads on. Only where none is progress has the run ended. */
  #choose(): boolean {
    const events: number[] = [];
    this.#expander.gate = (event) => {
      events.push(event);
      return false;
    };
    this.#expander.expand(this.#row, this.#length, this);
    let progress = 0;
    this.#choices = 0;
    for (const chosen of this.#random.shuffle(events)) {
      this.#expander.gate = (event) => event === chosen;
      progress += this.#expander.expand(this.#row, this.#length, this);
      if (this.#choices > 0) break;
    }
    if (progress === 0 && (this.#choices === 0 || events.every((event) => isFault(event)))) {
      this.#judge.judgeEnd(this.#row, this.#objections);
      this.#report();
    }
    return this.#choices > 0;
  }

  #report(last: readonly Action[] = []): void {
    for (const objection of this.#objections.splice(0)) {
      if (this.#violations.some(({ property }) => property === objection.property)) continue;
      this.#violations.push({ ...objection, trace: [...this.#path, ...last] });
    }
  }
}
