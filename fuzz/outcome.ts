// What is asked for and what comes back, seed by seed, as plain data: it passes between threads and machines unchanged. The
// outcome of a seed depends on the plan and the seed alone, so that a seed may be run again by anybody when it got lost.
import type { Finding, Micros, Parameters, Reached } from '../sim/index.ts';
import type { Case } from './case.ts';

/** Which seeds of a scenario are run, and how. */
export interface Plan {
  /** The seed at index 0; the one at index i is `start + i * stride`. */
  readonly start: number;
  readonly stride: number;
  readonly parameters: Parameters;
  /** How long each run lasts, in microseconds of virtual time; the scenario's own length by default. */
  readonly until?: Micros;
  /** Mutate schedules that reached something new, instead of drawing each from its seed alone. */
  readonly guided?: boolean;
}

/** What became of one seed. */
export type SeedOutcome =
  | ({ readonly type: 'ran' } & RanSeed)
  /** A defect of the tools, or of the scenario's own code outside of handlers; `input` when the plan does not fit it. */
  | {
      readonly type: 'broken';
      readonly seed: string;
      readonly kind: 'error' | 'nondeterminism' | 'input';
      readonly reason: string;
    }
  /** The run took its thread down, or never ended: one seed is lost, and the campaign goes on. */
  | { readonly type: 'lost'; readonly seed: string; readonly why: LostReason; readonly reason: string };

export type LostReason = 'hung' | 'crashed' | 'out of memory';

export interface RanSeed {
  readonly seed: string;
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  readonly hash: string;
  readonly events: number;
  readonly simulatedUs: Micros;
  /** Real time, in milliseconds, without what was spent on running it again. */
  readonly elapsedMs: number;
  readonly findings: readonly Finding[];
  readonly sometimes: readonly Reached[];
  /** It ran twice and gave the same hash. */
  readonly verified: boolean;
  /** Hashes of what this run reached, without those that its runner has told before. */
  readonly features: readonly number[];
  /** What made the run, where the seed alone does not. */
  readonly case?: Case;
}

export function seedAt({ start, stride }: Pick<Plan, 'start' | 'stride'>, index: number): string {
  return String(start + index * stride);
}
