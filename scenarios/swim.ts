// Members that watch each other by gossip, as in memberlist and Serf: crashes are found out, the slow object, the split grow
// together, and news reach everybody.
import { lan, swim, swimClient, type SwimConfig, type SwimOptions } from '../protocols/swim/index.ts';
import {
  defineScenario,
  ms,
  nemesis,
  nodeIds,
  seconds,
  sometimesNoted,
  workload,
  type NodeSpec,
  type ParameterSpecs,
  type World,
} from '../sim/index.ts';
import {
  crashesAreDetected,
  eventsAreOrdered,
  eventsArrive,
  healthRecovers,
  incarnationsAreTheirOwn,
  livesFollowTheChart,
  membershipConverges,
  namesStay,
  noDeathUnannounced,
  nobodyDiesInVain,
  noneRisesUnchanged,
} from './swim-properties.ts';
import {
  everybodyIsProbed,
  healthIsBounded,
  helpersAreOthers,
  newsRetire,
  probesFailAsOftenAs,
  rosterIsTheMembers,
  suspicionsLastTheirTime,
  whoLeavesHasLeft,
} from './swim-probing.ts';

export const swimParameters = {
  nodes: { about: 'how many members', default: 5, range: [3, 50], draw: (random) => random.pick([3, 4, 5, 7]) },
} as const satisfies ParameterSpecs;

export type SwimVariant = Partial<Pick<SwimOptions, 'rules' | 'serfRules' | 'config'>>;

/** Faults that last for longer than a suspicion, and what must hold all the same. */
export function swimWorld({ nodes: count }: { nodes: number }, variant: SwimVariant = {}): World {
  const { protocol, specs, config } = cluster(count, variant, { metaOf: (_id, life) => `life ${life}` });
  return {
    nodes: specs,
    clients: [{ id: 'c1', protocol: swimClient, timeout: seconds(5) }],
    network: { latency: 'lan', loss: 5_000 },
    until: seconds(160),
    tail: seconds(110),
    workload: workload({
      every: seconds(2),
      draw: (random, serial) => ({ f: random.pick(['event', 'event', 'query', 'members']), value: [null, serial] }),
    }),
    faults: nemesis({
      classes: ['crash', 'pause', 'partition', 'isolate', 'one-way', 'loss', 'slow-link', 'duplicate'],
      budget: count - 1,
      every: seconds(8),
      longest: seconds(40),
    }),
    properties: [
      incarnationsAreTheirOwn,
      noneRisesUnchanged,
      livesFollowTheChart,
      noDeathUnannounced(config),
      eventsAreOrdered,
      membershipConverges(protocol, seconds(100)),
      healthRecovers(protocol, seconds(100)),
      healthIsBounded(config),
      helpersAreOthers(config),
      rosterIsTheMembers,
      eventsArrive(protocol, seconds(65), seconds(109)),
      sometimesNoted('refuted', 'a member objects to what is said of it'),
      sometimesNoted('forgotten', 'a member that is long dead is forgotten'),
    ],
    checks: [],
  };
}

/** Members that crash, in a network that loses, doubles and reorders: each is found out in time. */
export function detectionWorld({ nodes: count }: { nodes: number }, variant: SwimVariant = {}): World {
  // Full exchanges are frequent, so that old news keep coming.
  const { protocol, specs, config } = cluster(count, variant, { config: { pushPullInterval: seconds(3) } });
  return {
    nodes: specs,
    clients: [],
    network: { latency: 'lan', loss: 20_000, duplicate: 50_000, reorder: 200_000 },
    until: seconds(120),
    tail: seconds(10),
    workload: [],
    faults: (random, setting) => [
      { at: random.between(seconds(5), seconds(20)), fault: { type: 'crash', node: random.pick(setting.nodes) } },
      {
        at: random.between(seconds(5), seconds(20)),
        fault: { type: 'pause', node: random.pick(setting.nodes), for: ms(3_500) },
      },
    ],
    properties: [
      crashesAreDetected(protocol, { config, slack: seconds(15) }),
      incarnationsAreTheirOwn,
      noneRisesUnchanged,
      livesFollowTheChart,
      noDeathUnannounced(config),
      suspicionsLastTheirTime(config, seconds(4)), // a pause may hold up the end
    ],
    checks: [],
  };
}

/** Acks that take longer than a period, so that one comes in nearly every period, and a crash. */
export function lateAcksWorld(_parameters: unknown, variant: SwimVariant = {}): World {
  const { protocol, specs, config } = cluster(12, variant, {
    config: { lifeguard: { awareness: false, suspicion: true, buddy: true }, reliablePing: false },
  });
  const all = specs.map(({ id }) => id);
  return {
    nodes: specs,
    clients: [],
    network: { latency: 'lan' },
    until: seconds(100),
    tail: seconds(1),
    workload: [],
    faults: (random) => [
      { at: seconds(5), fault: { type: 'slow-link', from: all, to: all, add: ms(600) } },
      { at: random.between(seconds(10), seconds(20)), fault: { type: 'crash', node: 'n3' } },
    ],
    properties: [
      crashesAreDetected(protocol, { config, slack: seconds(15) }),
      incarnationsAreTheirOwn,
      noneRisesUnchanged,
      livesFollowTheChart,
    ],
    checks: [],
  };
}

/** What a member said before it crashed arrives when it is suspected already. */
export function lastWordsWorld(_parameters: unknown, variant: SwimVariant = {}): World {
  const { protocol, specs, config } = cluster(3, variant, { config: { pushPullInterval: ms(300) } });
  return {
    nodes: specs,
    clients: [],
    network: { latency: 'lan' },
    until: seconds(100),
    tail: seconds(1),
    workload: [],
    faults: (random) => {
      const at = random.between(seconds(5), seconds(10));
      return [
        { at, fault: { type: 'hold', from: ['n3'], to: ['n1', 'n2'], for: ms(4_500) } },
        { at: at + random.between(ms(700), ms(1_200)), fault: { type: 'crash', node: 'n3' } },
      ];
    },
    properties: [
      crashesAreDetected(protocol, { config, slack: seconds(15) }),
      incarnationsAreTheirOwn,
      noneRisesUnchanged,
      livesFollowTheChart,
    ],
    checks: [],
  };
}

/** Members that fall silent, but not for longer than a suspicion lasts. */
export function refutationWorld({ nodes: count }: { nodes: number }, variant: SwimVariant = {}): World {
  // News go round four times in a cluster of up to nine, which one in a hundred misses: full exchanges tell it in time.
  const { protocol, specs, config } = cluster(count, variant, { config: { pushPullInterval: seconds(1) } });
  return {
    nodes: specs,
    clients: [],
    network: { latency: 'lan', loss: 10_000, duplicate: 20_000, reorder: 50_000 },
    until: seconds(100),
    tail: seconds(30),
    workload: [],
    faults: (random, setting) =>
      [5, 17, 29, 41, 53].map((at) => ({
        at: seconds(at) + random.below(seconds(2)),
        fault: { type: 'pause', node: random.pick(setting.nodes), for: random.between(seconds(1), ms(3_300)) },
      })),
    properties: [
      nobodyDiesInVain,
      incarnationsAreTheirOwn,
      noneRisesUnchanged,
      livesFollowTheChart,
      membershipConverges(protocol, seconds(25)),
      everybodyIsProbed(count),
      helpersAreOthers(config),
      newsRetire(config, count),
      sometimesNoted('refuted', 'a member objects to what is said of it'),
    ],
    checks: [],
  };
}

/** A split that lasts until the two sides have forgotten each other, and a leave before it. */
export function splitWorld({ nodes: count }: { nodes: number }, variant: SwimVariant = {}): World {
  const { protocol, specs } = cluster(count, variant);
  const ids = specs.map(({ id }) => id);
  const leaver = ids.at(-1) ?? 'n1';
  return {
    nodes: specs,
    clients: [{ id: 'c1', protocol: swimClient, timeout: seconds(5) }],
    network: { latency: 'lan' },
    until: seconds(300),
    tail: seconds(190),
    workload: [{ id: 0, client: 'c1', at: seconds(5), f: 'leave', value: [leaver, null] }],
    faults: [{ at: seconds(8), fault: { type: 'partition', groups: [['n1'], ids.slice(1)], for: seconds(100) } }],
    properties: [
      incarnationsAreTheirOwn,
      noneRisesUnchanged,
      livesFollowTheChart,
      whoLeavesHasLeft,
      rosterIsTheMembers,
      membershipConverges(protocol, seconds(180)),
      sometimesNoted('forgotten', 'a member that is long dead is forgotten'),
    ],
    checks: [],
  };
}

/** Messages are lost at a rate that is known, and so is how many pings fail. */
export function accuracyWorld({ nodes: count }: { nodes: number }, variant: SwimVariant = {}): World {
  const loss = 150_000;
  const members = Math.max(20, count); // helpers enough, and probes enough to count
  // Nobody slows down, so that all probe alike.
  const lifeguard = { awareness: false, suspicion: true, buddy: true };
  const { specs, config } = cluster(members, variant, { config: { reliablePing: false, lifeguard } });
  return {
    nodes: specs,
    clients: [],
    network: { latency: 'loopback', loss },
    until: seconds(210),
    tail: seconds(210),
    workload: [],
    faults: [],
    properties: [
      probesFailAsOftenAs(loss, config.indirectChecks, seconds(200)),
      helpersAreOthers(config),
      incarnationsAreTheirOwn,
      noneRisesUnchanged,
      livesFollowTheChart,
    ],
    checks: [],
  };
}

/** Somebody comes with a name that is taken. */
export function namesakeWorld({ nodes: count }: { nodes: number }, variant: SwimVariant = {}): World {
  const { protocol, specs } = cluster(count, variant, { nameOf: (id) => (id === `n${count}` ? 'n2' : id) });
  return {
    nodes: specs.map((spec) => (spec.id === `n${count}` ? { ...spec, joinsAt: seconds(10) } : spec)),
    clients: [],
    network: { latency: 'lan' },
    until: seconds(40),
    tail: seconds(20),
    workload: [],
    faults: [],
    properties: [namesStay(protocol), sometimesNoted('name conflict', 'a name is claimed that is taken')],
    checks: [],
  };
}

interface Cluster {
  readonly protocol: ReturnType<typeof swim>;
  readonly specs: readonly NodeSpec[];
  readonly config: SwimConfig;
}

function cluster(count: number, variant: SwimVariant, options: SwimOptions = {}): Cluster {
  const ids = nodeIds('n', count);
  const config = { ...lan, ...options.config, ...variant.config };
  const protocol = swim({ contacts: ids.slice(0, 3), ...options, ...variant, config });
  return { protocol, specs: ids.map((id) => ({ id, protocol })), config };
}

interface SwimStory {
  readonly name: string;
  readonly story: string;
  readonly world: (parameters: { nodes: number }, variant?: SwimVariant) => World;
}

/** The worlds, by the last part of their names. */
export const swimStories = {
  swim: {
    name: 'swim',
    story:
      'Members watch each other by gossip through crashes, pauses and partitions, and agree on who lives in the end.',
    world: swimWorld,
  },
  detects: {
    name: 'swim-detects',
    story: 'A member crashes where messages are lost, doubled and out of order; all find it out in time.',
    world: detectionWorld,
  },
  lateAcks: {
    name: 'swim-late-acks',
    story: 'Answers take longer than a period; each counts for its own ping only, so that a crash is found out.',
    world: lateAcksWorld,
  },
  lastWords: {
    name: 'swim-last-words',
    story: 'What a member said before it crashed arrives late; old news do not take back that it is suspected.',
    world: lastWordsWorld,
  },
  refutes: {
    name: 'swim-refutes',
    story: 'Members fall silent for a while, are suspected, object in time, and none of them is declared dead.',
    world: refutationWorld,
  },
  accurate: {
    name: 'swim-accurate',
    story: 'Where one of seven messages is lost, pings fail as often as the formula of SWIM says, and no more.',
    world: accuracyWorld,
  },
  splits: {
    name: 'swim-splits',
    story: 'A cluster is split until both sides have forgotten each other; somebody calls, and it grows together.',
    world: splitWorld,
  },
  namesake: {
    name: 'swim-namesake',
    story: 'A member comes with the name of another that lives; the name stays where it is.',
    world: namesakeWorld,
  },
} as const satisfies Record<string, SwimStory>;

export const swimScenarios = Object.values(swimStories).map(({ name, story, world }: SwimStory) =>
  defineScenario({
    name,
    story,
    protocol: 'swim',
    expect: { type: 'holds' },
    parameters: swimParameters,
    world: (parameters) => world(parameters),
  }),
);
