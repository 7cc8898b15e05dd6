// What the reader looks for: a text in events and payloads, a node, a key. It says which rows, messages and operations pass.
import type { Json } from '../../sim/protocol.ts';
import type { TimelineOperation } from '../data.ts';
import { kindOf, type Model } from './model.ts';
import { describeRow, operationText } from './words.ts';

export interface Filter {
  /** Lower case; empty for any. A key, a value, a message type, a word of an event's sentence. */
  readonly text: string;
  /** A lane, or -1 for all. */
  readonly lane: number;
  /** A key of `keysOf`, or empty for all. */
  readonly key: string;
}

const mostKeys = 200;

/** The keys that operations are about, sorted; those that are about none have none. */
export function keysOf({ data }: Model): string[] {
  const keys = new Set<string>();
  for (const operation of data.operations) {
    const key = keyOf(operation);
    if (key !== undefined) keys.add(key);
    if (keys.size >= mostKeys) break;
  }
  return [...keys].sort();
}

/** The key or the lock that an operation is about. */
export function keyOf({ argument }: Pick<TimelineOperation, 'argument'>): string | undefined {
  if (Array.isArray(argument)) {
    const [key] = argument as readonly Json[];
    return typeof key === 'string' ? key : undefined;
  }
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { key, lock } = argument as { readonly [field: string]: Json | undefined };
  return typeof key === 'string' ? key : typeof lock === 'string' ? lock : undefined;
}

/** Whether a row passes; undefined when everything does. */
export function rowFilter(model: Model, filter: Filter): ((row: number) => boolean) | undefined {
  const { text, lane, key } = filter;
  if (isEmpty(filter)) return undefined;
  const { rows } = model;
  const hasText = payloadSearch(model, text);
  const hasKey = payloadSearch(model, quoted(key));
  const keyOfOperation = new Map(model.data.operations.map((operation) => [operation.id, keyOf(operation)]));
  const sentBy = (row: number): number => {
    const message = model.messageOfRow[row] as number;
    return message < 0 ? -1 : (rows.payload[model.messages.sendRow[message] as number] as number);
  };
  const isAbout = (row: number): boolean => {
    if (key === '' || hasKey(rows.payload[row] as number)) return true;
    const sent = sentBy(row);
    if (sent >= 0) return hasKey(sent);
    const kind = kindOf(rows, row);
    return operationKinds.has(kind) && keyOfOperation.get(rows.ref[row] as number) === key;
  };
  return (row) => {
    if (lane >= 0 && rows.node[row] !== lane && rows.peer[row] !== lane) return false;
    if (!isAbout(row)) return false;
    if (text === '' || hasText(rows.payload[row] as number) || kindOf(rows, row).includes(text)) return true;
    const sent = sentBy(row);
    if (sent >= 0 && hasText(sent)) return true;
    return describeRow(model, row).toLowerCase().includes(text);
  };
}

const operationKinds = new Set(['invoke', 'ok', 'fail', 'info']);

/** For each message 1 if it passes. */
export function messageFilter(model: Model, filter: Filter): Uint8Array | undefined {
  if (isEmpty(filter)) return undefined;
  const { text, lane, key } = filter;
  const { messages, rows } = model;
  const hasText = payloadSearch(model, text);
  const hasKey = payloadSearch(model, quoted(key));
  return Uint8Array.from(messages.sendRow, (row, index) => {
    if (lane >= 0 && messages.from[index] !== lane && messages.to[index] !== lane) return 0;
    const payload = rows.payload[row] as number;
    return (text === '' || hasText(payload)) && (key === '' || hasKey(payload)) ? 1 : 0;
  });
}

/** For each operation 1 if it passes. */
export function operationFilter({ data }: Model, filter: Filter): Uint8Array | undefined {
  if (isEmpty(filter)) return undefined;
  const { text, lane, key } = filter;
  return Uint8Array.from(data.operations, (operation) => {
    if (lane >= 0 && data.lanes[lane]?.type === 'client' && operation.lane !== lane) return 0;
    if (key !== '' && keyOf(operation) !== key) return 0;
    return text === '' || operationText(operation).toLowerCase().includes(text) ? 1 : 0;
  });
}

const isEmpty = ({ text, lane, key }: Filter): boolean => text === '' && lane < 0 && key === '';

/** A key as it stands in a payload. */
const quoted = (key: string): string => JSON.stringify(key).toLowerCase();

/** Looks into each distinct payload once. */
function payloadSearch({ rows }: Model, text: string): (payload: number) => boolean {
  const known = new Map<number, boolean>();
  return (payload) => {
    let has = known.get(payload);
    if (has === undefined) {
      has = JSON.stringify(rows.payloadAt(payload)).toLowerCase().includes(text);
      known.set(payload, has);
    }
    return has;
  };
}
