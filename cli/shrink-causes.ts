// Shrinks the smallest failure of each cause of a campaign, within a bound of time, and keeps the results as files.
import { join } from 'node:path';
import type { Campaign } from '../fuzz/index.ts';
import { simulate, type Scenario } from '../sim/index.ts';
import { optionsOfFailure, type MadeBy } from './evidence.ts';
import { OutputError } from './files.ts';
import type { Io } from './io.ts';
import { saveSmallest, shrinkWatched, type Smallest, type SmallestFiles } from './shrink.ts';

/** By the seed that was shrunk. */
export type ShrunkCauses = ReadonlyMap<
  string,
  { readonly smallest: Smallest; readonly files: SmallestFiles | undefined }
>;

const mostCauses = 5;
const bounds = { runs: 2_000, milliseconds: 10_000 };

export function shrinkCauses(
  { causes }: Campaign,
  scenario: Scenario,
  options: MadeBy & { readonly folder: string; readonly version: string },
  io: Io,
): ShrunkCauses {
  const shrunk = new Map<string, { smallest: Smallest; files: SmallestFiles | undefined }>();
  const interrupt = io.interruptible();
  try {
    for (const { verdict, names, smallest: failure } of causes.slice(0, mostCauses)) {
      if (verdict !== 'invalid' || interrupt.signal.aborted) continue;
      const run = simulate(scenario, optionsOfFailure(failure, options));
      const finding = run.findings.find((found) => found.verdict === 'invalid' && names.includes(found.name));
      if (finding === undefined) continue; // it cannot be: the seed was verified
      const smallest = shrinkWatched(scenario, run, finding, bounds, io);
      const place = join(options.folder, `${scenario.name}-${failure.seed}.shrunk`);
      shrunk.set(failure.seed, { smallest, files: trySaving(smallest, place, options.version) });
    }
    return shrunk;
  } finally {
    interrupt.release();
  }
}

/** What was found is worth telling without its files: that they cannot be written is told by whoever writes the first ones. */
function trySaving(smallest: Smallest, place: string, version: string): SmallestFiles | undefined {
  try {
    return saveSmallest(smallest, place, version);
  } catch (error) {
    if (error instanceof OutputError) return undefined;
    throw error;
  }
}
