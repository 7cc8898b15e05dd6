// Strings: SET with all its options, reading, counting, and the older commands that SET replaced.
import { lookUp, remove, store } from './keyspace.ts';
import { add, readExpiry, readInteger } from './numbers.ts';
import { array, bulk, error, integer, nil, notAnInteger, ok, syntaxError, wrongType, type Reply } from './reply.ts';
import type { Turn } from './state.ts';

type Arguments = readonly string[];

interface SetOptions {
  only?: 'NX' | 'XX';
  get: boolean;
  keepTtl: boolean;
  expireAt: number | null;
}

/** SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] */
export function set(turn: Turn, [key = '', text = '', ...rest]: Arguments): Reply {
  const options = readOptions(turn, rest, 'set');
  if ('type' in options) return options;
  const entry = lookUp(turn, key);
  if (options.get && entry !== undefined && entry.value.type !== 'string') return wrongType;
  const old = entry?.value.type === 'string' ? bulk(entry.value.text) : nil;
  const isRefused = (options.only === 'NX' && entry !== undefined) || (options.only === 'XX' && entry === undefined);
  if (isRefused) return options.get ? old : nil;
  write(turn, key, text, options.keepTtl ? (entry?.expireAt ?? null) : options.expireAt);
  return options.get ? old : ok;
}

function readOptions(turn: Turn, words: Arguments, command: string): SetOptions | Reply {
  const options: SetOptions = { get: false, keepTtl: false, expireAt: null };
  for (let at = 0; at < words.length; at++) {
    const word = words[at]?.toUpperCase() ?? '';
    const hasTime = options.keepTtl || options.expireAt !== null;
    if ((word === 'NX' || word === 'XX') && options.only === undefined) options.only = word;
    else if (word === 'GET') options.get = true;
    else if (word === 'KEEPTTL' && !hasTime) options.keepTtl = true;
    else if (isTimeOption(word) && !hasTime) {
      const argument = words[++at];
      if (argument === undefined) return syntaxError;
      const read = readTimeOption(turn, word, argument, command);
      if ('refusal' in read) return read.refusal;
      options.expireAt = read.at;
    } else return syntaxError;
  }
  return options;
}

type TimeOption = 'EX' | 'PX' | 'EXAT' | 'PXAT';

function isTimeOption(word: string): word is TimeOption {
  return word === 'EX' || word === 'PX' || word === 'EXAT' || word === 'PXAT';
}

function readTimeOption(turn: Turn, option: TimeOption, text: string, command: string) {
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
export function getEx(turn: Turn, [key = '', option, argument, ...rest]: Arguments): Reply {
  const word = option?.toUpperCase() ?? '';
  const isKnown = word === '' || (word === 'PERSIST' && argument === undefined) || isTimeOption(word);
  if (!isKnown || rest.length > 0 || (isTimeOption(word) && argument === undefined)) return syntaxError;
  const old = get(turn, [key]);
  if (old.type !== 'bulk') return old;
  const entry = turn.state.entries.get(key);
  if (entry === undefined) return old;
  if (word === 'PERSIST' && entry.expireAt !== null) {
    store(turn, key, entry.value, null);
    turn.propagated.push(['PERSIST', key]);
  } else if (isTimeOption(word)) {
    const read = readTimeOption(turn, word, argument ?? '', 'getex');
    if ('refusal' in read) return read.refusal;
    if (read.at <= turn.now) {
      remove(turn, key);
      turn.propagated.push(['DEL', key]);
    } else {
      store(turn, key, entry.value, read.at);
      turn.propagated.push(['PEXPIREAT', key, String(read.at)]);
    }
  }
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

export function append(turn: Turn, [key = '', more = '']: Arguments): Reply {
  const text = textOf(turn, key);
  if (typeof text === 'object') return text;
  edit(turn, key, (text ?? '') + more, 'append');
  return integer((text ?? '').length + more.length);
}

function edit(turn: Turn, key: string, text: string, event: string): void {
  const expireAt = turn.state.entries.get(key)?.expireAt ?? null;
  store(turn, key, { type: 'string', text }, expireAt);
  turn.events.push({ event, key });
  turn.propagated.push(['SET', key, text, ...(expireAt === null ? [] : ['PXAT', String(expireAt)])]);
}

export function strLen(turn: Turn, [key = '']: Arguments): Reply {
  const text = textOf(turn, key);
  return typeof text === 'object' ? text : integer((text ?? '').length);
}

export function mGet(turn: Turn, keys: Arguments): Reply {
  return array(
    keys.map((key) => {
      const reply = get(turn, [key]);
      return reply.type === 'error' ? nil : reply;
    }),
  );
}

export function mSet(turn: Turn, pairs: Arguments): Reply {
  if (pairs.length % 2 !== 0) return error("ERR wrong number of arguments for 'mset' command");
  for (let at = 0; at < pairs.length; at += 2) write(turn, pairs[at] ?? '', pairs[at + 1] ?? '', null);
  return ok;
}

export function mSetNx(turn: Turn, pairs: Arguments): Reply {
  if (pairs.length % 2 !== 0) return error("ERR wrong number of arguments for 'msetnx' command");
  if (pairs.some((key, at) => at % 2 === 0 && lookUp(turn, key) !== undefined)) return integer(0);
  mSet(turn, pairs);
  return integer(1);
}
