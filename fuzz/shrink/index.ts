// Shrinking: from a failing run to the smallest one that fails for the same cause. It leaves out faults, clients and
// operations, turns knobs to what is plain, shortens faults, takes out waiting, tries other seeds, and in the end loses single
// messages. It never breaks more at once than the run that it began with: a protocol need not survive that.
import { simulate, type Finding, type Micros, type Run, type Scenario, type TimedFault } from '../../sim/index.ts';
import { caseOf, optionsOf, type Case } from '../case.ts';
import { plainerFaults } from './faults.ts';
import { plainerParameters } from './knobs.ts';
import { fitToWorld, healAtOf, limitsOf, type Limits } from './limits.ts';
import { forgetUnsent, loseMessages } from './messages.ts';
import { minimize } from './minimize.ts';
import { earlierTimes, withoutSpans } from './times.ts';
import { cutAtCause, tryCase, wantedOf, type Trial, type Wanted } from './trial.ts';
import { lastOperations, vary } from './variations.ts';

export interface ShrinkOptions {
  /** How many runs it may take; default 6,000. */
  readonly runs?: number;
  /** Real time that it may take; without end by default. What it comes to then depends on how fast the machine is. */
  readonly milliseconds?: number;
  /** Asked between runs; true ends the search with the smallest so far. */
  readonly isOver?: () => boolean;
  /** Told after each run that made it smaller, and now and then. */
  readonly onProgress?: (progress: ShrinkProgress) => void;
}

export interface ShrinkProgress {
  readonly step: string;
  readonly runs: number;
  readonly size: Size;
}

/** What a person has to read. */
export interface Size {
  readonly events: number;
  readonly faults: number;
  /** Single messages that are lost because they did not matter; no faults. */
  readonly lost: number;
  readonly operations: number;
  readonly nodes: number;
  /** When the cause shows, in microseconds of virtual time. */
  readonly at: Micros;
}

export interface Shrunk {
  readonly case: Case;
  readonly finding: Finding;
  readonly before: Size;
  readonly after: Size;
  /** How many runs it took. */
  readonly runs: number;
  /** False when a bound ended it before nothing more could be left out. */
  readonly complete: boolean;
}

/**
 * The smallest run that fails for the same cause as `finding` of `run`.
 * @throws RangeError when the run, made again, does not fail so: it is not decided by its seed alone.
 */
export function shrink(scenario: Scenario, run: Run, finding: Finding, options: ShrinkOptions = {}): Shrunk {
  const base = caseOf(run);
  const wanted = wantedOf(scenario, base, finding);
  const first = tryCase(scenario, base, wanted, Number.MAX_SAFE_INTEGER);
  if (first === undefined) {
    throw new RangeError(
      `${scenario.name}, seed ${run.seed}: the run shows no “${finding.name}” when it is made again`,
    );
  }
  const search = new Search(scenario, wanted, first, options);
  const before = search.size();
  search.shrink();
  return { ...search.result(), before };
}

/** The smallest trial so far, and the bounds. What makes it smaller asks `accepts`. */
export class Search {
  readonly scenario: Scenario;
  readonly limits: Limits;
  readonly #wanted: Wanted;
  readonly #options: ShrinkOptions;
  #best: Trial;
  readonly #began = performance.now();
  #runs = 1;
  #round = 0;
  #step = 'faults';

  constructor(scenario: Scenario, wanted: Wanted, first: Trial, options: ShrinkOptions) {
    this.scenario = scenario;
    this.limits = limitsOf(scenario, first.case, wanted.needsWork);
    this.#best = first;
    this.#wanted = wanted;
    this.#options = options;
  }

  shrink(): void {
    const { needsWork } = this.#wanted;
    this.#dropWhatComesLater();
    for (let round = 0; round < mostRounds && !this.isOver(); round++) {
      this.#round = round;
      const before = this.#weight();
      this.#run('faults', () => this.#leaveOutFaults());
      if (this.#isAfterHeal()) this.#run('spans of time', () => withoutSpans(this));
      if (!needsWork) this.#run('clients', () => this.#leaveOutClients());
      this.#run('operations', () => this.#leaveOutOperations());
      this.#run('knobs', () => plainerParameters(this));
      this.#run('lengths of faults', () => plainerFaults(this));
      if (!needsWork) this.#run('times', () => earlierTimes(this));
      if (!needsWork) this.#run('operations', () => lastOperations(this));
      this.#run('variations', () => vary(this, needsWork));
      if (this.#weight() === before) break;
    }
    this.#run('single messages', () => loseMessages(this));
    // A link that loses what would not have made the run longer is one fault too many.
    this.#run('faults', () => this.#leaveOutLosses());
    this.#run('single messages', () => forgetUnsent(this));
    this.#best = cutAtCause(this.scenario, this.#best, this.#wanted);
  }

  /**
   * Whether the case shows the cause within `limit` events (default: not many more than the best), and nothing else speaks
   * against it; then it is the best.
   */
  accepts(
    changed: Case,
    limit = this.best.events + this.#slack(),
    isFine: (trial: Trial) => boolean = () => true,
  ): boolean {
    const trial = this.tries(changed, limit);
    if (trial === undefined || !isFine(trial)) return false;
    this.take(trial);
    return true;
  }

  take(trial: Trial): void {
    this.#best = trial;
    this.#report();
  }

  get best(): Trial {
    return this.#best;
  }

  /** So many events a run may have that is plainer by a knob: at first some more than the best; what was turned later, stays. */
  get knobLimit(): number {
    return this.best.events + (this.#round === 0 ? this.#slack() : 0);
  }

  #slack(): number {
    return (this.best.events >> 3) + 20;
  }

  /** The trial of the case, if it shows the cause within `limit` events. */
  tries(changed: Case, limit: number): Trial | undefined {
    if (this.isOver()) return undefined;
    if (++this.#runs % 50 === 0) this.#report();
    const fitting = fitToWorld(this.scenario, changed, this.limits);
    return fitting === undefined ? undefined : tryCase(this.scenario, fitting, this.#wanted, limit);
  }

  isOver(): boolean {
    return this.hasSpent(1) || this.#options.isOver?.() === true;
  }

  /** Whether so large a share of the runs or of the time is spent. */
  hasSpent(share: number): boolean {
    const { runs = 6_000, milliseconds = Infinity } = this.#options;
    return this.#runs >= share * runs || performance.now() - this.#began >= share * milliseconds;
  }

  size(): Size {
    const { case: found, events, finding } = this.best;
    const { faults, workload, parameters } = found;
    const { nodes } = this.scenario.world(parameters);
    const losses = faults.flatMap(({ fault }) => (fault.type === 'lose-messages' ? [fault.places.length] : []));
    return {
      events,
      faults: faults.length - losses.length,
      lost: losses.reduce((sum, lost) => sum + lost, 0),
      operations: workload.length,
      nodes: nodes.length,
      at: finding.at,
    };
  }

  result(): Omit<Shrunk, 'before'> {
    const { case: found, finding } = this.best;
    return { case: found, finding, after: this.size(), runs: this.#runs, complete: !this.isOver() };
  }

  #isAfterHeal(): boolean {
    const { case: found, finding } = this.best;
    return finding.at >= healAtOf(this.scenario.world(found.parameters), found.until);
  }

  /** What begins after the cause has shown cannot have caused it. */
  #dropWhatComesLater(): void {
    const { case: found, finding } = this.best;
    const faults = found.faults.filter(({ at }) => at <= finding.at);
    const workload = found.workload.filter(({ at }) => at <= finding.at || this.#wanted.needsWork);
    this.accepts({ ...found, faults, workload });
  }

  #leaveOutFaults(): void {
    const accepts = (faults: readonly TimedFault[]): boolean => this.accepts({ ...this.best.case, faults });
    minimize(this.best.case.faults, accepts, () => this.isOver());
  }

  #leaveOutLosses(): void {
    const { faults } = this.best.case;
    const others = faults.filter(({ fault }) => fault.type !== 'lose-messages');
    const accepts = (losses: readonly TimedFault[]): boolean =>
      this.accepts({ ...this.best.case, faults: [...losses, ...others] }, this.best.events);
    const losses = faults.filter((each) => !others.includes(each));
    minimize(losses, accepts, () => this.isOver());
  }

  #leaveOutClients(): void {
    const clients = [...new Set(this.best.case.workload.map(({ client }) => client))];
    const only = (kept: readonly string[]): Case => {
      const workload = this.best.case.workload.filter(({ client }) => kept.includes(client));
      return { ...this.best.case, workload };
    };
    minimize(
      clients,
      (kept) => this.accepts(only(kept)),
      () => this.isOver(),
    );
  }

  /** Each operation at the time at which its client came to it, so that those before it can be left out without moving it. */
  #timeAsInvoked(): void {
    const { case: found, events } = this.best;
    const { history } = simulate(this.scenario, { ...optionsOf(found), maxEvents: events, judge: false });
    const invoked = new Map(
      history.flatMap(({ type, operation, time }) => (type === 'invoke' ? [[operation, time]] : [])),
    );
    const workload = found.workload.map((each) => ({ ...each, at: invoked.get(each.id) ?? each.at }));
    this.accepts({ ...found, workload }, events);
  }

  /** Where the work must stay, only what is asked for before the world has healed. */
  #leaveOutOperations(): void {
    const { needsWork } = this.#wanted;
    if (!needsWork) this.#timeAsInvoked();
    const { case: found } = this.best;
    const end = needsWork ? healAtOf(this.scenario.world(found.parameters), found.until) : Infinity;
    const others = found.workload.filter(({ at }) => at >= end);
    minimize(
      found.workload.filter(({ at }) => at < end),
      (workload) => this.accepts({ ...this.best.case, workload: [...workload, ...others] }),
      () => this.isOver(),
    );
  }

  #run(step: string, work: () => void): void {
    if (this.isOver()) return;
    this.#step = step;
    this.#report();
    work();
  }

  /** Everything that a pass can make smaller: two equal weights in a row end the rounds. */
  #weight(): string {
    const { case: found, events } = this.best;
    return JSON.stringify([events, found.faults, found.workload, found.parameters, found.until]);
  }

  #report(): void {
    this.#options.onProgress?.({ step: this.#step, runs: this.#runs, size: this.size() });
  }
}

const mostRounds = 4;
