// The append-only file: every write as a command that does not depend on when it is run. It is read from the beginning when
// the server starts, and rewritten when it has grown.
import { DiskError, type Context, type Json } from '../../sim/index.ts';
import type { RedisConfig } from './config.ts';
import { execute } from './execute.ts';
import type { Redis } from './server.ts';
import { beginTurn, connectionOf, emptyRedis, type Entry, type RedisState } from './state.ts';

type Ctx = Pick<Context<Redis>, 'disk' | 'now'>;

const file = 'appendonly';
const base = 'appendonly-base';

/** The keyspace as it was before the record `from` of the file. */
interface Base {
  readonly from: number;
  readonly entries: readonly (readonly [key: string, entry: Entry])[];
}

/**
 * What survived on disk. A torn last record is cut off, and with it a transaction that it left open, as redis-server does with
 * `aof-load-truncated yes`.
 * @throws DiskError where the file is damaged before its end: then redis-server does not start
 */
export function load(config: RedisConfig, ctx: Ctx): RedisState {
  const state = emptyRedis();
  if (config.appendfsync === 'none') return state;
  const rewritten = ctx.disk.get<Json>(base) as unknown as Base | undefined;
  for (const [key, entry] of rewritten?.entries ?? []) state.entries.set(key, entry);
  const { records, damage, first } = ctx.disk.read<readonly string[]>(file);
  if (damage?.type === 'corrupt') throw new DiskError('corrupt', 'Bad file format reading the append only file');
  // At a time when nothing runs out: what ran out meanwhile is deleted by a later record, or when somebody comes across it.
  const turn = { ...beginTurn(state, 'file', () => 0), now: -Infinity };
  let complete = first;
  for (const [place, words] of records.entries()) {
    if (first + place >= (rewritten?.from ?? 0)) execute(turn, words, config.scripts);
    if (connectionOf(state, 'file').queue === null) complete = first + place + 1;
  }
  if (damage !== undefined || complete < first + records.length) ctx.disk.truncate(file, complete);
  state.connections.clear();
  return state;
}

/** Writes what a turn did behind the file. */
export function record(commands: readonly (readonly string[])[], config: RedisConfig, ctx: Ctx): void {
  if (config.appendfsync === 'none') return;
  for (const words of commands) ctx.disk.append(file, words);
  if (config.appendfsync === 'always' && commands.length > 0) ctx.disk.sync();
}

/** Rewrites the file once it has grown beyond what the configuration allows. */
export function rewriteIfLong(state: RedisState, config: RedisConfig, ctx: Ctx): void {
  if (config.appendfsync === 'none') return;
  if (ctx.disk.read(file).records.length >= config.rewriteAt) rewrite(state, config, ctx);
}

/** Replaces the file by the keyspace as it is. */
export function rewrite(state: RedisState, config: RedisConfig, ctx: Ctx): void {
  if (config.appendfsync === 'none') return;
  const { first, records } = ctx.disk.read(file);
  const from = first + records.length;
  ctx.disk.set(base, { from, entries: [...state.entries] } satisfies Base as unknown as Json);
  ctx.disk.sync(); // the base must be there before what it replaces goes
  ctx.disk.trim(file, from);
}
