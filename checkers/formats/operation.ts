// Raw operations: one recorded event each, as the file has it, and how such a record becomes one.
import type { HistoryEventType } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import { foundValue, Unreadable } from './malformed.ts';
import { isTransaction, settleFunctions, untagged, withoutColon } from './value.ts';

/** One event of a history file. Keywords are plain words in `type`, `f` and `process`; see `value.ts` for all other values. */
export interface RawOperation {
  /** Its number in the file; undefined if it has none (Jepsen writes -1 for that). */
  readonly index: number | undefined;
  /** A client's number, or a name such as `nemesis`; undefined if the file does not say. */
  readonly process: number | string | undefined;
  readonly type: HistoryEventType;
  readonly f: string;
  readonly value: Json;
  /** Nanoseconds; undefined if the file does not say (Jepsen writes -1 for that). Beyond 2^53 a bigint. */
  readonly time: number | bigint | undefined;
  readonly error: Json | undefined;
  /** What else the record has. */
  readonly extra: { readonly [key: string]: Json } | undefined;
  /** Where a file holds several histories: the name of the one that this event belongs to. */
  readonly part: string | undefined;
  /** Where the record begins, from 1. */
  readonly line: number;
  readonly column: number;
}

/** The start of a record in its text: the offset for errors, line and column for the operation. */
export interface Start {
  readonly at: number;
  readonly line: number;
  readonly column: number;
  readonly part?: string | undefined;
}

/**
 * The operation of a record such as `{"type":"ok","f":"read","value":3,"process":0,"time":12,"index":1}`.
 * @throws Unreadable that names the field.
 */
export function operationOf(record: Json, start: Start): RawOperation {
  if (record === null || typeof record !== 'object' || isArray(record)) {
    throw new Unreadable(start.at, 'an operation as a map', foundValue(record));
  }
  if (record['type'] === undefined && untagged(record)?.[0] === 'map') {
    throw new Unreadable(start.at, 'an operation with plain names as keys, each of them once', foundValue(record));
  }
  const value = record['value'] ?? null;
  settleFunctions(value);
  return {
    index: indexOf(record['index'], start),
    process: processOf(record['process'], start),
    type: typeOf(record['type'], start),
    f: functionOf(record['f'], value, start),
    value,
    time: timeOf(record['time'], start),
    error: record['error'] ?? undefined,
    extra: extraOf(record),
    part: start.part,
    line: start.line,
    column: start.column,
  };
}

function typeOf(type: Json | undefined, start: Start): HistoryEventType {
  switch (type) {
    case 'invoke':
    case ':invoke':
      return 'invoke';
    case 'ok':
    case ':ok':
      return 'ok';
    case 'fail':
    case ':fail':
      return 'fail';
    case 'info':
    case ':info':
      return 'info';
    default:
      throw new Unreadable(start.at, 'one of invoke, ok, fail and info as the type', foundValue(type));
  }
}

/** A transaction may lack its function, as in Elle's files. */
function functionOf(f: Json | undefined, value: Json, start: Start): string {
  if (typeof f === 'string' && f !== '') {
    const known = functions.get(f);
    if (known !== undefined) return known;
    const name = withoutColon(f);
    if (functions.size < 1_024 && f.length < 64) functions.set(f, name);
    return name;
  }
  if ((f === undefined || f === null) && (isTransaction(value) || (isArray(value) && value.length === 0))) return 'txn';
  throw new Unreadable(start.at, 'the name of a function as f', foundValue(f));
}

function processOf(name: Json | undefined, start: Start): number | string | undefined {
  if (name === undefined || name === null) return undefined;
  if (typeof name === 'number' && Number.isSafeInteger(name) && name >= 0) return name;
  if (typeof name === 'string' && name !== '') return withoutColon(name);
  throw new Unreadable(start.at, 'a whole number or a name as the process', foundValue(name));
}

function indexOf(index: Json | undefined, start: Start): number | undefined {
  if (index === undefined || index === null || index === -1) return undefined;
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) return index;
  throw new Unreadable(start.at, 'a whole number as the index', foundValue(index));
}

function timeOf(time: Json | undefined, start: Start): number | bigint | undefined {
  if (time === undefined || time === null || time === -1) return undefined;
  if (typeof time === 'number' && Number.isSafeInteger(time) && time >= 0) return time;
  const parts = untagged(time);
  if (parts?.[0] === 'integer' && typeof parts[1] === 'string' && /^\d{1,30}$/.test(parts[1])) return BigInt(parts[1]);
  throw new Unreadable(start.at, 'whole nanoseconds as the time', foundValue(time));
}

function extraOf(record: { readonly [key: string]: Json | undefined }): { readonly [key: string]: Json } | undefined {
  let extra: Record<string, Json> | undefined;
  for (const key in record) {
    if (standard.has(key)) continue;
    const value = record[key];
    if (value !== undefined && key !== '__proto__') (extra ??= {})[key] = value;
  }
  return extra;
}

const standard = new Set(['index', 'process', 'type', 'f', 'value', 'time', 'error']);
const functions = new Map<string, string>();
