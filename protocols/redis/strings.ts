// Strings: SET with all its options, reading, counting, and the older commands that SET replaced.
import { liveUntil, persist } from './expiry.ts';
import { lookUp, remove, store } from './keyspace.ts';
import { add, addDecimals, byteLength, readExpiry, readInteger } from './numbers.ts';
import { array, bulk, error, integer, nil, notAnInteger, ok, syntaxError, wrongType, type Reply } from './reply.ts';
import type { Turn } from './state.ts';

type Arguments = readonly string[];

/** SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] */
export function set(turn: Turn, [key = '', text = '', ...rest]: Arguments): Reply {
  const options = readOptions(rest, ['NX', 'XX', 'GET', 'KEEPTTL']);
  if (options === undefined) return syntaxError;
  const { time, has } = options;
  const read = time === undefined ? { at: null } : readTimeOption(turn, time, 'set');
  if ('refusal' in read) return read.refusal;
  const entry = lookUp(turn, key);
  if (has.has('GET') && entry !== undefined && entry.value.type !== 'string') return wrongType;
  const old = entry?.value.type === 'string' ? bulk(entry.value.text) : nil;
  const isRefused = (has.has('NX') && entry !== undefined) || (has.has('XX') && entry === undefined);
  if (isRefused) return has.has('GET') ? old : nil;
  if (has.has('KEEPTTL')) edit(turn, key, text, 'set');
  else write(turn, key, text, read.at);
  return has.has('GET') ? old : ok;
}

type Option = 'NX' | 'XX' | 'GET' | 'KEEPTTL' | 'PERSIST' | TimeOption;
type TimeOption = 'EX' | 'PX' | 'EXAT' | 'PXAT';

interface Options {
  readonly has: ReadonlySet<Option>;
  readonly time: { readonly option: TimeOption; readonly text: string } | undefined;
}

const times: readonly string[] = ['EX', 'PX', 'EXAT', 'PXAT'] satisfies TimeOption[];
const lifetimes = [...times, 'KEEPTTL', 'PERSIST'];

/** Options in any order. One may be said again, and then its last argument counts, but not together with its rivals. */
function readOptions(words: Arguments, allowed: readonly Option[]): Options | undefined {
  const has = new Set<Option>();
  let time: Options['time'];
  for (let at = 0; at < words.length; at++) {
    const option = words[at]?.toUpperCase() as Option;
    const rivals = lifetimes.includes(option) ? lifetimes : ['NX', 'XX'].includes(option) ? ['NX', 'XX'] : [];
    if (rivals.some((rival) => rival !== option && has.has(rival as Option))) return undefined;
    if (times.includes(option)) {
      const text = words[++at];
      if (text === undefined) return undefined;
      time = { option: option as TimeOption, text };
    } else if (!allowed.includes(option)) return undefined;
    has.add(option);
  }
  return { has, time };
}

function readTimeOption(turn: Turn, { option, text }: NonNullable<Options['time']>, command: string) {
  const unit = option.startsWith('EX') ? 1_000 : 1;
  return readExpiry(text, unit, option.endsWith('AT') ? 0 : turn.now, command, false);
}

/** Writes a string, and says so to replicas in a way that does not depend on their clocks. */
function write(turn: Turn, key: string, text: string, expireAt: number | null): void {
  store(turn, key, { type: 'string', text }, expireAt);
  turn.events.push({ event: 'set', key });
  if (expireAt !== null) turn.events.push({ event: 'expire', key });
  turn.propagated.push(['SET', key, text, ...(expireAt === null ? [] : ['PXAT', String(expireAt)])]);
}

export function get(turn: Turn, [key = '']: Arguments): Reply {
  const text = textOf(turn, key);
  return typeof text === 'object' ? text : text === undefined ? nil : bulk(text);
}

/** The text at a key; undefined for none, a reply for a key of another kind. */
function textOf(turn: Turn, key: string): string | Reply | undefined {
  const value = lookUp(turn, key)?.value;
  if (value === undefined) return undefined;
  return value.type === 'string' ? value.text : wrongType;
}

export function setNx(turn: Turn, [key = '', text = '']: Arguments): Reply {
  if (lookUp(turn, key) !== undefined) return integer(0);
  write(turn, key, text, null);
  return integer(1);
}

export const setEx = (turn: Turn, args: Arguments): Reply => setWithTime(turn, args, 1_000, 'setex');
export const pSetEx = (turn: Turn, args: Arguments): Reply => setWithTime(turn, args, 1, 'psetex');

function setWithTime(turn: Turn, [key = '', time = '', text = '']: Arguments, unit: 1 | 1_000, command: string): Reply {
  const read = readExpiry(time, unit, turn.now, command, false);
  if ('refusal' in read) return read.refusal;
  write(turn, key, text, read.at);
  return ok;
}

export function getSet(turn: Turn, [key = '', text = '']: Arguments): Reply {
  const old = get(turn, [key]);
  if (old.type !== 'error') write(turn, key, text, null);
  return old;
}

export function getDel(turn: Turn, [key = '']: Arguments): Reply {
  const old = get(turn, [key]);
  if (old.type === 'bulk' && remove(turn, key)) turn.propagated.push(['DEL', key]);
  return old;
}

/** GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST] */
export function getEx(turn: Turn, [key = '', ...rest]: Arguments): Reply {
  const options = readOptions(rest, ['PERSIST']);
  if (options === undefined) return syntaxError;
  const old = get(turn, [key]);
  if (old.type !== 'bulk') return old;
  if (options.time !== undefined) {
    const read = readTimeOption(turn, options.time, 'getex');
    if ('refusal' in read) return read.refusal;
    liveUntil(turn, key, read.at);
  } else if (options.has.has('PERSIST')) persist(turn, [key]);
  return old;
}

export const incr = (turn: Turn, [key = '']: Arguments): Reply => count(turn, key, 1n);
export const decr = (turn: Turn, [key = '']: Arguments): Reply => count(turn, key, -1n);

export function incrBy(turn: Turn, [key = '', by = '']: Arguments): Reply {
  const step = readInteger(by);
  return step === undefined ? notAnInteger : count(turn, key, step);
}

export function decrBy(turn: Turn, [key = '', by = '']: Arguments): Reply {
  const step = readInteger(by);
  if (step === undefined) return notAnInteger;
  return step === -(2n ** 63n) ? error('ERR decrement would overflow') : count(turn, key, -step);
}

/** Counting keeps the key's time to live. */
function count(turn: Turn, key: string, by: bigint): Reply {
  const text = textOf(turn, key);
  if (typeof text === 'object') return text;
  const result = add(text ?? '0', by);
  if ('refusal' in result) return result.refusal;
  edit(turn, key, result.sum, 'incrby');
  return integer(BigInt(result.sum));
}

export function incrByFloat(turn: Turn, [key = '', by = '']: Arguments): Reply {
  const text = textOf(turn, key);
  if (typeof text === 'object') return text;
  const isInfinite = /^[+-]?inf(inity)?$/i.test(by);
  const sum = addDecimals(text ?? '0', isInfinite ? '0' : by);
  if (sum === undefined) return error('ERR value is not a valid float');
  if (isInfinite) return error('ERR increment would produce NaN or Infinity');
  edit(turn, key, sum, 'incrbyfloat');
  return bulk(sum);
}

export function append(turn: Turn, [key = '', more = '']: Arguments): Reply {
  const text = textOf(turn, key);
  if (typeof text === 'object') return text;
  const longer = (text ?? '') + more;
  edit(turn, key, longer, 'append');
  return integer(byteLength(longer));
}

/** Replaces the text and leaves the time to live as it is. */
function edit(turn: Turn, key: string, text: string, event: string): void {
  const expireAt = turn.state.entries.get(key)?.expireAt ?? null;
  store(turn, key, { type: 'string', text }, expireAt);
  turn.events.push({ event, key });
  turn.propagated.push(['SET', key, text, ...(expireAt === null ? [] : ['PXAT', String(expireAt)])]);
}

export function strLen(turn: Turn, [key = '']: Arguments): Reply {
  const text = textOf(turn, key);
  return typeof text === 'object' ? text : integer(byteLength(text ?? ''));
}

export function mGet(turn: Turn, keys: Arguments): Reply {
  return array(
    keys.map((key) => {
      const reply = get(turn, [key]);
      return reply.type === 'error' ? nil : reply;
    }),
  );
}

export const mSet = (turn: Turn, pairs: Arguments): Reply => setAll(turn, pairs, 'mset') ?? ok;

export function mSetNx(turn: Turn, pairs: Arguments): Reply {
  const isTaken = pairs.some((key, at) => at % 2 === 0 && lookUp(turn, key) !== undefined);
  if (isTaken && pairs.length % 2 === 0) return integer(0);
  return setAll(turn, pairs, 'msetnx') ?? integer(1);
}

function setAll(turn: Turn, pairs: Arguments, command: string): Reply | undefined {
  if (pairs.length % 2 !== 0) return error(`ERR wrong number of arguments for '${command}' command`);
  for (let at = 0; at < pairs.length; at += 2) write(turn, pairs[at] ?? '', pairs[at + 1] ?? '', null);
  return undefined;
}
