// What `fuzz` does with each scenario: runs the corpus, runs the seeds, keeps and shrinks what failed, and reports.
import { isAbsolute, relative } from 'node:path';
import {
  caseOf,
  firstOf,
  parseReport,
  startCampaign,
  type Campaign,
  type CampaignOptions,
  type CampaignReport,
} from '../fuzz/index.ts';
import { InputError, simulate, type Parameters } from '../sim/index.ts';
import { describeReplayed, outcomeDocument } from './corpus.ts';
import { addToCorpus, readCorpus, type StoredEntry } from './corpus-files.ts';
import { replayCorpus, type ReplayedEntry } from './corpus-replay.ts';
import { describeCampaign } from './describe-campaign.ts';
import { noEvidence, optionsOfFailure, saveEvidence, tellTrouble, type Evidence } from './evidence.ts';
import { exitCode, worseCode } from './exit.ts';
import { OutputError, removeFile, saveText } from './files.ts';
import { FleetError, type Fleet } from './fleet-connection.ts';
import type { Reporter } from './fuzz.ts';
import { exitCodeOfReports, printReports } from './fuzz-report.ts';
import { campaignDocument, printDocument, type Document } from './json.ts';
import { count, printable } from './layout.ts';
import type { Session } from './program.ts';
import { corpusCommand } from './reproduce.ts';
import { lineOf, referenceFor, type SourcedScenario } from './scenario-source.ts';
import { shrinkCauses, type ShrunkCauses, type Way } from './shrink-causes.ts';
import { smallestDocument } from './shrink.ts';
import { watchCampaign, type Helpers } from './watched.ts';

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

/**
 * Fuzzes one scenario after the other; returns the exit code. An interrupt ends it at any point with what there is by then. Whatever
 * happens, there is a document for each scenario, and the exit code is what the documents say.
 */
export async function fuzzAll(order: FuzzOrder, session: Session): Promise<number> {
  const documents: Document[] = [];
  // What an earlier campaign has left must not be taken for the report of this one.
  if (order.report !== undefined) removeFile(order.report);
  tellOfStrangers(order, session);
  const interrupt = session.io.interruptible('SIGTERM');
  let lost: FleetError | undefined;
  try {
    for (const sourced of order.scenarios) {
      try {
        if (interrupt.signal.aborted) documents.push(emptyDocument(sourced, order, session));
        else if (lost !== undefined) throw lost;
        else documents.push(await fuzzOne(sourced, order, session, interrupt.signal));
      } catch (error) {
        if (error instanceof FleetError) lost = error;
        documents.push(emptyDocument(sourced, order, session, error));
      }
    }
    const reports = reportsOf(documents);
    printReport(documents, reports, order, session);
    const code = interrupt.signal.aborted ? exitCode.interrupted : exitCode.fine;
    return [exitCodeOfReports(reports), saveReport(documents, order, session)].reduce(worseCode, code);
  } finally {
    interrupt.release();
  }
}

/** A scenario that was not run: as it was interrupted before, or for a reason that it says. */
function emptyDocument(
  sourced: FuzzOrder['scenarios'][number],
  { work, scenarios }: FuzzOrder,
  { io, version }: Session,
  error?: unknown,
): Document {
  const { scenario } = sourced;
  const { tally } = startCampaign(scenario, work);
  tally.end(error === undefined ? 'interrupted' : 'broken');
  const about = { faultline: version, ...placeOf(sourced) };
  if (error === undefined) return campaignDocument(tally.result(), scenario, new Map(), about);
  const broken = tellBroken(error, scenarios.length > 1 ? scenario.name : undefined, io);
  return campaignDocument(tally.result(), scenario, new Map(), { ...about, broken });
}

/** Tells on standard error what broke, and returns it for the document. */
function tellBroken(error: unknown, name: string | undefined, io: Session['io']): ReturnType<typeof reasonOf> {
  const broken = reasonOf(error);
  const whose = name === undefined ? '' : `${name}: `;
  io.err(`error: ${whose}${broken.type === 'error' ? 'internal error, please report it: ' : ''}${broken.reason}\n`);
  return broken;
}

function reasonOf(error: unknown): { readonly type: 'input' | 'fleet' | 'error'; readonly reason: string } {
  if (error instanceof FleetError) return { type: 'fleet', reason: error.message };
  if (error instanceof InputError || error instanceof OutputError) return { type: 'input', reason: error.message };
  return { type: 'error', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Of a scenario that has been renamed, say, the schedules that must not fail again would never be run. */
function tellOfStrangers({ corpus, scenarios }: FuzzOrder, { io }: Session): void {
  if (corpus === undefined) return;
  const own = new Set(scenarios.map(({ scenario }) => scenario.name));
  const strange = readCorpus(corpus).flatMap(({ entry }) =>
    entry === undefined || own.has(entry.scenario) ? [] : [entry.scenario],
  );
  if (strange.length === 0) return;
  const names = [...new Set(strange)].sort();
  io.err(
    `note: ${count(strange.length, 'schedule')} in ${corpus} of other scenarios: ${printable(names.join(', '))}\n`,
  );
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
): Promise<Document> {
  const { io, version } = session;
  const { scenario, parameters } = sourced;
  const { until } = order.work;
  const { watchdogMs } = order;
  const threads = io.threads === true && order.workers > 0;
  const replayed = await replayCorpus(entriesFor(sourced, order), sourced, { threads, signal, watchdogMs });
  const options = { ...order.work, parameters, signal };
  const found = await watchCampaign(io, scenario, options, helpersOf(order, sourced));
  const folder = { folder: order.out ?? 'out', everySeed: order.out !== undefined };
  const reference = referenceFor(sourced);
  const made = { ...folder, parameters, until, version };
  // What the seeds have found is told, whatever breaks behind them.
  let broken: unknown;
  const unlessBroken = async <T>(work: () => T | Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      broken ??= error;
      return otherwise;
    }
  };
  const evidence = await unlessBroken(
    () => saveEvidence(found, scenario, { ...made, reference, file: sourced.file, signal }),
    noEvidence(scenario),
  );
  const isAbrupt = signal.aborted || found.ended === 'broken';
  const pool = { io, signal, workers: threads ? order.workers : 0, watchdogMs };
  const notShrunk: ShrunkCauses = new Map();
  const shrunk =
    order.shrink && !isAbrupt
      ? await unlessBroken(() => shrinkCauses(found, sourced, made, pool), notShrunk)
      : notShrunk;
  const { added, problem } = await unlessBroken(
    () => saveToCorpus(order, found, sourced, shrunk, version),
    nothingAdded,
  );
  const problems = [...new Set([evidence.problem?.message, problem])].filter((each) => each !== undefined);
  const around = { reference, evidence, shrunk, replayed, added, problems };
  if (order.reporter === 'pretty') {
    const description = { scenario, parameters, until, evidence, reference, shrunk };
    if (replayed.length > 0) io.out(`corpus\n${describeReplayed(replayed, [], io).join('\n')}\n\n`);
    io.out(describeCampaign(found, description, io));
    for (const path of added) io.out(`  added to the corpus: ${path}\n`);
    if (order.scenarios.length > 1) io.out('\n');
  }
  tellTrouble(evidence, io);
  if (problem !== undefined) io.err(`error: ${problem}\n`);
  const document = documentOf(found, sourced, around, order, version);
  if (broken === undefined) return document;
  const name = order.scenarios.length > 1 ? scenario.name : undefined;
  return { ...document, broken: tellBroken(broken, name, io) };
}

/** The first scenario answers for files that are no entries of any. */
function entriesFor({ scenario }: SourcedScenario, { corpus, scenarios }: FuzzOrder): readonly StoredEntry[] {
  if (corpus === undefined) return [];
  const isFirst = scenarios[0]?.scenario === scenario;
  return readCorpus(corpus).filter(({ entry }) => (entry === undefined ? isFirst : entry.scenario === scenario.name));
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

const nothingAdded: Added = { added: [] };

/** Each way of a cause; of a cause that was not shrunk its smallest failure, as it was found. */
function saveToCorpus(
  { corpus, work }: FuzzOrder,
  { causes }: Campaign,
  { scenario, parameters }: FuzzOrder['scenarios'][number],
  shrunk: ShrunkCauses,
  version: string,
): Added {
  if (corpus === undefined) return nothingAdded;
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
  readonly problems: readonly string[];
}

function documentOf(
  found: Campaign,
  sourced: SourcedScenario & { readonly parameters: Parameters },
  { reference, evidence, shrunk, replayed, added, problems }: Around,
  { corpus, work }: FuzzOrder,
  version: string,
): Document {
  const entries = replayed.map(({ path, outcome }) => ({ path, ...outcomeDocument(outcome) }));
  const small = [...shrunk].map(([seed, [first]]) => [
    seed,
    first === undefined ? {} : smallestDocument(first.smallest, first.files),
  ]);
  return campaignDocument(found, sourced.scenario, evidence.replays, {
    faultline: version,
    timelines: Object.fromEntries(evidence.timelines),
    ...placeOf(sourced),
    ...(shrunk.size === 0 ? {} : { shrunk: Object.fromEntries(small) as Document }),
    ...(corpus === undefined ? {} : { corpus: { entries, added, reproduce: corpusCommand(corpus, reference) } }),
    ...(problems.length === 0 ? {} : { problem: problems.join('; ') }),
    causes: causesOf(found, sourced, { reference, evidence, shrunk }, work),
  });
}

function placeOf(sourced: SourcedScenario): Document {
  const line = lineOf(sourced);
  return sourced.file === undefined || line === undefined
    ? {}
    : { source: { file: pathInRepository(sourced.file), line } };
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

function reportsOf(documents: readonly Document[]): readonly CampaignReport[] {
  return parseReport(JSON.stringify({ campaigns: documents }), 'report');
}

function printReport(
  documents: readonly Document[],
  reports: readonly CampaignReport[],
  { reporter }: FuzzOrder,
  session: Session,
): void {
  const { io } = session;
  if (reporter === 'pretty') return;
  if (reporter === 'json') {
    printDocument(io.out, documents.length === 1 ? documents[0] : { campaigns: documents });
    return;
  }
  printReports(reports, reporter, session);
}
