// The command line as a function: parses, runs one command, and turns whatever happens into an exit code.
import { Command, CommanderError } from 'commander';
import { githubError } from '../fuzz/index.ts';
import { InputError } from '../sim/index.ts';
import { addBench } from './bench.ts';
import { addCheck } from './check.ts';
import { addCorpus } from './corpus.ts';
import { addDemo } from './demo.ts';
import { addDiff } from './diff.ts';
import { addExplore } from './explore.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { OutputError } from './files.ts';
import { FleetError } from './fleet-connection.ts';
import { addFuzz } from './fuzz.ts';
import { addGossip } from './gossip.ts';
import { addInit } from './init.ts';
import type { Io } from './io.ts';
import { addList } from './list.ts';
import { addMerge } from './merge.ts';
import { addReplay } from './replay.ts';
import { addRun } from './run.ts';
import { addServe } from './serve.ts';
import { addTimeline } from './timeline.ts';
import { addShrink } from './shrink.ts';
import { packageVersion } from './version.ts';
import { addWorker } from './worker.ts';

/** What a command works with; it leaves its exit code here. */
export interface Session {
  readonly io: Io;
  readonly version: string;
  code: number;
}

/** Runs one command line (without node and script) and returns its exit code. Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    const session: Session = { io, version: packageVersion(), code: exitCode.fine };
    await makeProgram(session).parseAsync(argv, { from: 'user' });
    return session.code;
  } catch (error) {
    return reportError(error, io, formOf(argv));
  }
}

/** In which form an error is told besides: as a document, or as an annotation. */
function formOf(argv: readonly string[]): 'json' | 'github' | 'text' {
  const reporter = argv.find((_, place) => argv[place - 1] === '--reporter') ?? '';
  const wanted = argv.find((word) => word.startsWith('--reporter='))?.slice('--reporter='.length) ?? reporter;
  if (argv.includes('--json') || wanted === 'json') return 'json';
  return wanted === 'github' ? 'github' : 'text';
}

function makeProgram(session: Session): Command {
  const { io, version } = session;
  const program = new Command('faultline')
    .description('Runs distributed protocols in a simulated world that fails on purpose, and proves what went wrong.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    })
    .exitOverride()
    .showHelpAfterError('(add --help for all options and an example)')
    .addHelpText('after', `${exitCodesHelp}\n\nStart with:\n  npx faultline demo`);
  for (const add of [
    addDemo,
    addInit,
    addList,
    addRun,
    addFuzz,
    addWorker,
    addReplay,
    addShrink,
    addMerge,
    addCorpus,
    addDiff,
    addCheck,
    addExplore,
    addGossip,
    addBench,
    addTimeline,
    addServe,
  ])
    add(program, session);
  return program;
}

function reportError(error: unknown, io: Io, form: ReturnType<typeof formOf>): number {
  const tell = (type: string, message: string): void => {
    if (form === 'json') io.out(`${JSON.stringify({ error: { type, message } })}\n`);
    if (form === 'github') io.out(githubError('faultline', message));
  };
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.fine;
    // Commander has told it already.
    tell('usage', error.message.replace(/^error: /, ''));
    return exitCode.usage;
  }
  const message = error instanceof Error ? error.message : String(error);
  const [type, code] = kindOf(error);
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  io.err(type === 'internal' ? `internal error, please report it: ${stack}\n` : `error: ${message}\n`);
  tell(type, message);
  return code;
}

function kindOf(error: unknown): readonly [type: string, code: number] {
  if (error instanceof InputError) return ['input', exitCode.usage];
  if (error instanceof OutputError) return ['output', exitCode.usage];
  if (error instanceof FleetError) return ['fleet', exitCode.unreachable];
  return ['internal', exitCode.internal];
}
