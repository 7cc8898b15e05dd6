// A case: everything that decides a run, as data. What a seed draws becomes a case, and shrinking, mutating and the corpus
// work on cases, as a case can be changed piece by piece where a seed can only be replaced.
import type { Micros, Operation, Parameters, Run, SimulateOptions, TimedFault } from '../sim/index.ts';

export interface Case {
  /** Every parameter of the scenario, whether set, drawn or default. */
  readonly parameters: Parameters;
  /** Decides what is left: latencies, elections, the draws of the nodes. */
  readonly seed: string;
  readonly until: Micros;
  readonly faults: readonly TimedFault[];
  readonly workload: readonly Operation[];
  /** Where the run ends early, in events; absent when it goes on until `until`. */
  readonly maxEvents?: number;
}

/** What decided a run, except for a bound that cut it short. */
export function caseOf({ parameters, seed, until, faults, workload }: Run): Case {
  return { parameters, seed, until, faults, workload };
}

/** The options that make the case's run. */
export function optionsOf({ parameters, seed, until, faults, workload, maxEvents }: Case): SimulateOptions {
  return { parameters, seed, until, faults, workload, ...(maxEvents === undefined ? {} : { maxEvents }) };
}
