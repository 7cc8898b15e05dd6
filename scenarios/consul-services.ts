// Services on Consul: applications register with the agents beside them and give signs of life, some die without a word, others
// change the catalog behind the agents' backs. Who is dead must not be offered for long, and the catalog comes back to the truth.
import { pairOperations, type Operation } from '../checkers/index.ts';
import { consulAgent } from '../protocols/consul/agent/agent.ts';
import type { AgentRules, AgentState } from '../protocols/consul/agent/types.ts';
import { consulHttpClient, type ConsulRequest } from '../protocols/consul/index.ts';
import { consulServer } from '../protocols/consul/server.ts';
import type { ServiceHealth } from '../protocols/consul/state/catalog.ts';
import type { ConsulState } from '../protocols/consul/state/types.ts';
import { currentLeader } from '../protocols/raft/index.ts';
import {
  defineScenario,
  eventually,
  formatDuration,
  ms,
  nemesis,
  networkPresets,
  nodeIds,
  numbered,
  seconds,
  sometimesNoted,
  type Check,
  type CheckOutcome,
  type FaultClass,
  type Json,
  type Micros,
  type NodeId,
  type Operation as Planned,
  type Property,
  type Random,
  type Scenario,
  type Setting,
  type View,
} from '../sim/index.ts';
import { consulProperties } from './consul-properties.ts';

export interface ConsulServicesVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly agentRules?: Partial<AgentRules>;
}

const servers = ['s1', 's2', 's3'];
const ttl = seconds(3);
const syncInterval = seconds(5);
const syncRetry = seconds(2);
/** How long after the heal every agent has been heard and has compared itself with the catalog. */
const calmAfter = 2 * syncInterval + seconds(6);
/** What a change of a check may take until everybody is told. */
const prompt = seconds(1);
const patience = seconds(2);

const parameters = {
  applications: {
    about: 'applications, each beside an agent of its own',
    default: 3,
    range: [1, 12],
    draw: (random: Random) => random.between(2, 4),
  },
  strangers: { about: 'clients that change the catalog at the servers', default: 1, range: [0, 5] },
  seekers: { about: 'clients that ask who is well', default: 2, range: [1, 10] },
} as const;

/** Agents and servers stop, die, are cut off and lose messages; clocks go as they should. */
const classes: readonly FaultClass[] = ['crash', 'power-loss', 'pause', 'isolate', 'partition', 'loss', 'disk-slow'];

export function consulServicesScenario(variant: ConsulServicesVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'consul',
    expect: variant.expect,
    parameters,
    world({ applications, strangers, seekers }) {
      const gossip = { contacts: servers };
      const server = consulServer({ gossip, raft: { voters: servers }, config: { rpcHoldTimeout: seconds(1) } });
      const agent = consulAgent({
        gossip,
        config: { rpcHoldTimeout: seconds(1), rpcTimeout: patience, syncInterval, syncRetry },
        ...(variant.agentRules && { rules: variant.agentRules }),
      });
      const agents = nodeIds('a', applications);
      const client = (of: readonly NodeId[]) => ({
        protocol: consulHttpClient({ servers: of, timeout: patience }),
        timeout: patience + seconds(1),
      });
      return {
        nodes: [...servers.map((id) => ({ id, protocol: server })), ...agents.map((id) => ({ id, protocol: agent }))],
        clients: [
          ...agents.map((id) => ({ id: `app-${id}`, ...client([id]) })),
          ...numbered('stranger', strangers, client(servers)),
          ...numbered('seeker', seekers, client(servers)),
        ],
        network: networkPresets.lan,
        until: seconds(70),
        tail: seconds(40),
        workload: (random, setting) => servicesWorkload(random, setting, agents),
        faults: nemesis({ classes, longest: seconds(8), every: seconds(2) }),
        roles: { leader: currentLeader(server) },
        properties: [
          catalogIsTrue(),
          ...consulProperties(server),
          sometimesNoted('drift', 'an agent finds the catalog changed behind its back'),
          sometimesNoted('check expired', 'an application gives no sign of life in time'),
        ],
        checks: [deadAreNotOffered()],
      };
    },
  });
}

/** Registrations, signs of life until an application dies, strange hands until the heal, and questions. */
function servicesWorkload(random: Random, { clients, until, healAt }: Setting, agents: readonly NodeId[]): Planned[] {
  const operations: Planned[] = [];
  const add = (client: NodeId, at: Micros, f: string, value: ConsulRequest): void => {
    operations.push({ id: operations.length, client, at, f, value: value as unknown as Json });
  };
  for (const agent of agents) liveAndDie(random, agent, healAt, until, add);
  for (const client of clients.filter((id) => id.startsWith('stranger'))) {
    for (let at = random.between(seconds(8), seconds(10)); at < healAt; at += random.between(seconds(1), seconds(6))) {
      add(client, at, 'meddle', meddling(random, random.pick(agents)));
    }
  }
  for (const client of clients.filter((id) => id.startsWith('seeker'))) {
    for (let at = random.between(seconds(8), seconds(9)); at < until; at += random.between(ms(200), seconds(1))) {
      const calm = at > healAt + calmAfter;
      add(client, at, calm ? 'find' : 'look', { type: 'health-service', service: 'web', passing: true });
    }
  }
  return operations.sort((one, other) => one.at - other.at || one.id - other.id);
}

/** An application registers, gives signs of life with a pause or two, and may die in the end. */
function liveAndDie(
  random: Random,
  agent: NodeId,
  healAt: Micros,
  until: Micros,
  add: (client: NodeId, at: Micros, f: string, value: ConsulRequest) => void,
): void {
  const client = `app-${agent}`;
  const [id, check] = [`web-${agent}`, `alive-${agent}`];
  const service = { id, service: 'web', tags: [], port: 80 };
  const alive = { id: check, name: 'alive', ttl, serviceId: id };
  const register: ConsulRequest = { type: 'agent-register-service', service, checks: [alive] };
  add(client, random.between(seconds(5), seconds(7)), 'register', register);
  add(client, healAt, 'register', register);
  const dies = random.chance(600_000) ? random.between(healAt, until) : until;
  for (let at = seconds(8); at < dies; at += random.chance(50_000) ? 2 * ttl : random.between(ttl / 6, ttl / 3)) {
    const status = random.chance(50_000) ? 'warning' : 'passing';
    add(client, at, 'live', { type: 'agent-update-check', id: check, status, output: `at ${at}` });
  }
}

/** The entry of a service goes, or its check, or one comes that nobody has registered, or a check says what is not so. */
function meddling(random: Random, node: NodeId): ConsulRequest {
  const [id, check] = [`web-${node}`, `alive-${node}`];
  switch (random.below(4)) {
    case 0:
      return { type: 'catalog-deregister', deregistration: { node, serviceId: id } };
    case 1:
      return { type: 'catalog-deregister', deregistration: { node, checkId: check } };
    case 2: {
      const service = { id: 'stranger', service: 'web', tags: [], port: 80 };
      return { type: 'catalog-register', registration: { node, address: node, service } };
    }
    default: {
      const says = { id: check, name: 'alive', status: 'passing', output: 'all is well', serviceId: id } as const;
      return { type: 'catalog-register', registration: { node, address: node, checks: [says] } };
    }
  }
}

/** What the leader has of each agent's node is what the agent has. */
function catalogIsTrue(): Property {
  const about = 'after the heal the catalog has the services and checks that the agents have';
  return eventually('the catalog is true', about, calmAfter, (view) => {
    const machine = machineOfLeader(view);
    if (machine === undefined) return 'there is no leader';
    for (const { id, state } of view.nodes) {
      if (!id.startsWith('a') || id.startsWith('app')) continue;
      const difference = state === undefined ? 'is down' : differenceOf(id, state as AgentState, machine);
      if (difference !== undefined) return `${id} ${difference}`;
    }
    return undefined;
  });
}

function machineOfLeader({ nodes }: View): ConsulState | undefined {
  const leader = nodes.find(({ state }) => {
    const { raft } = (state ?? {}) as { readonly raft?: { readonly role: string } };
    return raft?.role === 'leader';
  });
  return (leader?.state as { readonly raft: { readonly machine: ConsulState } } | undefined)?.raft.machine;
}

function differenceOf(node: NodeId, { local }: AgentState, { services, checks }: ConsulState): string | undefined {
  const there = [...services.values()].filter((service) => service.node === node).map(({ id }) => id);
  const here = [...local.services.values()].filter(({ isGone }) => !isGone).map(({ offer }) => offer.id);
  if (there.toSorted().join() !== here.toSorted().join()) return `has [${here.join()}], the catalog [${there.join()}]`;
  for (const { offer, status } of local.checks.values()) {
    const said = checks.get(`${node}/${offer.id}`)?.status;
    if (said !== status) return `knows ${offer.id} as ${status}, the catalog as ${said ?? 'unknown'}`;
  }
  return undefined;
}

/** What is found when all is calm has given a sign of life within its TTL, or a little before. */
function deadAreNotOffered(): Check {
  const about = 'Who has given no sign of life in its time is not offered.';
  return { name: 'the dead are not offered', about, judge: (history) => judge(pairOperations(history)) };
}

function judge(operations: readonly Operation[]): readonly CheckOutcome[] {
  const signs = operations.flatMap(({ f, client, called, returned, id }) =>
    f === 'live' ? [{ agent: client.slice('app-'.length), called: called.time, returned: returned?.time, id }] : [],
  );
  return operations.flatMap(({ f, type, result, called, returned, id }): CheckOutcome[] => {
    if (f !== 'find' || type !== 'ok' || returned === undefined) return [];
    const { status, body } = result as unknown as { readonly status: number; readonly body: readonly ServiceHealth[] };
    for (const { service } of status === 200 ? body : []) {
      // A sign that was given while the question was under way may have come before its answer.
      const last = signs.findLast((sign) => sign.agent === service.node && sign.called < returned.time);
      const heard = last === undefined ? 0 : (last.returned ?? last.called + patience);
      const silent = called.time - heard;
      if (silent <= ttl + prompt) continue;
      const reason = `${service.id} was offered ${formatDuration(silent)} after its last sign of life`;
      return [{ verdict: 'invalid', reason, operations: [...(last === undefined ? [] : [last.id]), id] }];
    }
    return [];
  });
}

export const consulServices = consulServicesScenario({
  name: 'consul-services',
  story:
    'Agents tell the servers who is alive and repair what others do to the catalog; the dead are not offered for long.',
  expect: { type: 'holds' },
});
