// SARIF 2.1.0 for code scanning: a rule for each property that was violated, a result for each cause.
import { describeCause } from './describe-report.ts';
import type { CampaignReport } from './report.ts';

export function sarifReport(reports: readonly CampaignReport[], version: string): string {
  const names = [...new Set(reports.flatMap(({ causes }) => causes.map((cause) => cause.names.join(' + '))))];
  const rules = names.map((id) => ({ id, shortDescription: { text: id } }));
  const driver = { name: 'Faultline', version, informationUri: 'https://www.npmjs.com/package/faultline', rules };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, invocations: [invocationOf(reports)], results: reports.flatMap(resultsOf) }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** What broke the tools is no result: without this it would look as if all were well. */
function invocationOf(reports: readonly CampaignReport[]): object {
  const notifications = reports.flatMap(({ scenario, broken }) =>
    broken === undefined
      ? []
      : [{ level: 'error', message: { text: `${scenario}: seed ${broken.seed}: ${broken.reason}` } }],
  );
  return { executionSuccessful: notifications.length === 0, toolExecutionNotifications: notifications };
}

function resultsOf({ scenario, causes, source }: CampaignReport): object[] {
  const location = {
    physicalLocation: {
      artifactLocation: { uri: uriOf(source?.file ?? 'package.json') },
      region: { startLine: source?.line ?? 1 },
    },
  };
  return causes.map((cause) => ({
    ruleId: cause.names.join(' + '),
    level: cause.verdict === 'invalid' ? 'error' : 'warning',
    message: { text: `${scenario}: ${describeCause(cause)}` },
    locations: [location],
    partialFingerprints: { cause: `${scenario}/${cause.names.join('+')}` },
  }));
}

/** A relative path as a relative reference (RFC 3986): its first part may hold no colon. */
function uriOf(path: string): string {
  const parts = path
    .replaceAll('\\', '/')
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .split('/');
  return parts.map((part) => encodeURIComponent(part)).join('/');
}
