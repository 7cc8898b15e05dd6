// Reports in the forms that other programs read: JUnit XML for test dashboards, annotations of GitHub's workflows, SARIF for code
// scanning.
import type { CampaignReport, CauseReport } from './report.ts';

/** JUnit XML: a suite of all campaigns, a case for each scenario; a failure for each cause. */
export function junitReport(reports: readonly CampaignReport[]): string {
  const failing = (verdict: string): number => reports.filter((report) => report.verdict === verdict).length;
  const broken = reports.filter((report) => report.broken !== undefined).length;
  const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(3);
  const total = reports.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const counts = `tests="${reports.length}" failures="${failing('invalid')}" errors="${failing('unknown') + broken}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="faultline" ${counts} time="${seconds(total)}">`,
    `  <testsuite name="faultline" ${counts} time="${seconds(total)}">`,
    ...reports.flatMap((report) => [
      `    <testcase name="${xml(report.scenario)}" classname="${xml(report.source?.file ?? 'faultline')}" time="${seconds(report.elapsedMs)}">`,
      ...report.causes.map((cause) => junitCause(cause)),
      ...(report.broken === undefined
        ? []
        : [
            `      <error message="${xml(`seed ${report.broken.seed}: ${report.broken.type}`)}">${xml(report.broken.reason)}</error>`,
          ]),
      '    </testcase>',
    ]),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function junitCause(cause: CauseReport): string {
  const tag = cause.verdict === 'invalid' ? 'failure' : 'error';
  return `      <${tag} message="${xml(titleOf(cause))}" type="${xml(cause.names.join(' + '))}">${xml(detailsOf(cause))}</${tag}>`;
}

/** Workflow commands of GitHub Actions: an annotation for each cause, at the scenario's line where it is known. */
export function githubReport(reports: readonly CampaignReport[]): string {
  const lines = reports.flatMap((report) => {
    const { scenario, causes, source, broken, seeds, seed } = report;
    const place = source === undefined ? '' : `file=${property(source.file)},line=${source.line},`;
    return [
      `::notice title=${property(scenario)}::${message(`${seeds} seeds from ${seed}: ${report.verdict}`)}`,
      ...causes.map((cause) => {
        const level = cause.verdict === 'invalid' ? 'error' : 'warning';
        return `::${level} ${place}title=${property(`${scenario}: ${cause.names.join(' + ')}`)}::${message(detailsOf(cause))}`;
      }),
      ...(broken === undefined
        ? []
        : [
            `::error ${place}title=${property(`${scenario}: broken`)}::${message(`seed ${broken.seed}: ${broken.reason}`)}`,
          ]),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** SARIF 2.1.0: a rule for each property that was violated, a result for each cause. */
export function sarifReport(reports: readonly CampaignReport[], version: string): string {
  const names = [...new Set(reports.flatMap(({ causes }) => causes.map((cause) => cause.names.join(' + '))))];
  const results = reports.flatMap((report) =>
    report.causes.map((cause) => ({
      ruleId: cause.names.join(' + '),
      level: cause.verdict === 'invalid' ? 'error' : 'warning',
      message: { text: `${report.scenario}: ${detailsOf(cause)}` },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: report.source?.file ?? 'package.json' },
            region: { startLine: report.source?.line ?? 1 },
          },
        },
      ],
      partialFingerprints: { cause: `${report.scenario}/${cause.names.join('+')}` },
    })),
  );
  const rules = names.map((id) => ({ id, shortDescription: { text: id } }));
  const driver = { name: 'Faultline', version, informationUri: 'https://www.npmjs.com/package/faultline', rules };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function titleOf({ names, seeds, smallest }: CauseReport): string {
  return `${names.join(' + ')} (${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, the smallest is ${smallest})`;
}

function detailsOf(cause: CauseReport): string {
  const { reason, reproduce, replay, story } = cause;
  return [
    titleOf(cause),
    ...(reason === undefined ? [] : [reason]),
    ...(story === undefined || story.length === 0 ? [] : ['', ...story]),
    ...(reproduce === undefined ? [] : ['', `run it again: ${reproduce}`]),
    ...(typeof replay === 'string' ? [`replay file: ${replay}`] : []),
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** For XML 1.0, which knows no control characters but tabs and line breaks. */
function xml(text: string): string {
  return text
    .replaceAll(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);
}

const message = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
