// SARIF 2.1.0 for code scanning: a rule for each property that was violated, a result for each cause.
import { causeOf } from '../cause.ts';
import { describeCause } from './describe-report.ts';
import { describeKept, keptFailuresOf } from './kept.ts';
import type { CampaignReport } from './report.ts';
import { describeTrouble, troublesOf } from './trouble.ts';

export function sarifReport(reports: readonly CampaignReport[], version: string): string {
  const results = reports.flatMap(resultsOf);
  const names = new Set(results.map(({ ruleId }) => ruleId));
  const rules = [...names].map((id) => ({ id, shortDescription: { text: id } }));
  const driver = { name: 'Faultline', version, informationUri: 'https://www.npmjs.com/package/faultline', rules };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, invocations: [invocationOf(reports)], results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** What broke the tools, or cut them short, is no result: without this it would look as if all were well. */
function invocationOf(reports: readonly CampaignReport[]): object {
  const notifications = reports.flatMap((report) =>
    troublesOf(report).map((trouble) => ({
      level: trouble.severity,
      message: { text: `${report.scenario}: ${describeTrouble(trouble)}` },
    })),
  );
  return { executionSuccessful: notifications.length === 0, toolExecutionNotifications: notifications };
}

interface Result {
  readonly ruleId: string;
  readonly [field: string]: unknown;
}

function resultsOf(report: CampaignReport): Result[] {
  const { scenario, causes, source } = report;
  const location = {
    physicalLocation: {
      artifactLocation: { uri: uriOf(source?.file ?? 'package.json') },
      region: { startLine: source?.line ?? 1 },
    },
  };
  const result = (verdict: keyof typeof levels, rule: string, cause: string, text: string): Result => ({
    ruleId: rule,
    level: levels[verdict],
    message: { text: `${scenario}: ${text}` },
    locations: [location],
    partialFingerprints: { cause: `${scenario}/${cause}` },
  });
  const kept = keptFailuresOf(report).filter(({ name }) => causes.every(({ names }) => names.join(' + ') !== name));
  return [
    ...causes.map((cause) => {
      const name = cause.names.join(' + ');
      // Of two errors that handlers throw each is an alert of its own.
      const told = causeOf({ name, verdict: cause.verdict, reason: cause.reason ?? '' });
      return result(cause.verdict, name, told.slice(cause.verdict.length + 1), describeCause(cause));
    }),
    // What seeds came to as well is one alert.
    ...kept.map((each) => result(each.verdict, each.name, each.name, describeKept(each, report))),
  ];
}

const levels = { invalid: 'error', unknown: 'warning' };

/** A relative path as a relative reference (RFC 3986): its first part may hold no colon. */
function uriOf(path: string): string {
  const parts = path
    .replaceAll('\\', '/')
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .split('/');
  return parts.map((part) => encodeURIComponent(part)).join('/');
}
