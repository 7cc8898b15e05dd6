// The server against a model that shares no code with it: the same drawn commands of two clients, with time going by, get the
// same answers; and what was written down on the way makes the same server again.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { execute } from '../../../protocols/redis/execute.ts';
import { describeReply } from '../../../protocols/redis/reply.ts';
import { standardScripts } from '../../../protocols/redis/scripts.ts';
import { beginTurn, emptyRedis, type RedisState } from '../../../protocols/redis/state.ts';
import { Model } from './model.ts';

type Step = { readonly client: string; readonly line: string } | { readonly later: number };

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('x', '7', '-3', '07', '9223372036854775800');
const life = fc.constantFrom('1', '10', '25', '0', '-5');
const line = (...words: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...words.map((word) => (typeof word === 'string' ? fc.constant(word) : word)))
    .map((all) => all.filter((word) => word !== '').join(' '));
const setOption = fc.oneof(fc.constantFrom('NX', 'XX', 'GET', 'KEEPTTL'), line('PX', life), line('EX', life));
const setOptions = fc.array(setOption, { maxLength: 3 }).map((options) => options.join(' '));
const condition = fc.constantFrom('', 'NX', 'XX', 'GT', 'LT');

const command = fc.oneof(
  { weight: 4, arbitrary: line('SET', key, value, setOptions) },
  { weight: 2, arbitrary: line(fc.constantFrom('GET', 'PTTL', 'PEXPIRETIME', 'STRLEN', 'TYPE', 'PERSIST'), key) },
  { weight: 2, arbitrary: line('PEXPIRE', key, life, condition) },
  { weight: 1, arbitrary: line('PEXPIREAT', key, fc.constantFrom('1', '1700000000030'), condition) },
  { weight: 1, arbitrary: line(fc.constantFrom('GETDEL', 'EXISTS', 'DEL', 'GETEX'), key) },
  { weight: 1, arbitrary: line(fc.constantFrom('EXISTS', 'DEL', 'RENAME'), key, key) },
  { weight: 1, arbitrary: line('GETEX', key, fc.oneof(fc.constant('PERSIST'), line('PX', life))) },
  { weight: 1, arbitrary: line(fc.constantFrom('GETSET', 'APPEND'), key, value) },
  { weight: 1, arbitrary: line('INCRBY', key, fc.constantFrom('1', '-1', '8')) },
  { weight: 1, arbitrary: fc.constantFrom('FLUSHALL', 'GET', 'UNWATCH') },
  { weight: 2, arbitrary: fc.oneof(line('WATCH', key), line('WATCH', key, key)) },
  { weight: 4, arbitrary: fc.constantFrom('MULTI', 'EXEC', 'EXEC', 'DISCARD') },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ client: fc.constantFrom('c1', 'c2'), line: command }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 9, 10, 11, 30).map((later) => ({ later })) },
);

/** A client that asks at the end for everything that can be seen. */
const inventory: readonly Step[] = ['a', 'b', 'c'].flatMap((each) =>
  ['GET', 'PEXPIRETIME'].map((name) => ({ client: 'c3', line: `${name} ${each}` })),
);

/** Runs the steps on both, and returns what each answered and what the server wrote down. */
function compare(steps: readonly Step[], change: (state: RedisState, line: string) => void = () => undefined) {
  const model = new Model();
  const state = emptyRedis();
  const log: (readonly string[])[] = [];
  const expected: string[] = [];
  const answers: string[] = [];
  for (const each of [...steps, ...inventory]) {
    if ('later' in each) {
      model.now += each.later;
      continue;
    }
    const turn = beginTurn(state, each.client, () => model.now * 1_000);
    answers.push(`${each.line}: ${describeReply(execute(turn, each.line.split(' '), standardScripts))}`);
    expected.push(`${each.line}: ${model.run(each.client, each.line)}`);
    log.push(...turn.propagated);
    change(state, each.line);
  }
  return { expected, answers, log, state, now: model.now };
}

test('thousands of drawn sequences are answered as the model answers them', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { answers, expected } = compare(steps);
      expect(answers).toEqual(expected);
    }),
    { numRuns: 4_000, seed: 1 },
  );
});

test('what was written down makes the same server, whenever it is read', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { log, state, now } = compare(steps);
      const copy = emptyRedis();
      const turn = { ...beginTurn(copy, 'file', () => 0), now: -Infinity };
      for (const words of log) execute(turn, words, standardScripts);
      const alive = (each: RedisState) =>
        new Map([...each.entries].filter(([, { expireAt }]) => expireAt === null || expireAt >= now));
      expect(alive(copy)).toEqual(alive(state));
    }),
    { numRuns: 2_000, seed: 2 },
  );
});

test.each<readonly [string, (state: RedisState, line: string) => void]>([
  ['forgets what clients watch', (state) => state.connections.get('c1')?.watched.clear()],
  [
    'lets a millisecond slip into the time to live',
    (state, written) => {
      const entry = state.entries.get('a');
      if (!written.startsWith('PEXPIRE a') || entry?.expireAt == null) return;
      state.entries.set('a', { ...entry, expireAt: entry.expireAt + 1 });
    },
  ],
  ['drops a key at every EXEC', (state, written) => written === 'EXEC' && state.entries.delete('b')],
])('a server that %s is found out', (_what, change) => {
  const result = fc.check(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { answers, expected } = compare(steps, change);
      return answers.join('\n') === expected.join('\n');
    }),
    { numRuns: 4_000, seed: 3 },
  );
  expect(result.failed).toBe(true);
});
