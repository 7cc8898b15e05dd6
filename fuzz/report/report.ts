// What a campaign leaves for programs: the document that `--json` prints, and what makes several of them one. The reporters read
// nothing else, so that shards can be merged first and reported afterwards.
import { z } from 'zod';
import { InputError, parseWith, worseVerdict } from '../../sim/index.ts';

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
  /** Where the scenario is defined. */
  source: z.object({ file: z.string(), line: z.int().positive() }).optional(),
  broken: z.looseObject({ seed: z.string(), type: z.string(), reason: z.string() }).optional(),
});

export type CampaignReport = z.infer<typeof campaignSchema>;
export type CauseReport = z.infer<typeof causeSchema>;
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

/** Campaigns of one scenario as one: shards of a matrix, or nights of a week. In the order in which scenarios first occur. */
export function mergeReports(reports: readonly CampaignReport[]): readonly CampaignReport[] {
  const merged = new Map<string, CampaignReport>();
  for (const report of reports) {
    const before = merged.get(report.scenario);
    merged.set(report.scenario, before === undefined ? report : mergeTwo(before, report));
  }
  return [...merged.values()];
}

function mergeTwo(one: CampaignReport, other: CampaignReport): CampaignReport {
  const isSeen = new Set(one.failures.map(({ seed }) => seed));
  const broken = one.broken ?? other.broken;
  const sum = (field: 'seeds' | 'planned' | 'events' | 'simulatedUs' | 'elapsedMs' | 'verified' | 'lost'): number =>
    one[field] + other[field];
  return {
    ...one,
    ...{ seeds: sum('seeds'), planned: sum('planned'), events: sum('events'), simulatedUs: sum('simulatedUs') },
    ...{ elapsedMs: sum('elapsedMs'), verified: sum('verified'), lost: sum('lost') },
    seed: Number(one.seed) <= Number(other.seed) ? one.seed : other.seed,
    hash: `${one.hash} ${other.hash}`,
    ended: one.ended === 'finished' ? other.ended : one.ended,
    verdict: worseVerdict(one.verdict, other.verdict),
    failures: [...one.failures, ...other.failures.filter(({ seed }) => !isSeen.has(seed))],
    causes: mergeCauses(one.causes, other.causes),
    sometimes: mergeReached(one.sometimes, other.sometimes),
    ...(broken === undefined ? {} : { broken }),
  };
}

function mergeCauses(one: readonly CauseReport[], other: readonly CauseReport[]): CauseReport[] {
  const merged = new Map<string, CauseReport>();
  for (const cause of [...one, ...other]) {
    const key = JSON.stringify([cause.verdict, cause.names]);
    const before = merged.get(key);
    const smaller = before === undefined || (cause.events ?? Infinity) < (before.events ?? Infinity) ? cause : before;
    const ways = mergeWays([...(before?.ways ?? []), ...(cause.ways ?? [])]);
    merged.set(key, {
      ...smaller,
      seeds: cause.seeds + (before?.seeds ?? 0),
      also: [...new Set([...(before?.also ?? []), ...cause.also])].sort(),
      ...(ways.length === 0 ? {} : { ways }),
    });
  }
  return [...merged.values()];
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
