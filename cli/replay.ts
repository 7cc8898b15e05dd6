// `faultline replay`: runs a recorded run again and proves that it is the same, or says where it is not.
import type { Command } from 'commander';
import { isRecordedRun } from '../checkers/index.ts';
import { formatDuration, replay, type Divergence, type Replay, type Replayed } from '../sim/index.ts';
import { describeRun } from './describe-run.ts';
import { exitCode, exitCodeOf, exitCodesHelp } from './exit.ts';
import { replayExplored } from './explore-replay.ts';
import { readReplay, readReplayText } from './files.ts';
import type { Io } from './io.ts';
import { printDocument, runDocument } from './json.ts';
import { printable } from './layout.ts';
import type { Session } from './program.ts';
import { replayCommand } from './reproduce.ts';
import { fileSaver } from './run.ts';
import { loadScenario, referenceFor, sourceOf } from './scenario-source.ts';

interface ReplayOptions {
  readonly scenario?: string;
  readonly json?: true;
  readonly trace?: string;
  readonly html?: string;
  readonly history?: string;
}

export function addReplay(program: Command, session: Session): void {
  program
    .command('replay')
    .summary('run a recorded run again')
    .description('Runs a recorded run again from its replay file and compares it event for event.')
    .argument('<file>', 'a replay file, as `fuzz`, `demo` and `explore` write them')
    .option('--scenario <file>', 'the file that defines its scenario, where the scenario is not one of Faultline’s')
    .option('--json', 'print one JSON document instead of text')
    .option('--trace <file>', 'write everything that happened, one JSON object a line')
    .option('--html <file>', 'write an interactive timeline, one file that opens in any browser')
    .option('--history <file>', 'write what the clients saw, for `check` and other tools: .edn as Jepsen, or .jsonl')
    .addHelpText('after', `\nExample:\n  npx faultline replay out/raft-local-reads-7.replay.json\n${exitCodesHelp}`)
    .action(async (path: string, options: ReplayOptions) => {
      session.code = await replayFile(path, options, session);
    });
}

async function replayFile(path: string, options: ReplayOptions, session: Session): Promise<number> {
  const { io, version } = session;
  const text = readReplayText(path);
  if (isRecordedRun(text)) return replayExplored(path, text, options, session);
  const file = readReplay(path, text);
  const sourced = await loadScenario(sourceOf(file.scenario, options.scenario));
  const { scenario } = sourced;
  const save = await fileSaver(options, sourced, session);
  const replayed = replay(scenario, file);
  const { run, divergence } = replayed;
  const reproduce = replayCommand(path, referenceFor(sourced));
  const files = save(run, reproduce);
  const reproduced = isReproduced(replayed, file);
  if (options.json === true) {
    const paths = Object.fromEntries(files.map(({ what, path: place }) => [what, place]));
    const rest = { faultline: version, reproduce, files: paths, reproduced, expected: file.expected };
    const parted = divergence === undefined ? {} : { divergence: divergenceDocument(divergence) };
    printDocument(io.out, runDocument(run, scenario, { ...rest, recordedBy: file.faultline, ...parted }));
  } else {
    const facts = [
      ['replay', reproduced ? `the same as recorded, event for event` : 'NOT the same as recorded'],
    ] as const;
    io.out(describeRun(run, { scenario, set: file.parameters, reproduce, files, facts }, io));
    if (!reproduced) io.out(describeFailure(replayed, file, version, io));
  }
  return reproduced ? exitCodeOf(run.verdict) : exitCode.internal;
}

/** The same events, judged the same. */
export function isReproduced({ run, divergence }: Replayed, { expected }: Replay): boolean {
  return divergence === undefined && run.verdict === expected.verdict;
}

function divergenceDocument({ event, through, time, description, lastCommon, repeatable }: Divergence): object {
  return { event, through, timeUs: time ?? null, description, lastCommon, repeatable };
}

function describeFailure({ run, divergence }: Replayed, file: Replay, version: string, { paint }: Io): string {
  const title = paint.bold(paint.red('This is not the recorded run.'));
  if (divergence === undefined) {
    return `\n${title} It is the same event for event, but was judged ${file.expected.verdict} then and ${run.verdict} now.\n`;
  }
  const { event, through, time, description, lastCommon, repeatable } = divergence;
  const where = through > event ? `between the events ${event} and ${through}` : `at event ${event}`;
  const by = `recorded by Faultline ${printable(file.faultline)}${file.faultline === version ? '' : `, run by ${version}`}`;
  return [
    '',
    `${title} It first differs ${where}${time === undefined ? '' : `, at ${formatDuration(time)}`} (${by}):`,
    `  last common  ${printable(lastCommon)}`,
    `  now          ${printable(description)}`,
    repeatable
      ? 'Two runs now agree with each other, so the code or the file has changed since.'
      : 'Two runs now differ from each other as well: something besides the seed decides.',
    '',
  ].join('\n');
}
