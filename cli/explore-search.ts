// One search as plain data in and out, so that it can run in a thread of its own while the command listens for interrupts.
import {
  EncodingError,
  explore,
  ExploreError,
  walk,
  type Checkpoint,
  type Exploration,
  type ExploredWorld,
  type FaultBounds,
  type Progress,
  type ScheduleName,
  type Violation,
  type Walk,
} from '../checkers/index.ts';
import { findExploredScenario, withBudgets } from '../scenarios/index.ts';
import { InputError, type Parameters } from '../sim/index.ts';

export interface SearchOrder {
  readonly world: string;
  readonly parameters: Parameters;
  /** What is set instead of the world's own budgets. */
  readonly budgets: FaultBounds;
  readonly strategy: 'bfs' | 'dfs' | 'iddfs' | ScheduleName;
  /** Of `pct`: the ordering constraints that it aims at. */
  readonly constraints: number;
  readonly por: boolean;
  readonly symmetry: boolean;
  /** Whether a search that a bound ends leaves a checkpoint, and where it begins unless at the start. */
  readonly checkpoint: boolean;
  readonly resume?: Checkpoint;
  readonly depth?: number;
  readonly states?: number;
  readonly bytes?: number;
  /** Real time it may take, in milliseconds. */
  readonly timeout: number;
  readonly seed: string;
  readonly runs: number;
  readonly all: boolean;
  readonly auditEvery: number;
}

export type Searched = { readonly seconds: number } & (
  { readonly type: 'search'; readonly result: Exploration } | { readonly type: 'walk'; readonly result: Walk }
);

/** How a search is watched. */
export interface SearchWatch {
  /** Asked now and then: true ends the search with what it has. */
  readonly isStopped: () => boolean;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Searches to the end, or to a bound.
 * @throws InputError where the world that was asked for cannot be explored.
 */
export function runSearch(order: SearchOrder, { isStopped, onProgress }: SearchWatch): Searched {
  const world = worldOf(order);
  const start = performance.now();
  const isOver = (): boolean => isStopped() || performance.now() - start > order.timeout;
  const { seed, runs, depth, states, bytes, auditEvery } = order;
  const stop = order.all ? 'never' : 'at violation';
  const seconds = (): number => (performance.now() - start) / 1_000;
  try {
    const { strategy, constraints, por, symmetry, checkpoint, resume } = order;
    if (strategy === 'random' || strategy === 'pct' || strategy === 'pos') {
      const result = walk(world, { seed, runs, maxSteps: depth ?? 100, strategy, depth: constraints, stop, isOver });
      return { type: 'walk', result, seconds: seconds() };
    }
    const result = explore(world, {
      order: orders[strategy],
      por,
      symmetry,
      checkpoint,
      ...(resume !== undefined && { resume }),
      stop,
      isOver,
      onProgress,
      auditEvery,
      ...(depth !== undefined && { maxLevels: depth }),
      ...(states !== undefined && { maxStates: states }),
      ...(bytes !== undefined && { maxBytes: bytes }),
    });
    return { type: 'search', result, seconds: seconds() };
  } catch (error) {
    if (error instanceof ExploreError || error instanceof EncodingError) {
      throw new InputError(`${order.world} cannot be explored like this: ${error.message}`);
    }
    throw error;
  }
}

const orders = { bfs: 'breadth first', dfs: 'depth first', iddfs: 'iterative deepening' } as const;

/** The world that is searched. */
export function worldOf({
  world,
  parameters,
  budgets,
}: Pick<SearchOrder, 'world' | 'parameters' | 'budgets'>): ExploredWorld {
  return withBudgets(findExploredScenario(world).world(parameters), budgets);
}

/** The violation that files are made of: the first that one run shows. */
export function mainViolation({ result }: Searched): Violation | undefined {
  return result.violations.find(({ cycle }) => cycle === undefined) ?? result.violations[0];
}
