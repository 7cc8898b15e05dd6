// A run for people: what ran, what went wrong on purpose, the verdict, the proof, and how to see it again.
import { formatDuration, type Finding, type Parameters, type Run, type Scenario } from '../sim/index.ts';
import { excerptOf } from './excerpt.ts';
import type { Io, Paint } from './io.ts';
import { count, fact, printable, tallyInWords, thousands, wrap } from './layout.ts';
import { scheduleOf } from './schedule.ts';

export interface RunDescription {
  readonly scenario: Scenario;
  /** The parameters that somebody set: the rest is marked as drawn where the seed drew it. */
  readonly set: Parameters;
  /** The command that makes this very run again. */
  readonly reproduce: string;
  /** Files that were written, by what they are. */
  readonly files: readonly { readonly what: string; readonly path: string }[];
  /** Further facts for the head: names and texts. */
  readonly facts?: readonly (readonly [name: string, text: string])[];
}

const mostFindings = 3;
const mostReasonLines = 12;

/** The whole description, ending with a line break. */
export function describeRun(run: Run, description: RunDescription, io: Io): string {
  const { scenario, reproduce, files } = description;
  const { paint } = io;
  return [
    paint.bold(scenario.name),
    ...wrap(scenario.story, io.columns, '  '),
    '',
    ...runFacts(run, description, io),
    '',
    ...describeVerdict(run, io),
    ...describeFaults(run, io),
    ...files.flatMap(({ what, path }) => fact(what, path, io)),
    `  ${paint.dim('run it again')}  ${paint.cyan(reproduce)}`,
    '',
  ].join('\n');
}

/** The verdict with its findings, the proof of the first that has one, and a blank line. */
export function describeVerdict(run: Run, io: Io): string[] {
  const { findings } = run;
  const shown = findings.slice(0, mostFindings);
  const proven = shown.find(({ operations }) => operations.length > 0) ?? shown[0];
  const more = findings.length - shown.length;
  return [
    `  ${verdictInWords(run, io.paint)}`,
    '',
    ...shown.flatMap((finding) =>
      describeFinding(finding, io).concat(finding === proven ? proof(run, finding, io) : [], ''),
    ),
    ...(more > 0 ? [`  … and ${count(more, 'more finding')}; --json tells them all`, ''] : []),
  ];
}

/** The faults of a run that violated something, all of them. */
function describeFaults({ verdict, faults }: Run, { paint }: Io): string[] {
  if (verdict !== 'invalid' || faults.length === 0) return [];
  const lines = scheduleOf({ faults, workload: [] }).map((line) => `    ${printable(line)}`);
  return [`  ${paint.dim('what went wrong on purpose')}`, ...lines, ''];
}

function proof(run: Run, finding: Finding, io: Io): string[] {
  const lines = excerptOf(run, finding, io.paint).map((line) => (line === '' ? '' : `    ${line}`));
  return lines.length === 0 ? [] : ['', ...lines];
}

function runFacts(run: Run, { scenario, set, facts = [] }: RunDescription, io: Io): string[] {
  const parameters = Object.entries(run.parameters).map(([name, value]) => {
    const drawn = !Object.hasOwn(set, name) && scenario.parameters[name]?.draw !== undefined;
    return `${name} ${String(value)}${drawn ? '*' : ''}`;
  });
  const drawn = parameters.some((text) => text.endsWith('*')) ? '  (* drawn by the seed)' : '';
  const reached = run.sometimes.map(({ name, reached: was }) => `${name}: ${was ? 'yes' : 'no'}`);
  const { sent, lost, crashes } = run.statistics;
  const world = [
    count(run.nodes.length, 'node'),
    count(run.clients.length, 'client'),
    `${formatDuration(run.simulatedUs)} of virtual time`,
    count(run.events, 'event'),
  ];
  const messages = `${thousands(sent)} sent, ${thousands(lost)} lost; ${count(crashes, 'crash', 'crashes')}`;
  return [
    ...fact('seed', run.seed, io),
    ...(parameters.length === 0 ? [] : fact('parameters', parameters.join(', ') + drawn, io)),
    ...fact('world', world.join(', '), io),
    ...fact('faults', faultsInWords(run), io),
    ...fact('messages', messages, io),
    ...(run.workload.length === 0 ? [] : fact('operations', operationsInWords(run), io)),
    ...(reached.length === 0 ? [] : fact('reached', reached.join(', '), io)),
    ...fact('hash', `${run.hash}  (the same for this seed on every machine)`, io),
    ...facts.flatMap(([name, text]) => fact(name, text, io)),
  ];
}

function faultsInWords({ faults, healAt }: Run): string {
  if (faults.length === 0) return healAt > 0 ? 'none' : 'none: the run is too short to break something and heal it';
  const types = tallyInWords(faults.map(({ fault }) => fault.type));
  return `${thousands(faults.length)} on purpose, all healed at ${formatDuration(healAt)}: ${types}`;
}

function operationsInWords({ history }: Run): string {
  const ended = (type: string): string => thousands(history.filter((event) => event.type === type).length);
  const outcomes = `${ended('ok')} ok, ${ended('fail')} failed, ${ended('info')} without a known outcome`;
  return `${ended('invoke')} by clients: ${outcomes}`;
}

/** `INVALID  one violation`, in colour. */
export function verdictInWords({ verdict, findings }: Pick<Run, 'verdict' | 'findings'>, paint: Paint): string {
  switch (verdict) {
    case 'valid':
      return `${paint.bold(paint.green('VALID'))}  every property and every check held`;
    case 'invalid': {
      const violations = findings.filter((finding) => finding.verdict === 'invalid').length;
      return `${paint.bold(paint.red('INVALID'))}  ${count(violations, 'violation')} found`;
    }
    case 'unknown':
      return `${paint.bold(paint.yellow('UNKNOWN'))}  not everything could be judged`;
  }
}

function describeFinding({ name, reason, at, verdict }: Finding, io: Io): string[] {
  const colour = verdict === 'invalid' ? io.paint.red : io.paint.yellow;
  const lines = wrap(reason, io.columns, '    ');
  return [
    `  ${colour(printable(name))} ${io.paint.dim(`at ${formatDuration(at)}`)}`,
    ...lines.slice(0, mostReasonLines),
    ...(lines.length > mostReasonLines ? ['    …'] : []),
  ];
}
