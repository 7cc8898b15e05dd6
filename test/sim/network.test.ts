// The network between nodes: order, loss, copies, capacity, refusals, and everything that faults do to links.
import { describe, expect, test } from 'vitest';
import { ms, seconds, type Fault, type NetworkSpec, type Protocol, type Run } from '../../sim/index.ts';
import { at, counting, exactly, listener, notes, rows, run, type Numbers } from './world.ts';

const pair = (count: number, every: number, network: NetworkSpec, faults: readonly ReturnType<typeof at>[] = []): Run =>
  run({
    nodes: [
      { id: 'a', protocol: counting(count, every) },
      { id: 'b', protocol: listener },
    ],
    network,
    faults,
    until: seconds(2),
    tail: seconds(1),
  });
const got = (run: Run): number[] => notes(run).map((note) => Number(note.split(' ')[3]));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const losses = (run: Run): string[] => rows(run, 'lose').map(({ payload }) => payload as string);

test('a link keeps the order of its messages, however much their delays differ', () => {
  const run = pair(200, ms(1), { latency: 'congested' });
  expect(got(run)).toEqual(numbers(200));
  expect(new Set(rows(run, 'deliver').map(({ time }) => time)).size).toBeGreaterThan(5);
});

test('a link that reorders lets some messages overtake, and loses none', () => {
  const order = got(pair(200, ms(1), { latency: 'congested', reorder: 300_000 }));
  expect(order).not.toEqual(numbers(200));
  expect(order.toSorted((one, other) => one - other)).toEqual(numbers(200));
});

test('a link that loses loses about as many as it should', () => {
  const run = pair(500, ms(1), { latency: 'lan', loss: 300_000 });
  expect(run.statistics.lost).toBeGreaterThan(110);
  expect(run.statistics.lost).toBeLessThan(190);
  expect(got(run)).toHaveLength(500 - run.statistics.lost);
  expect(new Set(losses(run))).toEqual(new Set(['loss']));
});

test('a link that duplicates delivers both copies', () => {
  const run = pair(300, ms(1), { latency: 'lan', duplicate: 200_000 });
  expect(run.statistics.duplicated).toBeGreaterThan(30);
  expect(got(run)).toHaveLength(300 + run.statistics.duplicated);
  expect(new Set(got(run)).size).toBe(300);
});

test('single messages of a link are lost by their numbers from when the fault begins, and no others', () => {
  const lose = (when: number, places: number[], from = 'a'): ReturnType<typeof at> =>
    at(when, { type: 'lose-messages', from: [from], to: ['b'], places });
  const without = (...lost: number[]): number[] => numbers(50).filter((number) => !lost.includes(number));
  const run = pair(50, ms(1), { latency: 'loopback' }, [lose(0, [0, 3, 49])]);
  expect(got(run)).toEqual(without(0, 3, 49));
  expect(losses(run)).toEqual(['singled out', 'singled out', 'singled out']);
  const [first = 0, second = 0] = rows(pair(50, ms(1), { latency: 'loopback' }), 'send').map(
    ({ time }) => time / 1_000,
  );
  expect(got(pair(50, ms(1), { latency: 'loopback' }, [lose((first + second) / 2, [0, 3])]))).toEqual(without(1, 4));
  expect(got(pair(50, ms(1), { latency: 'loopback' }, [lose(0, [3], 'b')]))).toEqual(numbers(50));
});

test('single messages are late or come twice, and all others travel as they would have', () => {
  const congested: NetworkSpec = { latency: 'congested', loss: 50_000, duplicate: 50_000, reorder: 50_000 };
  const arrivals = (fault?: Omit<Extract<Fault, { type: 'delay-messages' }>, 'type' | 'from' | 'to'>): string[] =>
    notes(
      pair(
        200,
        ms(1),
        congested,
        fault === undefined ? [] : [at(0, { type: 'delay-messages', from: ['a'], to: ['b'], ...fault })],
      ),
    );
  const before = arrivals();
  const arrival = (all: readonly string[], n: number): string[] =>
    all.filter((note) => note.split(' ')[3] === String(n));
  const others = (all: readonly string[], n: number): string[] =>
    all.filter((note) => note.split(' ')[3] !== String(n));
  let shown = 0;
  for (let n = 0; n < 200; n += 7) {
    const [late, copied] = [arrivals({ places: [n], by: ms(30) }), arrivals({ places: [n], by: ms(30), copy: true })];
    expect(others(late, n)).toEqual(others(before, n));
    expect(others(copied, n)).toEqual(others(before, n));
    const times = (all: readonly string[]): number[] => arrival(all, n).map((note) => Number(note.split(' ')[0]));
    const [first] = times(before);
    if (first === undefined || times(before).length > 1) continue;
    shown++;
    expect(times(late)[0]).toBeCloseTo(first + 30, 6);
    expect(times(copied)).toHaveLength(2);
    expect(times(copied)[0]).toBe(first);
    expect(times(copied)[1]).toBeCloseTo(first + 30, 6);
  }
  expect(shown).toBeGreaterThan(15);
  // The partner: a link that is slow for that moment keeps waiting whom it keeps in order.
  const lan = (faults: Parameters<typeof pair>[3] = []): Run => pair(200, ms(1), { latency: 'lan' }, faults);
  const sent = rows(lan(), 'send')[70]?.time ?? 0;
  const slowed = at(sent / 1_000, { type: 'slow-link', from: ['a'], to: ['b'], add: ms(30), for: 1 });
  expect(others(notes(lan([slowed])), 70)).not.toEqual(others(notes(lan()), 70));
});

test('what exceeds the capacity of a link is lost', () => {
  const run = pair(100, 0, { latency: 'lan', capacity: 10 });
  expect(got(run)).toEqual(numbers(10));
  expect(losses(run)).toEqual(Array(90).fill('overflow'));
});

test('one link can differ from the others', () => {
  const links = [{ from: 'a', to: 'b', latency: exactly(ms(30)) }];
  expect(notes(pair(1, ms(1), { latency: 'lan', links }))).toEqual(['31 b got 0 a']);
});

test('nodes in different regions are far from each other', () => {
  const [note = ''] = notes(pair(1, ms(1), { latency: 'lan', regions: 2, betweenRegions: exactly(ms(40)) }));
  expect(note).toBe('41 b got 0 a');
});

describe('to a node that is down', () => {
  const refusing: Protocol<Numbers> = {
    ...counting(1, ms(10)),
    onRefused: (_state, peer, { n }, ctx) => ctx.note('refused', { n, peer }),
  };
  const toDead = (whenDown: 'lose' | 'refuse', alsoSender = false): Run =>
    run({
      nodes: [
        { id: 'a', protocol: refusing },
        { id: 'b', protocol: { ...listener, onRefused: (_s, _p, _m, ctx) => ctx.note('echo') } },
      ],
      network: { latency: exactly(ms(1)), whenDown },
      faults: [
        at(5, { type: 'crash', node: 'b', for: ms(500) }),
        ...(alsoSender ? [at(11, { type: 'crash', node: 'a', for: ms(600) })] : []),
      ],
      tail: ms(100),
    });

  test('a message is lost in silence', () => {
    const run = toDead('lose');
    expect(losses(run)).toEqual(['down']);
    expect(notes(run)).toEqual([]);
  });

  test('or the machine refuses it, a round trip later', () => {
    expect(notes(toDead('refuse'))).toEqual(['12 a refused 0 b']);
  });

  test('and a refusal is not refused in turn when the sender died meanwhile', () => {
    const run = toDead('refuse', true);
    expect(rows(run, 'refuse')).toHaveLength(1);
    expect(notes(run).filter((note) => note.includes('echo') || note.startsWith('1'))).toEqual([]);
  });
});

describe('who hears whom', () => {
  const greeting = counting(1, ms(10));
  const everybody = (fault?: Fault): string[] => {
    const result = run({
      nodes: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, protocol: greeting })),
      faults: fault === undefined ? [] : [at(5, fault)],
      tail: ms(100),
    });
    return rows(result, 'deliver')
      .map(({ node, peer }) => `${peer}${node}`)
      .sort();
  };
  const all = everybody();
  const allBut = (...pairs: string[]): string[] => all.filter((pair) => !pairs.includes(pair));

  test.each<[string, Fault, string[]]>([
    ['a partition', { type: 'partition', groups: [['a', 'b'], ['c']] }, allBut('ac', 'bc', 'ca', 'cb')],
    ['an isolated node', { type: 'isolate', node: 'b' }, all.filter((pair) => !pair.includes('b'))],
    ['a deaf node', { type: 'isolate', node: 'b', direction: 'in' }, all.filter((pair) => pair[1] !== 'b')],
    ['a mute node', { type: 'isolate', node: 'b', direction: 'out' }, all.filter((pair) => pair[0] !== 'b')],
    ['a one-way cut', { type: 'one-way', from: ['a'], to: ['c', 'd'] }, allBut('ac', 'ad')],
    [
      'a bridge at e',
      { type: 'bridge', left: ['a', 'b'], right: ['c', 'd'] },
      allBut('ac', 'ad', 'bc', 'bd', 'ca', 'da', 'cb', 'db'),
    ],
    [
      'a ring',
      { type: 'ring', order: ['a', 'b', 'c', 'd', 'e'] },
      ['ab', 'ba', 'bc', 'cb', 'cd', 'dc', 'de', 'ed', 'ea', 'ae'].sort(),
    ],
    ['a total loss on one link', { type: 'lossy-link', from: ['a'], to: ['b'], loss: 1_000_000 }, allBut('ab')],
  ])('%s', (_name, fault, expected) => {
    expect(everybody(fault)).toEqual(expected);
  });

  test('a role in a group is whoever plays it when the fault strikes', () => {
    const result = run({
      nodes: ['a', 'b'].map((id) => ({ id, protocol: greeting })),
      roles: { boss: () => 'b' },
      faults: [at(5, { type: 'one-way', from: ['a'], to: ['@boss'] })],
      tail: ms(100),
    });
    expect(notes(result)).toEqual(['11 a got 0 b']);
  });
});

test('a message that is on its way when its link is cut is lost', () => {
  const slow = { latency: exactly(ms(20)) };
  expect(losses(pair(1, ms(10), slow, [at(15, { type: 'partition', groups: [['a'], ['b']], for: ms(50) })]))).toEqual([
    'cut on the way',
  ]);
});

test('two cuts of one link heal only with the later one', () => {
  const cut = { type: 'one-way' as const, from: ['a'], to: ['b'] };
  const run = pair(10, ms(10), { latency: exactly(1) }, [
    at(15, { ...cut, for: ms(60) }),
    at(15, { ...cut, for: ms(30) }),
  ]);
  expect(got(run)).toEqual([0, 7, 8, 9]);
});

test('a held link lets nothing through and sends everything on in order when it is released', () => {
  const run = pair(5, ms(10), { latency: exactly(ms(1)) }, [
    at(15, { type: 'hold', from: ['a'], to: ['b'], for: ms(20) }),
  ]);
  expect(notes(run)).toEqual(['11 b got 0 a', '36 b got 1 a', '36 b got 2 a', '41 b got 3 a', '51 b got 4 a']);
});

test('a flapping link is cut and mended in turn', () => {
  const run = pair(12, ms(10), { latency: exactly(1) }, [
    at(15, { type: 'flap', from: ['a'], to: ['b'], period: ms(30), for: ms(70) }),
  ]);
  expect(got(run)).toEqual([0, 4, 5, 6, 8, 9, 10, 11]);
});

test('slow links add up', () => {
  const slow = { type: 'slow-link' as const, from: ['a'], to: ['b'], for: ms(100) };
  const run = pair(1, ms(10), { latency: exactly(ms(1)) }, [
    at(1, { ...slow, add: ms(5) }),
    at(2, { ...slow, add: ms(7) }),
  ]);
  expect(notes(run)).toEqual(['23 b got 0 a']);
});

test('clients keep their links when nodes are partitioned or isolated', () => {
  const result = run({
    nodes: [
      { id: 'a', protocol: listener },
      { id: 'b', protocol: listener },
    ],
    clients: [{ id: 'c', protocol: counting(1, ms(10)), timeout: seconds(1) }],
    faults: [at(1, { type: 'isolate', node: 'a' }), at(1, { type: 'partition', groups: [['a'], ['b']] })],
    tail: ms(100),
  });
  expect(notes(result)).toEqual(['11 a got 0 c', '11 b got 0 c']);
});
