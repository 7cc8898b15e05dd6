// Reports of campaigns in the forms that other programs read, the summary of a job on GitHub, and the exit code that they all mean.
import { appendFileSync } from 'node:fs';
import {
  githubReport,
  githubSummary,
  junitReport,
  sarifReport,
  verdictOf,
  type CampaignReport,
} from '../fuzz/index.ts';
import { exitCode, exitCodeOf, worseCode } from './exit.ts';
import type { Session } from './program.ts';

/** Prints the reports; on GitHub the job's summary tells them too. */
export function printReports(
  reports: readonly CampaignReport[],
  reporter: 'junit' | 'github' | 'sarif',
  { io, version }: Session,
): void {
  io.out(render(reports, reporter, version));
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (reporter !== 'github' || summary === undefined || summary === '') return;
  try {
    appendFileSync(summary, githubSummary(reports));
  } catch (error) {
    io.err(`warning: no summary of the job: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** Of campaigns that have just ended, or of merged ones: the same by both ways. */
export function exitCodeOfReports(reports: readonly CampaignReport[]): number {
  return reports.map(exitCodeOfReport).reduce<number>(worseCode, exitCode.fine);
}

function exitCodeOfReport(report: CampaignReport): number {
  const { broken, ended, problem } = report;
  return [
    broken === undefined ? exitCode.fine : exitCodeOfBroken(broken.type),
    ended === 'interrupted' ? exitCode.interrupted : exitCode.fine,
    problem === undefined ? exitCode.fine : exitCode.usage,
  ].reduce<number>(worseCode, exitCodeOf(verdictOf(report)));
}

function exitCodeOfBroken(type: string): number {
  switch (type) {
    case 'input':
      return exitCode.usage;
    case 'fleet':
      return exitCode.unreachable;
    default:
      return exitCode.internal;
  }
}

function render(reports: readonly CampaignReport[], reporter: 'junit' | 'github' | 'sarif', version: string): string {
  switch (reporter) {
    case 'junit':
      return junitReport(reports);
    case 'github':
      return githubReport(reports);
    case 'sarif':
      return sarifReport(reports, version);
  }
}
