// `faultline corpus`: lists, replays and prunes the failing schedules that campaigns have left in a folder.
import type { Command } from 'commander';
import { runEntry, type EntryOutcome } from '../fuzz/index.ts';
import { InputError, type Scenario } from '../sim/index.ts';
import { readCorpus, removeEntry, type StoredEntry } from './corpus-files.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import type { Io } from './io.ts';
import { printDocument } from './json.ts';
import { alignColumns, count, printable } from './layout.ts';
import type { Session } from './program.ts';
import { loadScenarios } from './scenario-source.ts';

interface CorpusOptions {
  readonly scenarios?: string;
  readonly fixed?: true;
  readonly json?: true;
}

const what = ['list', 'replay', 'prune'] as const;

export function addCorpus(program: Command, session: Session): void {
  program
    .command('corpus')
    .summary('list, replay or prune failing schedules')
    .description(
      'Works on a folder that `fuzz --corpus` fills. `list` says what is in it; `replay` runs every entry and ends with 1 when ' +
        'one still fails; `prune` removes entries that no longer apply, and with --fixed those that pass.',
    )
    .argument('<what>', 'list, replay or prune')
    .argument('<folder>', 'the folder with the entries')
    .option('--scenarios <file>', 'the file that defines scenarios that are not Faultline’s')
    .option('--fixed', 'prune: also what passes now')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', `\nExample:\n  npx faultline corpus replay corpus\n${exitCodesHelp}`)
    .action(async (action: string, folder: string, options: CorpusOptions) => {
      const wanted = what.find((each) => each === action);
      if (wanted === undefined) throw new InputError(`expected list, replay or prune, found ${JSON.stringify(action)}`);
      session.code = await corpus(wanted, folder, options, session);
    });
}

/** An entry and what became of it. */
export interface ReplayedEntry extends StoredEntry {
  readonly outcome: EntryOutcome;
}

async function corpus(
  wanted: (typeof what)[number],
  folder: string,
  options: CorpusOptions,
  { io }: Session,
): Promise<number> {
  const stored = readCorpus(folder);
  if (wanted === 'list') {
    const lines = alignColumns(stored.map(({ path, entry }) => [path, entry.finding.name, countsOf({ path, entry })]));
    if (options.json === true) printDocument(io.out, { entries: stored.map(entryDocument) });
    else io.out(`${[...lines.map(printable), count(stored.length, 'entry', 'entries')].join('\n')}\n`);
    return exitCode.fine;
  }
  const replayed: ReplayedEntry[] = [];
  for (const each of stored) replayed.push({ ...each, outcome: await replayStored(each, options.scenarios) });
  const removed = wanted === 'prune' ? replayed.filter(({ outcome }) => isWorn(outcome, options.fixed === true)) : [];
  for (const { path } of removed) removeEntry(path);
  if (options.json === true) {
    const entries = replayed.map((each) => ({ ...entryDocument(each), ...outcomeDocument(each.outcome) }));
    printDocument(io.out, { entries, removed: removed.map(({ path }) => path) });
  } else io.out(`${describeReplayed(replayed, removed, io).join('\n')}\n`);
  return wanted === 'prune' ? exitCode.fine : corpusExitCode(replayed);
}

/** Runs an entry with the scenario of its name, from the file if there is one. */
async function replayStored({ entry }: StoredEntry, file: string | undefined): Promise<EntryOutcome> {
  let found: Scenario | undefined;
  try {
    const [sourced] = await loadScenarios(file === undefined ? entry.scenario : `${file}#${entry.scenario}`);
    found = sourced?.scenario;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { type: 'does not apply', reason: error.message };
  }
  return found === undefined ? { type: 'does not apply', reason: 'no such scenario' } : runEntry(found, entry);
}

/** The entries of a scenario, run; fewer when it was interrupted. */
export async function replayCorpus(
  stored: readonly StoredEntry[],
  scenario: Scenario,
  signal: AbortSignal,
): Promise<readonly ReplayedEntry[]> {
  const replayed: ReplayedEntry[] = [];
  for (const each of stored.filter(({ entry }) => entry.scenario === scenario.name)) {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) break;
    replayed.push({ ...each, outcome: runEntry(scenario, each.entry) });
  }
  return replayed;
}

/** A failure is a violation; what no longer applies leaves the question open. */
export function corpusExitCode(replayed: readonly ReplayedEntry[]): number {
  const isAny = (...types: readonly EntryOutcome['type'][]): boolean =>
    replayed.some(({ outcome }) => types.includes(outcome.type));
  if (isAny('fails', 'fails otherwise')) return exitCode.violation;
  return isAny('does not apply') ? exitCode.unknown : exitCode.fine;
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
    outcome.type === 'does not apply' ? outcome.reason.split('\n')[0]! : nameOf(entry, outcome),
  ]);
  const fails = replayed.filter(({ outcome }) => outcome.type === 'fails' || outcome.type === 'fails otherwise').length;
  const passes = replayed.filter(({ outcome }) => outcome.type === 'passes').length;
  const rest = replayed.length - fails - passes;
  const sum = `${count(replayed.length, 'entry', 'entries')}: ${fails} fail, ${passes} pass, ${rest} no longer apply`;
  return [...alignColumns(rows).map((line) => `  ${printable(line)}`), fails > 0 ? paint.red(sum) : sum];
}

function nameOf({ finding }: StoredEntry['entry'], outcome: EntryOutcome): string {
  return outcome.type === 'fails otherwise' ? `${outcome.finding.name} (was: ${finding.name})` : finding.name;
}

function isWorn(outcome: EntryOutcome, fixedToo: boolean): boolean {
  return outcome.type === 'does not apply' || (fixedToo && outcome.type === 'passes');
}

function countsOf({ entry }: StoredEntry): string {
  return `${count(entry.case.faults.length, 'fault')}, ${count(entry.case.workload.length, 'operation')}`;
}

function entryDocument({ path, entry }: StoredEntry): object {
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

function outcomeDocument(outcome: EntryOutcome): object {
  switch (outcome.type) {
    case 'does not apply':
      return { outcome: outcome.type, reason: outcome.reason };
    case 'passes':
      return { outcome: outcome.type };
    default:
      return { outcome: outcome.type, found: outcome.finding.name, reason: outcome.finding.reason };
  }
}
