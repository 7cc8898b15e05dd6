// A judged history file for people: the verdict, what was checked and how, why, and, if asked for, the proof.
import type { Verdict } from '../sim/index.ts';
import type { Judged } from './check-judge.ts';
import type { Anomaly } from './check-opinion.ts';
import { describeOrders, describeWitness } from './check-witness.ts';
import { runOf } from './check-run.ts';
import { excerptOf } from './excerpt.ts';
import type { Io, Paint } from './io.ts';
import { count, fact, printable, readable, wrap } from './layout.ts';

export interface WrittenFile {
  readonly what: string;
  readonly path: string;
}

/** How it is shown. */
export type View = Pick<Io, 'paint' | 'columns'>;

const mostAnomalies = 3;
const mostReasonLines = 12;

/** The whole description, ending with a line break. */
export function describeCheck(
  judged: Judged,
  { explain, files }: { readonly explain: boolean; readonly files: readonly WrittenFile[] },
  io: View,
): string {
  const { anomalies, why, skipped, remarks } = judged;
  const most = explain ? anomalies.length : mostAnomalies;
  const more = anomalies.length - most;
  const lines = [
    io.paint.bold(printable(titleOf(judged))),
    `  ${verdictWord(judged.verdict, io.paint)}  ${printable(readable(headline(judged)))}`,
    '',
    ...fact('checked', whatWasChecked(judged), io),
    ...fact('chosen', why, io),
    ...skipped.flatMap(({ reason, count: often, first }) =>
      fact('skipped', `${count(often, 'line')}, first line ${first.line}: ${reason}`, io),
    ),
    ...(judged.figures ?? []).flatMap((figure) => fact('figures', figure, io)),
    ...remarks.flatMap((remark) => fact('note', readable(remark), io)),
    ...partlyCovered(judged).flatMap((text) => fact('covered', readable(text), io)),
    '',
    ...describeWitness(judged, io),
    ...anomalies.slice(0, most).flatMap((anomaly) => [...describeAnomaly(anomaly, explain, io), '']),
    ...(more > 0 ? [`  … and ${count(more, 'more')}; --explain shows all`, ''] : []),
    ...(explain ? describeProof(judged, io) : []),
    ...files.flatMap(({ what, path: place }) => fact(what, place, io)),
    ...(anomalies.length > 0 && !explain && files.length === 0
      ? [io.paint.dim('  --explain shows the operations that prove it; --html FILE draws them')]
      : []),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

export function verdictWord(verdict: Verdict, paint: Paint): string {
  const colour = verdict === 'valid' ? paint.green : verdict === 'invalid' ? paint.red : paint.yellow;
  return paint.bold(colour(verdict.toUpperCase()));
}

function titleOf({ path, part }: Judged): string {
  const file = path === '-' ? 'standard input' : path;
  return part === undefined ? file : `${file}, history ${part}`;
}

function headline(judged: Judged): string {
  const { verdict, anomalies, holds, doubt } = judged;
  if (verdict === 'valid') return holds;
  if (verdict === 'unknown') return doubt.split('\n')[0] ?? '';
  const types = new Map<string, number>();
  for (const { type } of anomalies) types.set(type, (types.get(type) ?? 0) + 1);
  return [...types].map(([type, often]) => (often === 1 ? words(type) : `${words(type)} (${often} times)`)).join(', ');
}

const words = (type: string): string => (type === 'not-linearizable' ? 'not linearizable' : type);

/** The first reason, or what holds, in one line. */
export function briefly(judged: Judged): string {
  const { verdict, anomalies, doubt } = judged;
  if (verdict === 'valid') return headline(judged);
  return (anomalies[0]?.reason ?? doubt).replace(/\n\s*/g, ' ');
}

function whatWasChecked({ operations, partitions, checker, model, engine, askedEngine, ms, format }: Judged): string {
  const keys = partitions.some(({ key }) => key !== null) ? ` on ${count(partitions.length, 'key')}` : '';
  const how = [checker, ...(model === undefined ? [] : [model])].join(', ');
  const asked =
    askedEngine === undefined || askedEngine === 'auto' || askedEngine === engine ? '' : ` for ${askedEngine}`;
  const by = engine === undefined ? '' : `, engine ${engine}${asked}`;
  const time = ms < 10 ? ms.toFixed(1) : Math.round(ms);
  return `${count(operations, 'operation')}${keys} (${format ?? 'empty'}), by ${how}${by}, in ${time} ms`;
}

/** How far a search had come that was cut short. */
function partlyCovered({ partitions }: Judged): string[] {
  const cut = partitions.filter(({ verdict }) => verdict === 'unknown');
  if (cut.length === 0) return [];
  const whole = partitions.length - cut.length;
  const keyed = partitions.length > 1 ? [`${whole} of ${count(partitions.length, 'key')} judged to the end`] : [];
  const parts = cut.slice(0, 3).map(({ key, covered = 0, returned = 0 }) => {
    return `${key === null ? '' : `${key}: `}${covered} of ${count(returned, 'completion')} explained`;
  });
  return [[...keyed, ...parts].join('; ')];
}

function describeAnomaly({ type, reason, details }: Anomaly, explain: boolean, io: View): string[] {
  const lines = readable(reason)
    .split('\n')
    .flatMap((line) => {
      const indent = /^ */.exec(line)?.[0] ?? '';
      return wrap(line.trimStart(), io.columns, `    ${indent}`);
    });
  const shown = explain ? lines : lines.slice(0, mostReasonLines);
  return [
    `  ${io.paint.red(printable(words(type)))}`,
    ...shown,
    ...(shown.length < lines.length ? ['    …'] : []),
    ...(explain ? details.flatMap((detail) => wrap(`- ${readable(detail)}`, io.columns, '      ')) : []),
  ];
}

/** The operations of the first anomaly among their neighbours, and which models stand. */
function describeProof(judged: Judged, io: View): string[] {
  const { boundary, tolerated, anomalies } = judged;
  const lines: string[] = [];
  // A cycle has told its transactions already.
  const proven = anomalies.find(({ cycle, operations }) => cycle === undefined && operations.length > 0);
  if (proven !== undefined) {
    const run = runOf({ ...judged, anomalies: [proven] });
    lines.push(...describeOrders(proven, judged, io));
    for (const finding of run.findings) lines.push(...excerptOf(run, finding, io.paint).map((line) => `  ${line}`), '');
  }
  if (tolerated.length > 0) {
    const types = tolerated.map(({ type }) => type).join(', ');
    lines.push(...fact('allowed', `found too, but the model allows it: ${types}`, io));
  }
  if (boundary !== undefined) {
    if (boundary.not.length > 0)
      lines.push(...fact('ruled out', `${boundary.not.join(', ')}, and all that is stronger`, io));
    lines.push(...fact('still stands', boundary.strongest.join(', '), io));
  }
  return lines;
}
