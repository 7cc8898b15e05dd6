// Runs seeds one by one: each gives one outcome, whatever happens. What failed, and a sample of the rest, runs twice to prove
// that a seed is a run. This is all that a thread or another machine needs to do its share of a campaign.
import { InputError, Simulation, type Run, type Scenario, type SimulateOptions } from '../sim/index.ts';
import { caseOf, type Case } from './case.ts';
import { Coverage, SeenFeatures } from './coverage.ts';
import { Guide } from './guide.ts';
import { describeNondeterminism } from './nondeterminism.ts';
import { seedAt, type Plan, type SeedOutcome } from './outcome.ts';

/** Lets others work now and then, and says when to stop. */
export interface Pace {
  breathe(): Promise<void>;
  isInterrupted(): boolean;
}

/** The pace of who has nobody to wait for. */
export const atFullSpeed: Pace = { breathe: () => Promise.resolve(), isInterrupted: () => false };

const verifyEvery = 20;

export class SeedRunner {
  readonly #scenario: Scenario;
  readonly #plan: Plan;
  readonly #pace: Pace;
  readonly #seen = new SeenFeatures();
  readonly #guide: Guide | undefined;

  constructor(scenario: Scenario, plan: Plan, pace: Pace = atFullSpeed) {
    this.#scenario = scenario;
    this.#plan = plan;
    this.#pace = pace;
    this.#guide = plan.guided === true ? new Guide(scenario, plan.parameters) : undefined;
  }

  /** The outcome of the seed at this index of the plan; undefined when it was interrupted. */
  async run(index: number): Promise<SeedOutcome | undefined> {
    const seed = seedAt(this.#plan, index);
    try {
      return await this.#runSeed(seed, index);
    } catch (error) {
      const kind = error instanceof InputError ? 'input' : 'error';
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      return { type: 'broken', seed, kind, reason: kind === 'input' ? message : (stack ?? message) };
    }
  }

  async #runSeed(seed: string, index: number): Promise<SeedOutcome | undefined> {
    const { parameters, until } = this.#plan;
    const made = this.#guide?.make(seed);
    const set: SimulateOptions = made ?? { seed, parameters, ...(until === undefined ? {} : { until }) };
    const began = performance.now();
    const coverage = new Coverage();
    const run = await this.#runPaced({ ...set, onNote: coverage.note, onNear: coverage.near });
    if (run === undefined) return undefined;
    const elapsedMs = performance.now() - began;
    const features = this.#seen.takeNew(coverage.features(run.history));
    this.#guide?.learn(run, { fresh: features, nearest: coverage.nearest });
    const isVerified = run.verdict !== 'valid' || index % verifyEvery === 0;
    if (isVerified) {
      const again = await this.#runPaced({ ...set, judge: false });
      if (again === undefined) return undefined;
      if (again.hash !== run.hash) {
        return { type: 'broken', seed, kind: 'nondeterminism', reason: describeNondeterminism(this.#scenario, set) };
      }
    }
    return {
      type: 'ran',
      ...factsOf(run, seed),
      elapsedMs,
      verified: isVerified,
      features,
      ...kept(run, made !== undefined),
    };
  }

  /** One run that lets others work now and then; undefined when it was interrupted. */
  async #runPaced(set: SimulateOptions): Promise<Run | undefined> {
    if (this.#pace.isInterrupted()) return undefined;
    const simulation = new Simulation(this.#scenario, set);
    for (let step = 1; simulation.step(); step++) {
      if (step % 1024 !== 0) continue;
      await this.#pace.breathe();
      if (this.#pace.isInterrupted()) return undefined;
    }
    return simulation.finish();
  }
}

function factsOf({ verdict, hash, events, simulatedUs, findings, sometimes }: Run, seed: string): RunFacts {
  return { seed, verdict, hash, events, simulatedUs, findings, sometimes };
}

type RunFacts = Pick<Run, 'seed' | 'verdict' | 'hash' | 'events' | 'simulatedUs' | 'findings' | 'sometimes'>;

/** What was made by mutation is kept where it failed: no seed draws it again. */
function kept(run: Run, isMade: boolean): { readonly case?: Case } {
  return !isMade || run.verdict === 'valid' ? {} : { case: caseOf(run) };
}
