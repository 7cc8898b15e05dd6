// The part of a run that proves a finding: the operations of its evidence with a few around them, or, where the evidence is
// no operations, what the nodes concerned did right before.
import { pairOperations, type Operation } from '../checkers/index.ts';
import { inWords, transcript, type Finding, type History, type Json, type Run } from '../sim/index.ts';
import { alignColumns, count, printable } from './layout.ts';
import type { Paint } from './io.ts';

const mostKeys = 2;
const mostOperations = 16;
const neighbours = 3;
const mostLines = 8;

/** Lines for people, without indentation; empty when there is nothing to show. */
export function excerptOf(run: Run, finding: Finding, paint: Paint): string[] {
  if (finding.operations.length > 0) return operationsExcerpt(run.history, finding.operations, paint);
  if (run.trace === undefined || finding.nodes.length === 0) return [];
  const lines = transcript(run, { to: finding.at + 1, nodes: finding.nodes, without: quiet }).slice(-mostLines);
  if (lines.length === 0) return [];
  return [
    `What ${finding.nodes.map(printable).join(' and ')} did right before:`,
    ...lines.map((line) => `  ${shorten(line)}`),
  ];
}

const quiet = ['set-timer', 'write', 'synced', 'violation'] as const;

/** The evidence as aligned lines, a block for each key. */
function operationsExcerpt(history: History, evidence: readonly number[], paint: Paint): string[] {
  const proof = new Set(evidence);
  const operations = pairOperations(history);
  const keys = new Map<string, Operation[]>();
  for (const operation of operations.filter(({ id }) => proof.has(id))) {
    const key = keyOf(operation.value) ?? '';
    const others = keys.get(key);
    if (others === undefined) keys.set(key, [operation]);
    else others.push(operation);
  }
  const lines: string[] = [];
  for (const [key, proving] of [...keys].slice(0, mostKeys)) {
    if (lines.length > 0) lines.push('');
    lines.push(`The operations that prove it${key === '' ? '' : `, all on ${printable(key)}`} (▸):`);
    for (const line of operationLines(operations, proving, key, paint)) lines.push(line);
  }
  const more = keys.size - mostKeys;
  return more > 0 ? [...lines, '', `Operations on ${count(more, 'more key')} prove it too.`] : lines;
}

function operationLines(all: readonly Operation[], proving: readonly Operation[], key: string, paint: Paint): string[] {
  const evidence = new Set(proving);
  const shown = withNeighbours(all, evidence, key);
  const header = ['', 'from', '', 'to', 'client', 'operation', 'result'];
  const rows = shown.map((operation) => operationRow(operation, evidence.has(operation)));
  const lines = alignColumns([header, ...rows], [1, 3]).map((line, index) => {
    const operation = shown[index - 1];
    return `  ${operation !== undefined && evidence.has(operation) ? line : paint.dim(line)}`;
  });
  const missing = proving.length - mostOperations;
  return missing > 0 ? [...lines, `  … and ${missing} more`] : lines;
}

/** The evidence, where its answers come from, and the operations on the same key that were called last before its end. */
function withNeighbours(all: readonly Operation[], evidence: ReadonlySet<Operation>, key: string): Operation[] {
  const kept = [...evidence].slice(0, mostOperations);
  const end = Math.max(...kept.map(({ called, returned }) => returned?.index ?? called.index));
  const before = all.filter(
    (operation) =>
      operation.called.index < end && !evidence.has(operation) && (key === '' || keyOf(operation.value) === key),
  );
  const answers = new Set(kept.map(({ result }) => JSON.stringify(result)));
  const origins = before.filter(({ value }) => value !== null && answers.has(JSON.stringify(value)));
  const shown = new Set([...kept, ...origins.slice(-2), ...before.slice(-neighbours)]);
  return [...shown].sort((one, other) => one.called.index - other.called.index);
}

function operationRow({ client, f, value, result, type, called, returned }: Operation, proves: boolean): string[] {
  const key = keyOf(value);
  const argument = key === undefined ? value : ((value as readonly Json[])[1] ?? null);
  const answer = key !== undefined && keyOf(result) === key ? ((result as readonly Json[])[1] ?? null) : result;
  const what = [f, ...(key === undefined ? [] : [key]), ...(argument === null ? [] : [inWords(argument)])];
  const ended = JSON.stringify(answer) === JSON.stringify(argument) ? 'ok' : `ok → ${inWords(answer)}`;
  return [
    proves ? '▸' : ' ',
    milliseconds(called.time),
    '–',
    returned === undefined ? '?' : milliseconds(returned.time),
    client,
    what.join(' '),
    type === 'ok' ? ended : type === 'fail' ? 'failed: it did not happen' : 'unknown: it may have happened',
  ].map((cell) => shorten(printable(cell)));
}

/** A keyed operation's value is `[key, value]`. */
function keyOf(value: Json | undefined): string | undefined {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' ? value[0] : undefined;
}

const milliseconds = (time: number): string => `${(time / 1_000).toFixed(3)} ms`;
const shorten = (line: string): string => (line.length > 120 ? `${line.slice(0, 117)}…` : line);
