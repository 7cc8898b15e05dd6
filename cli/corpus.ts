// `faultline corpus`: lists, replays and prunes the failing schedules that campaigns have left in a folder.
import type { Command } from 'commander';
import type { CorpusEntry } from '../fuzz/index.ts';
import { InputError } from '../sim/index.ts';
import { readRealTime } from './arguments.ts';
import { readCorpus, type StoredEntry } from './corpus-files.ts';
import { removeFile } from './files.ts';
import { replayCorpus, type ReplayedEntry, type ReplayOptions, type ReplayOutcome } from './corpus-replay.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import type { Io } from './io.ts';
import { printDocument } from './json.ts';
import { alignColumns, count, printable } from './layout.ts';
import type { Session } from './program.ts';
import { loadScenarios, type SourcedScenario } from './scenario-source.ts';

interface CorpusOptions {
  readonly scenarios?: string;
  readonly fixed?: true;
  readonly watchdog: number;
  readonly json?: true;
}

const what = ['list', 'replay', 'prune'] as const;

export function addCorpus(program: Command, session: Session): void {
  program
    .command('corpus')
    .summary('list, replay or prune failing schedules')
    .description(
      'Works on a folder that `fuzz --corpus` fills. `list` says what is in it; `replay` runs every entry and ends with 1 when ' +
        'one still fails; `prune` removes entries that no longer apply to their scenario, and with --fixed those that pass.',
    )
    .argument('<what>', 'list, replay or prune')
    .argument('<folder>', 'the folder with the entries')
    .option('--scenarios <file>', 'the file that defines scenarios that are not Faultline’s')
    .option('--fixed', 'prune: also what passes now')
    .option(
      '--watchdog <duration>',
      'give an entry up that has not ended after so much real time',
      readRealTime('--watchdog'),
      120_000,
    )
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', `\nExample:\n  npx faultline corpus replay corpus\n${exitCodesHelp}`)
    .action(async (action: string, folder: string, options: CorpusOptions) => {
      const wanted = what.find((each) => each === action);
      if (wanted === undefined) throw new InputError(`expected list, replay or prune, found ${JSON.stringify(action)}`);
      session.code = await corpus(wanted, folder, options, session);
    });
}

async function corpus(
  wanted: (typeof what)[number],
  folder: string,
  options: CorpusOptions,
  { io }: Session,
): Promise<number> {
  const stored = readCorpus(folder);
  if (wanted === 'list') {
    const lines = alignColumns(
      stored.map(({ path, entry, reason }) =>
        entry === undefined ? [path, 'unreadable', firstLine(reason)] : [path, entry.finding.name, countsOf(entry)],
      ),
    );
    if (options.json === true) printDocument(io.out, { entries: stored.map(entryDocument) });
    else io.out(`${[...lines.map(printable), count(stored.length, 'entry', 'entries')].join('\n')}\n`);
    return stored.some(({ entry }) => entry === undefined) ? exitCode.unknown : exitCode.fine;
  }
  const interrupt = io.interruptible('SIGTERM');
  const { signal } = interrupt;
  const how: ReplayOptions = { threads: io.threads === true, signal, watchdogMs: options.watchdog };
  const replayed = await replayAll(stored, options.scenarios, how).finally(() => interrupt.release());
  const removed = wanted === 'prune' ? replayed.filter(({ outcome }) => isWorn(outcome, options.fixed === true)) : [];
  for (const { path } of removed) removeFile(path);
  if (options.json === true) {
    const entries = replayed.map((each) => ({ ...entryDocument(each), ...outcomeDocument(each.outcome) }));
    printDocument(io.out, { entries, removed: removed.map(({ path }) => path) });
  } else io.out(`${describeReplayed(replayed, removed, io).join('\n')}\n`);
  if (signal.aborted) return exitCode.interrupted;
  return wanted === 'prune' ? exitCode.fine : corpusExitCode(replayed);
}

/** Runs each entry with the scenario of its name, from the file if there is one; fewer when it was interrupted. */
async function replayAll(
  stored: readonly StoredEntry[],
  file: string | undefined,
  options: ReplayOptions,
): Promise<readonly ReplayedEntry[]> {
  const replayed: ReplayedEntry[] = stored.flatMap((each) =>
    each.entry === undefined ? [{ ...each, outcome: { type: 'unreadable', reason: each.reason } }] : [],
  );
  for (const name of new Set(stored.flatMap(({ entry }) => entry?.scenario ?? []))) {
    if (options.signal.aborted) break;
    const own = stored.filter(({ entry }) => entry?.scenario === name);
    try {
      replayed.push(...(await replayCorpus(own, await scenarioNamed(name, file), options)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const outcome = { type: 'does not apply', reason: error.message, isStrange: true } as const;
      replayed.push(...own.map((each) => ({ ...each, outcome })));
    }
  }
  return replayed.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

async function scenarioNamed(name: string, file: string | undefined): Promise<SourcedScenario> {
  const [sourced] = await loadScenarios(file === undefined ? name : `${file}#${name}`);
  if (sourced?.scenario.name === name) return sourced;
  throw new InputError(`there is no scenario ${JSON.stringify(name)}`);
}

/** A failure is a violation; what no longer applies, cannot be read, or was lost, leaves the question open. */
function corpusExitCode(replayed: readonly ReplayedEntry[]): number {
  const isAny = (...types: readonly ReplayOutcome['type'][]): boolean =>
    replayed.some(({ outcome }) => types.includes(outcome.type));
  if (isAny('fails', 'fails otherwise')) return exitCode.violation;
  return isAny('does not apply', 'unreadable', 'lost') ? exitCode.unknown : exitCode.fine;
}

/** A line for each entry, and one for all. */
export function describeReplayed(
  replayed: readonly ReplayedEntry[],
  removed: readonly StoredEntry[],
  { paint }: Io,
): string[] {
  const gone = new Set(removed.map(({ path }) => path));
  const rows = replayed.map(({ path, entry, outcome }) => [
    path,
    outcome.type + (gone.has(path) ? ', removed' : ''),
    'reason' in outcome ? firstLine(outcome.reason) : nameOf(entry, outcome),
  ]);
  const countOf = (...types: readonly ReplayOutcome['type'][]): number =>
    replayed.filter(({ outcome }) => types.includes(outcome.type)).length;
  const fails = countOf('fails', 'fails otherwise');
  const [lost, unreadable] = [countOf('lost'), countOf('unreadable')];
  const sum =
    `${count(replayed.length, 'entry', 'entries')}: ${fails} fail, ${countOf('passes')} pass, ` +
    `${countOf('does not apply')} no longer apply${unreadable > 0 ? `, ${unreadable} unreadable` : ''}${lost > 0 ? `, ${lost} lost` : ''}`;
  return [...alignColumns(rows).map((line) => `  ${printable(line)}`), fails > 0 ? paint.red(sum) : sum];
}

function nameOf(entry: CorpusEntry | undefined, outcome: ReplayOutcome): string {
  const was = entry?.finding.name ?? '';
  return outcome.type === 'fails otherwise' ? `${outcome.finding.name} (was: ${was})` : was;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** Of a scenario that is not found nothing is removed: perhaps only `--scenarios` was forgotten. */
function isWorn(outcome: ReplayOutcome, fixedToo: boolean): boolean {
  return (outcome.type === 'does not apply' && outcome.isStrange !== true) || (fixedToo && outcome.type === 'passes');
}

function countsOf({ case: kept }: CorpusEntry): string {
  return `${count(kept.faults.length, 'fault')}, ${count(kept.workload.length, 'operation')}`;
}

function entryDocument({ path, entry, reason }: StoredEntry): object {
  if (entry === undefined) return { path, outcome: 'unreadable', reason };
  const { scenario, finding, faultline } = entry;
  return {
    path,
    scenario,
    finding,
    faultline,
    faults: entry.case.faults.length,
    operations: entry.case.workload.length,
  };
}

/** What `--json` tells of an outcome. */
export function outcomeDocument(outcome: ReplayOutcome): object {
  switch (outcome.type) {
    case 'does not apply':
    case 'unreadable':
    case 'lost':
      return { outcome: outcome.type, reason: outcome.reason };
    case 'passes':
      return { outcome: outcome.type };
    default:
      return { outcome: outcome.type, found: outcome.finding.name, reason: outcome.finding.reason };
  }
}
