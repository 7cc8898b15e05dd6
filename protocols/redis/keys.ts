// Commands on keys of any kind, and on the keyspace as a whole.
import { globMatcher } from './glob.ts';
import { hasRunOut, lookUp, remove, store, touch } from './keyspace.ts';
import { readInteger } from './numbers.ts';
import { bulks, error, integer, notAnInteger, ok, syntaxError, type Reply } from './reply.ts';
import type { Turn } from './state.ts';

type Arguments = readonly string[];

export function del(turn: Turn, keys: Arguments): Reply {
  const removed = keys.filter((key) => remove(turn, key));
  if (removed.length > 0) turn.propagated.push(['DEL', ...removed]);
  return integer(removed.length);
}

/** A key that is named twice counts twice. */
export function exists(turn: Turn, keys: Arguments): Reply {
  return integer(keys.filter((key) => lookUp(turn, key) !== undefined).length);
}

export function type(turn: Turn, [key = '']: Arguments): Reply {
  return { type: 'status', text: lookUp(turn, key)?.value.type ?? 'none' };
}

export function rename(turn: Turn, [from = '', to = '']: Arguments): Reply {
  const entry = lookUp(turn, from);
  if (entry === undefined) return error('ERR no such key');
  if (from === to) return ok;
  turn.state.entries.delete(from);
  touch(turn, from);
  store(turn, to, entry.value, entry.expireAt);
  turn.events.push({ event: 'rename_from', key: from }, { event: 'rename_to', key: to });
  turn.propagated.push(['RENAME', from, to]);
  return ok;
}

export function renameNx(turn: Turn, [from = '', to = '']: Arguments): Reply {
  if (lookUp(turn, from) === undefined) return error('ERR no such key');
  if (lookUp(turn, to) !== undefined) return integer(0);
  rename(turn, [from, to]);
  return integer(1);
}

/** COPY source destination [DB 0] [REPLACE]: there is one database. */
export function copy(turn: Turn, [from = '', to = '', ...options]: Arguments): Reply {
  let replaces = false;
  for (let at = 0; at < options.length; at++) {
    const option = options[at]?.toUpperCase();
    if (option === 'REPLACE') replaces = true;
    else if (option === 'DB' && at + 1 < options.length) {
      const database = readInteger(options[++at] ?? '');
      if (database === undefined) return notAnInteger;
      if (database !== 0n) return error('ERR DB index is out of range');
    } else return syntaxError;
  }
  if (from === to) return error('ERR source and destination objects are the same');
  const entry = lookUp(turn, from);
  if (entry === undefined || (!replaces && lookUp(turn, to) !== undefined)) return integer(0);
  store(turn, to, entry.value, entry.expireAt);
  turn.events.push({ event: 'copy_to', key: to });
  turn.propagated.push(['COPY', from, to, 'REPLACE']);
  return integer(1);
}

/** Keys that have run out are not listed, but stay until somebody comes across them. */
export function keys(turn: Turn, [pattern = '']: Arguments): Reply {
  const matches = globMatcher(pattern);
  const found = [...turn.state.entries].filter(([key, entry]) => !hasRunOut(turn, entry) && matches(key));
  return bulks(found.map(([key]) => key));
}

/** Counts what is stored, keys that have run out among them. */
export function dbSize(turn: Turn): Reply {
  return integer(turn.state.entries.size);
}

export function flushAll(turn: Turn, args: Arguments): Reply {
  if (args.length > 1 || (args.length === 1 && !/^(a?sync)$/i.test(args[0] ?? ''))) return syntaxError;
  for (const key of turn.state.entries.keys()) touch(turn, key, true);
  turn.state.entries.clear();
  turn.propagated.push(['FLUSHALL']);
  return ok;
}
