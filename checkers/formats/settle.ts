// Values as our judges expect them, whatever the notation of the file.
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import type { RawOperation } from './operation.ts';
import { untagged, withoutColon } from './value.ts';
import { writeEdnValue } from './write-edn.ts';

/** The value for the history: a set is the sorted array of its elements, alone or as the value of a key. */
export function historyValue(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (!isArray(value)) return elementsOf(value) ?? value;
  if (value.length !== 2) return value;
  const elements = elementsOf(value[1]!);
  return elements === undefined ? value : [value[0]!, elements];
}

/**
 * What a record says of a lock beside its value, in the words of `locks/vocabulary.ts`: the fencing token, how long the lock
 * is lent, and whether the resource refused the write. The value as it is for everything else.
 */
export function lockValue({ type, f, value, extra }: RawOperation): Json {
  if (extra === undefined || value !== null) return value;
  const token = numberIn(extra['token']);
  if (f === 'acquire' && type === 'ok') {
    const lease = numberIn(extra['lease']) ?? milliseconds(extra['validMs']) ?? milliseconds(extra['leaseMs']);
    if (token === undefined && lease === undefined) return value;
    return { ...(token !== undefined && { token }), ...(lease !== undefined && { lease }) };
  }
  if (f === 'write' && type === 'ok' && extra['fencedAccepted'] === false) return false;
  return f === 'write' && type === 'invoke' && token !== undefined ? { token } : value;
}

function numberIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

function milliseconds(value: Json | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 && value < 1e12 ? Math.floor(value * 1_000) : undefined;
}

/** The error in words. */
export function errorText(error: Json): string {
  if (typeof error === 'string') return withoutColon(error);
  const parts = untagged(error);
  return parts?.[0] === 'string' && typeof parts[1] === 'string' ? parts[1] : writeEdnValue(error);
}

/** Whether the operation is a read that returned nil, of a key or of the only cell. */
export function isNilRead({ f, value }: RawOperation): boolean {
  return f === 'read' && (value === null || (isArray(value) && value.length === 2 && value[1] === null));
}

function elementsOf(value: Json): Json | undefined {
  const parts = untagged(value);
  return parts?.[0] === 'set' && isArray(parts[1]) ? parts[1] : undefined;
}
