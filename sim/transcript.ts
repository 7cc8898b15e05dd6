// A run as lines that people read: one for each thing that happened, with aligned columns and without the noise of JSON.
import type { Write } from './disk.ts';
import { describeFault, type Fault } from './fault.ts';
import type { HistoryEvent } from './history.ts';
import type { Json, NodeId } from './protocol.ts';
import type { Run } from './run.ts';
import { formatDuration, type Micros } from './time.ts';
import { traceRow, type Trace, type TraceKind, type TraceRow } from './trace.ts';

export interface TranscriptOptions {
  /** Only what happened in [from, to), in microseconds. */
  readonly from?: Micros;
  readonly to?: Micros;
  /** Only the rows of the trace in [fromRow, toRow). */
  readonly fromRow?: number;
  readonly toRow?: number;
  /** Only what concerns these nodes, and the faults. */
  readonly nodes?: readonly NodeId[];
  /** Kinds of rows to leave out; by default timers that are set, writes to disk, and syncs. */
  readonly without?: readonly TraceKind[];
  /** At most so many lines; one more then says how many are missing. */
  readonly limit?: number;
}

/**
 * The transcript of a run: its time in milliseconds, who, and what.
 * @throws RangeError when the run was not recorded with `trace: true`.
 */
export function transcript(run: Run, options: TranscriptOptions = {}): string[] {
  const { trace } = run;
  if (trace === undefined) throw new RangeError('the run has no trace: simulate it with `trace: true`');
  const { from = 0, to = Infinity, fromRow = 0, toRow = Infinity, nodes, limit = Infinity } = options;
  const { without = ['set-timer', 'write', 'synced'] } = options;
  const told: { readonly time: string; readonly who: string; readonly what: string }[] = [];
  let missing = toRow === Infinity ? trace.dropped : 0;
  for (const line of tellRows(trace, run.history)) {
    const { row, index } = line;
    if (index >= toRow) break;
    const concerned = nodes === undefined || row.node === '' || nodes.includes(row.node) || nodes.includes(row.peer);
    if (index < fromRow || row.time < from || row.time >= to || without.includes(row.kind) || !concerned) continue;
    if (told.length >= limit) missing++;
    else told.push({ time: `${(row.time / 1_000).toFixed(3)} ms`, who: row.node || 'world', what: line.what });
  }
  // By turns: so many lines may be told that they are too many for one call.
  const timeWidth = told.reduce((width, { time }) => Math.max(width, time.length), 0);
  const nodeWidth = told.reduce((width, { who }) => Math.max(width, who.length), 0);
  const lines = told.map(({ time, who, what }) => `${time.padStart(timeWidth)}  ${who.padEnd(nodeWidth)} ${what}`);
  return missing > 0 ? [...lines, `… and ${missing} more`] : lines;
}

/** Plain data in few words: `prepare tx=3`, `[k1, 3]`. */
export function inWords(value: Json): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return inBrackets(value);
  const { type, ...rest } = value as { readonly [key: string]: Json | undefined };
  return [...(typeof type === 'string' ? [type] : []), ...fieldsInWords(rest)].join(' ');
}

function fieldsInWords(fields: { readonly [key: string]: Json | undefined }): string[] {
  return Object.entries(fields).flatMap(([key, part]) => (part === undefined ? [] : [`${key}=${inBrackets(part)}`]));
}

function inBrackets(value: Json): string {
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(inBrackets).join(', ')}]`;
  return `{${inWords(value)}}`;
}

/** What the rows so far have taught: messages by their numbers, the types of faults by their places in the schedule. */
interface Known {
  readonly trace: Trace;
  readonly messages: Map<number, Json>;
  readonly faults: Map<number, string>;
}

interface ToldRow {
  readonly index: number;
  readonly row: TraceRow;
  readonly what: string;
}

function* tellRows(trace: Trace, history: readonly HistoryEvent[]): Generator<ToldRow> {
  const known: Known = { trace, messages: new Map(), faults: new Map() };
  let operations = 0;
  for (let index = 0; index < trace.length; index++) {
    const row = traceRow(trace, index);
    const { kind } = row;
    if (kind === 'send' || kind === 'duplicate') known.messages.set(row.ref, row.payload);
    if (kind === 'fault') known.faults.set(row.ref, (row.payload as { readonly type: string }).type);
    if (kind === 'invoke' || kind === 'ok' || kind === 'fail' || kind === 'info') {
      yield { index, row, what: tellOperation(history[operations++] as HistoryEvent) };
      continue;
    }
    const next = index + 1 < trace.length ? traceRow(trace, index + 1) : undefined;
    if (kind === 'crash' && next?.kind === 'unsynced') {
      yield { index, row, what: `${tell(row, known)}, ${tell(next, known)}` };
      index++;
    } else if (kind === 'send' && next?.ref === row.ref && next.node === row.node && isSentInVain(next)) {
      yield { index, row: next, what: tell(next, known) };
      index++;
    } else yield { index, row, what: tell(row, known) };
  }
}

/** The network took the message and lost or held it at once: one line tells both. */
const isSentInVain = ({ kind }: TraceRow): boolean => kind === 'lose' || kind === 'hold';

function tellOperation({ type, f, value, error }: HistoryEvent): string {
  const what = value === null ? f : `${f} ${inBrackets(value)}`;
  return `${type} ${what}${error === undefined ? '' : ` (${error})`}`;
}

/** What a row says, without its time and node. */
function tell(row: TraceRow, { trace, messages, faults }: Known): string {
  const { kind, peer, ref, payload } = row;
  const message = (): string => inWords(messages.get(ref) ?? null);
  switch (kind) {
    case 'start':
      return ref === 1 ? 'starts' : `starts again, life ${ref}`;
    case 'send':
      return `→ ${peer}  ${inWords(payload)}`;
    case 'duplicate':
      return `→ ${peer}  ${inWords(payload)} (a second copy)`;
    case 'deliver':
      return `← ${peer}  ${message()}`;
    case 'lose':
      return row.cause >= 0 && trace.node[row.cause] !== trace.nodes.indexOf(row.node)
        ? `← ${peer}  ${message()} lost (${inBrackets(payload)})`
        : `→ ${peer}  ${message()} lost (${inBrackets(payload)})`;
    case 'hold':
      return `→ ${peer}  ${message()} held on the link`;
    case 'refuse':
      return `← ${peer}  ${message()} refused: nothing listens`;
    case 'timer':
      return `timer ${inBrackets(payload)}`;
    case 'crash':
      return payload === 'crash' ? 'crash: the process dies' : `crash: ${inBrackets(payload)}`;
    case 'unsynced':
      return `${ref} unsynced ${ref === 1 ? 'write' : 'writes'} lost${payload === 'torn' ? ', the tail torn' : ''}`;
    case 'pause':
      return 'is paused';
    case 'resume':
      return 'goes on';
    case 'fault':
      return `fault: ${tellFault(payload)}`;
    case 'fault-end':
      return `${faults.get(ref) ?? 'fault'} is over`;
    case 'synced':
      return `synced ${ref} ${ref === 1 ? 'write' : 'writes'}`;
    case 'note':
      return `note: ${tellNote(payload)}`;
    case 'set-timer':
      return `sets timer ${inBrackets(payload)} to ${formatDuration(ref)}`;
    case 'write':
      return tellWrite(payload);
    case 'violation':
      return tellViolation(payload);
    default:
      return `${kind} ${inWords(payload)}`;
  }
}

function tellNote(payload: Json): string {
  const { kind, ...data } = payload as { readonly [key: string]: Json | undefined };
  return [kind as string, ...fieldsInWords(data)].join(' ');
}

function tellWrite(payload: Json): string {
  const write = payload as unknown as Write;
  switch (write.type) {
    case 'set':
      return `sets cell ${write.cell} to ${inBrackets(write.value)}`;
    case 'append':
      return `appends ${inBrackets(write.record)} to ${write.log}`;
    case 'truncate':
      return `truncates ${write.log} from ${write.from}`;
    case 'trim':
      return `trims ${write.log} before ${write.before}`;
  }
}

function tellViolation(payload: Json): string {
  const { name, reason } = payload as { readonly name: string; readonly reason: string };
  return `VIOLATION of "${name}": ${reason}`;
}

function tellFault(payload: Json): string {
  const fault = payload as unknown as Fault | { readonly type: 'skipped'; readonly why: string };
  return fault.type === 'skipped' ? `skipped, ${fault.why}` : describeFault(fault);
}
