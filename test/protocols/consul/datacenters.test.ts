// Two datacenters joined by the gossip of their servers: each has a store of its own, and a request that names the other one is
// answered there.
import { expect, test } from 'vitest';
import { consulAgent } from '../../../protocols/consul/agent/agent.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import { seconds } from '../../../sim/index.ts';
import { converse, get, put, valueOf, type Step, type Talk } from './conversation.ts';

const gossip = { contacts: ['n1', 'n2', 'n3'], wanContacts: ['n1', 'm1'] };
const near = consulServer({ gossip, raft: { voters: ['n1', 'n2', 'n3'] }, config: { datacenter: 'near' } });
const far = consulServer({
  gossip: { ...gossip, contacts: ['m1', 'm2', 'm3'] },
  raft: { voters: ['m1', 'm2', 'm3'] },
  config: { datacenter: 'far' },
});
const agent = consulAgent({ gossip });
const nodes: Talk['nodes'] = { n1: near, n2: near, n3: near, m1: far, m2: far, m3: far, a1: agent };

test('each datacenter has its own keys, members and leader', () => {
  const { exchanges } = converse({
    nodes,
    steps: [
      { at: seconds(10), ask: 'a1', request: put('a', 'near') },
      { at: seconds(10), ask: 'm2', request: put('a', 'far') },
      ...['a1', 'n2', 'm3'].map((ask) => ({ at: seconds(11), ask, request: get('a') })),
      { at: seconds(11), ask: 'm1', request: { type: 'catalog-nodes' } },
      { at: seconds(11), ask: 'm1', request: { type: 'catalog-datacenters' } },
      { at: seconds(11), ask: 'n1', request: { type: 'agent-members' } },
      { at: seconds(11), ask: 'n1', request: { type: 'status-peers' } },
    ],
  });
  expect(exchanges.slice(2, 5).map(valueOf)).toEqual(['near', 'near', 'far']);
  const [members, datacenters, lan, peers] = exchanges.slice(5).map(({ response }) => response.body);
  const named = (body: unknown): string[] => (body as readonly { readonly name: string }[]).map(({ name }) => name);
  expect(named(members).toSorted()).toEqual(['m1', 'm2', 'm3']);
  expect(datacenters).toEqual(['far', 'near']);
  expect(named(lan)).toEqual(['a1', 'n1', 'n2', 'n3']);
  expect(peers).toEqual(['n1', 'n2', 'n3']);
});

test('a request for another datacenter is answered there, by way of any of its servers; one for none has no path', () => {
  const steps: Step[] = [
    { at: seconds(10), ask: 'a1', request: { ...put('a', '1'), dc: 'far' } },
    ...['n1', 'n2', 'n3', 'm1', 'm2'].map((ask) => ({ at: seconds(11), ask, request: { ...get('a'), dc: 'far' } })),
    { at: seconds(11), ask: 'n1', request: get('a') },
    { at: seconds(11), ask: 'n1', request: { ...get('a'), dc: 'nowhere' } },
  ];
  const { exchanges } = converse({ nodes, steps });
  expect(exchanges.slice(1, 6).map(valueOf)).toEqual(['1', '1', '1', '1', '1']);
  expect(exchanges[6]?.response.status).toBe(404);
  expect(exchanges[7]?.response).toEqual({ status: 500, body: 'No path to datacenter' });
});

test('a request for another datacenter that fails there is never answered at home', () => {
  const refused = new Set<unknown>();
  for (let seed = 0; seed < 12; seed++) {
    const first: Step[] = [
      { at: seconds(10), ask: 'm1', request: { type: 'status-leader' } },
      { at: seconds(10), ask: 'm1', as: 'c', request: put('a', 'far') },
      { at: seconds(10.1), ask: 'm1', as: 'c', request: get('a') },
    ];
    const known = converse({ nodes, steps: first, seed }).exchanges;
    const leader = known[0]!.response.body as string;
    const { index } = known[2]!.response;
    const waits = { ...get('a', { index, wait: seconds(30), consistency: 'consistent' }), dc: 'far' };
    const others = ['m1', 'm2', 'm3'].filter((one) => one !== leader);
    const steps: Step[] = [
      ...first,
      ...['n1', 'n2', 'n3'].map((ask): Step => ({ at: seconds(11), ask, request: waits as Step['request'] })),
      { at: seconds(20), ask: others[0]!, request: put('a', 'farther') },
    ];
    const groups = [[leader], others];
    const { exchanges } = converse({
      nodes,
      steps,
      seed,
      until: seconds(80),
      faults: [[seconds(12), { type: 'partition', groups, for: seconds(10) }]],
    });
    for (const { response } of exchanges.slice(3, 6)) {
      if (response.status === 500) refused.add(response.body);
      else expect(valueOf({ response })).toBe('farther');
    }
  }
  expect([...refused].filter((body) => /leader/.test(body as string)).length).toBeGreaterThan(0);
});

test('a question to another datacenter whose server dies is over, and not asked at home', () => {
  const gossipOf = (contacts: readonly string[]) => ({ contacts, wanContacts: ['n1', 'm1'] });
  const alone = (id: string, datacenter: string) =>
    consulServer({ gossip: gossipOf([id]), raft: { voters: [id] }, config: { datacenter } });
  const { exchanges } = converse({
    nodes: { n1: alone('n1', 'near'), m1: alone('m1', 'far') },
    steps: [
      { at: seconds(10), ask: 'n1', request: put('a', 'near') },
      { at: seconds(10), ask: 'm1', request: put('a', 'far') },
      { at: seconds(11), ask: 'n1', request: { ...get('a', { index: 10_000, wait: seconds(40) }), dc: 'far' } },
      { at: seconds(13), ask: 'n1', request: { ...get('a'), dc: 'far' } },
    ],
    faults: [[seconds(12), { type: 'crash', node: 'm1', for: seconds(60) }]],
    refuses: true,
    until: seconds(70),
  });
  const [asked, refused] = exchanges.slice(2);
  expect(asked!.response).toEqual({ status: 500, body: 'rpc error making call: EOF' });
  expect(asked!.took).toBeLessThan(seconds(2.1));
  expect(refused!.response).toMatchObject({ status: 500 });
  expect(refused!.response.body).toContain('connection refused');
});

test('what cuts the datacenters apart stops neither, but nothing passes between them', () => {
  const groups = [
    ['n1', 'n2', 'n3', 'a1'],
    ['m1', 'm2', 'm3'],
  ];
  const steps: Step[] = [
    { at: seconds(20), ask: 'a1', request: put('a', 'near') },
    { at: seconds(20), ask: 'm1', request: put('a', 'far') },
    { at: seconds(20), ask: 'a1', request: { ...get('a'), dc: 'far' } },
  ];
  const { exchanges } = converse({
    nodes,
    steps,
    until: seconds(90),
    faults: [[seconds(10), { type: 'partition', groups, for: seconds(79) }]],
  });
  expect(exchanges.map(({ response }) => response.status)).toEqual([200, 200, 500]);
});
