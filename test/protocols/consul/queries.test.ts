// Blocking queries where something happens to the server that they wait at, bounds on stale reads, and the indices that are
// waited on: of prefixes whose deletions are forgotten, and of services.
import { describe, expect, test } from 'vitest';
import { consulServer, type ConsulOptions } from '../../../protocols/consul/server.ts';
import type { ConsulRequest } from '../../../protocols/consul/requests.ts';
import type { TransactionOperation } from '../../../protocols/consul/state/transaction.ts';
import { ms, seconds, type Fault, type NodeId } from '../../../sim/index.ts';
import { converse, get, inTurn, put, valueOf, type Exchange, type Step, type Talk } from './conversation.ts';

const servers = ['s1', 's2', 's3'];
const clusterOf = (options: ConsulOptions = {}): Talk['nodes'] => {
  const server = consulServer(options);
  return { s1: server, s2: server, s3: server };
};
const nodes = clusterOf();
const settled = seconds(6);
const at = (after: number): number => settled + seconds(after);
const toAll = (when: number, request: ConsulRequest): Step[] => servers.map((ask) => ({ at: when, ask, request }));

test('a consistent blocking query is verified again when it wakes: a leader that was deposed refuses it', () => {
  let refused = 0;
  for (let seed = 0; seed < 16; seed++) {
    const first = converse({ nodes, seed, steps: inTurn('s1', settled, [put('a', '1'), get('a')]) });
    const { index } = first.exchanges[1]!.response;
    const blocked = get('a', { index, wait: seconds(30), consistency: 'consistent' });
    const steps: Step[] = [
      ...inTurn('s1', settled, [put('a', '1'), get('a')]),
      ...toAll(at(1), { type: 'status-leader' }),
      ...toAll(at(1), blocked),
      ...toAll(at(7), put('a', '2')),
    ];
    const isolated: Fault = { type: 'isolate', node: '@leader', for: seconds(3.5) };
    const { exchanges } = converse({ nodes, steps, seed, until: seconds(80), faults: [[at(2), isolated]] });
    const leader = servers.indexOf(exchanges[2]!.response.body as string);
    const { response, took } = exchanges[5 + leader]!;
    expect(took).toBeLessThan(seconds(6.2));
    if (response.status !== 500) expect(valueOf({ response })).toBe('2');
    else {
      expect(response.body).toMatch(/node is not the leader|leadership lost/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(0);
});

test('a server whose state is replaced by a snapshot answers all that wait there', () => {
  const small = clusterOf({ raft: { snapshotThreshold: 8, trailing: 2 } });
  const cut = (node: NodeId) => [at(1.5), { type: 'isolate', node, for: seconds(6) }] as const;
  let answered = 0;
  for (let seed = 0; seed < 6; seed++) {
    const stale = { type: 'kv-list', prefix: 'p/', index: 1_000, wait: seconds(60), consistency: 'stale' } as const;
    const steps: Step[] = [
      { at: settled, ask: 's2', request: put('p/a', '1') },
      { at: at(1), ask: 's3', request: stale },
      ...Array.from({ length: 40 }, (_, place) => ({
        at: at(2) + place * ms(100),
        ask: 's1',
        request: put(`p/${place}`, '1'),
      })),
    ];
    const { exchanges } = converse({ nodes: small, steps, seed, until: seconds(90), faults: [cut('s3')] });
    const { took, response } = exchanges[1]!;
    if (took > seconds(30)) continue; // s3 led, and so was no follower that needed a snapshot
    answered++;
    expect(took).toBeGreaterThan(seconds(6));
    expect((response.body as readonly unknown[]).length).toBeGreaterThan(20);
  }
  expect(answered).toBeGreaterThan(2);
});

describe('a blocking query hears at once', () => {
  const check = (status: 'passing' | 'critical') => ({ id: 'c', name: '', status, output: '', serviceId: '' }) as const;
  const register = (node: string, status: 'passing' | 'critical'): ConsulRequest => ({
    type: 'catalog-register',
    registration: { node, address: node, checks: [check(status)] },
  });
  const ofNode: ConsulRequest = { type: 'session-create', session: { name: 'n', node: 'n1', checks: ['c'] } };
  const before = [register('n1', 'passing'), ofNode, put('k', '1', { acquire: '$n' }), put('p/a', '1')];
  const list: ConsulRequest = { type: 'kv-list', prefix: 'p/' };
  const transaction = (...operations: readonly TransactionOperation[]): ConsulRequest => ({
    type: 'transaction',
    operations,
  });
  const cases: readonly (readonly [what: string, read: ConsulRequest, change: ConsulRequest])[] = [
    ['of a transaction that writes', get('k'), transaction({ verb: 'set', key: 'k', value: '2' })],
    ['of a transaction that deletes', list, transaction({ verb: 'delete', key: 'p/a' })],
    ['of a tree that goes', list, { type: 'kv-delete', key: 'p', recurse: true }],
    ['of a lock that is let go', get('k'), put('k', '1', { release: '$n' })],
    ['of a lock whose session is destroyed', get('k'), { type: 'session-destroy', session: '$n' }],
    ['of a lock whose holder fails its check', get('k'), register('n1', 'critical')],
    ['of a lock whose node goes', get('k'), { type: 'catalog-deregister', deregistration: { node: 'n1' } }],
    ['of a new session', { type: 'session-list' }, ofNode],
    ['of a session that ends with its check', { type: 'session-list' }, register('n1', 'critical')],
    ['of a new node', { type: 'catalog-nodes' }, register('n2', 'passing')],
    ['of a check', { type: 'health-node', node: 'n1' }, register('n1', 'critical')],
    ['of a check that turns critical', { type: 'health-state', state: 'critical' }, register('n1', 'critical')],
  ];

  test.each(cases)('%s, at the leader and at a follower', (_what, read, change) => {
    const steps = inTurn('s1', settled, [...before, read]);
    const { index } = converse({ nodes, steps }).exchanges.at(-1)!.response;
    for (const ask of servers) {
      const waits = { ...read, index, wait: seconds(20), consistency: 'stale' } as ConsulRequest;
      const asked: Step[] = [
        { at: at(2), ask, request: waits },
        { at: at(3), ask: 's1', as: 'c', request: change },
      ];
      const [waited, done] = converse({ nodes, steps: [...steps, ...asked] }).exchanges.slice(-2);
      expect(done!.response.status).toBe(200);
      expect([ask, waited!.took > seconds(1), waited!.took < seconds(1.3)]).toEqual([ask, true, true]);
      expect(waited!.response.index).toBeGreaterThan(index!);
    }
  });
});

describe('stale reads', () => {
  const cut = servers.map((node) => [at(1), { type: 'isolate', node, for: seconds(5) }] as const);
  const stale = (more: object): ConsulRequest => get('a', { consistency: 'stale', ...more });

  test('with a bound are default reads where the server heard of the leader too long ago', () => {
    for (let seed = 0; seed < 6; seed++) {
      const steps: Step[] = [
        { at: settled, ask: 's1', request: put('a', '1') },
        ...toAll(at(0.9), stale({ maxStale: seconds(2) })),
        ...toAll(at(4), stale({ maxStale: seconds(2) })),
        ...toAll(at(4), stale({ maxStale: seconds(4) })),
      ];
      const { exchanges } = converse({ nodes, steps, seed, faults: cut });
      const [fresh, late, bold] = [1, 4, 7].map((place) => exchanges.slice(place, place + 3));
      for (const { response, took } of [...fresh!, ...bold!]) {
        expect(response).toMatchObject({ status: 200 });
        expect(response.lastContact).toBeLessThan(4_000);
        expect(took).toBeLessThan(ms(10));
      }
      // The default read waits for a leader: until the heal, when one is elected.
      for (const { response, took } of late!) {
        expect(response).toMatchObject({ status: 200, knownLeader: true, lastContact: 0 });
        expect(took).toBeGreaterThan(seconds(2));
      }
    }
  });

  test('are not answered by a server that has heard of no leader since it started', () => {
    const faults: Talk['faults'] = [
      [at(1), { type: 'crash', node: 's3', for: seconds(1) }],
      [at(1.5), { type: 'isolate', node: 's3', for: seconds(10) }],
    ];
    const steps: Step[] = [
      { at: settled, ask: 's1', request: put('a', '1') },
      { at: at(3), ask: 's3', request: stale({}) },
    ];
    const { exchanges } = converse({ nodes, steps, faults });
    expect(exchanges[1]).toMatchObject({ response: { status: 500, body: 'No cluster leader' } });
    expect(exchanges[1]!.took).toBeGreaterThanOrEqual(seconds(7));
  });
});

describe('deletions', () => {
  const list: ConsulRequest = { type: 'kv-list', prefix: 'p/' };
  const indices = (options: ConsulOptions, faults: Talk['faults'] = []): readonly number[] => {
    const steps: Step[] = [
      ...inTurn('s1', settled, [put('p/a', '1'), put('p/b', '1'), { type: 'kv-delete', key: 'p/b' }, list]),
      ...[2, 28, 33, 50].map((after): Step => ({ at: at(after), ask: 's1', as: 'c', request: list })),
    ];
    const { exchanges } = converse({ nodes: clusterOf(options), steps, faults });
    return exchanges.slice(3).map(({ response }) => response.index ?? 0);
  };

  test('are remembered for their time to live, and then forgotten', () => {
    const [deleted, soon, before, after] = indices({ config: { tombstoneTtl: seconds(30) } });
    expect([soon, before]).toEqual([deleted, deleted]);
    expect(after).toBeLessThan(deleted!);
  });

  test('have all of it again under a new leader', () => {
    const crash: Fault = { type: 'crash', node: '@leader', for: seconds(3) };
    const [deleted, ...later] = indices({ config: { tombstoneTtl: seconds(30) } }, [[at(10), crash]]);
    expect(later.slice(0, 3)).toEqual([deleted, deleted, deleted]);
    expect(later[3]).toBeLessThan(deleted!);
  });

  test('of several moments are forgotten together by a leader that was stopped meanwhile', () => {
    const one = consulServer({ config: { tombstoneTtl: seconds(30) } });
    const gone = (key: string): ConsulRequest => ({ type: 'kv-delete', key });
    const steps: Step[] = [
      ...inTurn('s1', settled, [put('p/a', '1'), put('p/b', '1'), put('p/c', '1'), gone('p/a'), list]),
      { at: at(4), ask: 's1', as: 'c', request: gone('p/b') },
      ...[5, 45].map((after): Step => ({ at: at(after), ask: 's1', as: 'c', request: list })),
    ];
    const stopped: Fault = { type: 'pause', node: 's1', for: seconds(10) };
    const { exchanges } = converse({ nodes: { s1: one }, steps, faults: [[at(29), stopped]] });
    const [first, , before, after] = exchanges.slice(4).map(({ response }) => response);
    expect(before!.index).toBeGreaterThan(first!.index!);
    const [left] = after!.body as unknown as readonly { readonly modifyIndex: number }[];
    expect(after!.index).toBe(left!.modifyIndex);
  });

  test('that are forgotten at once leave the index behind what somebody knows already', () => {
    const options = { config: { tombstoneTtl: seconds(30) }, rules: { forgottenAt: (now: number) => now } };
    const [deleted, later] = indices(options);
    expect(later).toBeLessThan(deleted!);
  });
});

describe('a blocking query on a service', () => {
  const register = (
    node: string,
    service: string,
    status?: 'passing' | 'critical',
    tags: readonly string[] = [],
  ): ConsulRequest => ({
    type: 'catalog-register',
    registration: {
      ...{ node, address: node },
      service: { id: service, service, tags, port: 80 },
      ...(status && { checks: [{ id: `${service}-check`, name: '', status, output: '', serviceId: service }] }),
    },
  });
  const deregister = (node: string, serviceId: string): ConsulRequest => ({
    type: 'catalog-deregister',
    deregistration: { node, serviceId },
  });
  const nodeCheck: ConsulRequest = {
    type: 'catalog-register',
    registration: {
      ...{ node: 'n1', address: 'n1' },
      checks: [{ id: 'disk', name: '', status: 'warning', output: '', serviceId: '' }],
    },
  };

  /** How a query that knows the index after `first` fares when `change` happens 300 ms later. */
  const wait = (service: string, change: ConsulRequest, first: readonly ConsulRequest[] = []): Exchange => {
    const known = [register('n1', 'web', 'passing'), register('n1', 'db'), register('n2', 'api'), ...first];
    const read: ConsulRequest = { type: 'health-service', service };
    const before = inTurn('s1', settled, [...known, read]);
    const { index } = converse({ nodes, steps: before }).exchanges.at(-1)!.response;
    return converse({
      nodes,
      steps: [
        ...before,
        { at: at(3), ask: 's2', request: { ...read, index, wait: seconds(5) } as ConsulRequest },
        { at: at(3.3), ask: 's3', request: change },
      ],
    }).exchanges.at(-2)!;
  };

  test.each<[string, string, ConsulRequest, (readonly ConsulRequest[])?]>([
    ['a change of it', 'web', register('n2', 'web')],
    ['a change of its check', 'web', register('n1', 'web', 'critical')],
    ['other tags', 'web', register('n1', 'web', 'passing', ['v2'])],
    ['a change of a check of its node', 'web', nodeCheck],
    ['its end', 'web', deregister('n1', 'web')],
    ['the loss of one of its instances', 'web', deregister('n1', 'web'), [register('n2', 'web')]],
    ['the end of its node', 'web', { type: 'catalog-deregister', deregistration: { node: 'n1' } }],
    [
      'another address of its node',
      'web',
      { type: 'catalog-register', registration: { node: 'n1', address: 'elsewhere' } },
    ],
    [
      'the loss of its check',
      'web',
      { type: 'catalog-deregister', deregistration: { node: 'n1', checkId: 'web-check' } },
    ],
    ['its beginning', 'none', register('n2', 'none')],
    ['the end of another one, if it has no instances itself', 'none', deregister('n2', 'api')],
  ])('is woken by %s', (_what, service, change, first) => {
    const { took } = wait(service, change, first);
    expect(took).toBeGreaterThanOrEqual(ms(300));
    expect(took).toBeLessThan(ms(330));
  });

  test.each<[string, string, ConsulRequest, (readonly ConsulRequest[])?]>([
    ['a change of another service', 'web', register('n2', 'api', 'passing')],
    ['a check of another node', 'api', nodeCheck],
    ['the end of another service', 'web', deregister('n1', 'db')],
    ['the registration of what is known', 'web', register('n1', 'web', 'passing')],
    [
      'the beginning of another one, if none has instances any more',
      'none',
      register('n3', 'new'),
      [deregister('n1', 'db')],
    ],
  ])('sleeps through %s', (_what, service, change, first) => {
    expect(wait(service, change, first).took).toBeGreaterThanOrEqual(seconds(5));
  });

  test('that has no instances waits on all that it may come from, checks where its health is asked for', () => {
    const steps = inTurn('s1', settled, [
      register('n1', 'web', 'passing'),
      nodeCheck,
      { type: 'health-service', service: 'none' },
      { type: 'catalog-service', service: 'none' },
    ]);
    const { exchanges } = converse({ nodes: clusterOf({}), steps });
    const [health, catalog] = exchanges.slice(2).map(({ response }) => response.index ?? 0);
    expect(health).toBe(catalog! + 1);
  });

  test('a check of a service that is not there is refused, with all that came with it', () => {
    const registration = {
      ...{ node: 'n9', address: 'n9' },
      checks: [{ id: 'x', name: '', status: 'passing' as const, output: '', serviceId: 'none' }],
    };
    const { exchanges } = converse({
      nodes,
      steps: inTurn('s1', settled, [
        { type: 'catalog-register', registration },
        { type: 'catalog-node', node: 'n9' },
      ]),
    });
    expect(exchanges[0]!.response).toEqual({ status: 500, body: 'Missing service registration' });
    expect(exchanges[1]!.response.body).toBeNull();
  });
});

test.each<[string, ConsulRequest]>([
  ['begins', { type: 'session-create', session: { node: 'n1', checks: [], name: 'two' } }],
  ['ends', { type: 'session-destroy', session: '$one' }],
])('a query for sessions is woken when one %s', (_what, change) => {
  const opened = inTurn('s1', settled, [
    { type: 'catalog-register', registration: { node: 'n1', address: 'n1' } },
    { type: 'session-create', session: { node: 'n1', checks: [], name: 'one' } },
    { type: 'session-list' },
  ]);
  const { index } = converse({ nodes, steps: opened }).exchanges[2]!.response;
  const { exchanges } = converse({
    nodes,
    steps: [
      ...opened,
      { at: at(1), ask: 's2', request: { type: 'session-list', index, wait: seconds(5) } as ConsulRequest },
      { at: at(1.5), ask: 's1', as: 'c', request: change },
    ],
  });
  expect(exchanges[3]!.took).toBeLessThan(ms(530));
  expect(exchanges[3]!.response.body).toHaveLength(change.type === 'session-create' ? 2 : 0);
});
