// Histories of logs, watches and registers with one anomaly each, and what their checkers have to say about them.
import type { Json } from '../../../sim/protocol.ts';
import type { Planted, Told } from './planted-cases.ts';

const send = (client: number, value: Json, offset: number): Told => [
  client,
  'send',
  [['send', 'k', value]],
  [['send', 'k', [offset, value]]],
];
const poll = (client: number, ...log: readonly (readonly [number, Json])[]): Told => [
  client,
  'poll',
  [['poll']],
  [['poll', { k: log }]],
];
const put = (value: Json, revision: number): Told => [1, 'put', ['a', value], revision];
const event = (value: Json, revision: number, key = 'a') => ({ type: 'put', key, value, revision });
const watch = (value: Json, ...responses: readonly Json[]): Told => [2, 'watch', value, responses];

const logs: readonly Omit<Planted, 'checker'>[] = [
  {
    reason: 'inconsistent-offsets: offset 0 of k held "a" for c1 and "b" for c2',
    operations: [0, 1],
    steps: [send(1, 'a', 0), send(2, 'b', 0)],
  },
  {
    reason: 'duplicate: "a" was at the offsets 0 and 1 of k',
    operations: [0, 1],
    steps: [send(1, 'a', 0), poll(2, [0, 'a'], [1, 'a'])],
  },
  {
    reason: `lost-write: c1's "a" was acknowledged at offset 0 of k, but nobody polled it, while c2 polled offset 1`,
    operations: [0, 2],
    steps: [send(1, 'a', 0), send(1, 'b', 1), poll(2, [1, 'b'])],
  },
  {
    reason: 'aborted-read: c2 polled "a" of k, whose send by c1 had failed',
    operations: [0, 1],
    steps: [[1, 'send', [['send', 'k', 'a']], null, 'fail'], poll(2, [0, 'a'])],
  },
  {
    reason: 'phantom: c2 polled "a" of k, which nobody had sent',
    operations: [0],
    steps: [poll(2, [0, 'a']), send(1, 'a', 0)],
  },
  {
    reason: 'nonmonotonic-poll: c2 polled offset 1 of k and then 0',
    operations: [2, 3],
    steps: [send(1, 'a', 0), send(1, 'b', 1), poll(2, [0, 'a'], [1, 'b']), poll(2, [0, 'a'])],
  },
  {
    reason: 'poll-skip: c2 polled offset 0 of k and then 2, past 1',
    operations: [3, 4],
    steps: [send(1, 'a', 0), send(1, 'b', 1), send(1, 'c', 2), poll(2, [0, 'a']), poll(2, [2, 'c']), poll(3, [1, 'b'])],
  },
  {
    reason: 'nonmonotonic-send: c1 sent "a" to offset 1 of k and then "b" to 0',
    operations: [0, 1],
    steps: [send(1, 'a', 1), send(1, 'b', 0)],
  },
];

/** Transactions that poll and send. */
const transactions: readonly Omit<Planted, 'checker'>[] = [
  {
    reason: 'aborted-read: c2 polled 1 of 5, whose send by c1 had failed',
    operations: [0, 1],
    steps: [
      [1, 'txn', [['poll'], ['send', 5, 1]], null, 'fail'],
      [
        2,
        'txn',
        [['poll'], ['send', 6, 2]],
        [
          ['poll', { 5: [[0, 1]] }],
          ['send', 6, [0, 2]],
        ],
      ],
    ],
  },
  {
    reason: 'poll-skip: c2 polled offset 0 of 5 and then 2, past 1',
    operations: [1],
    steps: [
      [
        1,
        'txn',
        [
          ['send', 5, 1],
          ['send', 5, 2],
          ['send', 5, 3],
        ],
        [
          ['send', 5, [0, 1]],
          ['send', 5, [1, 2]],
          ['send', 5, [2, 3]],
        ],
      ],
      [
        2,
        'txn',
        [['poll'], ['poll']],
        [
          ['poll', { 5: [[0, 1]] }],
          ['poll', { 5: [[2, 3]] }],
        ],
      ],
      [3, 'txn', [['poll']], [['poll', { 5: [[1, 2]] }]]],
    ],
  },
];

const watches: readonly Omit<Planted, 'checker'>[] = [
  {
    reason: "unordered: c2's watch got the put of 1 to a at 1 after revision 2",
    operations: [0],
    steps: [watch({ from: 1 }, { events: [event(2, 2)] }, { events: [event(1, 1)] })],
  },
  {
    reason: "not-unique: c2's watch got the put of 1 to a at 1 twice",
    operations: [0, 1],
    steps: [watch({ from: 1 }, { events: [event(1, 1)] }), watch(null, { events: [event(1, 1)] })],
  },
  {
    reason: "unreliable: c2's watch was told of revision 3 and never got the put of 2 to a at 2",
    operations: [1, 3],
    steps: [put(1, 1), put(2, 2), put(3, 3), watch({ from: 1 }, { events: [event(1, 1)] }, { events: [event(3, 3)] })],
  },
  {
    reason: "not-resumable: c2's watch was told of revision 2 and never got the put of 1 to a at 1",
    operations: [0, 2],
    steps: [put(1, 1), put(2, 2), watch({ from: 1, key: 'a' }, { events: [event(2, 2)] })],
  },
  {
    reason: "not-resumable: c2's watch got the put of 1 to a at 1 although it began at 2",
    operations: [0],
    steps: [watch({ from: 2 }, { events: [event(1, 1)] })],
  },
  {
    reason: "not-atomic: c2's watch got the put of 2 to b at 1 apart from others of its revision",
    operations: [0],
    steps: [watch({ from: 1 }, { events: [event(1, 1)] }, { events: [event(2, 1, 'b')] })],
  },
  {
    reason: "not-bookmarkable: c2's watch got the put of 1 to a at 1 after a bookmark of 1",
    operations: [0],
    steps: [watch({ from: 1 }, { revision: 1 }, { events: [event(1, 1)] })],
  },
  {
    reason: 'inconsistent: the put of 9 to a at 1 for c2 was the put of 1 to a at 1 for c1',
    operations: [0, 1],
    steps: [put(1, 1), watch({ from: 1 }, { events: [event(9, 1)] })],
  },
  {
    reason: "unfiltered: c2's watch got the put of 1 to a at 1 that it had not asked for",
    operations: [0],
    steps: [watch({ from: 1, prefix: 'b' }, { events: [event(1, 1)] })],
  },
  { verdict: 'unknown', reason: 'no watch saw an event', operations: [], steps: [put(1, 1)] },
];

/** All of them. */
/** A client reads the newer of two writes, then the older one. */
const backwards: Planted['steps'] = [
  [1, 'write', 1, 1],
  [1, 'write', 2, 2],
  [2, 'read', null, 2],
  [2, 'read', null, 1],
];

const registers: readonly Planted[] = [
  { checker: 'sequential', reason: 'no order fits', operations: [3], steps: backwards },
  { checker: 'sessions', reason: 'monotonic writes: c2 read 2, then ', operations: [2, 3, 1], steps: backwards },
];

export const plantedLogs: readonly Planted[] = [
  ...registers,
  ...[...logs, ...transactions].map((one) => ({ ...one, checker: 'kafka' })),
  ...watches.map((one) => ({ ...one, checker: 'watch' })),
];
