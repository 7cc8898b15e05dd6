// Locks on etcd: clients add to a number under a lock whose lease they keep alive. One that is paused wakes up when another
// has the lock; it looks at its lease, and where that is not enough, the transaction that checks its place refuses it.
import { lockSafety } from '../checkers/index.ts';
import { etcd, mutexClient, type EtcdRules, type MutexClientOptions } from '../protocols/etcd/index.ts';
import { currentLeader } from '../protocols/raft/index.ts';
import {
  alwaysOn,
  defineScenario,
  eventually,
  ms,
  nemesis,
  networkPresets,
  numbered,
  seconds,
  sometimesNoted,
  type FaultClass,
  type Json,
  type Operation,
  type Property,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { etcdProperties } from './etcd-properties.ts';
import { etcdConfigOf, etcdParameters, quickElection } from './etcd.ts';

/** What a variant of the lock scenario changes. */
export interface EtcdLockVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly rules?: Partial<EtcdRules>;
  /** What goes wrong, instead of the swarm. */
  readonly faults?: (random: Random, setting: Setting) => TimedFault[];
  readonly client?: Partial<MutexClientOptions>;
}

const { members, network, preVote, snapshots, swarm } = etcdParameters;

const parameters = {
  members,
  clients: {
    about: 'clients that want the lock',
    default: 3,
    range: [1, 20],
    draw: (random: Random) => random.between(2, 4),
  },
  ttl: {
    about: 'seconds that a lease lives without being kept alive',
    default: 2,
    range: [1, 600],
    draw: (random: Random) => random.pick([2, 2, 3]),
  },
  network,
  election: quickElection,
  preVote,
  snapshots,
  swarm,
} as const;

export function etcdLockScenario(variant: EtcdLockVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'etcd',
    expect: variant.expect,
    parameters,
    world(set) {
      const server = etcd(etcdConfigOf(set), variant.rules);
      const options = { ttl: set.ttl, callTimeout: seconds(1), dialTimeout: ms(300), pingEvery: ms(500) };
      const client = mutexClient({ ...options, ...variant.client });
      return {
        nodes: numbered('n', set.members, { protocol: server }),
        clients: numbered('c', set.clients, { protocol: client, timeout: seconds(8) }),
        network: networkPresets[set.network],
        until: seconds(26),
        tail: seconds(12),
        workload: lockWorkload,
        faults: set.swarm ? (variant.faults ?? lockFaults) : [],
        roles: { leader: currentLeader(server) },
        properties: [...etcdProperties(server, seconds(10)), ...lockProperties()],
        checks: [lockSafety()],
      };
    },
  });
}

/** Each client takes the lock, adds to the number once or twice, and lets go, over and over. */
function lockWorkload(random: Random, { clients, until }: Setting): Operation[] {
  const operations: Operation[] = [];
  const value: Json = { lock: 'l' };
  for (const client of clients) {
    for (let at = random.below(seconds(1)); at < until; at += random.between(ms(300), ms(1_500))) {
      const turn = ['acquire', ...(random.chance(300_000) ? ['write', 'write'] : ['write']), 'release'];
      for (const f of turn) operations.push({ id: operations.length, client, at, f, value });
    }
  }
  return operations.sort((one, other) => one.at - other.at || one.id - other.id);
}

const clientFaults: readonly FaultClass[] = ['pause', 'hold', 'slow-link', 'loss', 'clock-jump', 'clock-drift'];

/** Members fail as ever; clients are paused for longer than their leases, and their clocks run wrong. */
function lockFaults(random: Random, setting: Setting): TimedFault[] {
  const onMembers = nemesis({ longest: seconds(2) })(random, setting);
  const swapped = { ...setting, nodes: setting.clients, clients: setting.nodes, roles: [] };
  const budget = setting.clients.length;
  const onClients = nemesis({ classes: clientFaults, budget, every: ms(900), longest: seconds(6) })(random, swapped);
  return [...onMembers, ...onClients].sort((one, other) => one.at - other.at);
}

function lockProperties(): Property[] {
  return [
    alwaysOn(['added'], 'no update is lost', 'every addition that was acknowledged is another number', () => {
      const seen = new Map<number, string>();
      return (_view, { node, note }) => {
        const { value, token } = (note?.data ?? {}) as { value: number; token: number };
        const before = seen.get(value);
        if (before !== undefined) return `${node.id} with token ${token} added up to ${value}, as had ${before}`;
        seen.set(value, `${node.id} with token ${token}`);
        return undefined;
      };
    }),
    eventually(
      'the lock is free again',
      'a client gets the lock after the heal',
      seconds(10),
      ({ history }, healedAt) =>
        history.some(({ type, f, time }) => f === 'acquire' && type === 'ok' && time > healedAt + seconds(1))
          ? undefined
          : 'nobody did',
    ),
    sometimesNoted('acquired', 'a client gets the lock'),
    sometimesNoted('lease revoked', 'a client is gone for so long that its lease runs out'),
  ];
}

export const etcdLock = etcdLockScenario({
  name: 'etcd-lock',
  story:
    'Clients that are paused for longer than their leases share a number under a lock; none of their additions is lost.',
  expect: { type: 'holds' },
});
