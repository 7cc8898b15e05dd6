// Commands on keys of any kind, and on the keyspace as a whole.
import { hasRunOut, lookUp, remove, store, touch } from './keyspace.ts';
import { bulks, error, integer, ok, syntaxError, type Reply } from './reply.ts';
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
  for (const key of turn.state.entries.keys()) touch(turn, key);
  turn.state.entries.clear();
  turn.propagated.push(['FLUSHALL']);
  return ok;
}

/** Redis's patterns: `*`, `?`, `[a-c]`, `[^a]`, and a backslash before a character that is meant itself. */
export function globMatcher(pattern: string): (text: string) => boolean {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    const end = char === '[' ? pattern.indexOf(']', at + 1) : -1;
    if (char === '*') source += '[\\s\\S]*';
    else if (char === '?') source += '[\\s\\S]';
    else if (char === '\\' && at + 1 < pattern.length) source += literal(pattern[++at] ?? '');
    else if (end !== -1) {
      source += `[${pattern
        .slice(at + 1, end)
        .replaceAll('\\', '\\\\')
        .replaceAll('[', '\\[')}]`;
      at = end;
    } else source += literal(char);
  }
  const expression = new RegExp(`^${source}$`);
  return (text) => expression.test(text);
}

function literal(char: string): string {
  return /[\w\s]/.test(char) ? char : `\\${char}`;
}
