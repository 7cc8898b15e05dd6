// The knobs of the Raft scenario. Each seed draws its own values: a batch of one entry, a snapshot every third entry or a
// window of one message shows what comfortable settings hide.
import { ms, seconds, standardFaults, type FaultClass, type Micros, type Random, type ValuesOf } from '../sim/index.ts';
import type { KeyValueConfig } from '../protocols/raft/index.ts';
import { budget, networkAmong, swarm } from './parameters.ts';

const networks = ['loopback', 'lan', 'wan', 'congested'] as const;
const guards = ['both', 'pre-vote', 'check-quorum', 'none'] as const;
const memberships = ['none', 'single', 'joint'] as const;

export const raftParameters = {
  nodes: { about: 'servers', default: 5, range: [1, 9], draw: (random: Random) => random.pick([3, 3, 5, 5, 4, 7]) },
  spares: {
    about: 'further servers that are not members at first',
    default: 0,
    range: [0, 4],
    draw: (random: Random) => random.pick([0, 1, 2]),
  },
  clients: { about: 'client processes', default: 5, range: [1, 50], draw: (random: Random) => random.between(2, 6) },
  keys: {
    about: 'keys that the clients read and write',
    default: 3,
    range: [1, 1_000],
    draw: (random: Random) => random.between(1, 5),
  },
  network: networkAmong(networks),
  election: {
    about: 'shortest election time-out in ms; it should be several times the round trip',
    default: 150,
    range: [10, 60_000],
    draw: (random: Random) => random.pick([150, 150, 300, 600]),
  },
  guards: {
    about:
      'what keeps servers that were cut off from disturbing: pre-votes, check-quorum with stickiness, both, or none',
    default: 'both',
    oneOf: guards,
    draw: (random: Random) => random.pick(guards),
  },
  batch: {
    about: 'entries that one AppendEntries carries at most',
    default: 64,
    range: [1, 10_000],
    draw: (random: Random) => random.pick([1, 2, 8, 64]),
  },
  inflight: {
    about: 'messages with entries that may be under way to one follower',
    default: 256,
    range: [1, 10_000],
    draw: (random: Random) => random.pick([1, 2, 256]),
  },
  groupCommit: {
    about: 'a leader writes and sends what has gathered while it was busy in one go',
    default: false,
    draw: (random: Random) => random.chance(300_000),
  },
  leaderWrites: {
    about: 'a leader writes while its followers do, or before it sends',
    default: 'parallel',
    oneOf: ['parallel', 'first'],
    draw: (random: Random) => random.pick(['parallel', 'parallel', 'first'] as const),
  },
  backsUpBy: {
    about: 'a leader looks for what a follower shares with it by a term with each refusal, or by an entry',
    default: 'term',
    oneOf: ['term', 'entry'],
  },
  snapshot: {
    about: 'applied entries after which a snapshot is taken; 0 for never',
    default: 8_192,
    range: [0, 1_000_000],
    draw: (random: Random) => random.pick([0, 3, 10, 40]),
  },
  trailing: {
    about: 'entries kept before a snapshot',
    default: 10_240,
    range: [0, 1_000_000],
    draw: (random: Random) => random.pick([0, 1, 5, 20]),
  },
  chunk: {
    about: 'characters of a snapshot that one message carries at most',
    default: 65_536,
    range: [1, 10_000_000],
    draw: (random: Random) => random.pick([200, 1_000, 65_536]),
  },
  reads: {
    about:
      'how a leader makes sure that its reads are fresh: it asks a quorum, or trusts its lease (needs check-quorum)',
    default: 'index',
    oneOf: ['index', 'lease'],
    draw: (random: Random) => random.pick(['index', 'index', 'lease'] as const),
  },
  forwarding: {
    about: 'followers serve reads after asking the leader for the index',
    default: true,
    draw: (random: Random) => random.chance(500_000),
  },
  apply: {
    about: 'entries applied in one go',
    default: 1_000_000,
    range: [1, 1_000_000],
    draw: (random: Random) => random.pick([1, 4, 1_000_000]),
  },
  membership: {
    about: 'how the administrator changes the membership: not at all, one server at a time, or jointly',
    default: 'none',
    oneOf: memberships,
    draw: (random: Random) => random.pick(memberships),
  },
  transfers: {
    about: 'the administrator asks leaders to hand over',
    default: false,
    draw: (random: Random) => random.chance(400_000),
  },
  sessions: {
    about: 'client sessions that the servers keep',
    default: 4_096,
    range: [1, 1_000_000],
    draw: (random: Random) => random.pick([3, 4_096, 4_096]),
  },
  expiry: {
    about: 'after so many ms a session that is not used expires, by the clocks of leaders; 0 for never',
    default: 0,
    range: [0, 1_000_000],
    draw: (random: Random) => random.pick([0, 0, 0, 500]),
  },
  drift: {
    about: 'how much faster or slower the servers’ clocks run, in parts per million, in turn',
    default: 0,
    range: [0, 900_000],
    draw: (random: Random) => random.pick([0, 10_000, 90_000]),
  },
  budget,
  swarm,
} as const;

export type RaftSetting = ValuesOf<typeof raftParameters>;

/** The servers' configuration under these knobs. */
export function raftConfig(set: RaftSetting, voters: readonly string[]): Partial<KeyValueConfig> {
  // A time-out of less than a few round trips elects nobody for long.
  const election = Math.max(ms(set.election), shortestElection[set.network] ?? 0);
  const isSlow = set.network === 'wan' || set.network === 'congested';
  const checkQuorum = set.guards === 'both' || set.guards === 'check-quorum';
  // A removed server that nobody told so would go on disturbing those that stay (thesis, section 4.2.3).
  const preVote = set.guards === 'both' || set.guards === 'pre-vote' || set.membership !== 'none';
  return {
    voters,
    electionTimeout: election,
    electionSpread: election,
    heartbeat: Math.floor(election / 5),
    preVote,
    checkQuorum,
    stickiness: checkQuorum,
    // One entry a message or a round trip, or a snapshot in many, is less than the clients ask for where a link that keeps
    // the order of its messages holds them up for long: nobody could catch up.
    batch: isSlow ? Math.max(8, set.batch) : set.batch,
    maxInflight: isSlow ? Math.max(8, set.inflight) : set.inflight,
    groupCommit: set.groupCommit,
    leaderWrites: set.leaderWrites,
    backsUpBy: set.backsUpBy,
    snapshotThreshold: set.snapshot,
    trailing: isSlow ? Math.max(20, set.trailing) : set.trailing,
    snapshotChunk: isSlow ? Math.max(1_000, set.chunk) : set.chunk,
    reads: isLeased(set) ? 'lease' : 'index',
    forwardReads: set.forwarding,
    membership: set.membership === 'single' ? 'single' : 'joint',
    applyLimit: set.apply,
    sessionLimit: set.sessions,
    sessionTtl: ms(set.expiry),
  };
}

const shortestElection: Readonly<Record<string, Micros>> = { wan: ms(300), congested: ms(600) };

/** Leases stand on clocks that run alike within a bound: a fault that breaks it is not what they are promised to survive. */
export function faultClasses(set: RaftSetting): readonly FaultClass[] {
  return isLeased(set)
    ? standardFaults.filter((name) => name !== 'clock-drift' && name !== 'clock-freeze')
    : standardFaults;
}

/** How long the world is whole at the end: a few election time-outs. */
export function healedTail({ network }: RaftSetting): Micros {
  return network === 'congested' ? seconds(5) : seconds(3);
}

/** How long a client waits for an answer before it asks elsewhere, and until it gives up. */
export const patience = { retryAfter: ms(300), timeout: seconds(2) };

function isLeased(set: RaftSetting): boolean {
  return set.reads === 'lease' && (set.guards === 'both' || set.guards === 'check-quorum');
}
