// One search as plain data in and out, so that it can run in a thread of its own while the command listens for interrupts.
import {
  EncodingError,
  explore,
  ExploreError,
  exploreInParts,
  walk,
  type Checkpoint,
  type Exploration,
  type ExploredWorld,
  type FaultBounds,
  type Progress,
  type ScheduleName,
  type StopRule,
  type Violation,
  type Walk,
} from '../checkers/index.ts';
import { findExploredScenario, shrinkFound, withBudgets } from '../scenarios/index.ts';
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
  /** Threads that share the search; 1 for none but its own. */
  readonly workers: number;
}

/** A violation in a world that may be smaller. */
export type ShrunkSearch = Pick<SearchOrder, 'parameters' | 'budgets'> & { readonly violation: Violation };

export type Searched = { readonly seconds: number } & (
  { readonly type: 'search'; readonly result: Exploration } | { readonly type: 'walk'; readonly result: Walk }
);

/** How far random walks have come. */
export interface WalkProgress {
  readonly runs: number;
  readonly steps: number;
  /** Runs that were asked for. */
  readonly of: number;
}

/** How a search is watched. */
export interface SearchWatch {
  /** Asked now and then: true ends the search with what it has. */
  readonly isStopped: () => boolean;
  readonly onProgress: (progress: Progress | WalkProgress) => void;
}

/**
 * Searches to the end, or to a bound, in this thread; with workers, in as many parts.
 * @throws InputError where the world that was asked for cannot be explored.
 */
export function runSearch(order: SearchOrder, { isStopped, onProgress }: SearchWatch): Searched {
  const world = worldOf(order);
  const start = performance.now();
  const isOver = (): boolean => isStopped() || performance.now() - start > order.timeout;
  const seconds = (): number => (performance.now() - start) / 1_000;
  try {
    if (isWalk(order)) {
      const told = (runs: number, steps: number): void => onProgress({ runs, steps, of: order.runs });
      const result = walkBlock(order, { firstRun: 0, runs: order.runs }, isOver, told);
      return { type: 'walk', result, seconds: seconds() };
    }
    const { strategy, por, symmetry, checkpoint, resume, auditEvery, workers } = order;
    const bounds = { ...searchBounds(order), isOver, onProgress };
    const result =
      workers > 1
        ? exploreInParts(world, workers, bounds)
        : explore(world, {
            ...bounds,
            order: orders[strategy as keyof typeof orders],
            por,
            symmetry,
            checkpoint,
            ...(resume !== undefined && { resume }),
            auditEvery,
          });
    return { type: 'search', result, seconds: seconds() };
  } catch (error) {
    throw inWords(order, error);
  }
}

/** Some of the runs of a walk. */
export function walkBlock(
  order: SearchOrder,
  { firstRun, runs }: { readonly firstRun: number; readonly runs: number },
  isOver: () => boolean,
  onProgress?: (runs: number, steps: number) => void,
): Walk {
  const { seed, strategy, constraints, depth = 100 } = order;
  return walk(worldOf(order), {
    seed,
    runs,
    firstRun,
    maxSteps: depth,
    strategy: strategy as ScheduleName,
    depth: constraints,
    stop: stopRule(order),
    isOver,
    ...(onProgress !== undefined && { onProgress }),
  });
}

/** Lowers parameters and budgets as far as the same property is still violated, in as much time as a search may take. */
export function runShrink(order: SearchOrder, violation: Violation, isStopped: () => boolean): ShrunkSearch {
  const start = performance.now();
  const isOver = (): boolean => isStopped() || performance.now() - start > order.timeout;
  const { parameters, budgets } = order;
  return shrinkFound(findExploredScenario(order.world), { parameters, budgets, violation }, isOver);
}

/** Where a search ends. */
export function searchBounds(order: SearchOrder) {
  const { depth, states, bytes } = order;
  return {
    stop: stopRule(order),
    ...(depth !== undefined && { maxLevels: depth }),
    ...(states !== undefined && { maxStates: states }),
    ...(bytes !== undefined && { maxBytes: bytes }),
  };
}

export function isWalk({ strategy }: SearchOrder): boolean {
  return strategy === 'random' || strategy === 'pct' || strategy === 'pos';
}

/** What went wrong, as bad input where it is the world that cannot be explored like this. */
export function inWords(order: SearchOrder, error: unknown): Error {
  if (error instanceof ExploreError || error instanceof EncodingError) {
    return new InputError(`${order.world} cannot be explored like this: ${error.message}`);
  }
  return error instanceof Error ? error : new Error(String(error));
}

function stopRule({ all }: SearchOrder): StopRule {
  return all ? 'never' : 'at violation';
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
