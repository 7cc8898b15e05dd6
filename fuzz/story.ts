// A run as a story in plain words: what broke, who took which role, what the clients did, and how it ended. Made for runs that
// were shrunk: of a long one it tells only the start.
import {
  formatDuration,
  inWords,
  traceRow,
  type Fault,
  type HistoryEvent,
  type Json,
  type Run,
  type Trace,
  type TraceRow,
} from '../sim/index.ts';
import { tellEnd, tellFault } from './story-faults.ts';

/** Sentences, each with its time. @throws RangeError when the run has no trace. */
export function tellStory(run: Run, most = 60): string[] {
  const { trace, history } = run;
  if (trace === undefined) throw new RangeError('the run has no trace: simulate it with `trace: true`');
  const told: { readonly at: string; text: string; often: number }[] = [];
  const faults = new Map<number, Fault>();
  const isTold = operationsToTell(run);
  const isWorthNoting = notesToTell(trace);
  let operations = 0;
  let singledOut = 0;
  for (let index = 0; index < trace.length; index++) {
    const row = traceRow(trace, index);
    if (row.kind === 'lose' && row.payload === 'singled out') singledOut++;
    if (row.kind === 'note' && !isWorthNoting(row)) continue;
    const text = isOperation(row) ? operation(history[operations++], isTold) : sentence(row, faults);
    if (text === undefined) continue;
    const last = told.at(-1);
    if (last?.text === text) last.often++;
    else told.push({ at: formatDuration(row.time), text, often: 1 });
  }
  const lines = told.map(({ at, text, often }) => `At ${at} ${text}${often > 1 ? ` (${often} times)` : ''}.`);
  const more = lines.length - most;
  return [
    ...(more > 0 ? [...lines.slice(0, most - 10), `… ${more} more …`, ...lines.slice(-10)] : lines),
    ...judgedAfterwards(run, trace),
    ...(singledOut > 0 ? [`(Messages that did not matter are lost, to keep this short: ${singledOut}.)`] : []),
  ];
}

/**
 * How everybody begins is not told. Roles are told as they change; of a protocol that notes them, other notes only where they are rare: most are there for the
 * properties, and what those found is told anyway.
 */
function notesToTell(trace: Trace): (row: TraceRow) => boolean {
  const often = new Map<string, number>();
  const lives = new Map<string, number>();
  for (let index = 0; index < trace.length; index++) {
    const { kind, node, event, ref, payload } = traceRow(trace, index);
    if (kind === 'start') lives.set(`${node} ${event}`, ref);
    if (kind !== 'note') continue;
    const { kind: noted } = payload as { readonly kind: string };
    often.set(noted, (often.get(noted) ?? 0) + 1);
  }
  return ({ node, event, payload }) => {
    const { kind } = payload as { readonly kind: string };
    const life = lives.get(`${node} ${event}`);
    if (life === 1) return false;
    if (kind === 'role') return life === undefined;
    return !often.has('role') || (often.get(kind) ?? 0) <= rareNotes;
  };
}

const rareNotes = 2;

/** What checks of the whole history found: nothing in the trace tells it. */
function judgedAfterwards({ findings }: Run, trace: Trace): string[] {
  const told = new Set<string>();
  for (let index = 0; index < trace.length; index++) {
    const { kind, payload } = traceRow(trace, index);
    if (kind === 'violation') told.add((payload as { readonly name: string }).name);
  }
  return findings
    .filter(({ name, verdict }) => verdict === 'invalid' && !told.has(name))
    .map(({ name, reason }) => `So “${name}” is violated: ${reason.split('\n')[0] ?? ''}`);
}

const unjudged = 'the run ended before this had to come true';

const isOperation = ({ kind }: TraceRow): boolean => ['invoke', 'ok', 'fail', 'info'].includes(kind);

/** All operations of a short history; of a long one what proves something, and what nobody knows the end of. */
function operationsToTell({ history, findings }: Run): (event: HistoryEvent) => boolean {
  if (history.length <= mostHistory) return () => true;
  const proof = new Set(findings.flatMap(({ operations }) => operations));
  return ({ operation: id, type, error }) => proof.has(id) || (type === 'info' && error !== 'the run ended');
}

const mostHistory = 24;

function operation(event: HistoryEvent | undefined, isTold: (event: HistoryEvent) => boolean): string | undefined {
  if (event === undefined || event.error === 'the run ended' || !isTold(event)) return undefined;
  const { client, type, f, value } = event;
  const what = value === null ? f : `${f} ${inWords(value)}`;
  switch (type) {
    case 'invoke':
      return `${client} asks for ${what}`;
    case 'ok':
      return `${client} gets its answer: ${what}`;
    case 'fail':
      return `${client} is refused: ${what}${event.error === undefined ? '' : ` (${event.error})`}`;
    case 'info':
      return `${client} does not learn what became of ${what}`;
  }
}

function sentence({ kind, node, ref, payload }: TraceRow, faults: Map<number, Fault>): string | undefined {
  switch (kind) {
    case 'start':
      return ref === 1 ? undefined : `${node} starts again`;
    case 'fault': {
      const fault = payload as unknown as Fault | { readonly type: 'skipped' };
      if (fault.type === 'skipped') return undefined;
      faults.set(ref, fault);
      return tellFault(fault);
    }
    case 'fault-end':
      return tellEnd(faults.get(ref));
    case 'crash':
      return `${node} dies`;
    case 'unsynced':
      return `${node} loses ${ref} ${ref === 1 ? 'write' : 'writes'} that it had not synced`;
    case 'pause':
      return `${node} stands still`;
    case 'resume':
      return `${node} goes on`;
    case 'note':
      return tellNote(node, payload as { readonly [key: string]: Json });
    case 'violation': {
      const { name, reason } = payload as { readonly name: string; readonly reason: string };
      // What a run that was cut short could not judge is no part of its story.
      return reason === unjudged ? undefined : `“${name}” is violated: ${reason}`;
    }
    default:
      return undefined;
  }
}

function tellNote(node: string, note: { readonly [key: string]: Json }): string {
  const { kind, ...data } = note;
  const role = data['role'] ?? data['to'];
  if (kind !== 'role' || typeof role !== 'string')
    return `${node} notes ${inWords(kind ?? '')} ${inWords(data)}`.trimEnd();
  const numbers = Object.entries(data).flatMap(([key, value]) =>
    typeof value === 'number' ? [`${key} ${value}`] : [],
  );
  return `${node} becomes ${role}${numbers.length === 0 ? '' : ` (${numbers.join(', ')})`}`;
}
