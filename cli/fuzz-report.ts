// Reports of campaigns in the forms that other programs read, and the summary of a job on GitHub.
import { appendFileSync } from 'node:fs';
import { githubReport, githubSummary, junitReport, sarifReport, type CampaignReport } from '../fuzz/index.ts';
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
