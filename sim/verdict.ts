// Verdicts. A judgement is valid, invalid or unknown, never silently ok, and carries the evidence that people are shown.
import type { History } from './history.ts';
import type { NodeId } from './protocol.ts';
import type { Micros } from './time.ts';

export type Verdict = 'valid' | 'invalid' | 'unknown';

/** The worse of two verdicts: invalid over unknown over valid. */
export function worseVerdict(one: Verdict, other: Verdict): Verdict {
  if (one === 'invalid' || other === 'invalid') return 'invalid';
  return one === 'unknown' || other === 'unknown' ? 'unknown' : 'valid';
}

/** Something that a check or a property has to say against a run. */
export interface Finding {
  /** The name of the property or check. */
  readonly name: string;
  readonly verdict: 'invalid' | 'unknown';
  /** One or a few sentences for people. */
  readonly reason: string;
  /** True virtual time at which it was found. */
  readonly at: Micros;
  /** The number of the simulator event at which it was found. */
  readonly event: number;
  /** Ids of the operations that prove it. */
  readonly operations: readonly number[];
  /** The nodes concerned. */
  readonly nodes: readonly NodeId[];
}

/** A judge of whole histories, run after the run: linearizability, lock safety, … */
export interface Check {
  readonly name: string;
  /** One sentence: what it verifies. */
  readonly about: string;
  /** What speaks against the history, each with its own evidence; nothing when it is valid. */
  judge(history: History): readonly CheckOutcome[];
}

export interface CheckOutcome {
  readonly verdict: 'invalid' | 'unknown';
  /** Why, in words. */
  readonly reason: string;
  /** Ids of the operations that prove it: the smallest window that the check can name. */
  readonly operations: readonly number[];
}
