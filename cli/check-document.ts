// What `check --json` prints: see docs/json.md.
import type { Verdict } from '../sim/index.ts';
import type { Judged } from './check-judge.ts';
import type { Anomaly } from './check-opinion.ts';
import type { Document } from './json.ts';

/** A file that could not be judged. */
export interface Refused {
  readonly path: string;
  readonly part: string | undefined;
  readonly message: string;
}

export function checkDocument(
  judged: Judged,
  files: readonly { readonly what: string; readonly path: string }[],
): Document {
  const { path, part, stated, verdict, checker, model, engine, askedEngine, operations, ms, doubt, why, format } =
    judged;
  const { anomalies, tolerated, partitions, skipped, remarks, boundary } = judged;
  const lines = linesOf(judged);
  const withLines = (anomaly: Anomaly): Document => anomalyDocument(anomaly, lines);
  return {
    file: path,
    ...(part === undefined ? {} : { part }),
    format,
    valid: validOf(verdict),
    ...(stated === undefined ? {} : { stated: validOf(stated) }),
    checker,
    model: model ?? null,
    engine: engine ?? null,
    askedEngine: askedEngine ?? null,
    why,
    operations,
    ms: Math.round(ms * 1_000) / 1_000,
    reason: anomalies[0]?.reason ?? doubt,
    anomalies: anomalies.map(withLines),
    tolerated: tolerated.map(withLines),
    not: boundary?.not ?? [],
    strongest: boundary?.strongest ?? [],
    partitions: partitions.map(({ verdict: each, ...part }) => ({ ...part, valid: validOf(each) })),
    skipped: skipped.map(({ reason, count, first: { line, column } }) => ({ reason, count, line, column })),
    remarks,
    figures: judged.figures ?? [],
    files: Object.fromEntries(files.map(({ what, path: place }) => [what, place])),
  };
}

export function refusedDocument({ path, part, message }: Refused): Document {
  return { file: path, ...(part === undefined ? {} : { part }), valid: 'unknown', error: { type: 'input', message } };
}

/** As in Jepsen's results: true, false or "unknown". */
export function validOf(verdict: Verdict): boolean | 'unknown' {
  return verdict === 'unknown' ? verdict : verdict === 'valid';
}

function anomalyDocument(anomaly: Anomaly, lines: ReadonlyMap<number, number>): Document {
  const { type, reason, operations, details, orders = [] } = anomaly;
  return { type, reason, operations, lines: operations.map((id) => lines.get(id) ?? null), details, orders };
}

/** The line in the file at which each operation of the evidence was invoked. */
function linesOf({ recorded: { history, lines }, anomalies, tolerated }: Judged): ReadonlyMap<number, number> {
  const wanted = new Set([...anomalies, ...tolerated].flatMap(({ operations }) => operations));
  const places = new Map<number, number>();
  if (wanted.size === 0) return places;
  history.forEach(({ type, operation }, index) => {
    const line = lines[index];
    if (type === 'invoke' && wanted.has(operation) && line !== undefined) places.set(operation, line);
  });
  return places;
}
