// Zab under everything that a majority is promised to survive: the story that must hold.
import { keyValue, linearizable } from '../checkers/index.ts';
import { currentLeader, zab, zabClient, zabProperties, type ZabConfig, type ZabRules } from '../protocols/zab/index.ts';
import {
  defineScenario,
  keyValueOperations,
  ms,
  nemesis,
  networkPresets,
  nodeIds,
  numbered,
  seconds,
  workload,
  type Micros,
  type NemesisOptions,
  type NetworkSpec,
  type Parameters,
  type Random,
  type Scenario,
} from '../sim/index.ts';
import { budget, fixParameters, networkAmong, observers, swarm, whenDown } from './parameters.ts';

/** What a variant of the Zab scenario changes. */
export interface ZabVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<ZabRules>;
  /** What the nemesis draws from; default all standard faults. */
  readonly nemesis?: NemesisOptions;
  readonly config?: Partial<ZabConfig>;
  /** Parameters whose value is fixed unless set, instead of drawn by the seed. */
  readonly fixed?: Parameters;
  readonly network?: NetworkSpec;
  /** Typical time between two operations of a client; default 120 ms. */
  readonly every?: Micros;
}

const networks = ['loopback', 'lan', 'wan', 'congested'] as const;

const parameters = {
  voters: {
    about: 'servers that vote',
    default: 3,
    range: [1, 9],
    draw: (random: Random) => random.pick([3, 3, 3, 5, 4]),
  },
  observers,
  clients: { about: 'client processes', default: 3, range: [1, 50], draw: (random: Random) => random.between(1, 3) },
  keys: {
    about: 'keys that the clients use',
    default: 2,
    range: [1, 1_000],
    draw: (random: Random) => random.between(1, 3),
  },
  network: networkAmong(networks),
  tick: {
    about: 'tick time in ms',
    default: 100,
    range: [10, 60_000],
    draw: (random: Random) => random.pick([80, 100, 120]),
  },
  syncLimit: {
    about: 'ticks in which leader and learner must hear from each other',
    default: 3,
    range: [1, 100],
    draw: (random: Random) => random.pick([2, 3, 4]),
  },
  snapshotEvery: {
    about: 'transactions between two snapshots',
    default: 20,
    range: [1, 1_000_000],
    draw: (random: Random) => random.pick([1, 3, 10, 30, 1_000]),
  },
  keepBeforeSnapshot: {
    about: 'transactions before a snapshot that stay in the log',
    default: 10,
    range: [0, 100_000],
    draw: (random: Random) => random.pick([0, 2, 10, 500]),
  },
  groupCommit: {
    about: 'how long proposals gather before they are synced together, in microseconds',
    default: 0,
    range: [0, 10_000_000],
    draw: (random: Random) => random.pick([0, 0, ms(1), ms(5)]),
  },
  whenDown,
  budget,
  swarm,
} as const;

/** The Zab scenario with some of its parts replaced. */
export function zabScenario(variant: ZabVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'zab',
    expect: variant.expect,
    parameters: fixParameters(parameters, variant.fixed ?? {}),
    world(set) {
      const voters = nodeIds('n', set.voters);
      const observers = Array.from({ length: set.observers }, (_, index) => `n${set.voters + index + 1}`);
      const tickTime = ms(set.tick);
      const config: Partial<ZabConfig> = {
        tickTime,
        initLimit: 5 + set.syncLimit,
        syncLimit: set.syncLimit,
        finalizeWait: Math.floor(tickTime / 2),
        longestNotificationInterval: 8 * tickTime,
        snapshotEvery: set.snapshotEvery,
        keepBeforeSnapshot: set.keepBeforeSnapshot,
        groupCommit: set.groupCommit,
        observers,
        ...variant.config,
      };
      const server = zab(config, variant.rules);
      const client = zabClient({ retryAfter: 3 * tickTime });
      const network = networkPresets[set.network];
      const isOver = set.budget === 'over';
      // Congested links are now and then slower than the time-outs: several elections may fail before one succeeds.
      const tail = set.network === 'congested' ? ms(5_500) : ms(3_500);
      return {
        nodes: [...voters, ...observers].map((id) => ({ id, protocol: server })),
        clients: numbered('c', set.clients, { protocol: client, timeout: seconds(2) }),
        network: variant.network ?? { ...network, whenDown: set.whenDown },
        until: ms(2_500) + tail,
        tail,
        workload: workload({
          every: variant.every ?? ms(100),
          draw: keyValueOperations({ keys: set.keys, reads: 300_000, cas: 150_000 }),
        }),
        faults: set.swarm
          ? nemesis({
              budget: isOver ? 'over' : Math.floor((set.voters - 1) / 2),
              ...variant.nemesis,
            })
          : [],
        roles: { leader: currentLeader(server) },
        voters: () => [voters],
        properties: zabProperties(server, {
          config,
          progressWithin: tail,
          isFast: set.network === 'loopback' || set.network === 'lan',
        }),
        checks: [linearizable(keyValue())],
        safetyOnly: isOver || variant.nemesis?.budget === 'over',
      };
    },
  });
}

export const zabBroadcast = zabScenario({
  name: 'zab',
  story:
    'Servers elect a leader, agree on a history and broadcast writes while links, clocks, disks and servers fail; every promise of the paper holds.',
  expect: { type: 'holds' },
});
