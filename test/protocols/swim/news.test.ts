// How news go round, rule by rule: what a packet carries and how often, Serf's events and queries, and their clocks.
import { expect, test } from 'vitest';
import { startingMembers, swim, type SerfNews, type UserUpdate } from '../../../protocols/swim/index.ts';
import { seconds } from '../../../sim/index.ts';
import { converse } from '../conversation.ts';
import { alive, exchange, gossip, listening, memberOf, suspect, testStories } from './neighbourhood.ts';

/** Tells each piece of news to one other, once. */
const passing = { ...listening, gossipNodes: 1, retransmitMult: 1 };

testStories([
  {
    file: 'swim-user-event',
    title:
      'An event is delivered once, passed on, and moves the clock; of two of the same time that differ in anything both count. What is more than 512 behind is dropped. c missed some, and gets them in the exchange.',
    config: passing,
    says: [
      [10, 'a', gossip(event(3, 'deploy', 'a'), event(3, 'deploy', 'a', 'again'))],
      [20, 'b', gossip(event(3, 'deploy', 'a'), event(3, 'deploy', 'b'), event(2, 'restart', 'b'))],
      [500, 'd', { type: 'event', serial: 1, name: 'deploy', value: 'ours' }],
      [
        1_000,
        'c',
        exchange([], false, {
          clocks: { event: 20, query: 5 },
          recent: [event(8, 'undo', 'c'), event(8, 'undo', 'b')].map(({ payload }) => payload),
        }),
      ],
      [1_400, 'd', { type: 'event', serial: 2, name: 'deploy', value: 'later' }],
      [2_000, 'a', gossip(event(600, 'deploy', 'a'))],
      [2_050, 'a', gossip(event(590, 'late', 'a'))],
      [2_100, 'a', gossip(event(89, 'old', 'a'), event(88, 'older', 'a'), event(3, 'deploy', 'a'))],
      [2_200, 'a', gossip(event(89, 'old', 'a'))],
      [2_600, 'a', gossip(event(601, 'deploy', 'a'), event(90, 'old', 'a'), event(89, 'old', 'a'))],
      [2_700, 'a', gossip(event(590, 'late', 'a'))],
      [2_800, 'a', gossip(event(602, 'deploy', 'a'), event(590, 'late', 'a'))],
      [3_000, 'c', exchange([], false, { clocks: { event: 1, query: 1 }, recent: [] })],
    ],
    to: 3_500,
  },
  {
    file: 'swim-query',
    title:
      'n1 answers the query of a, once. It asks itself, collects answers for 3.2 s, and hears no more of it; the clock of queries is not that of events.',
    config: passing,
    says: [
      [10, 'a', gossip(query(4, 'a'), query(4, 'a'))],
      [500, 'd', { type: 'query', serial: 1, name: 'load', value: null }],
      [900, 'b', { type: 'SerfAnswer', time: 5, value: 'b knows 5' }],
      [910, 'c', { type: 'SerfAnswer', time: 4, value: 'too early' }],
      [920, 'c', { type: 'SerfAnswer', time: 5, value: 'c knows 5' }],
      [3_900, 'a', { type: 'SerfAnswer', time: 5, value: 'late' }],
      [4_000, 'd', { type: 'event', serial: 2, name: 'deploy', value: 1 }],
      [4_100, 'd', { type: 'members', serial: 3 }],
    ],
    to: 4_400,
  },
  {
    file: 'swim-packets',
    title:
      'A packet carries what fits: what was passed on least first, of that the longest, of that the newest. News of a member take the place of older ones. Each goes out four times; e is in the way of nobody.',
    config: { ...listening, udpBufferSize: 160 },
    says: [
      [10, 'a', gossip(alive('b', 2), alive('c', 2), suspect('d', 1, 'a'))],
      [20, 'a', gossip(alive('b', 3, { meta: 'longer' }), suspect('b', 3, 'a'))],
      [30, 'a', gossip(alive('e', 1, { meta: 'too long for any packet, '.repeat(6) }))],
      ...Array.from(
        { length: 8 },
        (_, n) => [100 + n, 'a', { type: 'Ping', sequence: n, target: 'n1', updates: [] }] as const,
      ),
    ],
    to: 200,
  },
]);

test('each piece of news is passed on as often as the size of the cluster asks for, however many there are', () => {
  const passedOn = (size: number, count: number): readonly number[] => {
    const names = Array.from({ length: size - 1 }, (_, place) => `m${place}`);
    const protocol = swim({ known: startingMembers(['n1', ...names]), config: listening });
    const pings = Array.from({ length: 40 }, (_, n) => {
      return [100 + n, 'm0', { type: 'Ping', sequence: n, target: 'n1', updates: [] }] as const;
    });
    const news = names.slice(0, count).map((name) => alive(name, 2));
    const lines = converse({ protocol, puppets: ['m0'], says: [[10, 'm0', gossip(...news)], ...pings], to: 200 });
    return names
      .slice(0, count)
      .map((name) => lines.filter((line) => line.includes('→') && line.includes(`name=${name} `)).length);
  };
  for (const [size, times] of [
    [9, 4],
    [10, 8],
    [99, 8],
    [100, 12],
  ] as const) {
    for (const count of [1, 4]) expect([size, passedOn(size, count)]).toEqual([size, Array(count).fill(times)]);
  }
});

test('a newcomer asks all that it is told to ask, again until one has answered', () => {
  const lines = converse({
    protocol: swim({ contacts: ['a', 'b', 'n1'], config: listening }),
    puppets: ['a', 'b'],
    says: [],
    answers: (puppet, message) =>
      puppet === 'b' && (message as { readonly type: string }).type === 'PushPull'
        ? exchange([memberOf('b', 1, 'alive')], true)
        : undefined,
    faults: [{ at: 0, fault: { type: 'one-way', from: ['b'], to: ['n1'], for: seconds(7) } }],
    to: 30_000,
  });
  const asked = lines.flatMap((line) => {
    const found = /^ *(\d+)\.\d+ ms +n1 +→ (\w) +PushPull.*isReply=false/.exec(line);
    return found === null ? [] : [`${found[1] ?? ''} ${found[2] ?? ''}`];
  });
  expect(asked).toEqual(['0 a', '0 b', '5000 a', '5000 b', '10000 a', '10000 b']);
});

function event(time: number, name: string, origin: string, value: string | null = null): UserUpdate {
  return newsOf({ kind: 'event', time, name, value, origin });
}

function query(time: number, origin: string): UserUpdate {
  return newsOf({ kind: 'query', time, name: 'load', value: null, origin });
}

function newsOf(payload: SerfNews): UserUpdate {
  const { kind, time, name, value, origin } = payload;
  return { type: 'user', name: JSON.stringify([kind, time, name, value, origin]), payload, bytes: 60 };
}
