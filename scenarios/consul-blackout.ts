// All servers of a Consul datacenter die at once while its agents live on. What the log says of nodes, sessions and locks is on disk;
// whom gossip knew is in Serf's snapshot. A leader that has not met the agents again takes them for gone, and their locks with them.
import { pairOperations, type Operation as Paired } from '../checkers/index.ts';
import { consulAgent } from '../protocols/consul/agent/agent.ts';
import type { SnapshotConfig } from '../protocols/consul/serf-snapshot.ts';
import { consulHttpClient, type ConsulRequest } from '../protocols/consul/index.ts';
import { consulServer } from '../protocols/consul/server.ts';
import type { ConsulServerState } from '../protocols/consul/types.ts';
import { currentLeader } from '../protocols/raft/index.ts';
import { isLive, membersOf } from '../protocols/swim/index.ts';
import {
  alwaysOn,
  defineScenario,
  eventually,
  ms,
  nodeIds,
  seconds,
  sometimesNoted,
  type Check,
  type CheckOutcome,
  type Json,
  type Micros,
  type NodeId,
  type Operation,
  type Property,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { consulProperties } from './consul-properties.ts';

export interface ConsulBlackoutVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly snapshot?: Partial<SnapshotConfig>;
  /** What becomes of a server's machine: its processes die and it refuses connections, or its power fails and it is silent. */
  readonly machines: 'refuse' | 'are silent';
}

const servers = ['s1', 's2', 's3'];
const parameters = {
  agents: {
    about: 'agents, each with an application that holds a lock',
    default: 4,
    range: [1, 20],
    draw: (random: Random) => random.between(2, 6),
  },
} as const;

/** Until when all members have found each other, and all applications have their locks. */
const settled = seconds(14);
const patience = seconds(5);

export function consulBlackoutScenario(variant: ConsulBlackoutVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'consul',
    expect: variant.expect,
    parameters,
    world({ agents: count }) {
      const gossip = { contacts: servers, ...(variant.snapshot && { snapshot: variant.snapshot }) };
      const server = consulServer({ gossip, raft: { voters: servers } });
      const agent = consulAgent({ gossip });
      const agents = nodeIds('a', count);
      return {
        nodes: [...servers.map((id) => ({ id, protocol: server })), ...agents.map((id) => ({ id, protocol: agent }))],
        clients: agents.map((id) => ({
          id: `app-${id}`,
          protocol: consulHttpClient({ servers: [id], timeout: patience }),
          timeout: patience + seconds(1),
        })),
        network: { latency: 'lan', whenDown: variant.machines === 'refuse' ? 'refuse' : 'lose' },
        until: seconds(90),
        tail: seconds(40),
        workload: (random, setting) => takeAndLook(random, setting, agents),
        faults: (random, setting) => blackouts(random, setting, variant),
        roles: { leader: currentLeader(server) },
        properties: [
          livingStayInTheCatalog(agents),
          locksStay(),
          ...consulProperties(server),
          serversFindAll(agents),
          sometimesNoted('rejoined', 'a server that restarts is let in by a member that it remembers'),
        ],
        checks: [holdersSeeTheirLocks()],
      };
    },
  });
}

/** Each application takes a lock, with a session that ends with the health of its node only, and looks at it now and then. */
function takeAndLook(random: Random, { until }: Setting, agents: readonly NodeId[]): Operation[] {
  const operations: Operation[] = [];
  const add = (agent: NodeId, at: Micros, f: string, request: ConsulRequest): void => {
    operations.push({ id: 0, client: `app-${agent}`, at, f, value: request as unknown as Json });
  };
  for (const agent of agents) {
    const key = `lock-${agent}`;
    const begin = random.between(seconds(8), seconds(10));
    add(agent, begin, 'begin', { type: 'session-create', session: { name: 'mine', lockDelay: 0 } });
    add(agent, begin + seconds(1), 'take', { type: 'kv-put', key, value: agent, acquire: '$mine' });
    for (let at = begin + seconds(2); at < until - seconds(1); at += random.between(seconds(1), seconds(4))) {
      add(agent, at, 'look', { type: 'kv-get', key, consistency: 'consistent' });
    }
  }
  return operations.toSorted((one, other) => one.at - other.at).map((operation, id) => ({ ...operation, id }));
}

/** Once or twice. The servers come back one after the other: two that start at the same instant may let in each other and ask nobody
 * else, which is the story of `consul-power-cut`. */
function blackouts(random: Random, { healAt }: Setting, { machines }: ConsulBlackoutVariant): TimedFault[] {
  const times = [random.between(settled, settled + seconds(5))];
  if (random.chance(500_000)) times.push(random.between(seconds(32), healAt - seconds(10)));
  return times.flatMap((at) => {
    const first = random.below(servers.length);
    let downFor = random.between(ms(500), seconds(5));
    return servers.map((_, place): TimedFault => {
      const node = servers[(first + place) % servers.length] as NodeId;
      if (place > 0) downFor += random.between(ms(100), seconds(2));
      if (machines === 'refuse') return { at, fault: { type: 'crash', node, for: downFor } };
      return { at, fault: { type: 'power-loss', node, unsynced: 'lost', for: downFor } };
    });
  });
}

function livingStayInTheCatalog(agents: readonly NodeId[]): Property {
  const about = 'the leader neither removes the node of an agent that lives nor calls it critical';
  return alwaysOn(['node removed', 'node critical'], 'who lives stays', about, () => (_view, { note }) => {
    const { node } = (note?.data ?? {}) as { readonly node: NodeId };
    if (!agents.includes(node)) return undefined;
    return `${node} lives, and is ${note?.kind === 'node removed' ? 'removed from the catalog' : 'critical in it'}`;
  });
}

function locksStay(): Property {
  const about = 'no holder loses its lock: all agents live and no session has a TTL';
  return alwaysOn(['keys freed'], 'locks stay', about, () => (_view, { note }) => {
    const { key } = (note?.data ?? {}) as { readonly key: string };
    return `${key} was taken from its holder`;
  });
}

/** What clients see of it. */
function holdersSeeTheirLocks(): Check {
  const about = 'Whoever took a lock and looks at it finds its own session there.';
  const judge = (operations: readonly Paired[]): readonly CheckOutcome[] => {
    const took = new Map<string, number>();
    return operations.flatMap(({ f, client, type, result, id }): CheckOutcome[] => {
      const { status, body } = (result ?? {}) as { readonly status?: number; readonly body?: Json };
      if (type !== 'ok') return [];
      if (f === 'take' && body === true) took.set(client, id);
      const taken = took.get(client);
      if (f !== 'look' || taken === undefined || status === 500) return [];
      const [entry] = (body ?? []) as readonly { readonly session: string }[];
      if (entry !== undefined && entry.session !== '') return [];
      took.delete(client); // once for each
      return [{ verdict: 'invalid', reason: `the lock of ${client} has no holder`, operations: [taken, id] }];
    });
  };
  return { name: 'holders see their locks', about, judge: (history) => judge(pairOperations(history)) };
}

/** Gossip grows together again. */
function serversFindAll(agents: readonly NodeId[]): Property {
  const about = 'after the last restart every server has all agents in its LAN';
  return eventually('servers find all agents', about, seconds(35), ({ nodes }) => {
    for (const { id, state } of nodes.filter((node) => servers.includes(node.id))) {
      const lan = (state as ConsulServerState | undefined)?.lan;
      const living = lan === undefined || lan === null ? [] : membersOf(lan).filter(isLive);
      const missing = agents.find((agent) => living.every(({ name }) => name !== agent));
      if (missing !== undefined) return `${id} does not know ${missing}`;
    }
    return undefined;
  });
}

export const consulBlackout = consulBlackoutScenario({
  name: 'consul-blackout',
  story:
    'All servers restart at once, and find the agents, whose locks nobody takes, through those that they remember.',
  expect: { type: 'holds' },
  machines: 'refuse',
});

export const consulPowerCut = consulBlackoutScenario({
  name: 'consul-power-cut',
  story:
    'Servers whose power fails together may all be let in by each other first: whoever leads then has met no agent and removes them all.',
  expect: { type: 'breaks', what: ['who lives stays', 'locks stay', 'holders see their locks'] },
  machines: 'are silent',
});
