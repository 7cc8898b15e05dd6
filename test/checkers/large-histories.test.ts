// Histories that are large and wrong: what grows with them must neither overflow the stack nor take quadratic time. Each of
// these was too much once, for a machine or for the time that a test may take.
import { describe, expect, it } from 'vitest';
import {
  checkCounter,
  checkIsolation,
  checkLinearizable,
  checkSequential,
  checkSessions,
  checkWeakIsolation,
  findChecker,
  priorityQueue,
  register,
} from '../../checkers/index.ts';
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import { ancestry } from '../../checkers/ancestry.ts';
import { isSum, noSums, withAmount } from '../../checkers/family/sums.ts';
import { written, type Line } from './written-history.ts';

const many = (count: number, line: (index: number) => readonly Line[]): Line[] =>
  Array.from({ length: count }, (_, index) => line(index)).flat();

const call = (client: number, f: string, value: Json, result: Json = value): Line[] => [
  [client, 'invoke', f, value],
  [client, 'ok', f, result],
];

const judgedBy = (checker: string, lines: readonly Line[]) => findChecker(checker).result(written(lines));

describe('the family of checkers judges', () => {
  const size = 150_000; // more than a call takes as arguments

  it('a poll of a whole log', () => {
    const sends = many(2, (place) => call(0, 'send', [['send', 'a', place]], [['send', 'a', [place, place]]]));
    const batch = Array.from({ length: size }, (_, place) => [place, place % 2]);
    const { verdict, reason } = judgedBy('kafka', [...sends, ...call(1, 'poll', [['poll']], [['poll', { a: batch }]])]);
    expect(verdict).toBe('invalid');
    expect(reason).toContain(`duplicate: 0 was at the offsets 0 and 2 of a (${size - 2} such)`);
  });

  it('a consumer that begins anew each time', () => {
    const lines = many(20_000, () => [...call(0, 'assign', ['a']), ...call(1, 'assign', ['a'])]);
    expect(judgedBy('kafka', [...lines, ...call(0, 'poll', [['poll']], [['poll', {}]])]).verdict).toBe('valid');
  });

  it('a watch that is told everything at once', () => {
    const events = Array.from({ length: size }, (_, place) => ({ type: 'put', key: 'x', value: 1, revision: place }));
    const responses = [...events.map((event) => ({ events: [event] })), { events }];
    const { reason } = judgedBy('watch', call(0, 'watch', {}, responses));
    expect(reason).toContain(`twice (${size} such)`);
  });

  it('a queue of one value over and over', () => {
    const lines = many(40_000, () => [...call(0, 'enqueue', 1), ...call(1, 'dequeue', null, 1)]);
    expect(judgedBy('queue', lines).verdict).toBe('valid');
    const twice = [...lines, ...call(1, 'dequeue', null, 1)];
    expect(judgedBy('queue', twice).reason).toContain('which was enqueued 40000 times');
  });

  it('reads that miss nearly all writes', () => {
    const writes = many(15_000, (value) => call(0, 'write', value));
    const reads = many(15_000, () => call(1, 'read', null, [14_999]));
    expect(judgedBy('causal-reverse', [...writes, ...reads]).reason).toContain(`(${15_000 * 14_999} such)`);
  });

  it('a counter with thousands of adds whose outcome nobody knows', () => {
    const adds = many(4_000, (client) => [
      [client, 'invoke', 'add', 2],
      [client, 'info', 'add', 2],
      ...call(9_999, 'read', null, 2 * client),
    ]);
    expect(checkCounter(written(adds)).verdict).toBe('valid');
    const odd = [...adds, ...call(9_999, 'read', null, 7_999)];
    expect(checkCounter(written(odd)).reason).toContain('which is not 0 and some of 2, 2, 2, 2');
  });
});

it('tells the sums of amounts, of many, of few that are far apart and of fractions', () => {
  const from = (...amounts: readonly number[]) => amounts.reduce((sums, one) => withAmount(sums, one), noSums);
  const range = Array.from({ length: 40 }, (_, index) => index - 20);
  expect(range.filter((target) => isSum(from(3, 3, -5), target))).toEqual([-5, -2, 0, 1, 3, 6]);
  expect(range.filter((target) => isSum(withAmount(noSums, 6, 3), target))).toEqual([0, 6, 12, 18]);
  expect([1e9, 1, 1e9 + 1, 2].map((target) => isSum(from(1e9, 1), target))).toEqual([true, true, true, false]);
  expect([0.5, 0.75, 0.25].map((target) => isSum(from(0.5, 0.25), target))).toEqual([true, true, true]);
  expect([0.5, 0.3].map((target) => isSum(from(0.5, 1), target))).toEqual([true, false]);
});

it('finds ancestors where predecessors run in a circle', () => {
  const before = ancestry(Int32Array.of(-1, 0, 1, 0, 5, 6, 4, 5, 7));
  const all = (from: number) => Array.from({ length: 9 }, (_, to) => to).filter((to) => before(from, to));
  expect(Array.from({ length: 9 }, (_, from) => all(from))).toEqual([
    [],
    [0],
    [0, 1],
    [0],
    ...[4, 5, 6].map(() => [4, 5, 6]),
    [4, 5, 6],
    [4, 5, 6, 7],
  ]);
});

describe('weaker consistency is judged', () => {
  const chain = many(20_000, (value) => [
    ...call(value % 2, 'write', value + 1),
    ...call((value + 1) % 2, 'read', null, value + 1),
  ]);

  it('of sessions that follow each other closely', () => {
    expect(checkSessions(written(chain))).toEqual([]);
    const [violation] = checkSessions(written([...chain, ...call(0, 'read', null, 1)]));
    expect(violation?.guarantee).toBe('writes follow reads');
    expect(violation?.reason.length).toBeLessThan(2_000);
    expect(violation?.reason).toContain('… 19983 more such steps');
  });

  it('of one long session in the only order there is', () => {
    expect(checkSequential(written(many(60_000, (value) => call(0, 'write', value))), register()).verdict).toBe(
      'valid',
    );
  });
});

describe('isolation is judged', () => {
  const append = (key: number, element: number, read: number, list: Json): Json => [
    ['append', key, element],
    ['r', read, list],
  ];

  it('of transactions that all ran at once, in a circle', () => {
    const size = 60_000;
    const at = (type: 'invoke' | 'ok') =>
      many(size, (key) => [[key, type, 'txn', append(key, 1, (key + 1) % size, [])]]);
    const reads = many(size, (key) => call(size, 'txn', [['r', key, [1]]]));
    const { anomalies } = checkIsolation(written([...at('invoke'), ...at('ok'), ...reads]));
    expect(anomalies.map(({ name }) => name)).toEqual(['G2-item']);
  });

  it('of a read that comes very late, with a cycle that takes the shortcut through real time', () => {
    const writes = many(30_000, (value) => call(value % 3, 'txn', [['append', 1, value]]));
    const all = Array.from({ length: 30_000 }, (_, value) => value);
    const history = written([...writes, ...call(3, 'txn', [['r', 1, [0]]]), ...call(4, 'txn', [['r', 1, all]])]);
    const [anomaly] = checkIsolation(history).anomalies;
    expect(anomaly?.name).toBe('G-single-item-realtime');
    expect(anomaly?.operations).toHaveLength(2);
  });

  it('of transactions that touch thousands of keys, or one key thousands of times', () => {
    const keys = Array.from({ length: 20_000 }, (_, key) => key);
    const load = keys.map((key) => ['w', key, 1] as Json);
    const update = keys.flatMap((key): Json[] => [
      ['r', key, 1],
      ['w', key, 2],
    ]);
    const wide = written([...call(0, 'txn', load), ...call(1, 'txn', update)]);
    expect(checkIsolation(wide, { wfrKeys: true }).verdict).toBe('valid');
    expect(checkWeakIsolation(wide, 'read-atomic').verdict).toBe('valid');
    const appends = keys.map((element) => ['append', 1, element] as Json);
    const deep = written(call(0, 'txn', [...appends, ['r', 1, keys]]));
    expect(checkIsolation(deep).verdict).toBe('valid');
  });

  it('of thousands of circles at a weak level', () => {
    const pair = (place: number): Line[] => {
      const [one, other] = [2 * place, 2 * place + 1];
      const first: Json = [['w', one, 1], ['r', other, 1]]; // prettier-ignore
      const second: Json = [['w', other, 1], ['r', one, 1]]; // prettier-ignore
      const ends = [[0, 'ok', 'txn', first], [1, 'ok', 'txn', second]] as const; // prettier-ignore
      return [[0, 'invoke', 'txn', first], [1, 'invoke', 'txn', second], ...ends]; // prettier-ignore
    };
    expect(checkWeakIsolation(written(many(20_000, pair)), 'causal').verdict).toBe('invalid');
  });
});

it('finds the evidence against a priority queue that is wrong all the time', () => {
  const steps: Line[] = many(3_000, (value) => call(0, 'insert', value));
  const polls = many(3_000, (value) => call(1, 'poll', null, value)); // the least instead of the greatest
  const history: History = written([...steps, ...polls]);
  const { partitions } = checkLinearizable(history, priorityQueue());
  expect(partitions.map(({ verdict }) => verdict)).toEqual(['invalid']);
});
