// Asynchronous replication: a primary sends its writes to those who follow it, and answers its client without waiting for them.
// A write that was acknowledged and did not arrive is lost when a replica takes over; that is why a lock on one server with a replica is unsafe.
import type { Context, NodeId } from '../../sim/index.ts';
import type { RedisConfig } from './config.ts';
import { execute } from './execute.ts';
import type { Applied, Follow, FullSync, Stream } from './messages.ts';
import { record, rewrite } from './persistence.ts';
import type { Redis, RedisServerState } from './server.ts';
import { array, bulk, bulks, integer, type Reply } from './reply.ts';
import { beginTurn } from './state.ts';
import { tellSubscribers } from './subscribers.ts';

type Ctx = Context<Redis>;

/** What a server knows of the copies of its keyspace. */
export interface Replication {
  /** Names a history of writes: each primary begins its own. */
  history: number;
  /** How many writes of the history there were. */
  offset: number;
  /** The latest of them, for replicas that were away for a moment. */
  backlog: (readonly string[])[];
  /** On a primary: its replicas, and what each has applied. */
  readonly replicas: Map<NodeId, number>;
  /** On a replica: whom it follows, and when it last heard of it, on its monotonic clock. */
  primary: NodeId | null;
  heardAt: number;
}

export function aloneWith(primary: NodeId | null, history: number, heardAt: number): Replication {
  return { history, offset: 0, backlog: [], replicas: new Map(), primary, heardAt };
}

/** Sends what a turn wrote to all replicas. */
export function replicate(
  state: RedisServerState,
  commands: readonly (readonly string[])[],
  config: RedisConfig,
  ctx: Ctx,
): void {
  const { replication } = state;
  if (commands.length === 0) return;
  const { history, offset } = replication;
  replication.offset += commands.length;
  replication.backlog.push(...commands);
  replication.backlog.splice(0, replication.backlog.length - config.backlog);
  for (const replica of replication.replicas.keys()) {
    ctx.send(replica, { type: 'Stream', history, offset, commands });
  }
}

/** A replica asks: it gets what it lacks, or everything if that is not known any more. */
export function onFollow(state: RedisServerState, from: NodeId, { history, offset }: Follow, ctx: Ctx): void {
  const { replication, redis } = state;
  if (redis.role !== 'primary') return;
  const missing = replication.offset - offset;
  const isKnown = history === replication.history && missing >= 0 && missing <= replication.backlog.length;
  replication.replicas.set(from, isKnown ? offset : -1); // who gets everything has nothing until it says so
  if (isKnown) {
    const commands = missing === 0 ? [] : replication.backlog.slice(-missing);
    ctx.send(from, { type: 'Stream', history, offset, commands });
    return;
  }
  const entries = [...redis.entries];
  ctx.send(from, { type: 'FullSync', history: replication.history, offset: replication.offset, entries });
}

export function onFullSync(
  state: RedisServerState,
  from: NodeId,
  message: FullSync,
  config: RedisConfig,
  ctx: Ctx,
): void {
  const { replication, redis } = state;
  if (replication.primary !== from) return;
  redis.entries.clear();
  for (const [key, entry] of message.entries) redis.entries.set(key, entry);
  replication.history = message.history;
  replication.offset = message.offset;
  replication.backlog = [];
  replication.heardAt = ctx.monotonic();
  rewrite(redis, config, ctx);
  acknowledge(state, from, ctx);
}

/** Applies the writes of the primary in order; after a gap it asks again. */
export function onStream(state: RedisServerState, from: NodeId, message: Stream, config: RedisConfig, ctx: Ctx): void {
  const { replication, redis } = state;
  if (replication.primary !== from) return;
  replication.heardAt = ctx.monotonic();
  if (message.history !== replication.history || message.offset > replication.offset) return follow(state, ctx);
  const news = message.commands.slice(replication.offset - message.offset);
  const turn = { ...beginTurn(redis, 'primary', () => ctx.now()), now: -Infinity }; // it removes nothing by its own clock
  redis.role = 'primary'; // the stream may write
  for (const words of news) execute(turn, words, config.scripts);
  redis.role = 'replica';
  tellSubscribers(turn, config, ctx);
  replication.offset += news.length;
  replication.backlog.push(...news);
  replication.backlog.splice(0, replication.backlog.length - config.backlog);
  record(news, config, ctx);
  if (news.length > 0) acknowledge(state, from, ctx);
}

export function onApplied(state: RedisServerState, from: NodeId, { history, offset }: Applied): void {
  const { replication } = state;
  if (history !== replication.history || !replication.replicas.has(from)) return;
  replication.replicas.set(from, Math.max(offset, replication.replicas.get(from) ?? 0));
}

/** Tells each replica, or the primary, that this server is there. */
export function pingPeers(state: RedisServerState, ctx: Ctx): void {
  const { replication, redis } = state;
  const { history, offset } = replication;
  if (redis.role === 'replica') return follow(state, ctx);
  for (const replica of replication.replicas.keys()) {
    ctx.send(replica, { type: 'Stream', history, offset, commands: [] });
  }
}

export function follow(state: RedisServerState, ctx: Ctx): void {
  const { primary, history, offset } = state.replication;
  if (primary !== null) ctx.send(primary, { type: 'Follow', history, offset });
}

function acknowledge(state: RedisServerState, primary: NodeId, ctx: Ctx): void {
  const { history, offset } = state.replication;
  ctx.send(primary, { type: 'Applied', history, offset });
}

/** A name that no other history of writes has. */
export function newHistory(ctx: Ctx): number {
  return ctx.random(2 ** 30) * 2 ** 20 + ctx.random(2 ** 20);
}

/** How many replicas have the first `offset` writes. */
export function replicasAt({ replication }: RedisServerState, offset: number): number {
  return [...replication.replicas.values()].filter((applied) => applied >= offset).length;
}

/** The answer to ROLE; offsets count writes, where Redis counts bytes. */
export function describeRole({ redis, replication }: RedisServerState): Reply {
  const { primary, offset, replicas } = replication;
  if (redis.role === 'replica') {
    return array([...['slave', primary ?? '', port].map(bulk), bulk('connected'), integer(offset)]);
  }
  const followers = [...replicas].map(([id, applied]) => bulks([id, port, String(Math.max(0, applied))]));
  return array([bulk('master'), integer(offset), array(followers)]);
}

/** There are no ports in this world; this is the one that Redis listens on. */
const port = '6379';

/** The replica takes its primary's place, with what it has. */
export function promote(state: RedisServerState, ctx: Ctx): void {
  state.redis.role = 'primary';
  state.replication.primary = null;
  state.replication.history = newHistory(ctx);
  ctx.note('role', { role: 'primary' });
}

/** The server copies another one from now on, and forgets what it has. */
export function demote(state: RedisServerState, primary: NodeId, ctx: Ctx): void {
  state.redis.role = 'replica';
  state.replication.replicas.clear();
  state.replication.primary = primary;
  state.replication.heardAt = ctx.monotonic();
  ctx.note('role', { role: 'replica' });
  follow(state, ctx);
}
