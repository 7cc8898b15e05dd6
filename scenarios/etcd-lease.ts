// Leases on etcd: what is kept alive stays, what is abandoned goes, although leaders are paused, cut off and replaced, and
// each new one has to measure anew.
import { etcd, leaseClient, type Etcd, type EtcdConfig, type EtcdRules } from '../protocols/etcd/index.ts';
import { currentLeader } from '../protocols/raft/index.ts';
import {
  alwaysOn,
  defineScenario,
  eventually,
  formatDuration,
  ms,
  nemesis,
  networkPresets,
  numbered,
  seconds,
  sometimesNoted,
  type Operation,
  type Property,
  type Protocol,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { etcdProperties } from './etcd-properties.ts';
import { etcdConfigOf, etcdParameters, quickElection } from './etcd.ts';

/** What a variant of the lease scenario changes. */
export interface EtcdLeaseVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<EtcdRules>;
  /** What goes wrong, instead of the swarm. */
  readonly faults?: (random: Random, setting: Setting) => TimedFault[];
  readonly config?: Partial<EtcdConfig>;
}

const { members, network, preVote, snapshots, swarm } = etcdParameters;

const parameters = {
  members,
  clients: { about: 'clients with leases', default: 3, range: [1, 20], draw: (random: Random) => random.between(2, 4) },
  network,
  election: quickElection,
  preVote,
  snapshots,
  swarm,
} as const;

export function etcdLeaseScenario(variant: EtcdLeaseVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'etcd',
    expect: variant.expect,
    parameters,
    world(set) {
      const server = etcd({ ...etcdConfigOf(set), ...variant.config }, variant.rules);
      const client = leaseClient({ callTimeout: ms(700), dialTimeout: ms(300) });
      return {
        nodes: numbered('n', set.members, { protocol: server }),
        clients: numbered('c', set.clients, { protocol: client, timeout: seconds(8) }),
        network: networkPresets[set.network],
        until: seconds(24),
        tail: seconds(10),
        workload: leaseWorkload,
        faults: set.swarm ? (variant.faults ?? leaseFaults) : [],
        roles: { leader: currentLeader(server) },
        properties: [...etcdProperties(server, seconds(9)), ...leaseProperties(server)],
        checks: [],
      };
    },
  });
}

/** Members fail as ever; clients stop for about as long as their leases live, so that they come back at the last moment. */
function leaseFaults(random: Random, setting: Setting): TimedFault[] {
  const onMembers = nemesis({ longest: seconds(3) })(random, setting);
  const onClients: TimedFault[] = [];
  for (let at = random.below(seconds(2)); at < setting.healAt; at += random.between(seconds(1), seconds(4))) {
    const lasts = random.between(ms(1_200), ms(3_200));
    onClients.push({ at, fault: { type: 'pause', node: random.pick(setting.clients), for: lasts } });
  }
  return [...onMembers, ...onClients].sort((one, other) => one.at - other.at);
}

function leaseWorkload(random: Random, { clients, until }: Setting): Operation[] {
  return clients.flatMap((client, place) => {
    const operations: Operation[] = [];
    for (let at = random.below(seconds(1)); at < until; at += random.between(ms(200), seconds(2))) {
      const id = place * 10_000 + operations.length;
      const key = `leased/${id}`;
      const ttl = random.between(2, 3);
      if (random.chance(300_000)) operations.push({ id, client, at, f: 'abandon', value: { ttl, key } });
      else operations.push({ id, client, at, f: 'keep', value: { ttl, key, for: random.between(1, 5) } });
    }
    return operations;
  });
}

function leaseProperties(server: Protocol<Etcd>): Property[] {
  return [
    alwaysOn(
      ['lease trusted', 'lease revoked'],
      'a trusted lease stays',
      'nobody revokes what its client may trust',
      () => {
        const trusted = new Map<number, number>();
        return ({ now }, { node, note }) => {
          const { id, left = 0 } = (note?.data ?? {}) as { id: number; left?: number };
          if (note?.kind === 'lease trusted') trusted.set(id, now + left);
          else if (now < (trusted.get(id) ?? 0)) {
            const more = (trusted.get(id) as number) - now;
            return `${node.id} revoked lease ${id} as expired ${formatDuration(more)} before its client would have ceased to trust it`;
          }
          return undefined;
        };
      },
    ),
    eventually('what is abandoned goes', 'abandoned leases run out', seconds(8), (view, healedAt) => {
      const abandoned = new Set(
        view.history
          .filter(({ f, type, time }) => f === 'abandon' && type === 'ok' && time < healedAt)
          .map(({ value }) => (value as { readonly id: number }).id),
      );
      const left = view
        .running(server)
        .flatMap(({ id, state }) =>
          state.raft.machine.leases
            .filter((lease) => abandoned.has(lease.id))
            .map((lease) => `${id} has lease ${lease.id}`),
        );
      return left[0];
    }),
    sometimesNoted('lease kept', 'a lease is kept all the time'),
    sometimesNoted('lease revoked', 'a lease runs out'),
  ];
}

export const etcdLease = etcdLeaseScenario({
  name: 'etcd-lease',
  story:
    'Leases that clients keep alive outlive their leaders; those that are abandoned run out, under whichever leader.',
  expect: { type: 'holds' },
});
