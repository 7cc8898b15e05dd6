// `faultline merge`: the reports of several campaigns as one, for instance of the shards of a matrix.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  describeKept,
  keptFailuresOf,
  mergeReports,
  missingShards,
  parseReport,
  verdictOf,
  type CampaignReport,
} from '../fuzz/index.ts';
import { InputError } from '../sim/index.ts';
import { exitCode, exitCodeOf, exitCodesHelp } from './exit.ts';
import { readReporter, type Reporter } from './fuzz.ts';
import { printReports } from './fuzz-report.ts';
import { worseCode } from './fuzz-run.ts';
import type { Io } from './io.ts';
import { printDocument } from './json.ts';
import { count, fact, printable, wrap } from './layout.ts';
import type { Session } from './program.ts';

export function addMerge(program: Command, session: Session): void {
  program
    .command('merge')
    .summary('make one report of several')
    .description(
      'Reads JSON reports (`fuzz --report FILE` or `fuzz --json`), adds up the campaigns of each scenario, and prints one report. ' +
        'Ends as a single campaign would have ended; with 3 at least where the report of a shard is missing.',
    )
    .argument('<files...>', 'reports')
    .option('--reporter <form>', 'what is printed: pretty, json, junit, github, sarif', readReporter, 'pretty')
    .addHelpText('after', `\nExample:\n  npx faultline merge reports/*.json --reporter junit\n${exitCodesHelp}`)
    .action((files: readonly string[], { reporter }: { readonly reporter: Reporter }) => {
      session.code = merge(files, reporter, session);
    });
}

function merge(files: readonly string[], reporter: Reporter, session: Session): number {
  const { io } = session;
  const reports = files.flatMap((path) => parseReport(readReport(path), path));
  const merged = mergeReports(reports);
  switch (reporter) {
    case 'pretty':
      io.out(`${merged.flatMap((report) => describeReport(report, io)).join('\n')}\n`);
      break;
    case 'json':
      printDocument(io.out, merged.length === 1 ? merged[0] : { campaigns: merged });
      break;
    default:
      printReports(merged, reporter, session);
  }
  const missing = missingShards(reports);
  for (const line of missing) io.err(`warning: ${line}\n`);
  return merged.map(reportExitCode).reduce<number>(worseCode, missing.length > 0 ? exitCode.unknown : exitCode.fine);
}

function readReport(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

function reportExitCode(report: CampaignReport): number {
  if (report.broken !== undefined) return exitCode.internal;
  return report.ended === 'interrupted' ? exitCode.interrupted : exitCodeOf(verdictOf(report));
}

function describeReport(report: CampaignReport, io: Io): string[] {
  const { paint } = io;
  const { scenario, seeds, seed, causes, broken, ended, lost, planned } = report;
  const verdict = verdictOf(report);
  const colour = { valid: paint.green, invalid: paint.red, unknown: paint.yellow }[verdict];
  return [
    `${paint.bold(printable(scenario))}  ${colour(verdict.toUpperCase())}`,
    ...fact('seeds', `${count(seeds, 'seed')} from ${seed}`, io),
    ...(ended === 'interrupted' ? fact('', paint.yellow(`interrupted before ${count(planned, 'seed')}`), io) : []),
    ...(lost === 0 ? [] : fact('lost', `${count(lost, 'seed')} took a thread down or never ended`, io)),
    ...causes.flatMap(({ names, seeds: failing, smallest, reason, reproduce }) => [
      `  ${printable(names.join(' + '))}  ${count(failing, 'seed')}, the smallest is ${printable(smallest)}`,
      ...(reason === undefined ? [] : wrap(reason.split('\n')[0] ?? '', io.columns, '    ')),
      ...(reproduce === undefined ? [] : [`    ${paint.cyan(printable(reproduce))}`]),
    ]),
    ...keptFailuresOf(report).flatMap((kept) =>
      describeKept(kept, report)
        .split('\n')
        .filter((line) => line !== '')
        .map((line, index) => `${index === 0 ? '  ' : '    '}${printable(line)}`),
    ),
    ...(broken === undefined
      ? []
      : [`  ${paint.red('BROKEN')}  seed ${broken.seed}: ${printable(broken.reason.split('\n')[0] ?? '')}`]),
    '',
  ];
}
