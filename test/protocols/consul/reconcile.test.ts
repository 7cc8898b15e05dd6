// What the leader puts right in the catalog each minute, whoever changed it: members of the LAN are there as gossip knows them, who
// is no member any more goes, and what others registered is none of its business.
import { describe, expect, test } from 'vitest';
import { consulAgent } from '../../../protocols/consul/agent/agent.ts';
import type { ConsulRequest } from '../../../protocols/consul/requests.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import type { Registration } from '../../../protocols/consul/state/catalog.ts';
import { ms, seconds, transcript, type Fault, type Micros } from '../../../sim/index.ts';
import { nodes, servers, settled } from './cluster.ts';
import { converse, get, inTurn, put, type Step } from './conversation.ts';

const at = (after: number): Micros => settled + seconds(after);
const ask = (when: Micros, request: ConsulRequest): Step => ({ at: when, ask: 's1', request });
const register = (registration: Registration): ConsulRequest => ({ type: 'catalog-register', registration });
const node = (name: string): ConsulRequest => ({ type: 'catalog-node', node: name });

/** What is read after the meddling, and a minute later. */
function meddle(meddling: ConsulRequest, read: ConsulRequest): readonly unknown[] {
  const steps = [ask(settled, meddling), ask(at(0.5), read), ask(at(65), read)];
  const { exchanges } = converse({ nodes, steps, until: at(70) });
  return exchanges.slice(1).map(({ response }) => response.body);
}

describe('within a minute', () => {
  test('a node that gossip once watched and does not know goes; one that others registered stays', () => {
    const serfHealth = {
      id: 'serfHealth',
      name: 'Serf Health Status',
      status: 'passing',
      output: '',
      serviceId: '',
    } as const;
    const own = { ...serfHealth, id: 'own' };
    const watched = meddle(register({ node: 'ghost', address: 'x', checks: [serfHealth] }), node('ghost'));
    expect(watched).toMatchObject([{ node: { name: 'ghost' } }, null]);
    const foreign = meddle(register({ node: 'printer', address: 'x', checks: [own] }), node('printer'));
    expect(foreign).toMatchObject([{ node: { name: 'printer' } }, { node: { name: 'printer' } }]);
  });

  test('a member has its own address again', () => {
    const addresses = meddle(register({ node: 'a1', address: 'elsewhere' }), node('a1'));
    expect(addresses).toMatchObject([{ node: { address: 'elsewhere' } }, { node: { address: 'a1' } }]);
  });

  test('a server offers the service consul again', () => {
    const deregistration = { node: 's2', serviceId: 'consul' };
    const services = meddle({ type: 'catalog-deregister', deregistration }, node('s2'));
    expect(services).toMatchObject([{ services: [] }, { services: [{ id: 'consul' }] }]);
  });

  test('a check of gossip says again what gossip knows', () => {
    const lie = {
      id: 'serfHealth',
      name: 'Serf Health Status',
      status: 'critical',
      output: 'x',
      serviceId: '',
    } as const;
    const health = meddle(register({ node: 'a1', address: 'a1', checks: [lie] }), { type: 'health-node', node: 'a1' });
    expect(health).toMatchObject([[{ status: 'critical' }], [{ status: 'passing' }]]);
  });
});

test('a new leader knows what the catalog says before it looks what is missing in it', () => {
  const powerLoss = servers.map((one): Fault => ({ type: 'power-loss', node: one, unsynced: 'lost', for: seconds(1) }));
  for (let seed = 0; seed < 6; seed++) {
    const { notes } = converse({
      nodes,
      seed,
      steps: [],
      faults: powerLoss.map((fault) => [at(1), fault] as const),
      until: at(20),
    });
    const leaders = notes.filter(
      ({ kind, data, at: when }) => kind === 'role' && data['role'] === 'leader' && when > at(1),
    );
    expect(leaders.length).toBeGreaterThan(0);
    const passing = notes.filter(({ kind, at: when }) => kind === 'node passing' && when > at(1));
    expect(passing.filter(({ data }) => servers.includes(data['node'] as string))).toEqual([]);
  }
});

test('an agent that is killed and one that leaves are told apart, and neither is told twice', () => {
  const agent = consulAgent({ gossip: { contacts: servers } });
  for (let seed = 0; seed < 4; seed++) {
    const { notes } = converse({
      nodes: { ...nodes, a2: agent },
      seed,
      steps: [{ at: at(1), ask: 'a2', request: { type: 'agent-leave' } }],
      faults: [[at(1), { type: 'crash', node: 'a1', for: seconds(100) }]],
      until: at(62),
    });
    const told = notes.filter(({ kind }) => kind === 'node critical' || kind === 'node removed');
    expect(told.map(({ kind, data }) => `${kind} ${data['node'] as string}`)).toEqual([
      'node removed a2',
      'node critical a1',
    ]);
  }
});

test('who is suspected is alive as yet, to those who ask for members and in the catalog', () => {
  const members: ConsulRequest = { type: 'agent-members' };
  const dies: Fault = { type: 'crash', node: 'a1', for: seconds(100) };
  const steps = [ask(at(3.5), members), ask(at(3.5), { type: 'health-node', node: 'a1' }), ask(at(20), members)];
  const { exchanges, notes } = converse({ nodes, steps, faults: [[settled, dies]], until: at(30) });
  const saw = (status: string): number =>
    notes.find(
      ({ kind, node: by, data }) =>
        kind === 'member' && by === 's1' && data['member'] === 'a1' && data['status'] === status,
    )?.at ?? 0;
  expect(saw('suspect')).toBeLessThan(at(3.5));
  expect(saw('dead')).toBeGreaterThan(at(3.5));
  const statusOf = (place: number): unknown =>
    (exchanges[place]!.response.body as readonly { readonly name: string; readonly status: string }[]).find(
      ({ name }) => name === 'a1',
    )?.status;
  expect([statusOf(0), statusOf(2)]).toEqual(['alive', 'failed']);
  expect(exchanges[1]!.response.body).toMatchObject([{ id: 'serfHealth', status: 'passing' }]);
});

test('who deletes nothing leaves nothing to be forgotten: writes have consecutive indices', () => {
  const server = consulServer({ config: { tombstoneTtl: seconds(2) } });
  const small = { s1: server, s2: server, s3: server };
  const writes = inTurn('s1', at(10), [put('a', '1'), get('a')]);
  const later = inTurn('s1', at(20), [put('b', '1'), get('b')], 'd');
  const { exchanges } = converse({ nodes: small, steps: [...writes, ...later], until: at(30) });
  const indices = [1, 3].map((place) => exchanges[place]!.response.index ?? 0);
  expect(indices[1]).toBe(indices[0]! + 1);
});

test('any server of another datacenter is asked, now this one, now that', () => {
  const gossip = { contacts: ['n1'], wanContacts: ['n1', 'm1'] };
  const near = consulServer({ gossip, raft: { voters: ['n1'] }, config: { datacenter: 'near' } });
  const away = ['m1', 'm2', 'm3'];
  const far = consulServer({
    gossip: { ...gossip, contacts: away },
    raft: { voters: away },
    config: { datacenter: 'far' },
  });
  const steps = Array.from({ length: 12 }, (_, place): Step => {
    return { at: seconds(10) + place * ms(50), ask: 'n1', request: { ...node('m1'), dc: 'far' } };
  });
  const { run } = converse({ nodes: { n1: near, m1: far, m2: far, m3: far }, steps, trace: true });
  const asked = away.filter((one) =>
    transcript(run).some((line) => line.includes(`n1`) && line.includes(`→ ${one} `) && line.includes('Ask')),
  );
  expect(asked).toEqual(away);
});
