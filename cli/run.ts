// `faultline run`: one seed of one scenario, its verdict and the proof.
import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import { Simulation, type Micros, type Parameters, type Run } from '../sim/index.ts';
import { collect, readParameters, readSeed, readUntil } from './arguments.ts';
import { describeRun } from './describe-run.ts';
import { exitCode, exitCodeOf, exitCodesHelp } from './exit.ts';
import {
  checkHistoryPath,
  describeRecordedOnly,
  saveHistory,
  saveTimeline,
  saveTrace,
  timelineAssetsFor,
} from './files.ts';
import type { Io } from './io.ts';
import { printDocument, runDocument } from './json.ts';
import type { Session } from './program.ts';
import { runCommand } from './reproduce.ts';
import { loadScenario, referenceFor, type SourcedScenario } from './scenario-source.ts';

interface RunOptions {
  readonly seed: string;
  readonly until?: Micros;
  readonly set?: readonly string[];
  readonly json?: true;
  readonly trace?: string;
  readonly html?: string;
  readonly history?: string;
}

export function addRun(program: Command, session: Session): void {
  program
    .command('run')
    .summary('run one seed of a scenario')
    .description(
      'Runs one seed of a scenario and prints the verdict with its proof. The same seed is always the same run.',
    )
    .argument(
      '<scenario>',
      'its name (`faultline list` lists them), or a file that exports it (file#name for one of several)',
    )
    .option('--seed <text>', 'decides everything that is random: any text up to 100 characters', readSeed, '1')
    .option(
      '--until <duration>',
      'length of virtual time, such as 500ms, 30s or 2m (default: the scenario’s)',
      readUntil,
    )
    .option('--set <key=value>', 'set a parameter instead of leaving it to the seed; may be repeated', collect)
    .option('--json', 'print one JSON document instead of text')
    .option('--trace <file>', 'write everything that happened, one JSON object a line')
    .option('--html <file>', 'write an interactive timeline, one file that opens in any browser')
    .option('--history <file>', 'write what the clients saw, for `check` and other tools: .edn as Jepsen, or .jsonl')
    .addHelpText(
      'after',
      `\nExample:\n  npx faultline run raft --seed 42 --set nodes=3 --html out/raft.html\n${exitCodesHelp}`,
    )
    .action(async (name: string, options: RunOptions) => {
      const sourced = await loadScenario(name);
      const set = readParameters(sourced.scenario, options.set);
      session.code = await runOne(sourced, set, options, session);
    });
}

async function runOne(
  sourced: SourcedScenario,
  set: Parameters,
  options: RunOptions,
  session: Session,
): Promise<number> {
  const { io, version } = session;
  const { scenario } = sourced;
  const { seed, until } = options;
  const save = await fileSaver(options, sourced, session);
  const world = { seed, parameters: set, trace: true, ...(until === undefined ? {} : { until }) };
  const { run, interrupted } = await stepThrough(new Simulation(scenario, world), io);
  const reproduce = runCommand(referenceFor(sourced), seed, set, until);
  const files = save(run, reproduce);
  if (options.json === true) {
    const paths = Object.fromEntries(files.map(({ what, path }) => [what, path]));
    printDocument(io.out, runDocument(run, scenario, { faultline: version, reproduce, files: paths }));
  } else io.out(describeRun(run, { scenario, set, reproduce, files }, io));
  return interrupted ? exitCode.interrupted : exitCodeOf(run.verdict);
}

/** Runs to the end, or to an interrupt: looks for one now and then. */
async function stepThrough(simulation: Simulation, io: Io): Promise<{ run: Run; interrupted: boolean }> {
  const interrupt = io.interruptible();
  try {
    for (let steps = 1; simulation.step(); steps++) {
      if (steps % 50_000 === 0) await setImmediate();
      if (interrupt.signal.aborted) return { run: simulation.finish(true), interrupted: true };
    }
    return { run: simulation.finish(), interrupted: false };
  } finally {
    interrupt.release();
  }
}

/** Writes what `--trace`, `--html` and `--history` ask for. What a timeline needs is looked for before the run. */
export async function fileSaver(
  { trace, html, history }: { readonly trace?: string; readonly html?: string; readonly history?: string },
  sourced: SourcedScenario,
  { io, version }: Session,
): Promise<(run: Run, reproduce: string) => { what: string; path: string }[]> {
  checkHistoryPath(history);
  const assets = html === undefined ? undefined : await timelineAssetsFor(sourced);
  const { story } = sourced.scenario;
  return (run, reproduce) => {
    const files: { what: string; path: string }[] = [];
    if (trace !== undefined) {
      saveTrace(run, trace);
      files.push({ what: 'trace', path: trace });
    }
    if (html !== undefined && assets !== undefined) {
      saveTimeline(run, html, { story, version, reproduce }, assets);
      files.push({ what: 'timeline', path: html });
      io.err(describeRecordedOnly(assets) ?? '');
    }
    if (history !== undefined) {
      saveHistory(run.history, history);
      files.push({ what: 'history', path: history });
    }
    return files;
  };
}
