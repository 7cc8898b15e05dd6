// What a history says of partitioned logs: who sent what, at which offsets it was seen, and what each client polled in turn.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import { HistoryError, type Operation } from '../operations.ts';

export interface Send {
  readonly operation: Operation;
  readonly key: string;
  readonly value: Json;
  /** Undefined if nobody told the client. */
  readonly offset: number | undefined;
}

export interface Polled {
  readonly operation: Operation;
  readonly key: string;
  readonly value: Json;
  readonly offset: number;
}

export interface LogHistory {
  readonly sends: readonly Send[];
  /** In the order of the calls, and within one in the order in which they came. */
  readonly polled: readonly Polled[];
  /** Operations after which a client's positions start anew. */
  readonly resets: readonly Operation[];
}

/** @throws HistoryError on a malformed micro-operation */
export function readLogs(operations: readonly Operation[]): LogHistory {
  const sends: Send[] = [];
  const polled: Polled[] = [];
  const resets: Operation[] = [];
  for (const operation of operations) {
    if (operation.f === 'assign' || operation.f === 'subscribe') resets.push(operation);
    if (!functions.has(operation.f)) continue;
    const isTold = operation.type === 'ok' && operation.result !== null;
    for (const micro of microsOf(operation, isTold)) {
      if (micro[0] === 'send') sends.push(sendOf(micro, operation, isTold));
      else if (isTold) for (const one of polledBy(micro, operation)) polled.push(one);
    }
  }
  return { sends, polled, resets };
}

const functions = new Set(['send', 'poll', 'txn']);

function microsOf(operation: Operation, isTold: boolean): readonly (readonly Json[])[] {
  const list = isTold ? operation.result : operation.value;
  if (isArray(list) && list.every((micro) => isArray(micro) && (micro[0] === 'send' || micro[0] === 'poll'))) {
    return list as readonly (readonly Json[])[];
  }
  throw malformed(operation, 'a list of ["send", key, value] and ["poll", …]', list);
}

function sendOf(micro: readonly Json[], operation: Operation, isTold: boolean): Send {
  const [, key, value] = micro;
  if (key === undefined || value === undefined) throw malformed(operation, '["send", key, value]', micro);
  const isPair = isTold && isArray(value) && value.length === 2;
  const offset = isPair && typeof value[0] === 'number' ? value[0] : undefined;
  return { operation, key: nameOf(key), value: isPair ? value[1]! : value, offset };
}

function polledBy([, batches]: readonly Json[], operation: Operation): readonly Polled[] {
  if (batches === undefined || batches === null) return [];
  if (typeof batches !== 'object' || isArray(batches))
    throw malformed(operation, '["poll", { key: [[offset, value], …] }]', batches);
  return Object.entries(batches).flatMap(([key, batch]) => {
    if (batch === undefined || !isArray(batch)) throw malformed(operation, 'a list of [offset, value]', batch ?? null);
    return batch.map((pair): Polled => {
      const [offset, value] = isArray(pair) ? pair : [];
      if (typeof offset !== 'number' || value === undefined) throw malformed(operation, '[offset, value]', pair);
      return { operation, key, value, offset };
    });
  });
}

function nameOf(key: Json): string {
  return typeof key === 'string' ? key : canonical(key);
}

function malformed(operation: Operation, expected: string, found: Json): HistoryError {
  return new HistoryError(operation.returned?.index ?? operation.called.index, expected, canonical(found));
}
