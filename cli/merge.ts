// `faultline merge`: the reports of several campaigns as one, for instance of the shards of a matrix.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  describeKept,
  keptFailuresOf,
  mergeReports,
  parseReport,
  troublesOf,
  verdictOf,
  type CampaignReport,
} from '../fuzz/index.ts';
import { InputError } from '../sim/index.ts';
import { exitCodesHelp } from './exit.ts';
import { readReporter, type Reporter } from './fuzz.ts';
import { exitCodeOfReports, printReports } from './fuzz-report.ts';
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
  if (reports.length === 0) throw new InputError(`${files.join(', ')}: expected a campaign, found none`);
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
  for (const { scenario, missing } of merged) if (missing !== undefined) io.err(`warning: ${scenario}: ${missing}\n`);
  return exitCodeOfReports(merged);
}

function readReport(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

function describeReport(report: CampaignReport, io: Io): string[] {
  const { paint } = io;
  const { scenario, seeds, seed, causes, broken, lost } = report;
  const verdict = verdictOf(report);
  const colour = { valid: paint.green, invalid: paint.red, unknown: paint.yellow }[verdict];
  return [
    `${paint.bold(printable(scenario))}  ${colour(verdict.toUpperCase())}`,
    ...fact('seeds', `${count(seeds, 'seed')} from ${seed}`, io),
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
    ...troublesOf(report).map(({ name, reason }) => {
      const text = `${printable(name)}: ${printable(reason.split('\n')[0] ?? '')}`;
      return `  ${broken === undefined ? paint.yellow(text) : paint.red(`BROKEN  ${text}`)}`;
    }),
    '',
  ];
}
