// The documents that `--json` prints. Their shape is a promise, told in docs/json.md: fields are added, never renamed.
import { pairOperations } from '../checkers/index.ts';
import type { Campaign, SeedFailure } from '../fuzz/index.ts';
import type { Finding, Run, Scenario } from '../sim/index.ts';

export type Document = { readonly [key: string]: unknown };

/** A run with everything that was judged of it. */
export function runDocument(run: Run, scenario: Scenario, rest: Document): Document {
  return {
    scenario: run.scenario,
    story: scenario.story,
    expect: scenario.expect,
    seed: run.seed,
    parameters: run.parameters,
    untilUs: run.until,
    healAtUs: run.healAt,
    hash: run.hash,
    events: run.events,
    simulatedUs: run.simulatedUs,
    verdict: run.verdict,
    findings: run.findings.map((finding) => ({ ...findingDocument(finding), evidence: evidenceOf(run, finding) })),
    sometimes: run.sometimes,
    statistics: run.statistics,
    faults: run.faults,
    ...rest,
  };
}

/** A campaign; `replays` are the paths of the replay files by seed. */
export function campaignDocument(
  campaign: Campaign,
  scenario: Scenario,
  replays: ReadonlyMap<string, string>,
  rest: Document,
): Document {
  const { broken } = campaign;
  return {
    scenario: campaign.scenario,
    story: scenario.story,
    expect: scenario.expect,
    seed: String(campaign.start),
    seeds: campaign.seeds,
    planned: campaign.planned,
    ended: campaign.ended.replaceAll(' ', '-'),
    hash: campaign.hash,
    events: campaign.events,
    simulatedUs: campaign.simulatedUs,
    elapsedMs: Math.round(campaign.elapsedMs),
    verified: campaign.verified,
    lost: campaign.lost,
    coverage: campaign.coverage,
    ...(campaign.stride === 1 ? {} : { stride: campaign.stride }),
    verdict: campaign.verdict,
    failures: campaign.failures.map((failure) => failureDocument(failure, replays.get(failure.seed) ?? null)),
    causes: campaign.causes.map(({ verdict, names, seeds, smallest }) => ({
      verdict,
      names,
      seeds,
      smallest: smallest.seed,
    })),
    sometimes: campaign.sometimes,
    ...(broken === undefined ? {} : { broken }),
    ...rest,
  };
}

function failureDocument(failure: SeedFailure, replay: string | null): Document {
  const { seed, verdict, hash, events, findings } = failure;
  return { seed, verdict, hash, events, findings: findings.map(findingDocument), replay };
}

function findingDocument({ name, verdict, reason, at, event, operations, nodes }: Finding): Document {
  return { name, verdict, reason, atUs: at, event, operations, nodes };
}

/** The operations that prove a finding, whole. */
function evidenceOf(run: Run, { operations }: Finding): Document[] {
  if (operations.length === 0) return [];
  return pairOperations(run.history)
    .filter(({ id }) => operations.includes(id))
    .map(({ id, process, client, f, value, result, type, called, returned }) => ({
      id,
      process,
      client,
      f,
      value,
      result,
      type,
      calledUs: called.time,
      returnedUs: returned?.time ?? null,
    }));
}

/** One document, and nothing else, on standard output. */
export function printDocument(out: (text: string) => void, document: unknown): void {
  out(`${JSON.stringify(document, null, 2)}\n`);
}
