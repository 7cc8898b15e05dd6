// etcd's key-value service under everything that a majority is promised to survive: what clients see is linearizable, and
// members that applied the same hold the same.
import { keyValue, linearizable } from '../checkers/index.ts';
import { etcd, keyValueClient, type EtcdConfig, type EtcdRules } from '../protocols/etcd/index.ts';
import { currentLeader } from '../protocols/raft/index.ts';
import {
  defineScenario,
  ms,
  nemesis,
  networkPresets,
  numbered,
  seconds,
  workload,
  type NemesisOptions,
  type Random,
  type Scenario,
  type WorkloadOptions,
} from '../sim/index.ts';
import { etcdProperties } from './etcd-properties.ts';
import { budget, networkAmong, swarm } from './parameters.ts';

/** What a variant of the key-value scenario changes. */
export interface EtcdVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<EtcdRules>;
  readonly config?: Partial<EtcdConfig>;
  readonly nemesis?: NemesisOptions;
  /** Reads are answered from the member's own store. */
  readonly serializable?: boolean;
  /** Clients ask again whatever is in doubt. */
  readonly retriesWrites?: boolean;
  /** Shares of reads and of compare-and-set in parts per million; default 400,000 and 200,000. */
  readonly reads?: number;
  readonly cas?: number;
}

const networks = ['loopback', 'lan', 'wan'] as const;

export const etcdParameters = {
  members: {
    about: 'members of the cluster',
    default: 3,
    range: [1, 9],
    draw: (random: Random) => random.pick([3, 3, 5]),
  },
  clients: { about: 'client processes', default: 4, range: [1, 50], draw: (random: Random) => random.between(2, 5) },
  keys: { about: 'keys in use', default: 3, range: [1, 1_000], draw: (random: Random) => random.between(1, 4) },
  network: networkAmong(networks),
  election: {
    about: 'election time-out in ms; the heartbeat is a tenth of it',
    default: 1_000,
    range: [50, 60_000],
    draw: (random: Random) => random.pick([300, 500, 1_000]),
  },
  preVote: {
    about: 'whether members ask before they raise the term: off in etcd 3.4, on since 3.5',
    default: true,
    draw: (random: Random) => random.chance(700_000),
  },
  snapshots: {
    about: 'applied entries after which a member takes a snapshot; 0 for never',
    default: 0,
    range: [0, 1_000_000],
    draw: (random: Random) => random.pick([0, 0, 20, 100]),
  },
  budget,
  swarm,
} as const;

/** For clusters whose leases are shorter than etcd's own election time-out would let them be. */
export const quickElection = {
  ...etcdParameters.election,
  default: 500,
  draw: (random: Random) => random.pick([200, 500]),
} as const;

/** The knobs of a member from the parameters that all etcd scenarios share. */
export function etcdConfigOf(set: { election: number; preVote: boolean; snapshots: number }): Partial<EtcdConfig> {
  return {
    election: ms(set.election),
    heartbeat: ms(set.election / 10),
    preVote: set.preVote,
    raft: { snapshotThreshold: set.snapshots, trailing: Math.floor(set.snapshots / 4) },
  };
}

export function etcdScenario(variant: EtcdVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'etcd',
    expect: variant.expect,
    parameters: etcdParameters,
    world(set) {
      const server = etcd({ ...etcdConfigOf(set), ...variant.config }, variant.rules);
      const client = keyValueClient({
        serializable: variant.serializable === true,
        retriesWrites: variant.retriesWrites === true,
        callTimeout: seconds(1),
      });
      const isOver = set.budget === 'over';
      return {
        nodes: numbered('n', set.members, { protocol: server }),
        clients: numbered('c', set.clients, { protocol: client, timeout: seconds(2) }),
        network: networkPresets[set.network],
        until: seconds(16),
        tail: seconds(8),
        workload: workload({
          every: ms(150),
          draw: keyValueOperations(set.keys, variant.reads ?? 400_000, variant.cas ?? 200_000),
        }),
        faults: set.swarm ? nemesis({ ...variant.nemesis, ...(isOver ? { budget: 'over' } : {}) }) : [],
        roles: { leader: currentLeader(server) },
        properties: etcdProperties(server),
        checks: [linearizable(keyValue())],
        safetyOnly: isOver,
      };
    },
  });
}

/** Reads, writes and deletes of keys, and compare-and-set from values that were written not long ago. */
function keyValueOperations(keys: number, reads: number, cas: number): WorkloadOptions['draw'] {
  return (random, serial) => {
    const key = `k${random.below(keys)}`;
    const share = random.below(1_000_000);
    if (share < reads) return { f: 'read', value: [key, null] };
    if (share >= reads + cas)
      return share % 10 === 0 ? { f: 'delete', value: [key, null] } : { f: 'write', value: [key, serial] };
    const from = random.chance(100_000) ? null : Math.max(0, serial - 1 - random.below(5 * keys));
    return { f: 'cas', value: [key, [from, serial]] };
  };
}

export const etcdKeyValue = etcdScenario({
  name: 'etcd',
  story: 'Clients read, write and compare-and-set through any member while links, clocks, disks and members fail.',
  expect: { type: 'holds' },
});

export const etcdSerializableReads = etcdScenario({
  name: 'etcd-serializable-reads',
  story:
    'Reads are answered by whichever member is asked from its own store; one that is behind or cut off is out of date.',
  expect: { type: 'breaks', what: ['linearizable key-value'] },
  serializable: true,
});
