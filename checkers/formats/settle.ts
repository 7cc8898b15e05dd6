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
