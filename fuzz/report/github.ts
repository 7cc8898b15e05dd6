// For GitHub's workflows: annotations as workflow commands, and a summary of the job in Markdown.
import { describeCause, endingOf, titleOf } from './describe-report.ts';
import { describeKept, keptFailuresOf, titleOfKept, verdictOf } from './kept.ts';
import type { CampaignReport } from './report.ts';
import { describeTrouble, troublesOf } from './trouble.ts';

/** An annotation for each cause and each trouble, at the scenario's line where it is known; a notice of what ran. */
export function githubReport(reports: readonly CampaignReport[]): string {
  const lines = reports.flatMap((report) => {
    const { scenario, causes, source } = report;
    const place = source === undefined ? '' : `file=${property(source.file)},line=${source.line},`;
    const title = (what: string): string => `title=${property(`${scenario}: ${what}`)}`;
    return [
      `::notice title=${property(scenario)}::${message(endingOf(report))}`,
      ...causes.map(
        (cause) =>
          `::${levels[cause.verdict]} ${place}${title(cause.names.join(' + '))}::${message(describeCause(cause))}`,
      ),
      ...keptFailuresOf(report).map(
        (kept) =>
          `::${levels[kept.verdict]} ${place}${title(titleOfKept(kept))}::${message(describeKept(kept, report))}`,
      ),
      ...troublesOf(report).map(
        ({ severity, name, reason }) => `::${severity} ${place}${title(name)}::${message(reason)}`,
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** An annotation of its own, for what kept everything from being run. */
export function githubError(title: string, text: string): string {
  return `::error title=${property(title)}::${message(text)}\n`;
}

const levels = { invalid: 'error', unknown: 'warning' };

/** A table of the scenarios, and below it each cause with its story, folded. */
export function githubSummary(reports: readonly CampaignReport[]): string {
  const rows = reports.map((report) => {
    const { scenario, causes } = report;
    const troubles = troublesOf(report).map(({ name }) => name);
    const titles = [...causes.map(titleOf), ...keptFailuresOf(report).map(titleOfKept), ...troubles];
    return `| ${cell(scenario)} | ${signOf(report)} ${cell(endingOf(report))} | ${titles.map(cell).join('<br>')} |`;
  });
  const details = reports.flatMap((report) => {
    const { scenario, causes } = report;
    return [
      ...troublesOf(report).map((trouble) => folded(`${scenario}: ${trouble.name}`, describeTrouble(trouble))),
      ...causes.map((cause) => folded(`${scenario}: ${titleOf(cause)}`, describeCause(cause))),
      ...keptFailuresOf(report).map((kept) => folded(`${scenario}: ${titleOfKept(kept)}`, describeKept(kept, report))),
    ];
  });
  const shown: string[] = [];
  for (const detail of details) {
    if (shown.join('').length + detail.length > mostCharacters) break;
    shown.push(detail);
  }
  const left = details.length - shown.length;
  const table = ['| scenario | seeds | what went wrong |', '| --- | --- | --- |', ...rows];
  return `${['## Faultline', '', ...table, '', ...shown, ...(left === 0 ? [] : [`… and ${left} more: see the report`])].join('\n')}\n`;
}

/** GitHub takes one MiB for each step. */
const mostCharacters = 200_000;

const signs = { valid: '✅', invalid: '❌', unknown: '❔' };

function signOf(report: CampaignReport): string {
  if (report.broken !== undefined) return '💥';
  const verdict = verdictOf(report);
  return signs[verdict === 'valid' && troublesOf(report).length > 0 ? 'unknown' : verdict];
}

function folded(title: string, text: string): string {
  return `<details><summary>${html(title)}</summary>\n\n<pre>${html(text)}</pre>\n</details>\n`;
}

/** Text as text in a cell of a table: nothing in it is Markdown. */
function cell(text: string): string {
  return html(text.replaceAll(/\s+/g, ' ')).replaceAll(/[\\|`*_~[\]()!@]/g, (one) => `&#${one.codePointAt(0)};`);
}

/** On one line: an empty one would end the element. */
function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\r\n|\r|\n/g, '&#10;')
    .replaceAll(/\p{Cc}/gu, '\ufffd');
}

/** The end of a command is the end of its line; what an escape looks like is one. */
const message = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
