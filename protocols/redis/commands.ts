// The table of commands: how many words each takes, and what it does.
import * as expiry from './expiry.ts';
import * as keys from './keys.ts';
import * as lists from './lists.ts';
import { bulk, bulks, error, integer, type Reply } from './reply.ts';
import { connectionOf, isSubscribed, type Turn } from './state.ts';
import * as strings from './strings.ts';
import { subscribersOf } from './subscribers.ts';

export interface Command {
  /** Words, the command's own among them; negative for at least so many. */
  readonly arity: number;
  readonly run: (turn: Turn, args: readonly string[]) => Reply;
  /** Whether it may change the keyspace: a replica refuses it. */
  readonly writes: boolean;
}

const reading = (arity: number, run: Command['run']): Command => ({ arity, run, writes: false });
const writing = (arity: number, run: Command['run']): Command => ({ arity, run, writes: true });

export const commands: ReadonlyMap<string, Command> = new Map([
  ['SET', writing(-3, strings.set)],
  ['SETNX', writing(3, strings.setNx)],
  ['SETEX', writing(4, strings.setEx)],
  ['PSETEX', writing(4, strings.pSetEx)],
  ['GET', reading(2, strings.get)],
  ['GETSET', writing(3, strings.getSet)],
  ['GETDEL', writing(2, strings.getDel)],
  ['GETEX', writing(-2, strings.getEx)],
  ['MGET', reading(-2, strings.mGet)],
  ['MSET', writing(-3, strings.mSet)],
  ['MSETNX', writing(-3, strings.mSetNx)],
  ['INCR', writing(2, strings.incr)],
  ['DECR', writing(2, strings.decr)],
  ['INCRBY', writing(3, strings.incrBy)],
  ['DECRBY', writing(3, strings.decrBy)],
  ['INCRBYFLOAT', writing(3, strings.incrByFloat)],
  ['APPEND', writing(3, strings.append)],
  ['STRLEN', reading(2, strings.strLen)],
  ['DEL', writing(-2, keys.del)],
  ['UNLINK', writing(-2, keys.del)],
  ['EXISTS', reading(-2, keys.exists)],
  ['TYPE', reading(2, keys.type)],
  ['RENAME', writing(3, keys.rename)],
  ['RENAMENX', writing(3, keys.renameNx)],
  ['COPY', writing(-3, keys.copy)],
  ['TOUCH', reading(-2, keys.exists)],
  ['KEYS', reading(2, keys.keys)],
  ['DBSIZE', reading(1, keys.dbSize)],
  ['FLUSHALL', writing(-1, keys.flushAll)],
  ['FLUSHDB', writing(-1, keys.flushAll)],
  ['EXPIRE', writing(-3, expiry.expire)],
  ['PEXPIRE', writing(-3, expiry.pExpire)],
  ['EXPIREAT', writing(-3, expiry.expireAt)],
  ['PEXPIREAT', writing(-3, expiry.pExpireAt)],
  ['PERSIST', writing(2, expiry.persist)],
  ['TTL', reading(2, expiry.ttl)],
  ['PTTL', reading(2, expiry.pTtl)],
  ['EXPIRETIME', reading(2, expiry.expireTime)],
  ['PEXPIRETIME', reading(2, expiry.pExpireTime)],
  ['LPUSH', writing(-3, lists.lPush)],
  ['RPUSH', writing(-3, lists.rPush)],
  ['LPOP', writing(-2, lists.lPop)],
  ['RPOP', writing(-2, lists.rPop)],
  ['LLEN', reading(2, lists.lLen)],
  ['LINDEX', reading(3, lists.lIndex)],
  ['LRANGE', reading(4, lists.lRange)],
  ['PUBLISH', reading(3, publish)],
  ['PING', reading(-1, ping)],
  ['WAIT', reading(3, ({ replication }) => integer(replication.caughtUp))], // in a transaction it does not wait
  ['ECHO', reading(2, (_turn, [text = '']) => bulk(text))],
  ['TIME', reading(1, time)],
  ['ROLE', reading(1, ({ replication }) => replication.describe())],
]);

/** How many clients hear it here: those of the channel, and one more for each pattern that fits. Those of replicas hear it too. */
function publish(turn: Turn, [channel = '', message = '']: readonly string[]): Reply {
  turn.published.push({ channel, message });
  if (turn.state.role === 'primary') turn.propagated.push(['PUBLISH', channel, message]);
  return integer(subscribersOf(turn, channel).length);
}

function ping({ state, client }: Turn, [text, ...rest]: readonly string[]): Reply {
  if (rest.length > 0) return error("ERR wrong number of arguments for 'ping' command");
  if (isSubscribed(connectionOf(state, client))) return bulks(['pong', text ?? '']);
  return text === undefined ? { type: 'status', text: 'PONG' } : bulk(text);
}

/** Seconds and microseconds of the wall clock: it goes on within a script, where keys do not run out. */
function time({ clock }: Turn): Reply {
  const micros = clock();
  return bulks([String(Math.floor(micros / 1_000_000)), String(micros % 1_000_000)]);
}
