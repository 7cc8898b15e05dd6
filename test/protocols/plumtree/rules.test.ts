// A member of a Plumtree over HyParView among puppets, rule by rule, compared line by line with test/transcripts. (Leitão, Pereira,
// Rodrigues: "HyParView", DSN 2007, algorithm 1; "Epidemic Broadcast Trees", SRDS 2007, algorithms 1 and 2.)
import { test } from 'vitest';
import { plumtree, type Plumtree, type PlumtreeOptions } from '../../../protocols/plumtree/index.ts';
import { seconds } from '../../../sim/index.ts';
import { converse, type Conversation } from '../conversation.ts';
import { expectTranscript } from '../golden.ts';

interface Story extends Omit<Conversation, 'protocol' | 'puppets' | 'says'> {
  readonly file: string;
  readonly title: string;
  readonly contact: string;
  readonly options: Partial<PlumtreeOptions>;
  readonly says: readonly (readonly [number, string, Plumtree['message']])[];
}

const yes = { type: 'NeighborReply', accepted: true } as const;
const no = { type: 'NeighborReply', accepted: false } as const;
const isHere = { type: 'KeepAlive' } as const;
/** Nothing happens by itself. */
const still = { keepAliveEvery: seconds(100), shuffleEvery: seconds(100) };

const stories: readonly Story[] = [
  {
    file: 'plumtree-joins',
    title:
      'n1 joins by a. Newcomers come to it by a walk that ends, by a walk that goes on, and directly; it has room for four neighbours, and lets one go for the next.',
    contact: 'a',
    options: { ...still, activeView: 4, passiveView: 2 },
    says: [
      [2, 'a', yes],
      [10, 'a', { type: 'ForwardJoin', newcomer: 'b', ttl: 5 }],
      [12, 'a', { type: 'ForwardJoin', newcomer: 'e', ttl: 0 }],
      [14, 'a', { type: 'ForwardJoin', newcomer: 'n1', ttl: 5 }],
      [20, 'c', { type: 'Join' }],
      [30, 'a', { type: 'ForwardJoin', newcomer: 'd', ttl: 3 }],
      [40, 'd', { type: 'Neighbor', priority: 'low' }],
      [50, 'd', { type: 'Neighbor', priority: 'high' }],
      [60, 'b', { type: 'Neighbor', priority: 'low' }],
      [70, 'f', { type: 'Neighbor', priority: 'low' }],
      [80, 'a', isHere],
      [81, 'b', isHere],
      [82, 'c', isHere],
      [83, 'd', isHere],
      [90, 'd', { type: 'Disconnect' }],
      [95, 'd', { type: 'Disconnect' }],
      [100, 'f', no],
      [110, 'f', yes],
    ],
    to: 120,
  },
  {
    file: 'plumtree-mends',
    title:
      'Neighbours say every 100 ms that they are there. b falls silent and has failed after 350 ms; the others that n1 has heard of are asked in its place, one after the other; they decline, or say nothing. When a is silent too, n1 joins again.',
    contact: 'a',
    options: { shuffleEvery: seconds(100), activeView: 2, graftAfter: seconds(50) },
    says: [
      [2, 'a', yes],
      [3, 'b', { type: 'Neighbor', priority: 'low' }],
      [4, 'a', { type: 'ShuffleReply', nodes: ['c', 'd', 'e', 'n1', 'a', 'c'] }],
      [5, 'b', { type: 'IHave', id: 7, round: 1 }],
      ...[100, 200, 300, 400, 500].map((at) => [at, 'a', isHere] as const),
      [100, 'b', isHere],
      [520, 'c', no],
      [820, 'e', no],
    ],
    to: 1_400,
  },
  {
    file: 'plumtree-alone',
    title:
      'The only neighbour falls silent: n1 asks another with priority, and is let in; what it has is announced there.',
    contact: 'a',
    options: { shuffleEvery: seconds(100), activeView: 1 },
    says: [
      [2, 'a', yes],
      [4, 'a', { type: 'ShuffleReply', nodes: ['c'] }],
      [6, 'f', { type: 'broadcast', id: 1 }],
      [400, 'c', yes],
    ],
    to: 600,
  },
  {
    file: 'plumtree-shuffles',
    title:
      'n1 tells one far away of itself and a few others, by a walk through a neighbour, and hears of as many; a walk that ends with it is answered. Now and then it takes a stranger for a neighbour.',
    contact: 'a',
    options: {
      keepAliveEvery: seconds(100),
      shuffleEvery: 200_000,
      mixOneIn: 2,
      activeView: 3,
      shuffleActive: 1,
      shufflePassive: 6,
      passiveView: 3,
    },
    says: [
      [2, 'a', yes],
      [3, 'b', { type: 'Neighbor', priority: 'low' }],
      [4, 'a', { type: 'ShuffleReply', nodes: ['c', 'd', 'e'] }],
      [10, 'a', { type: 'Shuffle', origin: 'f', nodes: ['f', 'c'], ttl: 2 }],
      [20, 'a', { type: 'Shuffle', origin: 'f', nodes: ['f', 'c'], ttl: 0 }],
      [30, 'a', { type: 'Shuffle', origin: 'b', nodes: ['b'], ttl: 4 }],
      [40, 'a', { type: 'Shuffle', origin: 'n1', nodes: ['e'], ttl: 0 }],
    ],
    to: 1_000,
  },
  {
    file: 'plumtree-broadcasts',
    title:
      'A broadcast goes to all neighbours but its sender. A second copy is answered with a prune, and who prunes hears announcements from then on, until it asks for one.',
    contact: 'a',
    options: { ...still, activeView: 4 },
    says: [
      [2, 'a', yes],
      [3, 'b', { type: 'Neighbor', priority: 'low' }],
      [4, 'c', { type: 'Neighbor', priority: 'low' }],
      [10, 'f', { type: 'broadcast', id: 1 }],
      [12, 'f', { type: 'broadcast', id: 1 }],
      [20, 'b', { type: 'Prune' }],
      [30, 'a', { type: 'Gossip', id: 2, round: 3 }],
      [32, 'c', { type: 'Gossip', id: 2, round: 4 }],
      [40, 'a', { type: 'Gossip', id: 3, round: 1 }],
      [50, 'b', { type: 'Graft', id: 3, round: 1 }],
      [52, 'b', { type: 'Graft', id: 99, round: 1 }],
      [60, 'c', { type: 'Gossip', id: 4, round: 1 }],
      [70, 'a', { type: 'Gossip', id: 5, round: 1 }],
      [80, 'd', { type: 'Neighbor', priority: 'low' }],
    ],
    to: 100,
  },
  {
    file: 'plumtree-grafts',
    title:
      'b, c and then a announce what does not come: after 60 ms b is asked, 30 ms later c, which sends it. What b announces of what is known, and what comes in time, is not asked for.',
    contact: 'a',
    options: { ...still, activeView: 4 },
    says: [
      [2, 'a', yes],
      [3, 'b', { type: 'Neighbor', priority: 'low' }],
      [4, 'c', { type: 'Neighbor', priority: 'low' }],
      [5, 'b', { type: 'Prune' }],
      [10, 'b', { type: 'IHave', id: 1, round: 2 }],
      [20, 'c', { type: 'IHave', id: 1, round: 3 }],
      [25, 'a', { type: 'IHave', id: 1, round: 3 }],
      [110, 'c', { type: 'Gossip', id: 1, round: 3 }],
      [120, 'b', { type: 'IHave', id: 1, round: 3 }],
      [200, 'a', { type: 'IHave', id: 2, round: 1 }],
      [210, 'a', { type: 'Gossip', id: 2, round: 1 }],
      [300, 'c', { type: 'IHave', id: 3, round: 1 }],
      [310, 'c', { type: 'Disconnect' }],
    ],
    to: 500,
  },
];

test.each(stories.map((story) => [story.file, story.title, story] as const))('%s: %s', (file, title, story) => {
  const protocol = plumtree(story.contact, story.options);
  expectTranscript(file, title, converse({ ...story, puppets: ['a', 'b', 'c', 'd', 'e', 'f'], protocol }));
});
