// How a member probes others and helps others to probe, rule by rule. (Das, Gupta, Motivala: "SWIM", sections 3.1 and 4.3; Dadgar,
// Phillips, Currey: "Lifeguard", section IV.)
import { lan, startingMembers, type SwimMessage } from '../../../protocols/swim/index.ts';
import { acks, alive, dead, gossip, listening, suspect, testStories } from './neighbourhood.ts';

const pinging = { ...listening, probeInterval: lan.probeInterval, probeTimeout: lan.probeTimeout };

testStories([
  {
    file: 'swim-probe',
    title:
      'n1 pings all in turn, in an order that it shuffles after each pass. A late ack, and one that nobody awaits, count for nothing.',
    config: pinging,
    answers: acks,
    says: [[9_500, 'a', { type: 'Ack', sequence: 3, updates: [] }]],
    to: 10_000,
    without: /timer swim probe$|→/,
  },
  {
    file: 'swim-indirect-probe',
    title:
      'a does not answer n1. Three others who are alive are asked to ping it, and a connection is tried; one of them brings an ack.',
    config: pinging,
    options: { known: startingMembers(['n1', 'a', 'b', 'c', 'd', 'e']) },
    puppets: ['a', 'b', 'c', 'd', 'e'],
    says: [[1, 'b', gossip(suspect('e', 1, 'b'))]],
    answers: (puppet, message) => {
      const { type, sequence } = message as SwimMessage & { sequence: number };
      if (type === 'PingRequest' && puppet === 'c') return { type: 'Ack', sequence, updates: [] };
      if (type === 'PingRequest' && puppet === 'd') return { type: 'Nack', sequence };
      return puppet === 'a' ? undefined : acks(puppet, message);
    },
    to: 6_000,
  },
  {
    file: 'swim-probe-fails',
    title:
      'Nobody brings an ack of a: n1 suspects it when the period is over. Of three helpers one says that it heard nothing; two are silent, so n1 takes itself for slow.',
    config: pinging,
    answers: (puppet, message) => {
      const { type, sequence } = message as SwimMessage & { sequence: number };
      if (type === 'PingRequest' && puppet === 'd') return { type: 'Nack', sequence };
      if (type === 'PingRequest' && puppet === 'c') return { type: 'Nack', sequence: sequence + 1 };
      return puppet === 'a' ? undefined : acks(puppet, message);
    },
    says: [],
    to: 12_000,
  },
  {
    file: 'swim-probe-overtaken',
    title:
      'a does not answer, and says before the period ends that it lives: n1 does not suspect what it has said since it was pinged, but the next time it does.',
    config: pinging,
    options: { known: startingMembers(['n1', 'a']) },
    puppets: ['a'],
    says: [[1_500, 'a', gossip(alive('a', 2))]],
    to: 4_500,
    without: /ReliablePing|swim reliable/,
  },
  {
    file: 'swim-newcomers',
    title:
      'e and f come while n1 goes round: each is put at a random place of the pass, and pinged once in each from then on.',
    config: pinging,
    puppets: ['a', 'b', 'c', 'd', 'e', 'f'],
    answers: acks,
    says: [[1_900, 'a', gossip(alive('e', 1), alive('f', 1))]],
    to: 14_000,
    without: /timer|→|←/,
  },
  {
    file: 'swim-health',
    title:
      'n1 is accused twice. It should have answered in time, so it probes at a third of its pace, waits three times as long before it asks others, and takes itself for healthier with each ping that is answered, however often.',
    config: pinging,
    answers: (puppet, message) => {
      const isFirst = (message as { readonly sequence?: number }).sequence === 1;
      if (!isFirst) return acks(puppet, message);
      return puppet < 'c' && (message as SwimMessage).type === 'PingRequest'
        ? { type: 'Ack', sequence: 1, updates: [] }
        : undefined;
    },
    says: [[100, 'b', gossip(suspect('n1', 1, 'b'), dead('n1', 2, 'c'))]],
    to: 13_000,
    without: /timer swim gossip|→ . {2}(Ping|Gossip)/,
  },
  {
    file: 'swim-plain',
    title:
      'Without Lifeguard and without connections: a does not answer, is suspected for 4 s whoever else suspects it, is not told with the ping, and n1 goes on at its pace.',
    config: { ...pinging, reliablePing: false, lifeguard: { awareness: false, suspicion: false, buddy: false } },
    answers: (puppet, message) => (puppet === 'a' ? undefined : acks(puppet, message)),
    says: [[100, 'b', gossip(suspect('a', 1, 'b'))]],
    to: 9_000,
    without: /← . {2}Ack/,
  },
  {
    file: 'swim-last',
    title: 'Of two members one is gone. Once it is dead there is nobody to probe, and nothing to suspect.',
    config: pinging,
    options: { known: startingMembers(['n1', 'a']) },
    puppets: ['a'],
    says: [],
    to: 20_000,
    without: /Reliable|swim reliable/,
  },
  {
    file: 'swim-helps',
    title:
      'n1 pings a for b, twice. The ack goes back with the number that b gave; where there is none, b hears that after 400 ms, and a late ack goes nowhere.',
    answers: () => undefined,
    says: [
      [10, 'b', { type: 'PingRequest', sequence: 77, target: 'a', address: 'a', updates: [suspect('c', 1, 'b')] }],
      [20, 'a', { type: 'Ack', sequence: 1, updates: [] }],
      [30, 'b', { type: 'PingRequest', sequence: 78, target: 'a', address: 'a', updates: [] }],
      [500, 'a', { type: 'Ack', sequence: 2, updates: [] }],
      [600, 'a', { type: 'Ack', sequence: 1, updates: [] }],
      [700, 'd', { type: 'Ping', sequence: 5, target: 'n1', updates: [] }],
      [710, 'd', { type: 'Ping', sequence: 6, target: 'n7', updates: [] }],
      [720, 'd', { type: 'ReliablePing', sequence: 7, target: 'n1' }],
      [730, 'd', { type: 'ReliablePing', sequence: 8, target: 'n7' }],
    ],
    to: 1_000,
  },
  {
    file: 'swim-buddy',
    title: 'The ping of a suspect tells it first of all that it is suspected, so that it can object at once.',
    config: {
      ...pinging,
      retransmitMult: 1,
      indirectChecks: 0,
      reliablePing: false,
    },
    options: { known: startingMembers(['n1', 'a']) },
    puppets: ['a', 'b'],
    says: [
      [10, 'b', gossip(suspect('a', 4, 'b'))],
      [2_500, 'a', gossip(alive('a', 5))],
    ],
    answers: acks,
    to: 4_000,
  },
]);
