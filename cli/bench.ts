// `faultline bench`: published measurements of distributed systems, simulated. So far those of lock services.
import type { Command } from 'commander';
import { contenders, storyNames } from '../scenarios/lock-services/stories.ts';
import { libraries, type Library } from '../scenarios/redlock.ts';
import { InputError } from '../sim/index.ts';
import { readCount } from './arguments.ts';
import { creationPlot, describeCreation, measureCreation } from './bench-creation.ts';
import { debated, describeDebate, judgeStory } from './bench-debate.ts';
import { compareLatency, describeLatency } from './bench-locks.ts';
import { describeProperties, isAsExpected, judgeProperty } from './bench-properties.ts';
import { exitCode } from './exit.ts';
import { savePicture } from './files.ts';
import { plotSvg } from './gossip-plot.ts';
import { printDocument } from './json.ts';
import type { Session } from './program.ts';

interface BenchOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly svg?: string;
  readonly json?: true;
}

interface LocksOptions extends BenchOptions {
  readonly properties?: true;
  readonly seeds: number;
}

interface DebateOptions {
  readonly seeds: number;
  readonly seed: number;
  readonly library: readonly Library[];
  readonly json?: true;
}

export function addBench(program: Command, session: Session): void {
  const bench = program
    .command('bench')
    .summary('simulate a published comparison and print it beside the original')
    .description('Simulates published measurements of distributed systems and prints both.');
  bench
    .command('locks')
    .summary('the comparison of Redlock, ZooKeeper, etcd and Consul as lock services')
    .description(
      'Simulates the published comparison of Redlock, ZooKeeper, etcd and Consul as lock services (Grzesik and Mrozek 2019): how long ' +
        'a lock takes, with 1, 3 and 5 processes that want different locks or the same. Exits with 1 if a conclusion does not hold.',
    )
    .option('--minutes <n>', 'simulated minutes of each column', readMinutes, 2)
    .option('--seed <n>', 'the seed of all runs', readCount('--seed', 0, Number.MAX_SAFE_INTEGER), 1)
    .option('--properties', 'judge safety, deadlock-freedom and fault tolerance instead of measuring')
    .option('--seeds <n>', 'with --properties: seeds that each cell is judged by', readCount('--seeds', 1, 100_000), 10)
    .option('--svg <file>', 'write the plots as SVG')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  npx faultline bench locks --minutes 0.1 --svg locks.svg')
    .action((options: LocksOptions) => {
      if (options.properties === true) judgeLocks(session, options);
      else runLocks(session, options);
    });
  bench
    .command('creation')
    .summary('the comparison of etcd and Consul by how long it takes to create a key')
    .description('Simulates how long etcd and Consul take to create a key while 20 to 100 clients do nothing else.')
    .option('--minutes <n>', 'simulated minutes of each row', readMinutes, 0.5)
    .option('--seed <n>', 'the seed of all runs', readCount('--seed', 0, Number.MAX_SAFE_INTEGER), 1)
    .option('--svg <file>', 'write the plot as SVG')
    .option('--json', 'print one JSON document')
    .action((options: BenchOptions) => runCreation(session, options));
  bench
    .command('redlock')
    .summary('the debate about Redlock, as rates over seeds')
    .description(
      'Runs each story of the debate about Redlock over seeds, with and without a fencing store, and prints how often each is ' +
        'violated beside how often it should be. Exits with 1 if one is off.',
    )
    .option('--seeds <n>', 'seeds that each story is judged by', readCount('--seeds', 1, 100_000), 20)
    .option('--seed <n>', 'the first of them', readCount('--seed', 0, Number.MAX_SAFE_INTEGER), 1)
    .option('--library <name>', `one of ${libraries.join(', ')}, all; which settings clients have`, readLibrary, [
      'specified',
    ])
    .option('--json', 'print one JSON document')
    .action((options: DebateOptions) => runDebate(session, options));
}

function runLocks(session: Session, { minutes, seed, svg, json }: BenchOptions): void {
  const { io } = session;
  const results = compareLatency(60 * minutes, seed, (service) => {
    if (json !== true) io.err(`simulating ${service} ...\n`);
  });
  const { cells, claims, measured, plots } = results;
  if (json === true) printDocument(io.out, { minutes, seed, cells, claims, columns: measured });
  else io.out(describeLatency(results, io));
  if (svg !== undefined) savePicture(plotSvg(plots), svg);
  if (claims.some(({ holds }) => !holds)) session.code = exitCode.violation;
}

function judgeLocks(session: Session, { seeds, seed, json }: LocksOptions): void {
  const { io } = session;
  const cells = storyNames.flatMap((story) => {
    if (json !== true) io.err(`judging: ${story} ...\n`);
    return contenders.map((contender) => judgeProperty(contender, story, seeds, seed));
  });
  if (json === true) printDocument(io.out, { seeds, seed, cells });
  else io.out(describeProperties(cells, io));
  const isBroken = cells.some((cell) => cell.expected === 'kept' && !isAsExpected(cell));
  if (isBroken) session.code = exitCode.violation;
}

function runCreation({ io }: Session, { minutes, seed, svg, json }: BenchOptions): void {
  const rows = measureCreation(60 * minutes, seed);
  if (json === true) printDocument(io.out, { minutes, seed, rows });
  else io.out(describeCreation(rows, io));
  const title = 'Time to create a key, by clients';
  if (svg !== undefined) savePicture(plotSvg([{ title, plot: creationPlot(rows) }]), svg);
}

function runDebate(session: Session, { seeds, seed, library, json }: DebateOptions): void {
  const { io } = session;
  const rows = library.flatMap((each) => {
    // Where an assumption is broken, the settings of the specification show it.
    const stories = debated.filter(({ expect }) => each === 'specified' || expect.type === 'holds');
    return stories.map((scenario) => {
      if (json !== true) io.err(`judging: ${each}, ${scenario.name} ...\n`);
      return judgeStory(scenario, each, seeds, seed);
    });
  });
  if (json === true) printDocument(io.out, { seeds, seed, rows });
  else io.out(describeDebate(rows, io));
  if (rows.some(({ isAsExpected }) => !isAsExpected)) session.code = exitCode.violation;
}

function readLibrary(text: string): readonly Library[] {
  const found = libraries.filter((library) => text === 'all' || library === text);
  if (found.length > 0) return found;
  throw new InputError(`--library: expected one of ${libraries.join(', ')}, all; found ${JSON.stringify(text)}`);
}

function readMinutes(text: string): number {
  const minutes = Number(text);
  if (text.trim() !== '' && minutes >= 0.01 && minutes <= 60) return minutes;
  throw new InputError(`--minutes: expected a number from 0.01 to 60, found ${JSON.stringify(text)}`);
}
