// `faultline fuzz`: many seeds of one scenario or of several, in threads, and their failures by cause.
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { InputError, type Micros } from '../sim/index.ts';
import { collect, readCount, readParameters, readRealTime, readUntil } from './arguments.ts';
import { exitCodesHelp } from './exit.ts';
import { makeFolder } from './files.ts';
import { connectFleet } from './fleet-connection.ts';
import { fuzzAll, type FuzzOrder } from './fuzz-run.ts';
import type { Session } from './program.ts';
import { loadScenarios } from './scenario-source.ts';

const reporters = ['pretty', 'json', 'junit', 'github', 'sarif'] as const;
export type Reporter = (typeof reporters)[number];

interface FuzzOptions {
  readonly seeds?: number;
  readonly start: number;
  readonly time?: number;
  readonly until?: Micros;
  readonly set?: readonly string[];
  readonly workers?: number;
  readonly shard?: Shard;
  readonly fleet?: string;
  readonly watchdog: number;
  readonly untilFailure?: true;
  readonly guided?: true;
  readonly corpus?: string;
  readonly shrink: boolean;
  readonly reporter: Reporter;
  readonly report?: string;
  readonly json?: true;
  readonly out?: string;
}

interface Shard {
  readonly index: number;
  readonly of: number;
}

const billion = 1_000_000_000;

export function addFuzz(program: Command, session: Session): void {
  const command = program
    .command('fuzz')
    .summary('run many seeds of a scenario')
    .description(
      'Runs many seeds of a scenario and groups the failures by cause. For the smallest failing seed of each cause it ' +
        'writes a replay file and a timeline, and shrinks it to the smallest run that fails so. Failing seeds and one in ' +
        'twenty others run twice, to prove that a seed is a run.',
    )
    .argument(
      '<scenario>',
      'its name, a pattern such as raft-*, or a file that exports scenarios (file#name for one); with +core behind it a majority must make progress alone',
    );
  addWork(command)
    .option(
      '--corpus <folder>',
      'run the failing schedules in there first, and add those that are found: shrunk, or else as they are',
    )
    .option('--no-shrink', 'do not shrink what was found')
    .option('--reporter <form>', `what is printed: ${reporters.join(', ')}`, readReporter, 'pretty')
    .option('--report <file>', 'also write the JSON report to this file, for `merge`')
    .option('--json', 'print one JSON document instead of text, as --reporter json')
    .option(
      '--out <folder>',
      'where the files go (default: out), and a replay file for each of up to 100 failing seeds',
    )
    .addHelpText('after', `\nExample:\n  npx faultline fuzz raft-local-reads --seeds 500 --out out\n${exitCodesHelp}`)
    .action(async (reference: string, options: FuzzOptions) => {
      const order = await orderOf(reference, options, session);
      try {
        session.code = await fuzzAll(order, session);
      } finally {
        order.fleet?.close();
      }
    });
}

/** The options that say which seeds run, and how. */
function addWork(command: Command): Command {
  return command
    .option(
      '--seeds <count>',
      'how many seeds to run (default: 200, or as many as --time allows)',
      readCount('--seeds', 1, billion),
    )
    .option('--start <seed>', 'the first seed, or random; the others count up from it', readStart, 1)
    .option(
      '--time <duration>',
      'begin no more seeds after so much real time, such as 30s, 10m or 8h',
      readRealTime('--time'),
    )
    .option('--until <duration>', 'length of each run in virtual time, such as 500ms, 30s or 2m', readUntil)
    .option('--set <key=value>', 'set a parameter instead of leaving it to the seeds; may be repeated', collect)
    .option(
      '--workers <count>',
      'threads (default: one for each processor); 0 for none',
      readCount('--workers', 0, 256),
    )
    .option(
      '--fleet <url>',
      'leave the seeds to `faultline worker`s that meet at this Redis, such as redis://host:6379',
    )
    .option('--shard <i/n>', 'run the i-th of n equal parts of the seeds', readShard)
    .option(
      '--watchdog <duration>',
      'give a seed up that has not ended after so much real time',
      readRealTime('--watchdog'),
      120_000,
    )
    .option('--until-failure', 'stop at the first seed that violates something')
    .option(
      '--guided',
      'change schedules that reached something new, instead of drawing every one from its seed alone; on the known bugs no sooner than without',
    );
}

async function orderOf(reference: string, options: FuzzOptions, { io }: Session): Promise<FuzzOrder> {
  const { time, out, corpus, report, watchdog, shard = { index: 1, of: 1 } } = options;
  refuseWithFleet(options);
  const sourced = await loadScenarios(reference);
  const parameters = sourced.map(({ scenario }) => readParameters(scenario, options.set));
  const all = options.seeds ?? (time === undefined ? 200 : billion);
  const seeds = Math.ceil((all - (shard.index - 1)) / shard.of);
  if (seeds < 1) throw new InputError(`--shard: ${shard.index}/${shard.of} leaves no seed of ${all}`);
  const folders = [out, corpus, report === undefined ? undefined : dirname(report)];
  for (const folder of folders) if (folder !== undefined) makeFolder(folder);
  const fleet = options.fleet === undefined ? undefined : await connectFleet(options.fleet, io.err);
  return {
    scenarios: sourced.map((each, place) => ({ ...each, parameters: parameters[place] ?? {} })),
    work: {
      seeds,
      start: options.start + shard.index - 1,
      stride: shard.of,
      guided: options.guided === true,
      untilFailure: options.untilFailure === true,
      ...(options.until === undefined ? {} : { until: options.until }),
      ...(time === undefined ? {} : { timeMs: time / sourced.length }),
    },
    workers: options.workers ?? (io.threads === true ? Math.min(availableParallelism(), seeds) : 0),
    fleet,
    watchdogMs: watchdog,
    shrink: options.shrink,
    reporter: options.json === true ? 'json' : options.reporter,
    report,
    corpus,
    out,
  };
}

function refuseWithFleet({ fleet, guided, workers }: FuzzOptions): void {
  if (fleet === undefined) return;
  if (guided === true) {
    throw new InputError(
      '--guided does not go with --fleet: what it tries next depends on what the same thread has found before, and on a fleet a ' +
        'range of seeds must give the same wherever, and however often, it is run',
    );
  }
  if (workers !== undefined)
    throw new InputError('--workers does not go with --fleet: say it to each `faultline worker`');
}

export function readReporter(text: string): Reporter {
  const found = reporters.find((reporter) => reporter === text);
  if (found !== undefined) return found;
  throw new InputError(`--reporter: expected one of ${reporters.join(', ')}, found ${JSON.stringify(text)}`);
}

/** A seed that no night before has had is a random one; it is printed with what it found. */
function readStart(text: string): number {
  return text === 'random' ? Math.floor(Math.random() * billion) : readCount('--start', 0, billion)(text);
}

function readShard(text: string): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new InputError(`--shard: expected i/n with i from 1 to n, such as 2/4, found ${JSON.stringify(text)}`);
}
