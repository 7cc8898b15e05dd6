// What `fuzz` does with each scenario: runs the corpus, runs the seeds, keeps and shrinks what failed, and reports.
import { relative } from 'node:path';
import {
  githubReport,
  junitReport,
  parseReport,
  sarifReport,
  type Campaign,
  type CampaignOptions,
  type CampaignReport,
} from '../fuzz/index.ts';
import type { Parameters } from '../sim/index.ts';
import { corpusExitCode, describeReplayed, replayCorpus, type ReplayedEntry } from './corpus.ts';
import { addToCorpus, readCorpus } from './corpus-files.ts';
import { describeCampaign } from './describe-campaign.ts';
import { saveEvidence, tellTrouble, type Evidence } from './evidence.ts';
import { exitCode } from './exit.ts';
import { saveText } from './files.ts';
import { FleetError, type Fleet } from './fleet-connection.ts';
import type { Reporter } from './fuzz.ts';
import { campaignDocument, printDocument, type Document } from './json.ts';
import type { Session } from './program.ts';
import { lineOf, referenceFor, type SourcedScenario } from './scenario-source.ts';
import { shrinkCauses, type ShrunkCauses, type Way } from './shrink-causes.ts';
import { smallestDocument } from './shrink.ts';
import { campaignExitCode, watchCampaign, type Helpers } from './watched.ts';

export interface FuzzOrder {
  readonly scenarios: readonly (SourcedScenario & { readonly parameters: Parameters })[];
  readonly work: CampaignOptions;
  readonly workers: number;
  /** Who runs the seeds instead of this machine. */
  readonly fleet: Fleet | undefined;
  readonly watchdogMs: number;
  readonly shrink: boolean;
  readonly reporter: Reporter;
  readonly report: string | undefined;
  readonly corpus: string | undefined;
  readonly out: string | undefined;
}

/** Fuzzes one scenario after the other; returns the exit code. */
export async function fuzzAll(order: FuzzOrder, session: Session): Promise<number> {
  const documents: Document[] = [];
  let code: number = exitCode.fine;
  for (const sourced of order.scenarios) {
    try {
      const fuzzed = await fuzzOne(sourced, order, session);
      documents.push(fuzzed.document);
      code = worseCode(code, fuzzed.code);
      if (fuzzed.code === exitCode.interrupted) break;
    } catch (error) {
      // Of several scenarios those are told of that came before the fleet was lost.
      if (!(error instanceof FleetError) || documents.length === 0) throw error;
      session.io.err(`error: ${error.message}\n`);
      code = worseCode(code, exitCode.unreachable);
      break;
    }
  }
  printReport(documents, order.reporter, session);
  if (order.report !== undefined) saveText(order.report, `${JSON.stringify({ campaigns: documents }, null, 2)}\n`);
  return code;
}

async function fuzzOne(
  sourced: FuzzOrder['scenarios'][number],
  order: FuzzOrder,
  session: Session,
): Promise<{ readonly code: number; readonly document: Document }> {
  const { io, version } = session;
  const { scenario, parameters } = sourced;
  const { until } = order.work;
  const replayed = order.corpus === undefined ? [] : replayCorpus(readCorpus(order.corpus), scenario);
  const options = { ...order.work, parameters };
  const found = await watchCampaign(io, scenario, options, helpersOf(order, sourced));
  const folder = { folder: order.out ?? 'out', everySeed: order.out !== undefined };
  const reference = referenceFor(sourced);
  const evidence = saveEvidence(found, scenario, { ...folder, parameters, until, version, reference });
  const isAbrupt = found.ended === 'interrupted' || found.ended === 'broken';
  const shrunk =
    order.shrink && !isAbrupt
      ? shrinkCauses(found, scenario, { ...folder, parameters, until, version }, io)
      : new Map();
  const added = saveToCorpus(order, sourced, shrunk, version);
  const document = documentOf(found, sourced, { reference, evidence, shrunk, replayed, added }, order, version);
  if (order.reporter === 'pretty') {
    const description = { scenario, parameters, until, evidence, reference, shrunk };
    if (replayed.length > 0) io.out(`corpus\n${describeReplayed(replayed, [], io).join('\n')}\n\n`);
    io.out(describeCampaign(found, description, io));
    for (const path of added) io.out(`  added to the corpus: ${path}\n`);
    if (order.scenarios.length > 1) io.out('\n');
  }
  tellTrouble(evidence, io);
  const code = worseCode(campaignExitCode(found), replayed.length === 0 ? exitCode.fine : corpusExitCode(replayed));
  return { code: evidence.problem !== undefined && code !== exitCode.internal ? exitCode.usage : code, document };
}

function helpersOf({ fleet, workers, watchdogMs }: FuzzOrder, sourced: SourcedScenario): Helpers | undefined {
  if (fleet !== undefined) return { type: 'fleet', fleet, sourced, watchdogMs };
  return workers === 0 ? undefined : { type: 'threads', workers, sourced, watchdogMs };
}

function saveToCorpus(
  { corpus }: FuzzOrder,
  { scenario }: SourcedScenario,
  shrunk: ShrunkCauses,
  version: string,
): readonly string[] {
  if (corpus === undefined) return [];
  return [...shrunk.values()].flat().flatMap(({ smallest }) => addToCorpus(corpus, scenario, smallest, version) ?? []);
}

interface Around {
  readonly reference: string;
  readonly evidence: Evidence;
  readonly shrunk: ShrunkCauses;
  readonly replayed: readonly ReplayedEntry[];
  readonly added: readonly string[];
}

function documentOf(
  found: Campaign,
  sourced: SourcedScenario & { readonly parameters: Parameters },
  { reference, evidence, shrunk, replayed, added }: Around,
  { corpus, work }: FuzzOrder,
  version: string,
): Document {
  const line = lineOf(sourced);
  const source =
    sourced.file === undefined || line === undefined
      ? {}
      : { source: { file: relative(process.cwd(), sourced.file), line } };
  const entries = replayed.map(({ path, outcome }) => ({ path, outcome: outcome.type }));
  const small = [...shrunk].map(([seed, [first]]) => [
    seed,
    first === undefined ? {} : smallestDocument(first.smallest, first.files),
  ]);
  return campaignDocument(found, sourced.scenario, evidence.replays, {
    faultline: version,
    timelines: Object.fromEntries(evidence.timelines),
    ...source,
    ...(shrunk.size === 0 ? {} : { shrunk: Object.fromEntries(small) as Document }),
    ...(corpus === undefined ? {} : { corpus: { entries, added } }),
    ...(evidence.problem === undefined ? {} : { problem: evidence.problem.message }),
    causes: causesOf(found, sourced, { reference, evidence, shrunk }, work),
  });
}

/** The causes with what a reporter tells of each. */
function causesOf(
  { causes }: Campaign,
  { parameters }: { readonly parameters: Parameters },
  { reference, evidence, shrunk }: Pick<Around, 'reference' | 'evidence' | 'shrunk'>,
  { until }: CampaignOptions,
): Document[] {
  return causes.map(({ verdict, names, also, seeds, smallest }) => {
    const ways = shrunk.get(smallest.seed) ?? [];
    const story = ways[0]?.smallest.story;
    const reason = smallest.findings.find(({ name }) => name === names[0])?.reason;
    return {
      ...{ verdict, names, also, seeds, smallest: smallest.seed, events: smallest.events },
      ...(reason === undefined ? {} : { reason }),
      reproduce: evidence.commandFor(smallest, reference, parameters, until),
      replay: evidence.replays.get(smallest.seed) ?? null,
      ...(story === undefined ? {} : { story, ways: ways.map(wayDocument) }),
    };
  });
}

function wayDocument({ shape, seeds, smallest, files }: Way): Document {
  const { story, shrunk } = smallest;
  return { shape, seeds, events: shrunk.after.events, story, ...(files === undefined ? {} : { files }) };
}

function printReport(documents: readonly Document[], reporter: Reporter, session: Session): void {
  const { io, version } = session;
  if (reporter === 'pretty') return;
  if (reporter === 'json') {
    printDocument(io.out, documents.length === 1 ? documents[0] : { campaigns: documents });
    return;
  }
  io.out(renderReport(parseReport(JSON.stringify({ campaigns: documents }), 'report'), reporter, version));
}

/** The report in the form of a reporter that other programs read. */
export function renderReport(
  reports: readonly CampaignReport[],
  reporter: 'junit' | 'github' | 'sarif',
  version: string,
): string {
  switch (reporter) {
    case 'junit':
      return junitReport(reports);
    case 'github':
      return githubReport(reports);
    case 'sarif':
      return sarifReport(reports, version);
  }
}

/** Of two exit codes the one that must not go unseen. */
export function worseCode(one: number, other: number): number {
  const order: readonly number[] = [
    ...[exitCode.fine, exitCode.unknown, exitCode.violation],
    ...[exitCode.usage, exitCode.unreachable, exitCode.interrupted, exitCode.internal],
  ];
  return order.indexOf(other) > order.indexOf(one) ? other : one;
}
