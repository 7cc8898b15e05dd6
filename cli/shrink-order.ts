// One failing run to be shrunk, as plain data: it may be done in this thread or in another.
import { causeOf, shrink, type Shrunk, type ShrinkProgress } from '../fuzz/index.ts';
import { simulate, type Scenario, type SimulateOptions } from '../sim/index.ts';

export interface ShrinkOrder {
  /** What makes the failing run. */
  readonly set: SimulateOptions;
  /** As `causeOf` names it. */
  readonly cause: string;
  readonly runs: number;
  /** Real time that it may take. */
  readonly milliseconds: number;
}

export interface ShrinkDone {
  readonly shrunk: Shrunk;
  /** Real time that it took. */
  readonly milliseconds: number;
}

/** Undefined when the run does not fail for that cause. */
export function shrinkOrdered(
  scenario: Scenario,
  { set, cause, runs, milliseconds }: ShrinkOrder,
  isStopped: () => boolean,
  onProgress: (progress: ShrinkProgress) => void,
): ShrinkDone | undefined {
  const run = simulate(scenario, set);
  const finding = run.findings.find((found) => causeOf(found) === cause);
  if (finding === undefined) return undefined;
  const began = performance.now();
  const shrunk = shrink(scenario, run, finding, { runs, milliseconds, isOver: isStopped, onProgress });
  return { shrunk, milliseconds: performance.now() - began };
}
