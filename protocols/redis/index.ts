// A Redis-like server: strings and lists, expiry on the wall clock, transactions, scripts, channels, an append-only file, and
// asynchronous replication; and a client that speaks to it in redis-cli's words.
export { redisClient, type RedisClient } from './client.ts';
export { redisDefaults, type RedisConfig } from './config.ts';
export type { RedisMessage } from './messages.ts';
export { describeReply, type Reply } from './reply.ts';
export { standardScripts, type Script } from './scripts.ts';
export { redis, type Redis, type RedisServerState } from './server.ts';
