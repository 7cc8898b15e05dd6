// The picture in words: one sentence for each thing that can be pointed at, for tooltips, details and screen readers alike.
import type { Json } from '../../sim/protocol.ts';
import type { TimelineOperation } from '../data.ts';
import type { DiskSpan } from './disks.ts';
import { noteText, shortJson } from './marks.ts';
import { fate } from './messages.ts';
import { kindOf, payloadOf, type Model } from './model.ts';
import type { Target } from './target.ts';
import type { TimerSpan } from './timers.ts';

const longestWords = 60;

/** A target in one sentence. */
export function describeTarget(model: Model, target: Target): string {
  const { data } = model;
  switch (target.type) {
    case 'message':
      return describeMessage(model, target.index);
    case 'row':
      return describeRow(model, target.row);
    case 'operation': {
      const operation = data.operations[target.index];
      return operation === undefined ? '' : `${laneName(model, operation.lane)}: ${describeOperation(operation)}`;
    }
    case 'role': {
      const span = data.roles[target.index];
      if (span === undefined) return '';
      return `${laneName(model, span.lane)} is ${span.role}${span.detail === '' ? '' : ` (${span.detail})`} for ${duration(span.to - span.from)}`;
    }
    case 'band': {
      const band = data.bands[target.index];
      if (band === undefined) return '';
      const how = band.reason === '' ? '' : ` after a ${band.reason}`;
      const until = band.open ? 'until the end of the run' : `for ${duration(band.to - band.from)}`;
      return `${laneName(model, band.lane)} is ${bandWord(band.type)}${how} ${until}`;
    }
    case 'fault': {
      const fault = data.faults[target.index];
      if (fault === undefined) return '';
      const planned = (fault.fault as { for?: Json }).for;
      if (fault.to <= fault.from || planned === fault.to - fault.from) return `Fault: ${fault.label}`;
      return `Fault: ${fault.label}, in force ${fault.open ? 'to the end of the run' : `for ${duration(fault.to - fault.from)}`}`;
    }
    case 'timer':
      return describeTimer(model, model.timers.spans[target.index]);
    case 'disk':
      return describeDisk(model, model.disks.spans[target.index]);
    case 'finding': {
      const finding = data.findings[target.index];
      return finding === undefined
        ? ''
        : `${finding.verdict === 'invalid' ? 'Violated' : 'Unknown'}: ${finding.name}. ${finding.reason}`;
    }
  }
}

function describeTimer(model: Model, span: TimerSpan | undefined): string {
  if (span === undefined) return '';
  const after = `after ${duration(span.to - span.from)}`;
  const ends = { fired: `fired ${after}`, reset: `was set anew ${after}`, gone: 'did not fire any more' };
  return `${laneName(model, span.lane)} set timer ${span.name}: it ${ends[span.end]}`;
}

function describeDisk(model: Model, span: DiskSpan | undefined): string {
  if (span === undefined) return '';
  const after = `after ${duration(span.to - span.from)}`;
  const what = `${span.writes} ${span.writes === 1 ? 'write' : 'writes'}`;
  const ends = {
    synced: `durable ${after}`,
    lost: `not synced when the power failed ${after}: lost`,
    kept: `not synced when the power failed ${after}, and survived by chance`,
    open: 'not synced when the run ended',
  };
  return `${laneName(model, span.lane)} issued ${what}: ${ends[span.end]}`;
}

const manners = ['', ' (a duplicate)', ' (held on its link for a while)'];

/** A message's way in one sentence. */
export function describeMessage(model: Model, index: number): string {
  const { messages } = model;
  const name = messages.types[messages.type[index] as number]?.name ?? 'message';
  const from = laneName(model, messages.from[index] as number);
  const to = laneName(model, messages.to[index] as number);
  const took = duration((messages.ended[index] as number) - (messages.sent[index] as number));
  const how = manners[messages.manner[index] as number] ?? '';
  const head = `${name}${how} from ${from} to ${to}`;
  switch (messages.fate[index]) {
    case fate.delivered:
      return `${head}, delivered after ${took}`;
    case fate.lost:
      return `${head}, lost at ${laneName(model, messages.endLane[index] as number)}: ${lossReason(model, index)}`;
    case fate.refused:
      return `${head}, refused after ${took}: nothing listens at ${to}`;
    default:
      return `${head}, still on its way when the run ended`;
  }
}

/** A row of the trace in one sentence, without its time. */
export function describeRow(model: Model, row: number): string {
  const { rows, messages } = model;
  const node = laneName(model, rows.node[row] as number);
  const peer = laneName(model, rows.peer[row] as number);
  const payload = payloadOf(rows, row);
  const ref = rows.ref[row] as number;
  const message = model.messageOfRow[row] as number;
  const name = message < 0 ? 'a message' : (messages.types[messages.type[message] as number]?.name ?? 'a message');
  const kind = kindOf(rows, row);
  switch (kind) {
    case 'send':
      return `${node} sent ${name} to ${peer}`;
    case 'duplicate':
      return `the network duplicated ${name} from ${node} to ${peer}`;
    case 'deliver':
      return `${node} received ${name} from ${peer}`;
    case 'lose':
      return `${name} was lost at ${node}: ${textOf(payload)}`;
    case 'hold':
      return `a message from ${node} to ${peer} is held on its link`;
    case 'refuse':
      return `nothing listens at ${node}: ${name} from ${peer} was refused`;
    case 'timer':
      return `timer ${textOf(payload)} fired at ${node}`;
    case 'set-timer':
      return `${node} set timer ${textOf(payload)}`;
    case 'start':
      return ref > 1 ? `${node} started again, incarnation ${ref}` : `${node} started`;
    case 'synced':
      return `${node} synced its disk: ${ref} ${ref === 1 ? 'write is' : 'writes are'} durable`;
    case 'unsynced':
      return `${node} lost power with ${ref} unsynced ${ref === 1 ? 'write' : 'writes'} (${textOf(payload)})`;
    case 'note':
      return `${node} noted: ${noteText(payload)}`;
    case 'crash':
      return `${node} crashed${payload === null ? '' : ` (${textOf(payload)})`}`;
    case 'pause':
      return `${node} was paused`;
    case 'resume':
      return `${node} went on`;
    case 'invoke':
    case 'ok':
    case 'fail':
    case 'info': {
      const operation = model.data.operations[model.operationPlaces.get(ref) ?? -1];
      if (operation === undefined) return `${kind} of operation ${ref} at ${node}`;
      return kind === 'invoke' ? `${node} asks: ${callText(operation)}` : `${node}: ${describeOperation(operation)}`;
    }
    case 'fault':
      return `fault ${ref} struck: ${model.data.faults.find((fault) => fault.row === row)?.label ?? shortJson(payload, 120)}`;
    case 'fault-end':
      return `fault ${ref} ended`;
    default:
      return `${kind}${node === 'the world' ? '' : ` at ${node}`}${payload === null ? '' : `: ${shortJson(payload, 120)}`}`;
  }
}

/** An operation as people write it: `write x 1`, `read x → 1`. */
export function operationText(operation: TimelineOperation): string {
  const { argument, result, outcome } = operation;
  const call = callText(operation);
  if (outcome !== 'ok') return call;
  // What was asked for and is not there is an answer; what was given and is given back is none.
  const isEcho = JSON.stringify(result) === JSON.stringify(argument);
  const isAsked = isKeyed(argument) && argument[1] === null;
  const got = isEcho && !isAsked ? '' : resultText(argument, result);
  return got === '' ? call : `${call} → ${got}`;
}

/** The name of a lane; rows of the world itself have none. */
export function laneName(model: Model, lane: number): string {
  return model.data.lanes[lane]?.id ?? 'the world';
}

/** A duration for people, of sensible precision. */
export function duration(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${trim((us / 1_000).toPrecision(us < 100_000 ? 4 : 6))} ms`;
  return `${trim((us / 1_000_000).toFixed(3))} s`;
}

/** An instant for people: exact to the microsecond, in milliseconds below a second. */
export function instant(us: number): string {
  return us < 1_000_000 ? `${trim((us / 1_000).toFixed(3))} ms` : `${trim((us / 1_000_000).toFixed(6))} s`;
}

/** Why a message was lost. */
export function lossReason(model: Model, index: number): string {
  const reason = textOf(payloadOf(model.rows, model.messages.endRow[index] as number));
  return reason === '' ? 'the trace does not say why' : reason;
}

/** What was asked for: `write x 1`, `read x`. */
function callText({ f, argument }: TimelineOperation): string {
  const asked = argumentText(argument);
  return asked === '' ? f : `${f} ${asked}`;
}

function describeOperation(operation: TimelineOperation): string {
  const text = operationText(operation);
  const took = operation.to === null ? '' : ` after ${duration(operation.to - operation.from)}`;
  const why = operation.error === '' ? '' : ` (${operation.error})`;
  switch (operation.outcome) {
    case 'ok':
      return `${text}, ok${took}`;
    case 'fail':
      return `${text}, failed${took}${why}: it surely did not happen`;
    case 'info':
      return `${text}, unknown${took}${why}: it may or may not have happened`;
    case 'open':
      return `${text}, not completed when the run ended`;
  }
}

/** A pair whose first part is a text is a key and its value. */
function argumentText(argument: Json): string {
  if (argument === null) return '';
  if (isKeyed(argument)) return argument[1] === null ? argument[0] : `${argument[0]} ${shortJson(argument[1])}`;
  return plainWords(argument);
}

function resultText(argument: Json, result: Json): string {
  if (isKeyed(argument) && isKeyed(result) && argument[0] === result[0]) return shortJson(result[1]);
  return plainWords(result);
}

/** A record of plain values as people say it: `token 4, lease 2500000`, and by its value alone when it has but one. */
function plainWords(value: Json): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return shortJson(value);
  const fields = Object.entries(value as { readonly [key: string]: Json });
  if (fields.length === 0 || fields.some(([, field]) => typeof field === 'object' && field !== null))
    return shortJson(value);
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return shortJson(only[1]);
  const text = fields.map(([key, field]) => `${key} ${shortJson(field)}`).join(', ');
  return text.length > longestWords ? `${text.slice(0, longestWords - 1)}…` : text;
}

function isKeyed(value: Json): value is readonly [string, Json] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function bandWord(type: 'down' | 'paused' | 'unborn'): string {
  return type === 'unborn' ? 'not started yet' : type;
}

function textOf(payload: Json): string {
  if (payload === null) return '';
  return typeof payload === 'string' ? payload : shortJson(payload, 120);
}

function trim(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

/** With a full stop, where the text does not end like a sentence already. */
export function asSentence(text: string): string {
  return /[.?!…][)”’"']*$/.test(text) ? text : `${text}.`;
}
