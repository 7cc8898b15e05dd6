// `faultline shrink`: a failing run, from a replay file or a seed, as the smallest run that fails for the same cause, with its
// story in plain words.
import type { Command } from 'commander';
import { caseOf, causeOf, firstOf, optionsOf, tellStory, type Shrunk } from '../fuzz/index.ts';
import { formatDuration, InputError, replay, simulate, transcript, type Run, type Scenario } from '../sim/index.ts';
import { readCount } from './arguments.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { readReplay, saveReplay, saveText } from './files.ts';
import type { Io } from './io.ts';
import { printDocument } from './json.ts';
import { count, fact, printable, wrap } from './layout.ts';
import type { Session } from './program.ts';
import { replayCommand } from './reproduce.ts';
import { loadScenario, sourceOf } from './scenario-source.ts';
import { scheduleOf } from './schedule.ts';
import type { ShrinkDone } from './shrink-order.ts';
import { withShrinker } from './shrink-pool.ts';

interface ShrinkCommandOptions {
  readonly scenario?: string;
  readonly runs: number;
  readonly out?: string;
  readonly json?: true;
}

export function addShrink(program: Command, session: Session): void {
  program
    .command('shrink')
    .summary('make a failing run small enough to read')
    .description(
      'Leaves out faults, operations, clients, nodes and single messages of a recorded run as long as it fails for the same ' +
        'cause. Writes the smallest run as a replay file, and its story and transcript as text.',
    )
    .argument('<file>', 'a replay file of a run that violates something')
    .option('--scenario <file>', 'the file that defines its scenario, where the scenario is not one of Faultline’s')
    .option('--runs <count>', 'how many runs it may take', readCount('--runs', 1, 1_000_000), 6_000)
    .option('--out <path>', 'where the files go, without an ending (default: beside the replay file)')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', `\nExample:\n  npx faultline shrink out/raft-local-reads-7.replay.json\n${exitCodesHelp}`)
    .action(async (path: string, options: ShrinkCommandOptions) => {
      session.code = await shrinkFile(path, options, session);
    });
}

async function shrinkFile(path: string, options: ShrinkCommandOptions, session: Session): Promise<number> {
  const { io, version } = session;
  const file = readReplay(path);
  const reference = sourceOf(file.scenario, options.scenario);
  const sourced = await loadScenario(reference);
  const { scenario } = sourced;
  const { run } = replay(scenario, file);
  const finding = firstOf(run.findings, 'invalid');
  if (finding === undefined)
    throw new InputError(`${path}: expected a run that violates something, found a ${run.verdict} one`);
  const place = options.out ?? `${path.replace(/(?:\.replay)?\.json$/, '')}.shrunk`;
  const order = { set: optionsOf(caseOf(run)), cause: causeOf(finding), runs: options.runs, milliseconds: Infinity };
  const interrupt = io.interruptible('SIGTERM');
  const pool = { io, workers: io.threads === true ? 1 : 0, signal: interrupt.signal, watchdogMs: Infinity };
  const done = await withShrinker(sourced, pool, (shrinker) => shrinker(order)).finally(() => interrupt.release());
  if (done === undefined) return exitCode.interrupted;
  const smallest = smallestOf(scenario, done);
  const files = saveSmallest(smallest, place, version);
  if (options.json === true) printDocument(io.out, smallestDocument(smallest, files));
  else io.out(`${describeSmallest(smallest, files, reference, io).join('\n')}\n`);
  return interrupt.signal.aborted ? exitCode.interrupted : exitCode.violation;
}

/** A shrunk run, made again with its trace. */
export interface Smallest {
  readonly shrunk: Shrunk;
  readonly run: Run;
  /** What is set otherwise than by default. */
  readonly knobs: readonly string[];
  readonly story: readonly string[];
  readonly milliseconds: number;
}

export interface SmallestFiles {
  readonly replay: string;
  readonly text: string;
}

/** Makes what was shrunk again, and tells it. */
export function smallestOf(scenario: Scenario, { shrunk, milliseconds }: ShrinkDone): Smallest {
  const run = simulate(scenario, { ...optionsOf(shrunk.case), trace: true, fingerprints: true });
  const knobs = Object.entries(run.parameters)
    .filter(([name, value]) => scenario.parameters[name]?.default !== value)
    .map(([name, value]) => `${name}=${value}`);
  return { shrunk, run, knobs, story: tellStory(run), milliseconds };
}

/** Writes the replay file and the text. @throws OutputError */
export function saveSmallest({ run, knobs, story, shrunk }: Smallest, place: string, version: string): SmallestFiles {
  const replayPath = `${place}.replay.json`;
  const text = `${place}.txt`;
  saveReplay(run, replayPath, version);
  const quiet = ['set-timer', 'write', 'synced'] as const;
  const head = `${run.scenario}: ${shrunk.finding.name}: ${shrunk.finding.reason}`;
  const parts = [
    head,
    '',
    `The world: seed ${run.seed}, ${knobs.length === 0 ? 'every knob as by default' : knobs.join(' ')}`,
    '',
    'The schedule:',
    ...scheduleOf(run),
    '',
    'In words:',
    ...story,
    '',
    'Event by event:',
    ...transcript(run, { without: quiet, limit: 5_000 }),
  ];
  saveText(text, `${parts.join('\n')}\n`);
  return { replay: replayPath, text };
}

const mostSentences = 24;

/** Lines for people: how much smaller it is, its story, and where it lies. */
export function describeSmallest(
  smallest: Smallest,
  files: SmallestFiles | undefined,
  reference: string,
  io: Io,
): string[] {
  const { shrunk, story, milliseconds } = smallest;
  const { before, after, runs, complete } = shrunk;
  const changes = (['events', 'faults', 'lost', 'operations', 'nodes'] as const)
    .filter((what) => before[what] !== after[what])
    .map((what) => `${before[what]} → ${after[what]} ${what === 'lost' ? 'lost messages' : what}`);
  const cost = `${count(runs, 'run')} in ${(milliseconds / 1_000).toFixed(1)} s${complete ? '' : ', ended early'}`;
  const sentences = story.slice(0, mostSentences).flatMap((line) => wrap(line, io.columns, '    '));
  const more = story.length - mostSentences;
  return [
    ...fact(
      'shrunk',
      `${[...changes, `${formatDuration(before.at)} → ${formatDuration(after.at)}`].join(', ')} (${cost})`,
      io,
    ),
    ...sentences.map((line) => (line.startsWith('    ') ? line : `    ${line}`)),
    ...(more > 0 ? [`    … and ${count(more, 'more sentence')}`] : []),
    ...(files === undefined
      ? []
      : [...fact('story', printable(files.text), io), ...fact('replay', replayCommand(files.replay, reference), io)]),
  ];
}

/** The document of a shrunk run. */
export function smallestDocument({ shrunk, run, story }: Smallest, files: SmallestFiles | undefined): object {
  const { finding, before, after, runs, complete } = shrunk;
  const { name, verdict, reason, at, event, operations, nodes } = finding;
  return {
    scenario: run.scenario,
    finding: { name, verdict, reason, atUs: at, event, operations, nodes },
    before: sizeDocument(before),
    after: sizeDocument(after),
    runs,
    complete,
    parameters: run.parameters,
    faults: run.faults,
    hash: run.hash,
    story,
    ...(files === undefined ? {} : { files }),
  };
}

function sizeDocument({ at, ...size }: Shrunk['before']): object {
  return { ...size, atUs: at };
}
