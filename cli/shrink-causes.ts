// Shrinks the smallest failure of each cause of a campaign, and some others of the same cause, within a bound of time. Those that
// become one minimal transcript went wrong in one way; each way is kept as files and told once.
import { join } from 'node:path';
import { causeOf, causeOfFailure, shapeOfRun, type Campaign, type Cause, type SeedFailure } from '../fuzz/index.ts';
import { simulate, type Scenario } from '../sim/index.ts';
import { optionsOfFailure, type MadeBy } from './evidence.ts';
import { OutputError } from './files.ts';
import type { Io } from './io.ts';
import { saveSmallest, shrinkWatched, type Smallest, type SmallestFiles } from './shrink.ts';

/** One way in which a cause came about: failures with one minimal transcript, names, numbers and times apart. */
export interface Way {
  /** What is left of the minimal transcript, sorted. */
  readonly shape: readonly string[];
  /** Which of the failures that were shrunk came to this. */
  readonly seeds: readonly string[];
  /** The shortest of them. */
  readonly smallest: Smallest;
  readonly files: SmallestFiles | undefined;
}

/** The ways of each cause, the one of its smallest failure first; by that failure's seed. */
export type ShrunkCauses = ReadonlyMap<string, readonly Way[]>;

const mostCauses = 5;
/** Besides the smallest failure of a cause. */
const mostOthers = 5;
const bounds = { runs: 6_000, milliseconds: 10_000 };
const boundsOfOthers = { runs: 2_000, milliseconds: 4_000 };

interface ShrinkCausesOptions extends MadeBy {
  readonly folder: string;
  readonly version: string;
}

export function shrinkCauses(
  campaign: Campaign,
  scenario: Scenario,
  options: ShrinkCausesOptions,
  io: Io,
): ShrunkCauses {
  const shrunk = new Map<string, readonly Way[]>();
  const interrupt = io.interruptible();
  try {
    for (const cause of campaign.causes.filter(({ verdict }) => verdict === 'invalid').slice(0, mostCauses)) {
      const ways = waysOf(cause, campaign, scenario, options, { io, isOver: () => interrupt.signal.aborted });
      if (ways.length > 0) shrunk.set(cause.smallest.seed, ways);
    }
    return shrunk;
  } finally {
    interrupt.release();
  }
}

interface Watched {
  readonly io: Io;
  readonly isOver: () => boolean;
}

function waysOf(
  { smallest }: Cause,
  { failures }: Campaign,
  scenario: Scenario,
  options: ShrinkCausesOptions,
  { io, isOver }: Watched,
): readonly Way[] {
  const ways = new Map<string, Way>();
  const cause = causeOfFailure(smallest);
  const others = failures
    .filter((failure) => failure.seed !== smallest.seed && causeOfFailure(failure) === cause)
    .sort((one, other) => one.events - other.events)
    .slice(0, mostOthers);
  for (const failure of [smallest, ...others]) {
    if (isOver()) break;
    const small = shrinkFailure(failure, cause, scenario, options, {
      ...(failure === smallest ? bounds : boundsOfOthers),
      isOver,
      io,
    });
    if (small === undefined) continue; // it cannot be: the seed was verified
    const shape = shapeOfRun(small.run, small.shrunk.finding);
    const key = shape.join('\n');
    const before = ways.get(key);
    const seeds = [...(before?.seeds ?? []), failure.seed];
    // What time ended is not minimal: it may look like another way and be none.
    if (before === undefined && !small.shrunk.complete && ways.size > 0) continue;
    if (before === undefined) ways.set(key, { shape, seeds, smallest: small, files: undefined });
    else ways.set(key, { ...before, seeds, smallest: shorter(before.smallest, small) });
  }
  return [...ways.values()].map((way) => {
    const place = join(options.folder, `${scenario.name}-${way.seeds[0] ?? ''}.shrunk`);
    return { ...way, files: trySaving(way.smallest, place, options.version) };
  });
}

function shrinkFailure(
  failure: SeedFailure,
  cause: string,
  scenario: Scenario,
  options: ShrinkCausesOptions,
  { io, ...limits }: Watched & { readonly runs: number; readonly milliseconds: number },
): Smallest | undefined {
  const run = simulate(scenario, optionsOfFailure(failure, options));
  const finding = run.findings.find((found) => causeOf(found) === cause);
  return finding === undefined ? undefined : shrinkWatched(scenario, run, finding, limits, io);
}

const shorter = (one: Smallest, other: Smallest): Smallest =>
  other.shrunk.after.events < one.shrunk.after.events ? other : one;

/** What was found is worth telling without its files: that they cannot be written is told by whoever writes the first ones. */
function trySaving(smallest: Smallest, place: string, version: string): SmallestFiles | undefined {
  try {
    return saveSmallest(smallest, place, version);
  } catch (error) {
    if (error instanceof OutputError) return undefined;
    throw error;
  }
}
