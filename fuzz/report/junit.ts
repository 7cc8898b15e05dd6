// JUnit XML for test dashboards, as Jenkins' and Surefire's schemas have it: a suite of all campaigns, and in it a case for each
// scenario under a name that stays the same from night to night, with one failure or error in which all its causes are told.
import { describeCause, endingOf, titleOf } from './describe-report.ts';
import { describeKept, keptFailuresOf, titleOfKept, verdictOf } from './kept.ts';
import type { CampaignReport } from './report.ts';
import { describeTrouble, troublesOf } from './trouble.ts';

export function junitReport(reports: readonly CampaignReport[]): string {
  const tags = reports.map(tagOf);
  const number = (wanted: Tag): number => tags.filter((tag) => tag === wanted).length;
  const total = reports.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const counts = `tests="${reports.length}" failures="${number('failure')}" errors="${number('error')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="faultline" ${counts} time="${seconds(total)}">`,
    `  <testsuite name="faultline" ${counts} skipped="0" time="${seconds(total)}">`,
    ...reports.flatMap((report) => testCase(report)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

type Tag = 'failure' | 'error' | undefined;

/** A violation is a failure of the protocol; what could not be judged, was cut short, or broke the tools, is an error. */
function tagOf(report: CampaignReport): Tag {
  if (report.broken !== undefined) return 'error';
  switch (verdictOf(report)) {
    case 'valid':
      return troublesOf(report).length === 0 ? undefined : 'error';
    case 'invalid':
      return 'failure';
    case 'unknown':
      return 'error';
  }
}

function testCase(report: CampaignReport): string[] {
  const { scenario, source, elapsedMs } = report;
  const name = `name="${xml(scenario)}" classname="${xml(source?.file ?? 'faultline')}"`;
  return [
    `    <testcase ${name} time="${seconds(elapsedMs)}">`,
    ...outcomeOf(report),
    `      <system-out>${xml(endingOf(report))}</system-out>`,
    '    </testcase>',
  ];
}

function outcomeOf(report: CampaignReport): string[] {
  const { broken, causes } = report;
  const tag = tagOf(report);
  if (tag === undefined) return [];
  const troubles = troublesOf(report).map((each) => ({
    title: each.name,
    type: each.name,
    text: describeTrouble(each),
  }));
  const told = [
    ...(broken === undefined ? [] : [{ ...troubles.shift()!, type: broken.type }]),
    ...causes.map((cause) => ({ title: titleOf(cause), type: cause.names.join(' + '), text: describeCause(cause) })),
    ...keptFailuresOf(report).map((kept) => ({
      ...{ title: titleOfKept(kept), type: kept.name, text: describeKept(kept, report) },
    })),
    ...troubles,
  ];
  const { title, type } = told[0] ?? { title: 'not everything could be judged', type: 'unknown' };
  const message = title + (told.length > 1 ? ` and ${told.length - 1} more` : '');
  const text = told.map((each) => each.text).join('\n\n');
  return [`      <${tag} message="${xml(message)}" type="${xml(type)}">${xml(text)}</${tag}>`];
}

const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(3);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** For XML 1.0, which knows no control characters but tabs and line breaks, and no halves of surrogate pairs. */
function xml(text: string): string {
  return text
    .replaceAll(/(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);
}
