// The server against Redis itself: the same drawn commands of two clients get the same answers. Skipped where there is no
// redis-server.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute } from '../../../protocols/redis/execute.ts';
import type { Reply } from '../../../protocols/redis/reply.ts';
import { beginTurn, emptyRedis, type RedisState } from '../../../protocols/redis/state.ts';

type Step = { readonly client: 0 | 1; readonly words: readonly string[] };

const key = fc.constantFrom('a', 'b', 'c');
const text = fc.constantFrom('x', '7', '-3', '07', '1.5', ' 4', '9223372036854775800', '', 'ä€');
const whole = fc.constantFrom('0', '1', '-1', '2', '-5', 'x', '1.0', '9223372036854775807', '-9223372036854775808');
/** Instants that are over, or far ahead: nothing depends on how long the test takes. */
const instant = fc.constantFrom('1', '4000000000000', '4100000000000', '0', '-7', '9223372036854775808', 'soon');
const condition = fc.constantFrom([], ['NX'], ['XX'], ['GT'], ['LT'], ['NX', 'GT'], ['GT', 'LT'], ['gt'], ['MORE']);
const setOption = fc.oneof(
  fc.constantFrom(['NX'], ['XX'], ['GET'], ['KEEPTTL'], ['nx'], ['PX'], ['PX', '0'], ['EX', '-1'], ['PX', 'x']),
  instant.map((at) => ['PXAT', at]),
  instant.map((at) => ['EXAT', at]),
);

type Word = string | fc.Arbitrary<string> | fc.Arbitrary<readonly string[]>;
const line = (...words: readonly Word[]): fc.Arbitrary<readonly string[]> =>
  fc
    .tuple(...words.map((word) => (typeof word === 'string' ? fc.constant(word) : (word as fc.Arbitrary<string>))))
    .map((all) => all.flat());
const some = (word: fc.Arbitrary<string>, most: number): fc.Arbitrary<readonly string[]> =>
  fc.array(word, { maxLength: most });

const command: fc.Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 5,
    arbitrary: line(
      'SET',
      key,
      text,
      fc.array(setOption, { maxLength: 3 }).map((all) => all.flat()),
    ),
  },
  {
    weight: 4,
    arbitrary: line(fc.constantFrom('GET', 'PEXPIRETIME', 'EXPIRETIME', 'STRLEN', 'TYPE', 'PERSIST', 'LLEN'), key),
  },
  { weight: 2, arbitrary: line(fc.constantFrom('PEXPIREAT', 'EXPIREAT'), key, instant, condition) },
  { weight: 1, arbitrary: line(fc.constantFrom('PEXPIRE', 'EXPIRE'), key, fc.constantFrom('0', '-5', 'x'), condition) },
  { weight: 1, arbitrary: line(fc.constantFrom('EXISTS', 'DEL', 'UNLINK', 'TOUCH', 'MGET'), some(key, 3)) },
  { weight: 1, arbitrary: line(fc.constantFrom('GETDEL', 'GETEX', 'LPOP', 'RPOP', 'INCR', 'DECR'), key) },
  { weight: 1, arbitrary: line(fc.constantFrom('LPOP', 'RPOP'), key, whole) },
  { weight: 1, arbitrary: line(fc.constantFrom('RENAME', 'RENAMENX', 'COPY'), key, key) },
  { weight: 1, arbitrary: line('COPY', key, key, fc.constantFrom([], ['REPLACE'], ['DB'], ['DB', '0'], ['MORE'])) },
  {
    weight: 1,
    arbitrary: line('GETEX', key, fc.constantFrom(['PERSIST'], ['PX', '0'], ['EX'], ['NX'], ['PXAT', '1'])),
  },
  { weight: 1, arbitrary: line(fc.constantFrom('GETSET', 'APPEND', 'SETNX'), key, text) },
  { weight: 1, arbitrary: line(fc.constantFrom('INCRBY', 'DECRBY'), key, whole) },
  // Redis adds floats of 80 bits, we add decimals: they agree on numbers that a float can hold, as those of this key are.
  { weight: 1, arbitrary: line('SET', 'f', fc.constantFrom('1', '0.5', '-2.75', 'x')) },
  { weight: 1, arbitrary: line('INCRBYFLOAT', 'f', fc.constantFrom('0.5', '-1.25', '1e2', 'x', 'inf', '.5', '5.')) },
  { weight: 1, arbitrary: line(fc.constantFrom('LPUSH', 'RPUSH'), key, text, some(text, 2)) },
  { weight: 1, arbitrary: line('LRANGE', key, whole, whole) },
  { weight: 1, arbitrary: line('LINDEX', key, whole) },
  { weight: 1, arbitrary: line(fc.constantFrom('MSET', 'MSETNX'), key, text, some(key, 2)) },
  { weight: 1, arbitrary: line('KEYS', fc.constantFrom('*', '?', '[ab]', '[^a]', 'a*', '')) },
  { weight: 1, arbitrary: line(fc.constantFrom('DBSIZE', 'FLUSHALL', 'FLUSHDB', 'GET', 'PING', 'NOPE', 'ECHO')) },
  { weight: 1, arbitrary: line(fc.constantFrom('ECHO', 'PING', 'NOPE', 'DBSIZE', 'FLUSHALL'), text, some(text, 1)) },
  { weight: 1, arbitrary: line('PUBLISH', key, text) },
  { weight: 3, arbitrary: line('WATCH', key, some(key, 1)) },
  { weight: 6, arbitrary: line(fc.constantFrom('MULTI', 'EXEC', 'EXEC', 'DISCARD', 'UNWATCH')) },
);
const sequence: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ client: fc.constantFrom(0, 1), words: command }) as fc.Arbitrary<Step>,
  { maxLength: 60, size: 'max' },
);

/** What a client library makes of a reply: it tells neither a status nor a number from a text. */
type Heard = string | null | { readonly error: string } | readonly Heard[];

function heard(reply: Reply): Heard {
  switch (reply.type) {
    case 'integer':
      return reply.value;
    case 'status':
    case 'bulk':
      return reply.text;
    case 'nil':
      return null;
    case 'error':
      return { error: reply.text };
    case 'array':
      return reply.items.map(heard);
  }
}

function heardFromRedis(reply: unknown): Heard {
  if (reply instanceof Error) return { error: reply.message };
  if (Array.isArray(reply)) return reply.map(heardFromRedis);
  return reply as Heard;
}

const version = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
const isThere = version.status === 0;
/** From Redis 7 on, DEBUG must be allowed. */
const debugging = Number(/v=(\d+)/.exec(version.stdout ?? '')?.[1]) < 7 ? [] : ['--enable-debug-command', 'yes'];

describe.skipIf(!isThere)('Redis itself (skipped where there is no redis-server)', () => {
  let folder = '';
  let redis: ChildProcess;
  let clients: Redis[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-redis-'));
    const path = join(folder, 'socket');
    redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder, ...debugging]);
    const options = { path, stringNumbers: true, retryStrategy: () => 50, maxRetriesPerRequest: null };
    clients = [new Redis(options), new Redis(options)];
    for (const client of clients) client.on('error', () => undefined); // it is not up yet, and is asked again
    await Promise.all(clients.map((client) => client.ping()));
    // Expired keys go when somebody asks for them, not when its timer comes by: DBSIZE counts them until then.
    expect(await clients[0]?.call('DEBUG', 'SET-ACTIVE-EXPIRE', '0')).toBe('OK');
  }, 20_000);

  afterAll(() => {
    for (const client of clients) client.disconnect();
    redis.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (client: Redis, words: readonly string[]): Promise<Heard> =>
    client.call(words[0] ?? '', ...words.slice(1)).then(heardFromRedis, heardFromRedis);

  /** What our server and Redis answer to the steps, both from an empty keyspace. */
  async function compare(steps: readonly Step[], change: (state: RedisState) => void = () => undefined) {
    for (const client of clients) {
      await ask(client, ['DISCARD']);
      await ask(client, ['UNWATCH']);
    }
    await ask(clients[0] as Redis, ['FLUSHALL']);
    const state = emptyRedis();
    const ours: unknown[] = [];
    const theirs: unknown[] = [];
    for (const { client, words } of steps) {
      const turn = beginTurn(state, `c${client}`, () => Date.now() * 1_000);
      ours.push([words.join(' '), sorted(heard(execute(turn, words, {})))]);
      theirs.push([words.join(' '), sorted(await ask(clients[client] as Redis, words))]);
      change(state);
    }
    return { ours, theirs };
  }

  test('answers tens of thousands of drawn commands as the simulated server does', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(sequence, async (steps) => {
        const { ours, theirs } = await compare(steps);
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 1_500, seed: 1 },
    );
  });

  test('finds out a server that forgets what clients watch', { timeout: 60_000 }, async () => {
    const result = await fc.check(
      fc.asyncProperty(sequence, async (steps) => {
        const { ours, theirs } = await compare(steps, (state) => {
          for (const { watched } of state.connections.values()) watched.clear();
        });
        return JSON.stringify(ours) === JSON.stringify(theirs);
      }),
      { numRuns: 1_500, seed: 2, endOnFailure: true },
    );
    expect(result.failed).toBe(true);
  });
});

/** KEYS lists in no order that anybody may count on, in a transaction or alone; nothing else lists keys. */
function sorted(reply: Heard): Heard {
  if (!Array.isArray(reply)) return reply;
  const isListing = reply.every((item) => ['a', 'b', 'c', 'f'].includes(item as string));
  return isListing ? (reply as string[]).toSorted() : (reply as Heard[]).map(sorted);
}
