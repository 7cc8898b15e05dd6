// Five servers that leave, come back, die and are cut off while clients write: whoever has a vote by then, all that Raft promises
// holds, and a quorum of those who are there goes on.
import { expect, test } from 'vitest';
import { consulHttpClient } from '../../../protocols/consul/client.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import { currentLeader, raftProperties } from '../../../protocols/raft/index.ts';
import {
  defineScenario,
  ms,
  nemesis,
  numbered,
  seconds,
  simulate,
  type NodeId,
  type Operation,
  type Random,
  type Setting,
} from '../../../sim/index.ts';

const ids = ['s1', 's2', 's3', 's4', 's5'];
const server = consulServer({ gossip: { contacts: ids }, raft: { voters: ids } });
const client = (servers: readonly NodeId[]) => ({
  protocol: consulHttpClient({ servers, timeout: seconds(3) }),
  timeout: seconds(4),
});

const scenario = defineScenario({
  name: 'votes',
  story: 'Servers leave and come back while others fail.',
  protocol: 'consul',
  expect: { type: 'holds' },
  parameters: {},
  world: () => ({
    nodes: ids.map((id) => ({ id, protocol: server })),
    clients: [...ids.map((id) => ({ id: `farewell-${id}`, ...client([id]) })), ...numbered('c', 2, client(ids))],
    network: { latency: 'lan' },
    until: seconds(120),
    tail: seconds(60),
    workload: leavesAndWrites,
    faults: nemesis({
      classes: ['crash', 'power-loss', 'pause', 'isolate', 'partition', 'loss'],
      longest: seconds(8),
      every: seconds(3),
      budget: 1,
    }),
    roles: { leader: currentLeader(server) },
    properties: raftProperties(server, { progressWithin: seconds(50) }),
    checks: [],
  }),
});

function leavesAndWrites(random: Random, { clients, healAt, until }: Setting): Operation[] {
  const operations: Operation[] = [];
  for (const one of clients) {
    const leaves = one.startsWith('farewell');
    const pause = (): number =>
      leaves ? random.between(seconds(5), seconds(60)) : random.between(ms(300), seconds(2));
    for (let at = seconds(8) + pause(); at < (leaves ? healAt : until); at += pause()) {
      const value = leaves ? { type: 'agent-leave' } : { type: 'kv-put', key: 'a', value: `at ${at}` };
      operations.push({ id: operations.length, client: one, at, f: 'http', value });
    }
  }
  return operations.sort((one, other) => one.at - other.at || one.id - other.id);
}

test('Raft keeps its promises while votes come and go', () => {
  let changes = 0;
  for (let seed = 0; seed < 30; seed++) {
    const onNote = ({ kind }: { readonly kind: string }): void =>
      void (changes += Number(kind === 'server membership'));
    const run = simulate(scenario, { seed, onNote });
    expect({ seed, findings: run.findings }).toEqual({ seed, findings: [] });
  }
  expect(changes).toBeGreaterThan(50);
});
