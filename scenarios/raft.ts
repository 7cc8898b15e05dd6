// Raft under everything that a majority is promised to survive: the story that must hold.
import { keyValue, linearizable } from '../checkers/index.ts';
import {
  currentLeader,
  knownVoters,
  keyValueService,
  paperRules,
  raft,
  raftAdministrator,
  raftClient,
  raftProperties,
  type KeyValueConfig,
  type Rules,
} from '../protocols/raft/index.ts';
import {
  defineScenario,
  ms,
  nemesis,
  networkPresets,
  nodeIds,
  numbered,
  seconds,
  type ClientSpec,
  type Micros,
  type NemesisOptions,
  type NetworkSpec,
  type NodeSpec,
  type Parameters,
  type Property,
  type Protocol,
  type Scenario,
} from '../sim/index.ts';
import type { Raft } from '../protocols/raft/index.ts';
import { fixParameters } from './parameters.ts';
import { faultClasses, healedTail, patience, raftConfig, raftParameters, type RaftSetting } from './raft-parameters.ts';
import { administrator, ofClients, raftWorkload } from './raft-workload.ts';

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
  readonly config?: Partial<KeyValueConfig>;
  /** Parameters whose value is fixed unless set, instead of drawn by the seed. */
  readonly fixed?: Parameters;
  readonly network?: NetworkSpec;
  /** Judge only what the clients saw, as on a system whose inside is closed; default everything. */
  readonly outcomeOnly?: boolean;
}

/** The Raft scenario with some of its parts replaced. */
export function raftScenario(variant: RaftVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'raft',
    expect: variant.expect,
    parameters: fixParameters(raftParameters, variant.fixed ?? {}),
    world(set) {
      const voters = nodeIds('n', set.nodes);
      const config = { ...raftConfig(set, voters), ...variant.config };
      const server = raft(config, variant.rules);
      const { membership, keys, transfers } = set;
      const isOver = set.budget === 'over';
      const faults = { classes: faultClasses(set), ...variant.nemesis, ...(isOver ? { budget: 'over' as const } : {}) };
      return {
        nodes: nodesOf(set, server),
        clients: clientsOf(set),
        network: variant.network ?? networkPresets[set.network],
        until: seconds(5) + healedTail(set),
        tail: healedTail(set),
        workload: raftWorkload({ keys, reads: variant.reads ?? 400_000, membership, transfers }),
        faults: set.swarm ? nemesis(faults) : [],
        roles: { leader: currentLeader(server) },
        voters: knownVoters(server),
        properties: variant.outcomeOnly === true ? [] : propertiesOf(set, server, config.electionTimeout),
        checks: [ofClients(linearizable(keyValue()))],
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

/** The members, and the spares where somebody could add them; their clocks run apart if that was drawn. */
function nodesOf({ nodes, spares, membership, drift }: RaftSetting, server: Protocol<Raft>): NodeSpec[] {
  return nodeIds('n', nodes + (membership === 'none' ? 0 : spares)).map((id, index) => {
    return { id, protocol: server, clock: { drift: index % 2 === 0 ? drift : -drift } };
  });
}

function clientsOf({ clients, membership, transfers }: RaftSetting): ClientSpec[] {
  const client = raftClient({ retryAfter: patience.retryAfter });
  const specs = numbered('c', clients, { protocol: client, timeout: patience.timeout });
  if (membership === 'none' && !transfers) return specs;
  const admin = raftAdministrator({ retryAfter: ms(100) });
  return [...specs, { id: administrator, protocol: admin, timeout: ms(300) }];
}

function propertiesOf(set: RaftSetting, server: Protocol<Raft>, electionTimeout: Micros | undefined): Property[] {
  return raftProperties(server, {
    service: keyValueService(paperRules, set.sessions, ms(set.expiry)),
    ...(electionTimeout === undefined ? {} : { electionTimeout }),
    progressWithin: healedTail(set),
    catchUpWithin: healedTail(set),
  });
}
