// What `fuzz` does with each scenario: runs the corpus, runs the seeds, keeps and shrinks what failed, and reports.
import { isAbsolute, relative } from 'node:path';
import { caseOf, firstOf, parseReport, type Campaign, type CampaignOptions } from '../fuzz/index.ts';
import { InputError, simulate, type Parameters } from '../sim/index.ts';
import { corpusExitCode, describeReplayed, outcomeDocument } from './corpus.ts';
import { addToCorpus, readCorpus } from './corpus-files.ts';
import { replayCorpus, type ReplayedEntry } from './corpus-replay.ts';
import { describeCampaign } from './describe-campaign.ts';
import { optionsOfFailure, saveEvidence, tellTrouble, type Evidence } from './evidence.ts';
import { exitCode } from './exit.ts';
import { OutputError, saveText } from './files.ts';
import { FleetError, type Fleet } from './fleet-connection.ts';
import type { Reporter } from './fuzz.ts';
import { printReports } from './fuzz-report.ts';
import { campaignDocument, printDocument, type Document } from './json.ts';
import type { Session } from './program.ts';
import { corpusCommand } from './reproduce.ts';
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

/** Fuzzes one scenario after the other; returns the exit code. An interrupt ends it at any point with what there is by then. */
export async function fuzzAll(order: FuzzOrder, session: Session): Promise<number> {
  const documents: Document[] = [];
  const interrupt = session.io.interruptible('SIGTERM');
  let code: number = exitCode.fine;
  try {
    for (const sourced of order.scenarios) {
      try {
        const fuzzed = await fuzzOne(sourced, order, session, interrupt.signal);
        documents.push(fuzzed.document);
        code = worseCode(code, fuzzed.code);
      } catch (error) {
        code = worseCode(code, codeOfLoss(error, sourced, documents, session));
        if (error instanceof FleetError) break;
      }
      if (interrupt.signal.aborted) break;
    }
    if (interrupt.signal.aborted) code = worseCode(code, exitCode.interrupted);
    printReport(documents, order.reporter, session);
    return worseCode(code, saveReport(documents, order, session));
  } finally {
    interrupt.release();
  }
}

/** Of several scenarios those are told of that came before one that could not be run. */
function codeOfLoss(
  error: unknown,
  { scenario }: SourcedScenario,
  documents: readonly Document[],
  { io }: Session,
): number {
  const isTold = error instanceof FleetError || error instanceof InputError || error instanceof OutputError;
  if (!isTold || documents.length === 0) throw error;
  io.err(`error: ${scenario.name}: ${error.message}\n`);
  return error instanceof FleetError ? exitCode.unreachable : exitCode.usage;
}

/** What was found and printed stands, also where the report cannot be written. */
function saveReport(documents: readonly Document[], { report }: FuzzOrder, { io }: Session): number {
  if (report === undefined) return exitCode.fine;
  const problem = tryWriting(() => saveText(report, `${JSON.stringify({ campaigns: documents }, null, 2)}\n`));
  if (problem === undefined) return exitCode.fine;
  io.err(`error: ${problem}\n`);
  return exitCode.usage;
}

function tryWriting(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof OutputError || error instanceof InputError) return error.message;
    throw error;
  }
}

async function fuzzOne(
  sourced: FuzzOrder['scenarios'][number],
  order: FuzzOrder,
  session: Session,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly document: Document }> {
  const { io, version } = session;
  const { scenario, parameters } = sourced;
  const { until } = order.work;
  const { corpus, watchdogMs } = order;
  const threads = io.threads === true && order.workers > 0;
  const replayed =
    corpus === undefined ? [] : await replayCorpus(readCorpus(corpus), sourced, { threads, signal, watchdogMs });
  const options = { ...order.work, parameters, signal };
  const found = await watchCampaign(io, scenario, options, helpersOf(order, sourced));
  const folder = { folder: order.out ?? 'out', everySeed: order.out !== undefined };
  const reference = referenceFor(sourced);
  const made = { ...folder, parameters, until, version };
  const evidence = await saveEvidence(found, scenario, { ...made, reference, signal });
  const isAbrupt = signal.aborted || found.ended === 'broken';
  const pool = { io, signal, workers: threads ? order.workers : 0, watchdogMs };
  const shrunk: ShrunkCauses =
    order.shrink && !isAbrupt ? await shrinkCauses(found, sourced, made, pool) : new Map<string, never>();
  const { added, problem } = saveToCorpus(order, found, sourced, shrunk, version);
  const document = documentOf(found, sourced, { reference, evidence, shrunk, replayed, added }, order, version);
  if (order.reporter === 'pretty') {
    const description = { scenario, parameters, until, evidence, reference, shrunk };
    if (replayed.length > 0) io.out(`corpus\n${describeReplayed(replayed, [], io).join('\n')}\n\n`);
    io.out(describeCampaign(found, description, io));
    for (const path of added) io.out(`  added to the corpus: ${path}\n`);
    if (order.scenarios.length > 1) io.out('\n');
  }
  tellTrouble(evidence, io);
  if (problem !== undefined) io.err(`error: ${problem}\n`);
  const code = worseCode(campaignExitCode(found), replayed.length === 0 ? exitCode.fine : corpusExitCode(replayed));
  const isLacking = evidence.problem !== undefined || problem !== undefined;
  return { code: isLacking ? worseCode(code, exitCode.usage) : code, document };
}

function helpersOf({ fleet, workers, watchdogMs }: FuzzOrder, sourced: SourcedScenario): Helpers | undefined {
  if (fleet !== undefined) return { type: 'fleet', fleet, sourced, watchdogMs };
  return workers === 0 ? undefined : { type: 'threads', workers, sourced, watchdogMs };
}

interface Added {
  readonly added: readonly string[];
  /** Why the rest was not. */
  readonly problem?: string;
}

/** Each way of a cause; of a cause that was not shrunk its smallest failure, as it was found. */
function saveToCorpus(
  { corpus, work }: FuzzOrder,
  { causes }: Campaign,
  { scenario, parameters }: FuzzOrder['scenarios'][number],
  shrunk: ShrunkCauses,
  version: string,
): Added {
  if (corpus === undefined) return { added: [] };
  const failures = causes
    .filter(({ verdict }) => verdict === 'invalid')
    .slice(0, mostKept)
    .flatMap(({ smallest }) => {
      const ways = shrunk.get(smallest.seed);
      if (ways !== undefined) return ways.map((way) => way.smallest.shrunk);
      const run = simulate(scenario, optionsOfFailure(smallest, { parameters, until: work.until }));
      const finding = firstOf(run.findings, 'invalid');
      return finding === undefined ? [] : [{ case: caseOf(run), finding }];
    });
  const added: string[] = [];
  const problem = tryWriting(() => {
    for (const failure of failures) {
      const path = addToCorpus(corpus, scenario.name, failure, version);
      if (path !== undefined) added.push(path);
    }
  });
  return { added, ...(problem === undefined ? {} : { problem }) };
}

/** Causes whose failures go into the corpus at once. */
const mostKept = 20;

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
    sourced.file === undefined || line === undefined ? {} : { source: { file: pathInRepository(sourced.file), line } };
  const entries = replayed.map(({ path, outcome }) => ({ path, ...outcomeDocument(outcome) }));
  const small = [...shrunk].map(([seed, [first]]) => [
    seed,
    first === undefined ? {} : smallestDocument(first.smallest, first.files),
  ]);
  return campaignDocument(found, sourced.scenario, evidence.replays, {
    faultline: version,
    timelines: Object.fromEntries(evidence.timelines),
    ...source,
    ...(shrunk.size === 0 ? {} : { shrunk: Object.fromEntries(small) as Document }),
    ...(corpus === undefined ? {} : { corpus: { entries, added, reproduce: corpusCommand(corpus, reference) } }),
    ...(evidence.problem === undefined ? {} : { problem: evidence.problem.message }),
    causes: causesOf(found, sourced, { reference, evidence, shrunk }, work),
  });
}

/** From where GitHub looks for it, if it runs there; else from here. */
function pathInRepository(file: string): string {
  const workspace = process.env['GITHUB_WORKSPACE'] ?? '';
  const path = workspace === '' ? '..' : relative(workspace, file);
  return path.startsWith('..') || isAbsolute(path) ? relative(process.cwd(), file) : path;
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
  const { io } = session;
  if (reporter === 'pretty') return;
  if (reporter === 'json') {
    printDocument(io.out, documents.length === 1 ? documents[0] : { campaigns: documents });
    return;
  }
  printReports(parseReport(JSON.stringify({ campaigns: documents }), 'report'), reporter, session);
}

/** Of two exit codes the one that must not go unseen. */
export function worseCode(one: number, other: number): number {
  const order: readonly number[] = [
    ...[exitCode.fine, exitCode.unknown, exitCode.violation],
    ...[exitCode.usage, exitCode.unreachable, exitCode.interrupted, exitCode.internal],
  ];
  return order.indexOf(other) > order.indexOf(one) ? other : one;
}
