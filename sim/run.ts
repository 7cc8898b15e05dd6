// A run: what happened when a scenario met a seed, and what was judged of it.
import type { TimedFault } from './fault.ts';
import type { History } from './history.ts';
import type { NodeId } from './protocol.ts';
import type { Operation, Parameters } from './scenario.ts';
import type { Micros } from './time.ts';
import type { Trace } from './trace.ts';
import type { Finding, Verdict } from './verdict.ts';

export interface Run {
  readonly scenario: string;
  readonly seed: string;
  readonly parameters: Parameters;
  readonly nodes: readonly NodeId[];
  readonly clients: readonly NodeId[];
  readonly faults: readonly TimedFault[];
  readonly workload: readonly Operation[];
  /** How long the run was to last, and from when on nothing was broken any more. */
  readonly until: Micros;
  readonly healAt: Micros;
  /** The running hash at the end, 16 hexadecimal digits: equal runs have equal hashes. */
  readonly hash: string;
  /** Events that the simulator took from its queue and acted on. */
  readonly events: number;
  readonly simulatedUs: Micros;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly sometimes: readonly Reached[];
  readonly history: History;
  readonly statistics: Statistics;
  /** Sixteen bits of the running hash after each event, where they were asked for. */
  readonly fingerprints?: Uint16Array;
  readonly trace?: Trace;
}

/** Whether a `sometimes` property was reached in this run. */
export interface Reached {
  readonly name: string;
  readonly reached: boolean;
}

/** Counts of one run. */
export interface Statistics {
  sent: number;
  delivered: number;
  lost: number;
  duplicated: number;
  timersFired: number;
  syncs: number;
  crashes: number;
}
