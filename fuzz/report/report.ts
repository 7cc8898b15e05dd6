// What a campaign leaves for programs: the document that `--json` prints, and what makes several of them one. The reporters read
// nothing else, so that shards can be merged first and reported afterwards.
import { z } from 'zod';
import { InputError, parseWith, worseVerdict } from '../../sim/index.ts';
import { causeOf } from '../cause.ts';

const waySchema = z.looseObject({
  shape: z.array(z.string()),
  seeds: z.array(z.string()),
  events: z.int().nonnegative(),
  story: z.array(z.string()),
});

const causeSchema = z.looseObject({
  verdict: z.enum(['invalid', 'unknown']),
  names: z.array(z.string()),
  also: z.array(z.string()).default([]),
  seeds: z.int().nonnegative(),
  smallest: z.string(),
  reason: z.string().optional(),
  reproduce: z.string().optional(),
  replay: z.string().nullish(),
  events: z.int().nonnegative().optional(),
  story: z.array(z.string()).optional(),
  ways: z.array(waySchema).optional(),
});

/** A schedule of the corpus and what became of it. */
const entrySchema = z.looseObject({
  path: z.string(),
  outcome: z.enum(['passes', 'does not apply', 'unreadable', 'lost', 'fails otherwise', 'fails']),
  found: z.string().optional(),
  reason: z.string().optional(),
});

const campaignSchema = z.looseObject({
  scenario: z.string(),
  story: z.string(),
  seed: z.string(),
  seeds: z.int().nonnegative(),
  planned: z.int().nonnegative(),
  ended: z.string(),
  hash: z.string(),
  events: z.number().nonnegative(),
  simulatedUs: z.number().nonnegative(),
  elapsedMs: z.number().nonnegative(),
  verified: z.int().nonnegative(),
  lost: z.int().nonnegative().default(0),
  verdict: z.enum(['valid', 'invalid', 'unknown']),
  failures: z.array(z.looseObject({ seed: z.string() })),
  causes: z.array(causeSchema),
  sometimes: z.array(z.object({ name: z.string(), seeds: z.int().nonnegative() })),
  /** From one seed to the next, of a shard. */
  stride: z.int().positive().optional(),
  /** Paths of timelines, and what was shrunk, by seed. */
  timelines: z.record(z.string(), z.string()).optional(),
  shrunk: z.record(z.string(), z.unknown()).optional(),
  corpus: z
    .looseObject({
      entries: z.array(entrySchema),
      added: z.array(z.string()),
      /** The command that runs the entries again. */
      reproduce: z.string().optional(),
    })
    .optional(),
  /** Where the scenario is defined. */
  source: z.object({ file: z.string(), line: z.int().positive() }).optional(),
  /** Why it could not go on; without a seed where it could not even begin. */
  broken: z.looseObject({ seed: z.string().optional(), type: z.string(), reason: z.string() }).optional(),
  /** What could not be written. */
  problem: z.string().optional(),
  /** Of merged reports: what nobody has run. */
  missing: z.string().optional(),
});

export type CampaignReport = z.infer<typeof campaignSchema>;
export type CauseReport = z.infer<typeof causeSchema>;
type EntryReport = z.infer<typeof entrySchema>;
type WayReport = z.infer<typeof waySchema>;

/** The campaigns in the text of a report: one document, or several under `campaigns`. @throws InputError */
export function parseReport(text: string, path: string): readonly CampaignReport[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: expected JSON, found an error: ${(error as Error).message}`);
  }
  const isList = typeof json === 'object' && json !== null && 'campaigns' in json;
  if (!isList) return [parseWith(campaignSchema, json, path)];
  return parseWith(z.object({ campaigns: z.array(campaignSchema) }), json, path).campaigns;
}

/**
 * Campaigns of one scenario as one: shards of a matrix, or nights of a week. In the order in which scenarios first occur; else
 * the order of the reports does not matter.
 */
export function mergeReports(reports: readonly CampaignReport[]): readonly CampaignReport[] {
  const merged = new Map<string, CampaignReport>();
  for (const report of reports) {
    const before = merged.get(report.scenario);
    merged.set(report.scenario, before === undefined ? report : mergeTwo(before, report));
  }
  return [...merged.values()].map((report) => {
    const parts = reports.filter(({ scenario }) => scenario === report.scenario);
    const gaps = [report.missing, missingShards(parts), emptyParts(parts)].filter((gap) => gap !== undefined);
    return gaps.length === 0 ? report : { ...report, missing: gaps.join('; ') };
  });
}

/** Of several reports those that tell of no seed, and do not say why. */
function emptyParts(reports: readonly CampaignReport[]): string | undefined {
  const empty = reports.filter(
    ({ seeds, broken, ended }) => seeds === 0 && broken === undefined && ended !== 'interrupted',
  );
  return empty.length === 0 || reports.length === 1
    ? undefined
    : `${empty.length} of ${reports.length} reports have no seed`;
}

/** Shards of one scenario of which there is no report: what nobody has run is no good news. */
function missingShards(reports: readonly CampaignReport[]): string | undefined {
  const shards = reports.filter(({ stride }) => stride !== undefined);
  const [of = 1, ...others] = new Set(shards.map(({ stride }) => stride));
  // Campaigns that were divided in different ways cannot be told apart.
  if (others.length > 0) return undefined;
  const here = new Set(shards.map(({ seed }) => Number(seed) % of)).size;
  return here === of || shards.length === 0 ? undefined : `the reports of ${of - here} of ${of} shards are missing`;
}

function mergeTwo(one: CampaignReport, other: CampaignReport): CampaignReport {
  const failures = new Map([...other.failures, ...one.failures].map((failure) => [failure.seed, failure]));
  const broken = worseBroken(one.broken, other.broken);
  const joined = (field: 'problem' | 'missing'): object => {
    const told = [...new Set([one[field], other[field]])].filter((text) => text !== undefined).sort();
    return told.length === 0 ? {} : { [field]: told.join('; ') };
  };
  const sum = (field: 'seeds' | 'planned' | 'events' | 'simulatedUs' | 'elapsedMs' | 'verified' | 'lost'): number =>
    one[field] + other[field];
  const { stride: _, ...rest } = one;
  return {
    ...rest,
    ...{ seeds: sum('seeds'), planned: sum('planned'), events: sum('events'), simulatedUs: sum('simulatedUs') },
    ...{ elapsedMs: sum('elapsedMs'), verified: sum('verified'), lost: sum('lost') },
    seed: bySeed(one, other) <= 0 ? one.seed : other.seed,
    hash: [...`${one.hash} ${other.hash}`.split(' ')].sort().join(' '),
    ended: severity(other.ended) > severity(one.ended) ? other.ended : one.ended,
    verdict: worseVerdict(one.verdict, other.verdict),
    failures: [...failures.values()].sort(bySeed),
    causes: mergeCauses(one.causes, other.causes),
    sometimes: mergeReached(one.sometimes, other.sometimes),
    ...(broken === undefined ? {} : { broken }),
    ...joined('problem'),
    ...joined('missing'),
    ...mergeFiles(one, other),
  };
}

type Broken = CampaignReport['broken'];

/** What broke the tools before what never came to them; of equals whichever, but the same in any order. */
function worseBroken(one: Broken, other: Broken): Broken {
  if (one === undefined || other === undefined) return one ?? other;
  const rank = ({ type }: NonNullable<Broken>): number => brokenRanks.get(type) ?? 3;
  const difference = rank(one) - rank(other) || (JSON.stringify(one) < JSON.stringify(other) ? 1 : -1);
  return difference > 0 ? one : other;
}

const brokenRanks = new Map([
  ['input', 1],
  ['fleet', 2],
]);

/** How campaigns end, from how they should to what must not go unseen; what broke one is told by itself besides. */
const endings = ['finished', 'out-of-time', 'first-failure', 'broken', 'interrupted'];

const severity = (ended: string): number => endings.indexOf(ended);

const bySeed = (one: { readonly seed: string }, other: { readonly seed: string }): number =>
  Number(one.seed) - Number(other.seed);

type Files = Pick<CampaignReport, 'timelines' | 'shrunk' | 'corpus'>;

function mergeFiles(one: Files, other: Files): Files {
  const entries = [...(one.corpus?.entries ?? []), ...(other.corpus?.entries ?? [])];
  const added = [...new Set([...(one.corpus?.added ?? []), ...(other.corpus?.added ?? [])])].sort();
  const isEither = (field: keyof Files): boolean => one[field] !== undefined || other[field] !== undefined;
  return {
    ...(isEither('timelines') ? { timelines: { ...one.timelines, ...other.timelines } } : {}),
    ...(isEither('shrunk') ? { shrunk: { ...one.shrunk, ...other.shrunk } } : {}),
    ...(isEither('corpus')
      ? { corpus: { ...other.corpus, ...one.corpus, entries: distinctEntries(entries), added } }
      : {}),
  };
}

/** Shards run the same entries; of different outcomes the worst stands. */
function distinctEntries(entries: readonly EntryReport[]): EntryReport[] {
  const rank = ({ outcome }: EntryReport): number => entrySchema.shape.outcome.options.indexOf(outcome);
  const better = entries.toSorted((one, other) => rank(one) - rank(other));
  const distinct = new Map(better.map((entry) => [entry.path, entry]));
  return [...distinct.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function mergeCauses(one: readonly CauseReport[], other: readonly CauseReport[]): CauseReport[] {
  const merged = new Map<string, CauseReport>();
  for (const cause of [...one, ...other]) {
    const key = causeOf({ name: cause.names.join(' + '), verdict: cause.verdict, reason: cause.reason ?? '' });
    const before = merged.get(key);
    const smaller = before === undefined || isSmaller(cause, before) ? cause : before;
    const ways = mergeWays([...(before?.ways ?? []), ...(cause.ways ?? [])]);
    merged.set(key, {
      ...smaller,
      seeds: cause.seeds + (before?.seeds ?? 0),
      also: [...new Set([...(before?.also ?? []), ...cause.also])].sort(),
      ...(ways.length === 0 ? {} : { ways }),
    });
  }
  const rank = ({ verdict }: CauseReport): number => (verdict === 'invalid' ? 0 : 1);
  return [...merged.values()].sort((first, second) => rank(first) - rank(second) || second.seeds - first.seeds);
}

/** Of equally short failures a campaign tells the one that comes first. */
function isSmaller(one: CauseReport, other: CauseReport): boolean {
  const difference = (one.events ?? Infinity) - (other.events ?? Infinity);
  return difference < 0 || (!(difference > 0) && Number(one.smallest) < Number(other.smallest));
}

/** Ways of one shape are one, told by the shortest run. */
function mergeWays(ways: readonly WayReport[]): WayReport[] {
  const merged = new Map<string, WayReport>();
  for (const way of ways) {
    const key = way.shape.join('\n');
    const before = merged.get(key);
    const shorter = before === undefined || way.events < before.events ? way : before;
    merged.set(key, { ...shorter, seeds: [...new Set([...(before?.seeds ?? []), ...way.seeds])] });
  }
  return [...merged.values()];
}

function mergeReached(
  one: CampaignReport['sometimes'],
  other: CampaignReport['sometimes'],
): { name: string; seeds: number }[] {
  const counts = new Map<string, number>();
  for (const { name, seeds } of [...one, ...other]) counts.set(name, (counts.get(name) ?? 0) + seeds);
  return [...counts].map(([name, seeds]) => ({ name, seeds }));
}
