// What a history says of watches: the responses that each watch got, in order, and what was written meanwhile.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import { HistoryError, type Operation } from '../operations.ts';

export interface WatchEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** Null for a delete. */
  readonly value: Json;
  readonly revision: number;
}

/** One message of a watch; without events it is a bookmark: all up to its revision has been told. */
export interface WatchResponse {
  readonly operation: Operation;
  readonly events: readonly WatchEvent[];
  readonly bookmark: number | undefined;
}

/** A watch from its beginning, or from where it was resumed. */
export interface WatchStream {
  readonly client: string;
  readonly watch: string;
  /** The first revision that was asked for; undefined if it began wherever the store was. */
  readonly from: number | undefined;
  readonly prefix: string;
  /** The only key, if one was asked for. */
  readonly key: string | undefined;
  readonly responses: WatchResponse[];
}

/** @throws HistoryError on a malformed response */
export function readStreams(operations: readonly Operation[]): readonly WatchStream[] {
  const streams: WatchStream[] = [];
  const open = new Map<string, WatchStream>();
  for (const operation of operations) {
    if (operation.f !== 'watch') continue;
    const asked = fieldsOf(operation.value);
    const id = canonical([operation.client, asked['watch'] ?? null]);
    const from = typeof asked['from'] === 'number' ? asked['from'] : undefined;
    let stream = open.get(id);
    if (stream === undefined || from !== undefined) {
      stream = {
        client: operation.client,
        watch: nameOf(asked['watch'] ?? 'watch'),
        from,
        prefix: typeof asked['prefix'] === 'string' ? asked['prefix'] : '',
        key: typeof asked['key'] === 'string' ? asked['key'] : undefined,
        responses: [],
      };
      streams.push(stream);
      open.set(id, stream);
    }
    if (operation.type !== 'ok') continue;
    for (const response of responsesOf(operation)) stream.responses.push(response);
  }
  return streams;
}

function responsesOf(operation: Operation): readonly WatchResponse[] {
  const { result } = operation;
  if (result === null) return [];
  const list = isArray(result) ? result : (fieldsOf(result)['responses'] ?? [result]);
  if (!isArray(list)) throw malformed(operation, 'a list of responses', list);
  return list.map((response) => {
    const fields = fieldsOf(response);
    const events = fields['events'] ?? [];
    if (!isArray(events)) throw malformed(operation, '{ events: […] } or { revision }', response);
    const revision = fields['revision'];
    if (events.length === 0 && typeof revision !== 'number')
      throw malformed(operation, 'a bookmark with its revision', response);
    return {
      operation,
      events: events.map((event) => eventOf(event, operation)),
      bookmark: events.length === 0 ? (revision as number) : undefined,
    };
  });
}

function eventOf(event: Json, operation: Operation): WatchEvent {
  const { type, key, value, revision } = fieldsOf(event);
  if ((type === 'put' || type === 'delete') && typeof key === 'string' && typeof revision === 'number') {
    return { type, key, value: type === 'put' ? (value ?? null) : null, revision };
  }
  throw malformed(operation, '{ type: "put" or "delete", key, value, revision }', event);
}

function nameOf(watch: Json): string {
  return typeof watch === 'string' ? watch : canonical(watch);
}

function fieldsOf(value: Json): { readonly [name: string]: Json | undefined } {
  return value === null || typeof value !== 'object' || isArray(value) ? {} : value;
}

function malformed(operation: Operation, expected: string, found: Json): HistoryError {
  return new HistoryError(operation.returned!.index, expected, canonical(found));
}
