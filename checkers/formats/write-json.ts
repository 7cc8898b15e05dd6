// Writes histories as JSON lines with Jepsen's keys and nanoseconds. What is read back is what was written.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import { isArray } from '../canonical.ts';
import { untagged } from './value.ts';

/** The lines of the history, each with its line break. */
export function* writeJsonLines(history: History): Generator<string> {
  for (const event of history) {
    const { index, time, type, f, value, error, client, operation } = event;
    const head = `{"index":${index},"time":${time === 0 ? 0 : `${time}000`},"process":${event.process},"type":"${type}"`;
    const reason = error === undefined ? '' : `,"error":${JSON.stringify(error)}`;
    const tail = `,"client":${JSON.stringify(client)},"operation":${operation}}\n`;
    yield `${head},"f":${JSON.stringify(f)},"value":${writeJsonValue(value)}${reason}${tail}`;
  }
}

/** One value in JSON. Integers that are kept as text become numbers again, and large numbers keep their exponent. */
function writeJsonValue(value: Json): string {
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return '-0';
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : JSON.stringify(value);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(writeJsonValue).join(',')}]`;
  const parts = untagged(value);
  if (parts?.[0] === 'integer' && typeof parts[1] === 'string' && isLarge(parts[1])) return parts[1];
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${writeJsonValue(item!)}`).join(',')}}`;
}

function isLarge(digits: string): boolean {
  return /^-?[1-9]\d{15,}$/.test(digits) && !Number.isSafeInteger(Number(digits));
}
