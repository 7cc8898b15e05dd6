// The life of members in the eyes of one of them, rule by rule: joining, what overrides what, suspicion, objection, leaving, and
// the full exchange. (Das, Gupta, Motivala: "SWIM", section 4.2; memberlist, state.go.)
import { lan, startingMembers } from '../../../protocols/swim/index.ts';
import { seconds } from '../../../sim/index.ts';
import {
  acks,
  alive,
  believing,
  dead,
  exchange,
  gossip,
  listening,
  memberOf,
  suspect,
  testStories,
} from './neighbourhood.ts';

testStories([
  {
    file: 'swim-join',
    title:
      'n1 asks a to let it in, is not answered, and asks again. Of what a knows, the dead are suspected only: they may object.',
    options: { contacts: ['a', 'n1'] },
    says: [
      [
        5_100,
        'a',
        exchange(
          [
            memberOf('a', 1, 'alive'),
            memberOf('b', 4, 'suspect'),
            memberOf('c', 2, 'alive', { meta: 'web' }),
            memberOf('d', 3, 'left'),
            memberOf('n1', 1, 'alive'),
          ],
          true,
        ),
      ],
      [5_300, 'a', exchange([memberOf('a', 1, 'alive'), memberOf('c', 1, 'dead'), memberOf('d', 3, 'alive')])],
      [5_400, 'a', exchange([memberOf('c', 2, 'dead'), memberOf('d', 3, 'left'), memberOf('b', 1, 'alive')], true)],
    ],
    to: 12_000,
  },
  {
    file: 'swim-suspicion-alone',
    title:
      'Where nobody else could confirm a suspicion, it lasts 4 s only. That of b ends when b is said to be dead, and runs out no more.',
    config: believing,
    options: { known: startingMembers(['n1', 'a', 'b']) },
    puppets: ['a', 'b'],
    answers: acks,
    says: [
      [1_000, 'a', gossip(suspect('b', 1, 'a'))],
      [2_000, 'b', gossip(suspect('a', 1, 'b'))],
      [3_000, 'a', gossip(dead('b', 1, 'a'))],
    ],
    to: 8_000,
    without: /swim probe|note: probe|Ping|Ack/,
  },
  {
    file: 'swim-overrides',
    title:
      'What overrides what: alive a greater incarnation only; suspect the same one of who is alive; dead the same one of who is alive or suspected.',
    says: [
      [10, 'a', gossip(alive('b', 3), alive('b', 3), alive('b', 2), suspect('b', 2, 'a'), dead('b', 2, 'a'))],
      [20, 'a', gossip(suspect('b', 3, 'a'), alive('b', 3), suspect('b', 2, 'c'))],
      [30, 'a', gossip(alive('b', 4), dead('b', 3, 'a'), dead('b', 4, 'c'), suspect('b', 5, 'a'), alive('b', 4))],
      [40, 'a', gossip(dead('b', 6, 'd'), alive('b', 5), suspect('c', 9, 'a'), dead('c', 8, 'a'), alive('c', 9))],
      [50, 'a', gossip(dead('c', 10, 'a'), alive('c', 10), alive('c', 11), suspect('z', 1, 'a'), dead('z', 1, 'a'))],
    ],
    to: 100,
  },
  {
    file: 'swim-suspect-confirm-dead',
    title:
      'b is suspected for 24 s at most. The first confirmation leaves 11.4 s, the second 4 s; who has confirmed already, and the first accuser, do not count again.',
    config: believing,
    answers: acks,
    says: [
      [1_000, 'a', gossip(suspect('b', 1, 'a'))],
      [2_000, 'c', gossip(suspect('b', 1, 'a'))],
      [3_000, 'c', gossip(suspect('b', 1, 'c'))],
      [4_000, 'd', gossip(suspect('b', 1, 'c'))],
      [9_000, 'd', gossip(suspect('b', 1, 'd'))],
      [9_100, 'a', gossip(suspect('b', 1, 'n1'), dead('b', 1, 'd'), suspect('b', 1, 'e'))],
    ],
    to: 12_000,
    without: /swim probe|note: probe|Ping|Ack/,
  },
  {
    file: 'swim-suspicion-runs-out',
    title:
      'b is suspected, and one more says so: 11.381 s after the beginning n1 declares it dead. Of d three more say so, of which two count. c objects in time, and d too late. A new accusation of c begins a new suspicion.',
    says: [
      [1_000, 'a', gossip(suspect('b', 1, 'a'), suspect('c', 1, 'a'), suspect('d', 1, 'a'))],
      [2_000, 'c', gossip(suspect('d', 1, 'c'), suspect('d', 1, 'e'), suspect('d', 1, 'f'))],
      [5_000, 'c', gossip(suspect('b', 1, 'c'), alive('c', 2))],
      [13_000, 'd', gossip(alive('d', 1), alive('b', 1))],
      [13_500, 'd', gossip(alive('d', 2))],
      [14_000, 'a', gossip(suspect('c', 2, 'a'))],
    ],
    config: believing,
    answers: acks,
    to: 39_000,
    without: /swim probe|note: probe|Ping|Ack/,
  },
  {
    file: 'swim-refute',
    title:
      'n1 is said to be suspected, dead, or what it was in an earlier life, and objects with a greater incarnation than the accusation; what is older needs no objection.',
    config: { ...listening, gossipNodes: 1, retransmitMult: 1 },
    says: [
      [10, 'a', gossip(suspect('n1', 1, 'a'))],
      [400, 'b', gossip(suspect('n1', 1, 'b'), dead('n1', 1, 'b'), alive('n1', 1))],
      [800, 'b', gossip(dead('n1', 7, 'b'))],
      [1_200, 'c', gossip(alive('n1', 8), alive('n1', 8, { meta: 'of old' }))],
      [1_600, 'c', gossip(alive('n1', 20))],
      [2_000, 'c', exchange([memberOf('n1', 21, 'dead'), memberOf('n1', 22, 'left')])],
    ],
    to: 2_500,
  },
  {
    file: 'swim-leave',
    title:
      'n1 leaves, once, whoever asks it to: it says so, objects to nothing any more, and probes and calls nobody. Then b leaves: nobody tells it anything, and c does not come back without a greater incarnation.',
    config: { ...lan, gossipNodes: 4, retransmitMult: 1, pushPullInterval: seconds(1), reconnectInterval: seconds(1) },
    answers: acks,
    says: [
      [1_000, 'd', { type: 'leave', serial: 1 }],
      [1_200, 'b', { type: 'leave', serial: 7 }],
      [3_000, 'b', { type: 'leave', serial: 8 }],
      [1_500, 'a', gossip(suspect('n1', 1, 'a'), dead('n1', 1, 'b'), alive('n1', 5))],
      [2_000, 'b', gossip(dead('b', 1, 'b'), dead('c', 1, 'c'), alive('c', 1))],
      [2_500, 'a', gossip(alive('c', 2))],
      [4_000, 'a', exchange([memberOf('b', 1, 'left'), memberOf('c', 2, 'left')])],
    ],
    from: 900,
    to: 6_000,
  },
  {
    file: 'swim-leaves-others',
    title:
      'b leaves and c is dead. News go to c for a while, so that it can object, and to b no more; c is called, b is not. After 3 s both are forgotten; d, which is suspected for longer, is not.',
    config: {
      ...listening,
      ...{ probeInterval: seconds(1), probeTimeout: seconds(1_000), gossipNodes: 4, retransmitMult: 4 },
      ...{ gossipToTheDeadTime: seconds(3), reconnectInterval: seconds(2), pushPullInterval: seconds(2) },
    },
    options: { known: startingMembers(['n1', 'b', 'c', 'd']) },
    puppets: ['b', 'c', 'd'],
    answers: acks,
    says: [
      [5, 'd', gossip(suspect('c', 1, 'd'))],
      [500, 'd', gossip(dead('b', 1, 'b'), dead('c', 1, 'd'))],
      [3_300, 'd', gossip(alive('d', 2))],
      [4_500, 'd', gossip(alive('d', 3))],
      [5_000, 'b', gossip(suspect('d', 3, 'b'))],
    ],
    to: 10_000,
    without: /note: probe|Ping|Ack/,
  },
  {
    file: 'swim-names',
    title:
      'A name stays with its address while its bearer lives or has just died; who has left, or is dead for 5 s, may be replaced, at any incarnation.',
    config: { ...listening, deadNodeReclaimTime: seconds(5) },
    says: [
      [10, 'a', gossip(alive('b', 9, { address: 'd' }), alive('n1', 9, { address: 'd' }))],
      [20, 'a', gossip(dead('b', 1, 'a'), alive('b', 9, { address: 'd' }), dead('c', 1, 'c'))],
      [30, 'a', gossip(alive('c', 1, { address: 'd' }))],
      [4_900, 'a', gossip(alive('b', 1, { address: 'd' }))],
      [5_100, 'a', gossip(alive('b', 1, { address: 'd' }))],
    ],
    to: 6_000,
  },
  {
    file: 'swim-names-kept',
    title: 'Without a time after which names are free, who is dead keeps its own.',
    says: [
      [10, 'a', gossip(dead('b', 1, 'a'), alive('b', 9, { address: 'd' }))],
      [90_000, 'a', gossip(alive('b', 9, { address: 'd' }), alive('b', 2))],
    ],
    to: 91_000,
  },
  {
    file: 'swim-push-pull',
    title:
      'Each exchange goes to one member that is alive: not to b, which is suspected, and not to c, which is dead. What a tells is merged, and answered with what was known before.',
    config: { ...listening, pushPullInterval: seconds(1) },
    says: [
      [10, 'a', gossip(suspect('b', 1, 'a'), dead('c', 1, 'd'))],
      [4_500, 'a', exchange([memberOf('d', 1, 'dead'), memberOf('c', 2, 'alive'), memberOf('b', 3, 'left')])],
      [6_500, 'd', exchange([memberOf('a', 1, 'suspect'), memberOf('n1', 1, 'suspect')], true)],
    ],
    to: 7_000,
  },
  {
    file: 'swim-reconnect',
    title: 'Three of four are dead; now and then n1 calls one of them, until they are alive again.',
    config: { ...listening, reconnectInterval: seconds(1) },
    says: [
      [10, 'a', gossip(dead('b', 1, 'a'), dead('c', 1, 'd'), dead('d', 1, 'a'))],
      [5_500, 'd', exchange([memberOf('d', 2, 'alive'), memberOf('b', 2, 'alive'), memberOf('c', 2, 'alive')], true)],
    ],
    to: 20_000,
  },
]);
