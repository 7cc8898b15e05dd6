// `faultline gossip`: experiments on failure detection and dissemination, with what is published or derived beside ours.
import type { Command } from 'commander';
import { InputError } from '../sim/index.ts';
import { readCount } from './arguments.ts';
import { exitCode } from './exit.ts';
import { savePicture } from './files.ts';
import { detection, falsePositives, suspicion } from './gossip-detection.ts';
import { epidemics } from './gossip-epidemic.ts';
import type { Experiment, Results } from './gossip-experiment.ts';
import { lifeguard } from './gossip-lifeguard.ts';
import { plotSvg, plotText } from './gossip-plot.ts';
import { sessions } from './gossip-sessions.ts';
import { growth, spread } from './gossip-spread.ts';
import type { Io } from './io.ts';
import { printDocument } from './json.ts';
import { wrap } from './layout.ts';
import type { Session } from './program.ts';

export const experiments: readonly Experiment[] = [
  detection,
  falsePositives,
  suspicion,
  spread,
  growth,
  epidemics,
  lifeguard,
  sessions,
];

interface GossipOptions {
  readonly runs: number;
  readonly svg?: string;
  readonly json?: true;
}

export function addGossip(program: Command, session: Session): void {
  program
    .command('gossip')
    .summary('measure failure detection and gossip against what is published')
    .description(
      'Runs experiments on SWIM, Lifeguard and gossip and prints what was measured beside what is published or derived. ' +
        `There are: ${experiments.map(({ name }) => name).join(', ')}.`,
    )
    .argument('[experiment]', 'one of them; all by default')
    .option('--runs <n>', 'runs that an average is taken over', readCount('--runs', 10, 10_000), 100)
    .option('--svg <file>', 'write the plots as SVG')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  npx faultline gossip spread --runs 50 --svg spread.svg')
    .action((name: string | undefined, options: GossipOptions) => runExperiments(session, name, options));
}

function runExperiments(session: Session, name: string | undefined, { runs, svg, json }: GossipOptions): void {
  const { io } = session;
  const chosen = experiments.filter((experiment) => name === undefined || experiment.name === name);
  if (chosen.length === 0) {
    const known = experiments.map((experiment) => experiment.name).join(', ');
    throw new InputError(`there is no experiment ${JSON.stringify(name)}; there are: ${known}`);
  }
  const done = chosen.map((experiment) => {
    const results = experiment.run(runs);
    if (json !== true) io.out(describe(experiment, results, io));
    return { name: experiment.name, question: experiment.question, ...results, fits: fitsAll(results) };
  });
  if (json === true) printDocument(io.out, { runs, experiments: done });
  if (svg !== undefined) savePicture(plotSvg(done.map(({ question, plot }) => ({ title: question, plot }))), svg);
  if (done.some(({ fits }) => !fits)) session.code = exitCode.violation;
}

export function fitsAll({ rows }: Results): boolean {
  return rows.every(({ fits }) => fits !== false);
}

function describe({ name, question }: Experiment, { columns, rows, note, plot }: Results, io: Io): string {
  const { paint, columns: width } = io;
  const table = [columns, ...rows.map(({ cells }) => cells.map(String))];
  const widths = columns.map((_, place) => Math.max(...table.map((cells) => (cells[place] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, place) => cell.padStart(widths[place] ?? 0)).join('  ')}`;
  const verdict = (fits: boolean | undefined): string =>
    fits === undefined ? '' : fits ? paint.green('  ok') : paint.red('  off');
  const lines = rows.map(({ cells, fits }) => (line(cells.map(String)) + verdict(fits)).trimEnd());
  const head = [`${paint.bold(name)}: ${question}`, ...wrap(note, width, '  '), ''];
  return [...head, paint.dim(line(columns)), ...lines, '', plotText(plot, width), ''].join('\n');
}
