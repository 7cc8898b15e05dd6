// Two datacenters of Consul and clients who talk to the agent beside them: a key lives in one datacenter, and whoever is elsewhere
// is forwarded there, by way of servers that die and links that break. What is answered consistently is one store all the same.
import { keyValue, linearizable } from '../checkers/index.ts';
import { consulAgent } from '../protocols/consul/agent/agent.ts';
import type { AgentRules } from '../protocols/consul/agent/types.ts';
import { consulKvClient } from '../protocols/consul/index.ts';
import { consulServer } from '../protocols/consul/server.ts';
import {
  defineScenario,
  eventually,
  keyValueOperations,
  ms,
  nemesis,
  nodeIds,
  seconds,
  workload,
  type FaultClass,
  type Property,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { consulProperties } from './consul-properties.ts';
import { consulRaftTimes } from './consul.ts';

export interface ConsulDatacentersVariant {
  readonly name: string;
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly agentRules?: Partial<AgentRules>;
  readonly classes?: readonly FaultClass[];
}

const datacenters = ['near', 'far'] as const;
const prefixes = { near: 'n', far: 'm' } as const;

const parameters = {
  servers: { about: 'servers of each datacenter', default: 3, range: [1, 5] },
  clients: { about: 'clients in each datacenter, who share an agent', default: 2, range: [1, 10] },
  keys: {
    about: 'keys; those with even numbers live in the datacenter near, the others far',
    default: 2,
    range: [1, 20],
  },
} as const;

const homeOf = (key: string): string => (Number(key.slice(1)) % 2 === 0 ? 'near' : 'far');

export function consulDatacentersScenario(variant: ConsulDatacentersVariant): Scenario {
  return defineScenario({
    name: variant.name,
    story: variant.story,
    protocol: 'consul',
    expect: variant.expect,
    parameters,
    world({ servers, clients, keys }) {
      const wanContacts = datacenters.map((name) => `${prefixes[name]}1`);
      const places = datacenters.map((datacenter) => {
        const ids = nodeIds(prefixes[datacenter], servers);
        const gossip = { contacts: ids, wanContacts };
        const config = { datacenter, rpcHoldTimeout: seconds(1) };
        const server = consulServer({ gossip, raft: { ...consulRaftTimes, voters: ids }, config });
        const agent = consulAgent({
          gossip: { contacts: ids },
          config: { rpcHoldTimeout: seconds(1), rpcTimeout: ms(800) },
          ...(variant.agentRules && { rules: variant.agentRules }),
        });
        const beside = `agent-${datacenter}`;
        const client = consulKvClient({
          ...{ servers: [beside], consistency: 'consistent', datacenterOf: homeOf, timeout: seconds(3) },
        });
        return { ids, server, agent, beside, client };
      });
      // Regions are dealt out in turn, so that each datacenter is one.
      const inTurn = <T>(list: (place: (typeof places)[number]) => readonly T[]): T[] => {
        const [near, far] = places.map(list);
        return near!.flatMap((item, index) => [item, far![index]!]);
      };
      return {
        nodes: [
          ...inTurn(({ ids, server }) => ids.map((id) => ({ id, protocol: server }))),
          ...inTurn(({ beside, agent }) => [{ id: beside, protocol: agent }]),
        ],
        clients: inTurn(({ client, beside }) =>
          nodeIds(`c-${beside}-`, clients).map((id) => ({ id, protocol: client, timeout: seconds(4) })),
        ),
        network: { latency: 'lan', regions: 2, whenDown: 'refuse' },
        until: seconds(24),
        tail: seconds(10),
        workload: workload({
          every: ms(150),
          draw: keyValueOperations({ keys, reads: 500_000, cas: 150_000 }),
        }),
        faults: (random, setting) => datacenterFaults(random, setting, variant.classes ?? classes),
        properties: [requestsPass(), ...places.flatMap(({ server }) => consulProperties(server))],
        checks: [linearizable(keyValue())],
      };
    },
  });
}

const classes: readonly FaultClass[] = ['crash', 'pause', 'isolate', 'partition', 'slow-link', 'loss', 'disk-slow'];

/** When the servers have found each other; some of the time the datacenters are cut apart. */
function datacenterFaults(random: Random, setting: Setting, chosen: readonly FaultClass[]): TimedFault[] {
  const schedule = nemesis({ classes: chosen })(random, setting).filter(({ at }) => at > seconds(4));
  for (
    let at = random.between(seconds(4), seconds(8));
    at < setting.healAt;
    at += random.between(seconds(2), seconds(6))
  ) {
    const far = setting.nodes.filter((node) => /^m|far/.test(node));
    const groups = [setting.nodes.filter((node) => !far.includes(node)), far];
    if (random.chance(300_000))
      schedule.push({ at, fault: { type: 'partition', groups, for: random.between(ms(200), seconds(2)) } });
  }
  return schedule.sort((one, other) => one.at - other.at);
}

function requestsPass(): Property {
  return eventually(
    'both are served',
    'clients of both datacenters succeed after the heal',
    seconds(9),
    (view, healedAt) => {
      const served = view.history
        .filter(({ type, time }) => type === 'ok' && time > healedAt)
        .map(({ client }) => client);
      const missing = datacenters.find((name) => !served.some((client) => client.includes(name)));
      return missing === undefined ? undefined : `nobody ${missing} did`;
    },
  );
}

export const consulDatacenters = consulDatacentersScenario({
  name: 'consul-datacenters',
  story:
    'Requests go by way of agents and servers to the datacenter that keeps the key; only what surely did nothing is sent again.',
  expect: { type: 'holds' },
});
