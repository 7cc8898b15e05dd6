// What a lock service is asked to promise, as stories that go wrong in one way each: the same three clients, the same lock and
// the same store for all four services, so that what differs is the service. What each story is judged by is in `judges.ts`.
import {
  defineScenario,
  ms,
  nemesis,
  seconds,
  type Fault,
  type FaultClass,
  type Micros,
  type Operation,
  type Random,
  type Setting,
  type TimedFault,
} from '../../sim/index.ts';
import { store } from '../../protocols/lock/store.ts';
import { resource } from '../../protocols/redlock/resource.ts';
import { link, type LockService } from './calibration.ts';
import { storeId } from './holder.ts';
import { judgesOf } from './judges.ts';
import { clientsOf, servers, serversOf, warmUp, type ServiceOptions } from './services.ts';

export const storyNames = [
  'servers fail',
  'clock jumps',
  'power fails',
  'holder pauses',
  'holder pauses, fenced',
  'holder is gone',
  'one server is gone',
  'two servers are gone',
] as const;
export type StoryName = (typeof storyNames)[number];

/** A service as it is judged: Redlock with a majority as specified, or with the quorum that redlock-py has under Python 3. */
export const contenders = ['redis', 'redlock-py', 'zookeeper', 'etcd', 'consul'] as const;
export type Contender = (typeof contenders)[number];

/** How long a lock lives: the shortest that a service allows, or a second or three. */
const lifetimes: Readonly<Record<Contender, Micros>> = {
  redis: seconds(1),
  'redlock-py': seconds(1),
  zookeeper: seconds(4),
  etcd: seconds(3),
  consul: seconds(10),
};

/** Whatever becomes of a lock whose holder is gone is done by then: Consul ends sessions after twice their time. */
function freeAgainAfter(contender: Contender): Micros {
  return 2 * lifetimes[contender] + seconds(6);
}

/** When the one fault of the last three stories strikes. */
const strikesAt = warmUp + seconds(4);

const parameters = {
  service: {
    about: 'the lock service, or Redlock with the quorum of redlock-py under Python 3',
    default: 'etcd',
    oneOf: contenders,
    draw: (random: Random) => random.pick(['zookeeper', 'etcd', 'consul'] as const),
  },
  story: {
    about: 'what goes wrong',
    default: 'servers fail',
    oneOf: storyNames,
    draw: (random: Random) => random.pick(storyNames.filter((story) => !brokenByAll.has(story))),
  },
  ttl: {
    about: 'microseconds that a lock lives; 0 for as short as the service allows',
    default: 0,
    range: [0, 2 ** 40],
  },
} as const;

/** Stories that no lock service survives. */
const brokenByAll: ReadonlySet<StoryName> = new Set(['holder pauses', 'two servers are gone']);

/** Drawn by a seed: a service that replicates its log, and a story that it survives. Any other can be set. */
export const lockServiceStories = defineScenario({
  name: 'lock-services',
  story: 'Three clients, one lock, one store: each of four lock services, with one thing that goes wrong.',
  protocol: 'lock services',
  expect: { type: 'holds' },
  parameters,
  world: ({ service, story, ttl }) => worldOf(service, story, ttl > 0 ? ttl : lifetimes[service]),
});

function worldOf(contender: Contender, story: StoryName, ttl: Micros) {
  const service = contender === 'redlock-py' ? 'redis' : contender;
  const isPaused = story === 'holder pauses' || story === 'holder pauses, fenced';
  const options: ServiceOptions = {
    service,
    processes: 3,
    ttl,
    fences: service !== 'redis' || isPaused,
    lockAt: () => 'lock',
    // A server that forgets what it answered is a story of its own.
    redis: { appendfsync: story === 'power fails' ? 'none' : 'always' },
    redlock: { quorum: contender === 'redis' ? 'majority' : 'half plus one' },
    workFor: workTime,
    // A process that is stopped is not replaced by another.
    timeout: isPaused ? seconds(300) : seconds(3),
  };
  const fencing = story === 'holder pauses, fenced';
  const freeAgain = strikesAt + freeAgainAfter(contender);
  return {
    nodes: [
      ...serversOf(options),
      { id: storeId, protocol: service === 'redis' ? resource(fencing) : store({ fencing }) },
    ],
    clients: clientsOf(options),
    network: { latency: link },
    until: strikesAt + 2 * freeAgainAfter(contender),
    tail: 1,
    workload: (random: Random, setting: Setting) => turns(random, setting, service),
    faults: (random: Random, setting: Setting) => faultsOf(story, random, setting, ttl),
    ...judgesOf(story, freeAgain),
  };
}

/** How long holders work before they write. */
const workTime = ms(400);

/** Each client takes the lock, works, writes, and gives it back, over and over. */
function turns(random: Random, { clients, until }: Setting, service: LockService): Operation[] {
  const operations: Operation[] = [];
  for (const client of clients) {
    const add = (at: number, f: string): void => {
      const id = operations.length;
      // Redlock's clients know one lock only, and write bare numbers.
      const named = f === 'write' ? { lock: 'lock', number: id } : { lock: 'lock' };
      const value = service === 'redis' ? (f === 'write' ? id : null) : named;
      operations.push({ id, client, at, f, value });
    };
    if (service === 'zookeeper' || service === 'consul') add(warmUp - seconds(2), 'open');
    for (let at = warmUp + random.below(ms(200)); at < until; at += random.between(ms(450), ms(900))) {
      add(at, 'acquire');
      // Redlock's clients work within the write.
      add(service === 'redis' ? at : at + workTime, 'write');
      add(at, 'release');
    }
  }
  return operations;
}

const ofServers: readonly FaultClass[] = [
  'crash',
  'isolate',
  'half-isolate',
  'partition',
  'pause',
  'loss',
  'disk-slow',
];

function faultsOf(story: StoryName, random: Random, setting: Setting, ttl: Micros): TimedFault[] {
  const forGood = setting.until;
  const someServers = (count: number): string[] => random.shuffle([...servers]).slice(0, count);
  switch (story) {
    case 'servers fail': {
      const seen = { ...setting, nodes: servers, clients: [] };
      const drawn = nemesis({ classes: ofServers, budget: 1, longest: seconds(3) })(random, seen);
      return drawn.filter(({ at }) => at >= strikesAt); // clients find what they need first
    }
    case 'clock jumps': // of one server or of several at once, as the time server has it
      return every(random, setting, ms(700), () =>
        someServers(random.between(1, 3)).map((node) => ({ type: 'clock-jump', node, by: ttl })),
      );
    case 'power fails':
      return every(random, setting, ms(1_500), () =>
        someServers(random.between(1, 3)).map((node) => ({ type: 'power-loss', node, unsynced: 'lost', for: ms(100) })),
      );
    case 'holder pauses':
    case 'holder pauses, fenced':
      return every(random, setting, ttl, () => [
        { type: 'pause', node: random.pick(setting.clients), for: random.between(2 * ttl, 3 * ttl) + seconds(1) },
      ]);
    case 'holder is gone':
      return [{ at: strikesAt + random.below(ms(500)), fault: { type: 'isolate', node: 'c1', for: forGood } }];
    case 'one server is gone':
      return someServers(1).map((node) => ({ at: strikesAt, fault: { type: 'crash', node, for: forGood } }));
    case 'two servers are gone':
      return someServers(2).map((node) => ({ at: strikesAt, fault: { type: 'crash', node, for: forGood } }));
  }
}

function every(random: Random, { until }: Setting, typical: Micros, draw: () => Fault[]): TimedFault[] {
  const faults: TimedFault[] = [];
  for (let at = strikesAt; at < until; at += random.between(Math.floor(typical / 2), 2 * typical)) {
    faults.push(...draw().map((fault) => ({ at, fault })));
  }
  return faults;
}
