// Responses as Consul's HTTP API writes them: headers, and entries of the store and sessions with their field names, values in
// base64 and durations as Go has them. Inside, all is plain values; this is for those who compare with a real server.
import { ms, type Json } from '../../sim/index.ts';
import type { ConsulResponse } from './requests.ts';
import type { KvEntry, Session } from './state/types.ts';

export interface HttpForm {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function httpForm({ status, body, index, knownLeader, lastContact }: ConsulResponse): HttpForm {
  return {
    status,
    headers: {
      ...(index !== undefined && { 'X-Consul-Index': String(index) }),
      ...(knownLeader !== undefined && { 'X-Consul-KnownLeader': String(knownLeader) }),
      ...(lastContact !== undefined && { 'X-Consul-LastContact': String(lastContact) }),
    },
    body: typeof body === 'string' ? body : status === 404 ? '' : JSON.stringify(rename(body)),
  };
}

/** Of the UTF-8 of a text, with padding. */
export function base64(text: string): string {
  const bytes = utf8(text);
  let encoded = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.slice(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    const digits = [18, 12, 6, 0].map((shift) => alphabet[(bits >> shift) & 63]).join('');
    const missing = Math.max(0, at + 3 - bytes.length);
    encoded += digits.slice(0, 4 - missing) + '='.repeat(missing);
  }
  return encoded;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function utf8(text: string): readonly number[] {
  return Array.from(text).flatMap((char) => {
    const code = char.codePointAt(0) ?? 0;
    const rest = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
    if (code < 0x80) return [code];
    if (code < 0x800) return [0xc0 | (code >> 6), rest(0)];
    if (code < 0x10000) return [0xe0 | (code >> 12), rest(6), rest(0)];
    return [0xf0 | (code >> 18), rest(12), rest(6), rest(0)];
  });
}

function rename(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => rename(item));
  if ('lockIndex' in value) return entryForm(value as unknown as KvEntry);
  if ('lockDelay' in value) return sessionForm(value as unknown as Session);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, rename(field as Json)]));
}

/** A key that nobody holds names no session. */
function entryForm({ lockIndex, key, flags, value, session, createIndex, modifyIndex }: KvEntry): Json {
  return {
    LockIndex: lockIndex,
    Key: key,
    Flags: flags,
    Value: value === '' ? null : base64(value),
    ...(session !== '' && { Session: session }),
    CreateIndex: createIndex,
    ModifyIndex: modifyIndex,
  };
}

function sessionForm({ id, name, node, checks, lockDelay, behavior, ttl, createIndex }: Session): Json {
  return {
    ID: id,
    Name: name,
    Node: node,
    Checks: checks,
    LockDelay: lockDelay * ms(1),
    Behavior: behavior,
    TTL: ttl === 0 ? '' : `${Math.floor(ttl / ms(1_000))}s`,
    CreateIndex: createIndex,
    ModifyIndex: createIndex,
  };
}
