// For GitHub's workflows: annotations as workflow commands, and a summary of the job in Markdown.
import { describeCause, endingOf, titleOf } from './describe-report.ts';
import { describeKept, keptFailuresOf, titleOfKept, verdictOf } from './kept.ts';
import type { CampaignReport } from './report.ts';

/** An annotation for each cause, at the scenario's line where it is known; a notice of what ran. */
export function githubReport(reports: readonly CampaignReport[]): string {
  const lines = reports.flatMap((report) => {
    const { scenario, causes, source, broken } = report;
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
      ...(broken === undefined
        ? []
        : [`::error ${place}${title('broken')}::${message(`seed ${broken.seed}: ${broken.reason}`)}`]),
    ];
  });
  return `${lines.join('\n')}\n`;
}

const levels = { invalid: 'error', unknown: 'warning' };

/** A table of the scenarios, and below it each cause with its story, folded. */
export function githubSummary(reports: readonly CampaignReport[]): string {
  const rows = reports.map((report) => {
    const { scenario, broken, causes } = report;
    const sign = broken === undefined ? signs[verdictOf(report)] : '💥';
    const titles = [...causes.map(titleOf), ...keptFailuresOf(report).map(titleOfKept)];
    return `| ${cell(scenario)} | ${sign} ${cell(endingOf(report))} | ${titles.map(cell).join('<br>')} |`;
  });
  const details = reports.flatMap((report) => {
    const { scenario, causes, broken } = report;
    return [
      ...(broken === undefined ? [] : [folded(`${scenario}: broken`, `seed ${broken.seed}: ${broken.reason}`)]),
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
  const table = ['| scenario | seeds | violated |', '| --- | --- | --- |', ...rows];
  return `${['## Faultline', '', ...table, '', ...shown, ...(left === 0 ? [] : [`… and ${left} more: see the report`])].join('\n')}\n`;
}

/** GitHub takes one MiB for each step. */
const mostCharacters = 200_000;

const signs = { valid: '✅', invalid: '❌', unknown: '❔' };

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
