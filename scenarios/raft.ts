// Raft under everything that a majority is promised to survive: the story that must hold.
import { keyValue, linearizable } from '../checkers/index.ts';
import {
  currentLeader,
  keyValueService,
  paperRules,
  raft,
  raftClient,
  raftProperties,
  type RaftConfig,
  type Rules,
} from '../protocols/raft/index.ts';
import {
  defineScenario,
  keyValueOperations,
  ms,
  nemesis,
  networkPresets,
  seconds,
  workload,
  type NemesisOptions,
  type NetworkSpec,
  type Parameters,
  type ParameterSpecs,
  type Random,
  type Scenario,
} from '../sim/index.ts';

/** What a variant of the Raft scenario changes. */
export interface RaftVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<Rules>;
  /** What the nemesis draws from; default all standard faults. */
  readonly nemesis?: NemesisOptions;
  /** Share of reads in parts per million; default 400,000. */
  readonly reads?: number;
  readonly config?: Partial<RaftConfig>;
  /** Parameters whose value is fixed unless set, instead of drawn by the seed. */
  readonly fixed?: Parameters;
  readonly network?: NetworkSpec;
  /** Judge only what the clients saw, as on a system whose inside is closed; default everything. */
  readonly outcomeOnly?: boolean;
}

const networks = ['loopback', 'lan', 'wan', 'congested'] as const;

const parameters = {
  nodes: { about: 'servers', default: 5, range: [1, 9], draw: (random: Random) => random.pick([3, 3, 5, 5, 4, 7]) },
  clients: { about: 'client processes', default: 5, range: [1, 50], draw: (random: Random) => random.between(2, 6) },
  keys: {
    about: 'keys that the clients read and write',
    default: 3,
    range: [1, 1_000],
    draw: (random: Random) => random.between(1, 5),
  },
  network: {
    about: 'network preset',
    default: 'lan',
    oneOf: networks,
    draw: (random: Random) => random.pick(networks),
  },
  election: {
    about: 'shortest election time-out in ms; it should be several times the round trip',
    default: 150,
    range: [10, 60_000],
    draw: (random: Random) => random.pick([150, 150, 300, 600]),
  },
  batch: {
    about: 'entries that one AppendEntries carries at most',
    default: 64,
    range: [1, 10_000],
    draw: (random: Random) => random.pick([1, 2, 8, 64]),
  },
  budget: {
    about: 'impair at most a minority of the servers at once, or go over that and expect safety only',
    default: 'minority',
    oneOf: ['minority', 'over'],
  },
  swarm: { about: 'each seed draws its own faults; false for a quiet run', default: true },
} as const;

/** The Raft scenario with some of its parts replaced. */
export function raftScenario(variant: RaftVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'raft',
    expect: variant.expect,
    parameters: fix(parameters, variant.fixed ?? {}),
    world(set) {
      const election = ms(set.election);
      const server = raft(
        {
          electionTimeout: election,
          electionSpread: election,
          heartbeat: Math.floor(election / 5),
          batch: set.batch,
          ...variant.config,
        },
        variant.rules,
      );
      const nodes = Array.from({ length: set.nodes }, (_, index) => ({ id: `n${index + 1}`, protocol: server }));
      const client = raftClient({ retryAfter: ms(300) });
      const clients = Array.from({ length: set.clients }, (_, index) => ({
        id: `c${index + 1}`,
        protocol: client,
        timeout: seconds(2),
      }));
      const isOver = set.budget === 'over';
      return {
        nodes,
        clients,
        network: variant.network ?? networkPresets[set.network as (typeof networks)[number]],
        until: seconds(10),
        tail: seconds(4),
        workload: workload({
          every: ms(100),
          draw: keyValueOperations({ keys: set.keys, reads: variant.reads ?? 400_000, cas: 150_000 }),
        }),
        faults: set.swarm ? nemesis({ ...variant.nemesis, ...(isOver ? { budget: 'over' } : {}) }) : [],
        roles: { leader: currentLeader(server) },
        properties:
          variant.outcomeOnly === true
            ? []
            : raftProperties(server, { service: keyValueService(paperRules), progressWithin: seconds(4) }),
        checks: [linearizable(keyValue())],
        safetyOnly: isOver,
      };
    },
  });
}

export const raftKv = raftScenario({
  name: 'raft',
  story:
    'Servers replicate a key-value store while links, clocks, disks and servers fail; every promise of the paper holds.',
  expect: { type: 'holds' },
});

/** The specifications with new defaults that no seed draws over. */
function fix<S extends ParameterSpecs>(specs: S, fixed: Parameters): S {
  const entries = Object.entries(specs).map(([name, spec]) => {
    const value = fixed[name];
    if (value === undefined) return [name, spec];
    return [name, { ...spec, default: value, draw: () => value }];
  });
  return Object.fromEntries(entries) as S;
}
