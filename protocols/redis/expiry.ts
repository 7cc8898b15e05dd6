// How long keys live. A time to live is kept as an absolute instant of the server's wall clock, so a clock that is set moves it.
import { lookUp, remove, store } from './keyspace.ts';
import { readExpiry } from './numbers.ts';
import { error, integer, type Reply } from './reply.ts';
import type { Turn } from './state.ts';

type Arguments = readonly string[];

interface ExpireCommand {
  readonly name: string;
  readonly unit: 1 | 1_000;
  readonly isAbsolute: boolean;
}

/** EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT: key time [NX | XX | GT | LT] */
export const expire = expireWith({ name: 'expire', unit: 1_000, isAbsolute: false });
export const pExpire = expireWith({ name: 'pexpire', unit: 1, isAbsolute: false });
export const expireAt = expireWith({ name: 'expireat', unit: 1_000, isAbsolute: true });
export const pExpireAt = expireWith({ name: 'pexpireat', unit: 1, isAbsolute: true });

function expireWith({ name, unit, isAbsolute }: ExpireCommand) {
  return (turn: Turn, [key = '', time = '', ...words]: Arguments): Reply => {
    const flags = readFlags(words);
    if ('type' in flags) return flags;
    const read = readExpiry(time, unit, isAbsolute ? 0 : turn.now, name, true);
    if ('refusal' in read) return read.refusal;
    const entry = lookUp(turn, key);
    if (entry === undefined || !allows(flags.has, entry.expireAt, read.at)) return integer(0);
    liveUntil(turn, key, read.at);
    return integer(1);
  };
}

/** Gives a key that is there another end; one that is over already deletes it at once. */
export function liveUntil(turn: Turn, key: string, at: number): void {
  const entry = lookUp(turn, key);
  if (entry === undefined) return;
  if (at <= turn.now) {
    remove(turn, key);
    turn.propagated.push(['DEL', key]);
    return;
  }
  store(turn, key, entry.value, at);
  turn.events.push({ event: 'expire', key });
  turn.propagated.push(['PEXPIREAT', key, String(at)]);
}

function readFlags(words: Arguments): { readonly has: ReadonlySet<string> } | Reply {
  const has = new Set<string>();
  for (const word of words) {
    const flag = word.toUpperCase();
    if (!['NX', 'XX', 'GT', 'LT'].includes(flag)) return error(`ERR Unsupported option ${word}`);
    has.add(flag);
  }
  if (has.has('NX') && has.size > 1) {
    return error('ERR NX and XX, GT or LT options at the same time are not compatible');
  }
  if (has.has('GT') && has.has('LT')) return error('ERR GT and LT options at the same time are not compatible');
  return { has };
}

/** A key that stays lives longer than any other. */
function allows(flags: ReadonlySet<string>, current: number | null, wanted: number): boolean {
  if (flags.has('NX') && current !== null) return false;
  if (flags.has('XX') && current === null) return false;
  if (flags.has('GT') && (current === null || wanted <= current)) return false;
  return !(flags.has('LT') && current !== null && wanted >= current);
}

export function persist(turn: Turn, [key = '']: Arguments): Reply {
  const entry = lookUp(turn, key);
  if (entry === undefined || entry.expireAt === null) return integer(0);
  store(turn, key, entry.value, null);
  turn.events.push({ event: 'persist', key });
  turn.propagated.push(['PERSIST', key]);
  return integer(1);
}

export const ttl = (turn: Turn, [key = '']: Arguments): Reply =>
  ask(turn, key, (at) => Math.floor((Math.max(0, at - turn.now) + 500) / 1_000));
export const pTtl = (turn: Turn, [key = '']: Arguments): Reply => ask(turn, key, (at) => Math.max(0, at - turn.now));
export const expireTime = (turn: Turn, [key = '']: Arguments): Reply =>
  ask(turn, key, (at) => Math.floor((at + 500) / 1_000));
export const pExpireTime = (turn: Turn, [key = '']: Arguments): Reply => ask(turn, key, (at) => at);

/** -2 for a missing key, -1 for one that stays. */
function ask(turn: Turn, key: string, tell: (at: number) => number): Reply {
  const entry = lookUp(turn, key);
  if (entry === undefined) return integer(-2);
  return integer(entry.expireAt === null ? -1 : tell(entry.expireAt));
}
