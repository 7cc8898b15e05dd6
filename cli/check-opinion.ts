// What a judge has to say of a history, whoever it is: the shape that `check` prints.
import type { DependencyCycle, PartialOrder } from '../checkers/index.ts';
import type { Verdict } from '../sim/index.ts';

/** One thing that speaks against a history. */
export interface Anomaly {
  readonly type: string;
  readonly reason: string;
  /** Ids of the operations that prove it. */
  readonly operations: readonly number[];
  /** Further lines of proof for those who ask. */
  readonly details: readonly string[];
  /** For linearizability: orders of some operations that cannot go on, and why each operation that is left does not fit. */
  readonly orders?: readonly PartialOrder[];
  readonly cycle?: DependencyCycle | undefined;
}

/** What was found of one key. */
export interface Part {
  readonly key: string | null;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly operations: readonly number[];
  readonly steps: number;
  /** Who judged it. */
  readonly engine?: string | undefined;
  /** If it was asked for: ids in an order that explains the key's operations. Some that never returned may be missing. */
  readonly order?: readonly number[];
  /** Where the search was cut short: how many of how many completions it had explained. */
  readonly covered?: number;
  readonly returned?: number;
}

export interface Opinion {
  readonly verdict: Verdict;
  /** Why, if it is unknown. */
  readonly doubt: string;
  /** What holds if it is valid, as a sentence. */
  readonly holds: string;
  /** The model in full, where the checker has one. */
  readonly model: string | undefined;
  /** Who judged, of those that look for orders: the names of all that did, in the order of the keys. */
  readonly engine: string | undefined;
  /** Who was asked. */
  readonly askedEngine?: string;
  readonly anomalies: readonly Anomaly[];
  /** Anomalies that the model allows. */
  readonly tolerated: readonly Anomaly[];
  readonly partitions: readonly Part[];
  /** Figures worth knowing, a sentence each. */
  readonly figures?: readonly string[];
  /** For isolation: the weakest models that are ruled out, and the strongest that still stand. */
  readonly boundary?: { readonly not: readonly string[]; readonly strongest: readonly string[] };
}
