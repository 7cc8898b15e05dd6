// Replicas and rumours among puppets, rule by rule: mergeable data, anti-entropy by digests and by hash trees, and rumour
// mongering, compared line by line with test/transcripts.
import { test } from 'vitest';
import { antiEntropyReplica } from '../../protocols/anti-entropy/replica.ts';
import { hashEntry, hashTree, pathOf, type Entry } from '../../protocols/anti-entropy/tree.ts';
import { epidemic } from '../../protocols/broadcast/epidemic.ts';
import { crdtReplica, nothing } from '../../protocols/crdt/replica.ts';
import { gossip } from '../../protocols/gossip/gossip.ts';
import { ms, seconds } from '../../sim/index.ts';
import { converse, type Conversation } from './conversation.ts';
import { expectTranscript } from './golden.ts';

interface Story extends Omit<Conversation, 'puppets'> {
  readonly file: string;
  readonly title: string;
}

const entryOf = (key: string, value: string | null, time: number, writer: string): Entry => ({
  key,
  value,
  time,
  writer,
});
const put = (key: string, value: string | null, serial: number) => ({ type: 'put', key, value, serial });
const update = (request: number, type: string, more: object = {}) => ({
  ...{ type: 'update', request },
  update: { type, ...more },
});
const members = ['n1', 'a', 'b', 'c'];
/** The power fails, and nothing that was not synced survives. */
const powerLoss = (at: number, unsynced: 'lost' | 'kept' | 'torn' = 'lost') =>
  ({ at: ms(at), fault: { type: 'power-loss', node: 'n1', unsynced, for: ms(20) } }) as const;

const ours = [entryOf('x', 'ours', 1, 'n1'), entryOf('y', null, 2, 'n1')];
const theirs = entryOf('x', 'theirs', 1, 'a');
const rootOf = (entries: readonly Entry[]): number => hashTree(entries, hashEntry).get('') ?? 0;

const stories: readonly Story[] = [
  {
    file: 'crdt-replica',
    title:
      'Updates of a and b; one comes twice and counts once, also after the power has failed. c brings its own state and wants that of n1, or only brings it. What survives a crash and is shown then survives a power loss too.',
    protocol: crdtReplica({ meetEvery: seconds(100) }),
    says: [
      [10, 'a', update(0, 'visit')],
      [30, 'a', update(0, 'visit')],
      [50, 'b', update(0, 'withdraw')],
      [70, 'a', update(1, 'add', { element: 'tea' })],
      [90, 'a', update(2, 'rename', { value: 'cart' })],
      [110, 'b', update(1, 'deposit')],
      [200, 'a', update(2, 'rename', { value: 'cart' })],
      [220, 'c', { type: 'state', state: { ...nothing(), visits: { c: 2, n1: 1 } }, wantsYours: true }],
      [
        240,
        'c',
        { type: 'state', state: { ...nothing(), balance: { up: { c: 5 }, down: { c: 1 } } }, wantsYours: false },
      ],
      [260, 'c', { type: 'state', state: nothing(), wantsYours: true }],
      [280, 'a', update(3, 'remove', { element: 'tea' })],
      [300, 'c', { type: 'state', state: { ...nothing(), visits: { c: 9 } }, wantsYours: true }],
      [360, 'c', { type: 'state', state: nothing(), wantsYours: true }],
      [420, 'c', { type: 'state', state: nothing(), wantsYours: true }],
    ],
    faults: [powerLoss(150), { at: ms(330), fault: { type: 'crash', node: 'n1', for: ms(10) } }, powerLoss(380)],
    to: 450,
  },
  {
    file: 'anti-entropy-digest',
    title:
      'n1 takes writes at times greater than all that it has heard of. What a has that is newer it asks for, what a lacks it sends, and of two writes of the same time that of the greater writer stays.',
    protocol: antiEntropyReplica({ compares: 'digest', every: ms(400) }),
    says: [
      [10, 'c', put('x', 'one', 1)],
      [40, 'c', put('x', null, 2)],
      [60, 'a', { type: 'digest', versions: [] }],
      [80, 'a', { type: 'digest', versions: [['x', 2, 'n1']] }],
      [100, 'a', { type: 'digest', versions: [['x', 2, 'z']] }],
      [
        120,
        'a',
        {
          type: 'digest',
          versions: [
            ['x', 2, 'a'],
            ['w', 1, 'a'],
          ],
        },
      ],
      [140, 'a', { type: 'entries', entries: [entryOf('x', 'three', 2, 'z')], asks: [], paths: [] }],
      [150, 'a', { type: 'entries', entries: [entryOf('x', 'late', 1, 'z')], asks: [['x', 1, 'z']], paths: [''] }],
      [160, 'a', { type: 'entries', entries: [entryOf('w', 'far', 9, 'a')], asks: [], paths: [] }],
      [
        170,
        'a',
        {
          type: 'digest',
          versions: [
            ['x', 2, 'z'],
            ['w', 9, 'a'],
            ['u', 1, 'a'],
          ],
        },
      ],
      [180, 'c', put('v', 'new', 3)],
      [260, 'a', { type: 'digest', versions: [] }],
    ],
    faults: [powerLoss(220)],
    to: 450,
  },
  {
    file: 'anti-entropy-torn',
    title:
      'The power fails in the middle of a record that nobody was promised: it is cut off, and what follows it can be read again.',
    protocol: antiEntropyReplica({ compares: 'digest', every: seconds(100) }),
    says: [
      [10, 'c', put('x', 'one', 1)],
      [
        40,
        'a',
        {
          type: 'entries',
          entries: ['p', 'q', 'r', 's'].map((key) => entryOf(key, 'heard', 1, 'a')),
          asks: [],
          paths: [],
        },
      ],
      [100, 'c', put('z', 'three', 2)],
      [200, 'a', { type: 'digest', versions: [] }],
    ],
    faults: [powerLoss(50, 'torn'), powerLoss(150)],
    to: 220,
  },
  {
    file: 'anti-entropy-merkle',
    title:
      'n1 goes down the hash tree with a: the root is like its own, or not; below a node that differs, the children; at the buckets, what is in them.',
    protocol: antiEntropyReplica({ compares: 'merkle', every: ms(400) }),
    says: [
      [10, 'c', put('x', 'ours', 1)],
      [40, 'c', put('y', null, 2)],
      [60, 'a', { type: 'hashes', hashes: [['', rootOf(ours)]] }],
      [80, 'a', { type: 'hashes', hashes: [['', rootOf([theirs])]] }],
      [
        100,
        'a',
        {
          type: 'hashes',
          hashes: [
            [pathOf('x').slice(0, 1), 1],
            [pathOf('y').slice(0, 1), 1],
          ],
        },
      ],
      [120, 'a', { type: 'hashes', hashes: [[pathOf('x'), hashEntry(theirs)]] }],
      [140, 'a', { type: 'entries', entries: [], asks: [['y', 1, 'a']], paths: [pathOf('y')] }],
      [160, 'a', { type: 'entries', entries: [theirs], asks: [['x', 1, 'a']], paths: [pathOf('x')] }],
    ],
    to: 450,
  },
  {
    file: 'gossip-rumours',
    title:
      'Rumour 7 is told twice and known once. It is hot for two rounds, three calls in each; what a asks for it gets; what was promised survives a power loss, and half a record does no harm.',
    protocol: gossip({ fanOut: 3, rounds: 2, antiEntropyEvery: ms(300) }),
    says: [
      [10, 'a', { type: 'tell', rumour: 7 }],
      [30, 'a', { type: 'tell', rumour: 7 }],
      [70, 'b', { type: 'rumour', rumour: 8 }],
      [75, 'b', { type: 'rumour', rumour: 8 }],
      [80, 'a', { type: 'I know', rumours: [8, 9] }],
      [90, 'a', { type: 'I know', rumours: [7, 8] }],
      [100, 'a', { type: 'you lack', rumours: [7, 11] }],
      [300, 'a', { type: 'I know', rumours: [] }],
      [310, 'a', { type: 'tell', rumour: 12 }],
      [420, 'a', { type: 'I know', rumours: [] }],
    ],
    faults: [powerLoss(260, 'torn'), powerLoss(380)],
    to: 900,
  },
  ...(['push', 'pull', 'push-pull'] as const).map((mode): Story => ({
    file: `epidemic-${mode}`,
    title: `In each round n1 calls two others by ${mode}; it answers those who ask with what they lack, and what it has heard is hot for two rounds.`,
    protocol: epidemic({ mode, members, fanOut: 2, roundEvery: ms(100), hotFor: 2 }),
    says: [
      [210, 'a', { type: 'tell', rumour: 1 }],
      [220, 'a', { type: 'tell', rumour: 1 }],
      [230, 'b', { type: 'call', rumours: [2], pulls: true, round: 2 }],
      [240, 'b', { type: 'call', rumours: [1, 3], pulls: false, round: 2 }],
      [250, 'b', { type: 'call', rumours: [1, 2, 3], pulls: true, round: 2 }],
      [350, 'c', { type: 'answer', rumours: [4] }],
    ],
    to: 800,
  })),
  {
    file: 'epidemic-in-step',
    title: 'All are in step: what n1 has heard in a round, it tells from the next one on.',
    protocol: epidemic({ mode: 'push-pull', members, fanOut: 3, roundEvery: ms(100), inStep: true, hotFor: 1 }),
    says: [
      [10, 'a', { type: 'tell', rumour: 1 }],
      [20, 'b', { type: 'call', rumours: [], pulls: true, round: 0 }],
      [150, 'b', { type: 'call', rumours: [2], pulls: true, round: 1 }],
      [160, 'c', { type: 'call', rumours: [], pulls: true, round: 1 }],
      [250, 'c', { type: 'call', rumours: [], pulls: true, round: 2 }],
    ],
    to: 450,
  },
];

test.each(stories.map((story) => [story.file, story.title, story] as const))('%s: %s', (file, title, story) => {
  const lines = converse({ ...story, puppets: ['a', 'b', 'c'] });
  expectTranscript(file, title, lines.map(withoutEmptyNodes));
});

/** Nodes of a hash tree under which there is nothing say nothing. */
function withoutEmptyNodes(line: string): string {
  return line.replaceAll(/(, )?\[[0-9a-f]*, 0\]/g, '').replace('hashes=[, ', 'hashes=[');
}
