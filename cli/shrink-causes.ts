// Shrinks the smallest failure of each cause of a campaign, and some others of the same cause, within a bound of time. Those that
// become one minimal transcript went wrong in one way; each way is kept as files and told once.
import { join } from 'node:path';
import { causeOfFailure, shapeOfRun, type Campaign, type Cause } from '../fuzz/index.ts';
import type { Scenario } from '../sim/index.ts';
import { optionsOfFailure, type MadeBy } from './evidence.ts';
import { OutputError } from './files.ts';
import type { SourcedScenario } from './scenario-source.ts';
import type { ShrinkOrder } from './shrink-order.ts';
import { withShrinker, type Shrinker, type ShrinkPoolOptions } from './shrink-pool.ts';
import { saveSmallest, smallestOf, type Smallest, type SmallestFiles } from './shrink.ts';

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
const boundsOfOthers = { ...bounds, milliseconds: 4_000 };

export interface ShrinkCausesOptions extends MadeBy {
  readonly folder: string;
  readonly version: string;
}

/** Ends early with the pool's signal; what was shrunk by then is kept. */
export function shrinkCauses(
  campaign: Campaign,
  sourced: SourcedScenario,
  options: ShrinkCausesOptions,
  pool: ShrinkPoolOptions,
): Promise<ShrunkCauses> {
  return withShrinker(sourced, pool, async (shrinker) => {
    const shrunk = new Map<string, readonly Way[]>();
    for (const cause of campaign.causes.filter(({ verdict }) => verdict === 'invalid').slice(0, mostCauses)) {
      if (pool.signal.aborted) break;
      const ways = await waysOf(cause, campaign, sourced.scenario, options, shrinker);
      if (ways.length > 0) shrunk.set(cause.smallest.seed, ways);
    }
    return shrunk;
  });
}

async function waysOf(
  { smallest }: Cause,
  { failures }: Campaign,
  scenario: Scenario,
  options: ShrinkCausesOptions,
  shrinker: Shrinker,
): Promise<readonly Way[]> {
  const cause = causeOfFailure(smallest);
  const others = failures
    .filter((failure) => failure.seed !== smallest.seed && causeOfFailure(failure) === cause)
    .sort((one, other) => one.events - other.events)
    .slice(0, mostOthers);
  const all = [smallest, ...others];
  const orders = all.map((failure): ShrinkOrder => {
    const limits = failure === smallest ? bounds : boundsOfOthers;
    return { set: optionsOfFailure(failure, options), cause, ...limits };
  });
  const done = await Promise.all(orders.map(shrinker));
  const ways = new Map<string, Way>();
  for (const [place, { seed }] of all.entries()) {
    const one = done[place];
    if (one === undefined) continue;
    const small = smallestOf(scenario, one);
    const shape = shapeOfRun(small.run, small.shrunk.finding);
    const key = shape.join('\n');
    const before = ways.get(key);
    const seeds = [...(before?.seeds ?? []), seed];
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
