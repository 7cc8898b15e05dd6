// A Redis server as a node: it runs the commands of its clients one after the other, looks for keys that ran out ten times a
// second, keeps its append-only file, and replicates. It knows the time only from its own wall clock.
import { ms, seconds, type Context, type Micros, type NodeId, type Protocol } from '../../sim/index.ts';
import { redisDefaults, type RedisConfig } from './config.ts';
import { arityRefusal, execute } from './execute.ts';
import { expireActively } from './keyspace.ts';
import type { Commands, RedisMessage } from './messages.ts';
import { readInteger } from './numbers.ts';
import { load, record, rewriteIfLong } from './persistence.ts';
import {
  aloneWith,
  demote,
  describeRole,
  follow,
  newHistory,
  onApplied,
  onFollow,
  onFullSync,
  onStream,
  pingPeers,
  promote,
  replicasAt,
  replicate,
  type Replication,
} from './replication.ts';
import { error, integer, notAnInteger, ok, type Reply } from './reply.ts';
import { beginTurn, connectionOf, type RedisState, type Turn } from './state.ts';
import { tellSubscribers } from './subscribers.ts';

export interface Redis {
  state: RedisServerState;
  message: RedisMessage;
  timer: 'cron' | 'fsync' | 'upkeep' | 'ready' | 'wait';
  request: never;
  response: never;
}

export interface RedisServerState {
  readonly redis: RedisState;
  readonly replication: Replication;
  /** False while a server that came back waits for the locks it forgot to run out. */
  isReady: boolean;
  /** Clients that wait for replicas (WAIT), with the rest of what they sent. */
  waiting: Waiting[];
}

interface Waiting {
  readonly client: NodeId;
  readonly message: Commands;
  readonly replies: readonly Reply[];
  /** Which command of the message it is. */
  readonly place: number;
  readonly offset: number;
  readonly replicas: number;
  /** On the monotonic clock; null for no limit. */
  readonly until: Micros | null;
}

type Ctx = Context<Redis>;

const birth = 'was started';

/** A Redis server. Clients send it `Commands`. */
export function redis(options: Partial<RedisConfig> = {}): Protocol<Redis> {
  const config: RedisConfig = { ...redisDefaults, ...options };
  return {
    start: (ctx) => start(config, ctx),
    onMessage(state, from, message, ctx) {
      switch (message.type) {
        case 'Commands':
          if (state.isReady) run(state, from, message, 0, [], config, ctx);
          return;
        case 'Connect':
          state.redis.connections.delete(from);
          state.waiting = state.waiting.filter(({ client }) => client !== from);
          return;
        case 'Follow':
          return onFollow(state, from, message, ctx);
        case 'FullSync':
          return onFullSync(state, from, message, config, ctx);
        case 'Stream':
          return onStream(state, from, message, config, ctx);
        case 'Applied':
          onApplied(state, from, message);
          return answerWaiting(state, config, ctx);
        case 'Replies':
        case 'Push':
          return; // for clients
      }
    },
    onTimer: (state, timer, ctx) => onTimer(state, timer, config, ctx),
  };
}

function start(config: RedisConfig, ctx: Ctx): RedisServerState {
  const redis = load(config, ctx);
  const cameBack = ctx.disk.get(birth) !== undefined;
  const isReady = !cameBack || config.delayedRestart === 0;
  if (!cameBack && (config.delayedRestart > 0 || config.rejoins !== null)) {
    ctx.disk.set(birth, true);
    ctx.disk.sync();
  }
  if (!isReady) ctx.setTimer('ready', config.delayedRestart);
  if (config.hz > 0) ctx.setTimer('cron', Math.floor(seconds(1) / config.hz));
  if (config.appendfsync === 'everysec') ctx.setTimer('fsync', seconds(1));
  if (config.appendfsync === 'no') ctx.setTimer('fsync', seconds(30));
  const primary = cameBack ? (config.rejoins ?? config.replicaOf) : config.replicaOf;
  const replication = aloneWith(primary, newHistory(ctx), ctx.monotonic());
  const state: RedisServerState = { redis, replication, isReady, waiting: [] };
  if (primary !== null) {
    redis.role = 'replica';
    follow(state, ctx);
  }
  ctx.setTimer('upkeep', config.replPing);
  return state;
}

function onTimer(state: RedisServerState, timer: Redis['timer'], config: RedisConfig, ctx: Ctx): void {
  switch (timer) {
    case 'cron': {
      ctx.setTimer('cron', Math.floor(seconds(1) / config.hz));
      const turn = beginTurn(state.redis, '', () => ctx.now());
      if (expireActively(turn, 20, (bound) => ctx.random(bound)) > 0) finish(state, turn, config, ctx);
      return;
    }
    case 'fsync':
      ctx.setTimer('fsync', config.appendfsync === 'everysec' ? seconds(1) : seconds(30));
      return ctx.disk.sync();
    case 'upkeep': {
      ctx.setTimer('upkeep', config.replPing);
      rewriteIfLong(state.redis, config, ctx);
      const { failoverAfter } = config;
      const silence = ctx.monotonic() - state.replication.heardAt;
      const isReplica = state.redis.role === 'replica';
      if (isReplica && failoverAfter > 0 && silence > failoverAfter) promote(state, ctx);
      return pingPeers(state, ctx);
    }
    case 'ready':
      state.isReady = true;
      return ctx.note('ready');
    case 'wait':
      return answerWaiting(state, config, ctx);
  }
}

/** Runs the commands of a message from `place` on; one that waits for replicas takes the rest with it. */
function run(
  state: RedisServerState,
  client: NodeId,
  message: Commands,
  place: number,
  before: readonly Reply[],
  config: RedisConfig,
  ctx: Ctx,
): void {
  const replies = [...before];
  for (let at = place; at < message.commands.length; at++) {
    const words = message.commands[at] ?? [];
    const isQueued = connectionOf(state.redis, client).queue !== null;
    if (words[0]?.toUpperCase() === 'WAIT' && !isQueued) {
      const waiting = beginWait(state, client, message, replies, at, ctx);
      if ('type' in waiting) replies.push(waiting);
      else {
        state.waiting.push(waiting);
        return answerWaiting(state, config, ctx);
      }
    } else replies.push(runOne(state, client, words, config, ctx));
  }
  ctx.send(client, { type: 'Replies', request: message.request, replies });
}

function runOne(
  state: RedisServerState,
  client: NodeId,
  words: readonly string[],
  config: RedisConfig,
  ctx: Ctx,
): Reply {
  if (words[0]?.toUpperCase() === 'REPLICAOF') return replicaOf(state, words, ctx);
  const { writtenTo } = connectionOf(state.redis, client);
  const turn = beginTurn(state.redis, client, () => ctx.now(), {
    caughtUp: replicasAt(state, writtenTo),
    describe: () => describeRole(state),
  });
  ctx.work(config.serviceTime);
  const reply = execute(turn, words, config.scripts);
  finish(state, turn, config, ctx);
  return reply;
}

function replicaOf(state: RedisServerState, [, host = '', port = '']: readonly string[], ctx: Ctx): Reply {
  if (host.toUpperCase() === 'NO' && port.toUpperCase() === 'ONE') {
    if (state.redis.role === 'replica') promote(state, ctx);
    return ok;
  }
  if (!ctx.peers.includes(host)) return error(`ERR Invalid master host ${host}`);
  demote(state, host, ctx);
  return ok;
}

/** What a turn did reaches the file, then the replicas and those who listen. */
function finish(state: RedisServerState, turn: Turn, config: RedisConfig, ctx: Ctx): void {
  const isOne = turn.propagated.length < 2;
  const written = isOne ? turn.propagated : [['MULTI'], ...turn.propagated, ['EXEC']]; // half of it is nothing
  record(
    written.filter(([name]) => name !== 'PUBLISH'),
    config,
    ctx,
  );
  replicate(state, written, config, ctx);
  if (written.length > 0) connectionOf(state.redis, turn.client).writtenTo = state.replication.offset;
  tellSubscribers(turn, config, ctx);
}

function beginWait(
  state: RedisServerState,
  client: NodeId,
  message: Commands,
  replies: readonly Reply[],
  place: number,
  ctx: Ctx,
): Waiting | Reply {
  const words = message.commands[place] ?? [];
  const refusal = arityRefusal('WAIT', words.length, 3);
  if (refusal !== undefined) return refusal;
  const [, replicasText = '', timeoutText = ''] = words;
  const [replicas, timeout] = [readInteger(replicasText), readInteger(timeoutText)];
  if (replicas === undefined || timeout === undefined) return notAnInteger;
  if (timeout < 0n) return error('ERR timeout is negative');
  if (state.redis.role === 'replica') return error('ERR WAIT cannot be used with replica instances.');
  const offset = connectionOf(state.redis, client).writtenTo;
  const until = timeout === 0n ? null : ctx.monotonic() + ms(Number(timeout));
  return { client, message, replies, place, offset, replicas: Number(replicas), until };
}

/** Answers those whose replicas have caught up, or whose time is over, with how many replicas had. */
function answerWaiting(state: RedisServerState, config: RedisConfig, ctx: Ctx): void {
  const now = ctx.monotonic();
  const caughtUp = ({ offset }: Waiting): number => replicasAt(state, offset);
  const done = state.waiting.filter(
    (waiting) => caughtUp(waiting) >= waiting.replicas || (waiting.until !== null && now >= waiting.until),
  );
  state.waiting = state.waiting.filter((waiting) => !done.includes(waiting));
  for (const waiting of done) {
    const replies = [...waiting.replies, integer(caughtUp(waiting))];
    run(state, waiting.client, waiting.message, waiting.place + 1, replies, config, ctx);
  }
  const next = Math.min(...state.waiting.map(({ until }) => until ?? Infinity));
  if (next < Infinity) ctx.setTimer('wait', next - now);
}
