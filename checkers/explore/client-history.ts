// The client history as part of a state: each client's operations, and for each what had ended when it was invoked. That is
// exactly what precedence (Herlihy & Wing 1990, section 2) depends on, so histories that differ in no more than the order of
// concurrent events are one.
import type { History, HistoryEvent, HistoryEventType } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import { ExploreError, type PreparedWorld } from './prepared-world.ts';
import type { ClientEvent } from './turn.ts';

/** The operations of each client, in the world's order of clients. */
export type ClientHistory = readonly (readonly ClientCall[])[];

interface ClientCall {
  readonly f: string;
  readonly value: Json;
  /** How many operations each client had ended when this one was invoked. */
  readonly after: readonly number[];
  readonly end: { readonly type: 'ok' | 'fail' | 'info'; readonly value: Json; readonly error?: string } | null;
}

export function emptyHistory(prepared: PreparedWorld): ClientHistory {
  return prepared.processes.slice(prepared.nodeCount).map(() => []);
}

/** The history after what one client did. */
export function extend(history: ClientHistory, client: number, events: readonly ClientEvent[]): ClientHistory {
  return events.reduce((sofar, event) => extendByOne(sofar, client, event), history);
}

function extendByOne(history: ClientHistory, client: number, event: ClientEvent): ClientHistory {
  const calls = history[client];
  if (calls === undefined) throw new ExploreError(`there is no client ${client}`);
  return history.with(client, event.type === 'invoke' ? [...calls, invocation(history, event)] : ended(calls, event));
}

function invocation(history: ClientHistory, { f, value }: ClientEvent): ClientCall {
  const after = history.map((calls) => calls.filter(({ end }) => end !== null).length);
  return { f, value, after, end: null };
}

function ended(calls: readonly ClientCall[], { type, value, error }: ClientEvent): readonly ClientCall[] {
  const last = calls.at(-1);
  if (last === undefined || type === 'invoke') throw new ExploreError('an operation ended that had not begun');
  return calls.with(calls.length - 1, { ...last, end: { type, value, ...(error !== undefined && { error }) } });
}

/** One order of events that agrees with the history, in the shape that checks judge. Times are positions in it. */
export function toHistory(history: ClientHistory, prepared: PreparedWorld): History {
  const clients = prepared.processes.slice(prepared.nodeCount);
  const events: HistoryEvent[] = [];
  const endedOf = history.map(() => 0);
  const processOf = history.map((_, client) => client);
  const firstId = clients.map((_, client) =>
    clients.slice(0, client).reduce((sum, { operations }) => sum + operations.length, 0),
  );
  const emit = (client: number, index: number, call: ClientCall, type: HistoryEventType, value: Json): void => {
    events.push({
      index: events.length,
      time: events.length,
      process: processOf[client] ?? client,
      type,
      f: call.f,
      value,
      ...(type !== 'invoke' && call.end?.error !== undefined && { error: call.end.error }),
      client: clients[client]?.id ?? '',
      operation: (firstId[client] ?? 0) + index,
    });
    if (type === 'info') processOf[client] = (processOf[client] ?? client) + history.length;
  };
  const endUntil = (counts: readonly number[]): void => {
    history.forEach((calls, client) => {
      for (let index = endedOf[client] ?? 0; index < (counts[client] ?? 0); index++) {
        const call = calls[index];
        if (call?.end) emit(client, index, call, call.end.type, call.end.value);
      }
      endedOf[client] = Math.max(endedOf[client] ?? 0, counts[client] ?? 0);
    });
  };
  const invocations = history
    .flatMap((calls, client) => calls.map((call, index) => ({ client, index, call, moment: sum(call.after) })))
    .sort((one, other) => one.moment - other.moment);
  for (const { client, index, call } of invocations) {
    endUntil(call.after);
    emit(client, index, call, 'invoke', call.value);
  }
  endUntil(history.map((calls) => calls.filter(({ end }) => end !== null).length));
  return events;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
