// Explores every run of a world within bounds: breadth first, so that the first violation found has the shortest trace, or
// depth first, which meets violations far from the start sooner.
// States are rows of interned integers, and handlers run once for each local state and event (see `local-steps.ts`).
import type { Checkpoint } from './checkpoint.ts';
import type { Progress } from './progress.ts';
import { Search } from './search.ts';
import type { StopRule, Violation } from './violations.ts';
import type { ExploredWorld } from './world.ts';

export interface ExploreOptions {
  /** When the search ends before all runs were followed; `at violation` unless told. */
  readonly stop?: StopRule;
  /**
   * Breadth first unless told. Iterative deepening (Korf 1985) searches depth first to a bound that grows level by level, so it
   * visits the same states on the same levels, and its traces are as short.
   */
  readonly order?: SearchOrder;
  /**
   * Partial-order reduction by sleep sets, breadth first only: of the orders of events that commute, one is followed. All states
   * are still visited, on their levels; `generated` is what gets smaller.
   */
  readonly por?: boolean;
  /**
   * Visits one of the states that differ only in which of the world's `symmetric` processes is which. Levels and verdicts are the
   * same. Protocols are audited while they are explored.
   */
  readonly symmetry?: boolean;
  /**
   * Levels of states to visit, the initial one included; all unless told. Depth first it bounds the length of runs, and states
   * may be missed that a shorter run would have reached.
   */
  readonly maxLevels?: number;
  /** States to visit; 50,000,000 unless told. */
  readonly maxStates?: number;
  /** Bytes that states and intern tables may take, as estimated; 4 GiB unless told. */
  readonly maxBytes?: number;
  /** Asked every few thousand states: true ends the search. */
  readonly isOver?: () => boolean;
  /** Runs one in so many memoised handler calls again, and refuses handlers that then do something else. */
  readonly auditEvery?: number;
  /** Whether a search that a bound ends gives a checkpoint, from which another one goes on. */
  readonly checkpoint?: boolean;
  /** Where to go on. The world must be the same; bounds may be others. */
  readonly resume?: Checkpoint;
  /** Told now and then how far the search has come. */
  readonly onProgress?: (progress: Progress) => void;
}

export type SearchOrder = 'breadth first' | 'depth first' | 'iterative deepening';

export interface Exploration {
  /** Distinct states visited. */
  readonly unique: number;
  /** Transitions, and the initial states. */
  readonly generated: number;
  /** Levels of the search: the longest shortest run has one action less. Depth first, those of the longest run followed. */
  readonly levels: number;
  /** Whether every run within the world's bounds was followed to its end. */
  readonly complete: boolean;
  /** What ended the search, where it is not complete. */
  readonly endedBy?: 'violation' | 'levels' | 'states' | 'bytes' | 'time';
  /** States that were reached and not followed any further. */
  readonly frontier: number;
  /** The first of each property, in the order of discovery. */
  readonly violations: readonly Violation[];
  /** `sometimes` properties that no visited state reached. */
  readonly unreached: readonly string[];
  readonly statistics: ExploreStatistics;
  /** Where it was asked for, and the search is not complete. */
  readonly checkpoint?: Checkpoint;
}

export interface ExploreStatistics {
  readonly handlerRuns: number;
  /** The share of handler calls that the memo answered, from 0 to 1. */
  readonly memoHitRate: number;
  readonly localStates: number;
  readonly envelopes: number;
  readonly histories: number;
  /** Evaluations of properties and checks. */
  readonly evaluations: number;
  /** What states and intern tables take in memory; that of the tables is estimated. */
  readonly bytes: number;
}

/**
 * Visits the states of a world and judges each of them.
 * @throws ExploreError if the world or a handler cannot be explored, EncodingError if a state or message is no plain data.
 */
export function explore(world: ExploredWorld, options: ExploreOptions = {}): Exploration {
  return new Search(world, options).run();
}
