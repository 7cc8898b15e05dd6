// Consul's key-value store under everything that a majority of its servers is promised to survive: consistent reads are
// linearizable, default reads are not, and stale ones do not pretend to be.
import { keyValue, linearizable } from '../checkers/index.ts';
import { consulKvClient, type ConsulClientOptions } from '../protocols/consul/client.ts';
import type { Consistency } from '../protocols/consul/requests.ts';
import type { ConsulRules } from '../protocols/consul/rules.ts';
import { consulServer } from '../protocols/consul/server.ts';
import { currentLeader, raftProperties, type RaftConfig } from '../protocols/raft/index.ts';
import {
  defineScenario,
  keyValueOperations,
  ms,
  nemesis,
  networkPresets,
  numbered,
  seconds,
  workload,
  type Check,
  type NemesisOptions,
  type ParameterSpec,
  type ParameterSpecs,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { consulProperties } from './consul-properties.ts';

export const consulParameters = {
  servers: { about: 'Consul servers', default: 3, range: [1, 7], draw: (random) => random.pick([3, 3, 5]) },
  clients: { about: 'client processes', default: 4, range: [1, 20] },
  keys: { about: 'keys that the clients read and write', default: 2, range: [1, 100] },
} as const satisfies ParameterSpecs;

export interface ConsulVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly consistency: Consistency;
  readonly rules?: Partial<ConsulRules>;
  readonly raft?: Partial<RaftConfig>;
  readonly nemesis?: NemesisOptions;
  /** What goes wrong, instead of what a nemesis draws. */
  readonly faults?: (random: Random, setting: Setting) => TimedFault[];
  readonly client?: ConsulClientOptions;
  /** Share of compare-and-set in parts per million; default 150,000. */
  readonly cas?: number;
  readonly checks?: readonly Check[];
  /** Stale reads are bounded by so many milliseconds, or by what a seed draws; default not at all. */
  readonly maxStale?: number | 'drawn';
}

/** Elections and snapshots that take place many times in a short run. */
export const consulRaftTimes: Partial<RaftConfig> = {
  electionTimeout: ms(300),
  electionSpread: ms(300),
  heartbeat: ms(60),
  leaderLease: ms(150),
  snapshotThreshold: 64,
  trailing: 16,
};

/** Milliseconds without a leader that a stale read may be behind, 0 for any. */
function maxStaleSpec(given: number | 'drawn' = 0): ParameterSpec<number> {
  const about = 'milliseconds that the server of a stale read may have been without word of the leader; 0 for any time';
  const range = [0, 600_000] as const;
  if (given !== 'drawn') return { about, default: given, range };
  return { about, default: 0, range, draw: (random: Random) => random.pick([0, 250, 1_000]) };
}

export function consulScenario(variant: ConsulVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'consul',
    expect: variant.expect,
    parameters: { ...consulParameters, maxStale: maxStaleSpec(variant.maxStale) },
    world({ servers, clients, keys, maxStale }) {
      const server = consulServer({
        raft: { ...consulRaftTimes, ...variant.raft },
        config: { rpcHoldTimeout: seconds(1) },
        ...(variant.rules && { rules: variant.rules }),
      });
      const { consistency } = variant;
      const bound = maxStale > 0 && { maxStale: ms(maxStale) };
      const client = consulKvClient({ timeout: ms(1_500), consistency, ...bound, ...variant.client });
      return {
        nodes: numbered('s', servers, { protocol: server }),
        clients: numbered('c', clients, { protocol: client, timeout: seconds(2) }),
        network: networkPresets.lan,
        until: seconds(10),
        tail: seconds(4),
        workload: workload({
          every: ms(100),
          draw: keyValueOperations({ keys, reads: 500_000, cas: variant.cas ?? 150_000 }),
        }),
        faults: variant.faults ?? nemesis(variant.nemesis),
        roles: { leader: currentLeader(server) },
        properties: [...raftProperties(server, { progressWithin: seconds(4) }), ...consulProperties(server)],
        checks: variant.checks ?? [linearizable(keyValue())],
      };
    },
  });
}

export const consul = consulScenario({
  name: 'consul',
  story:
    'Servers answer consistent reads only when a quorum has confirmed that they lead; every client sees one store.',
  expect: { type: 'holds' },
  consistency: 'consistent',
});

export const consulDefaultReads = consulScenario({
  name: 'consul-default-reads',
  story: 'A leader answers default reads by itself; deposed without knowing it, it tells what is not true any more.',
  expect: { type: 'breaks', what: ['linearizable key-value'] },
  consistency: 'default',
});

export const consulStaleReads = consulScenario({
  name: 'consul-stale-reads',
  story: 'Any server answers stale reads from what it has, and says how long ago it heard of the leader.',
  expect: { type: 'breaks', what: ['linearizable key-value'] },
  consistency: 'stale',
});

export const consulTrustedErrors = consulScenario({
  name: 'consul-trusted-errors',
  story:
    'A client takes "leadership lost while committing log" for a no; the write is in the log, and the next leader commits it.',
  expect: { type: 'breaks', what: ['linearizable key-value'] },
  consistency: 'consistent',
  client: { trustsErrors: true },
});
