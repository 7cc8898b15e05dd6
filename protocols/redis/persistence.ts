// The append-only file: every write as a command that does not depend on when it is run. It is read from the beginning when
// the server starts, and rewritten when it has grown.
import type { Context, Json } from '../../sim/index.ts';
import type { RedisConfig } from './config.ts';
import { execute } from './execute.ts';
import type { Redis } from './server.ts';
import { beginTurn, emptyRedis, type Entry, type RedisState } from './state.ts';

type Ctx = Pick<Context<Redis>, 'disk' | 'now'>;

const file = 'appendonly';
const base = 'appendonly-base';

/** What survived on disk. A torn last record is cut off, as redis-server does with `aof-load-truncated yes`. */
export function load(config: RedisConfig, ctx: Ctx): RedisState {
  const state = emptyRedis();
  if (config.appendfsync === 'none') return state;
  for (const [key, entry] of ctx.disk.get<never>(base) ?? ([] as [string, Entry][])) state.entries.set(key, entry);
  const { records, damage, first } = ctx.disk.read<readonly string[]>(file);
  if (damage !== undefined) ctx.disk.truncate(file, first + records.length);
  // As a replica, so that nothing runs out while it loads: what ran out meanwhile was deleted later in the file, or will be.
  const turn = { ...beginTurn(state, 'file', () => 0), now: -Infinity };
  for (const words of records) execute(turn, words, config.scripts);
  state.connections.clear();
  return state;
}

/** Writes what a turn did behind the file. */
export function record(commands: readonly (readonly string[])[], config: RedisConfig, ctx: Ctx): void {
  if (config.appendfsync === 'none') return;
  for (const words of commands) ctx.disk.append(file, words);
  if (config.appendfsync === 'always' && commands.length > 0) ctx.disk.sync();
}

/** Replaces the file by the keyspace as it is, once it has grown beyond what the configuration allows. */
export function rewriteIfLong(state: RedisState, config: RedisConfig, ctx: Ctx): void {
  if (config.appendfsync === 'none') return;
  const { first, records } = ctx.disk.read(file);
  if (records.length < config.rewriteAt) return;
  ctx.disk.set(base, [...state.entries] as unknown as Json);
  ctx.disk.sync(); // the base must be there before what it replaces goes
  ctx.disk.trim(file, first + records.length);
}
