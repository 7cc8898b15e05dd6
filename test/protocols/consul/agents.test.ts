// Client agents beside three servers: gossip fills the catalog, agents keep their services and checks right in it, requests pass
// through them, and sessions live and die with what gossip and checks say of their node.
import { describe, expect, test } from 'vitest';
import { consulAgent } from '../../../protocols/consul/agent/agent.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import { ms, seconds } from '../../../sim/index.ts';
import { converse, get, put, valueOf, type Conversation, type Step, type Talk } from './conversation.ts';

const gossip = { contacts: ['s1', 's2', 's3'] };
const server = consulServer({ gossip, raft: { voters: ['s1', 's2', 's3'] } });
const agent = consulAgent({ gossip, config: { syncInterval: seconds(4), syncRetry: seconds(2) } });
const nodes = { s1: server, s2: server, s3: server, a1: agent, a2: agent, a3: agent };

const talk = (steps: readonly Step[], more: Partial<Talk> = {}): Conversation => converse({ nodes, steps, ...more });
const bodies = ({ exchanges }: Conversation): unknown[] => exchanges.map(({ response }) => response.body);
const web = { id: 'web1', service: 'web', tags: ['v1'], port: 80 };
const alive = { id: 'alive', name: 'alive', ttl: seconds(2), serviceId: 'web1' };
const register: Step['request'] = { type: 'agent-register-service', service: web, checks: [alive] };
const pass: Step['request'] = { type: 'agent-update-check', id: 'alive', status: 'passing', output: 'fine' };
const statuses = (body: unknown): unknown[] =>
  (body as readonly { readonly id: string; readonly status: string }[]).map(({ id, status }) => [id, status]);

describe('the catalog', () => {
  test('has every member of the LAN, alive, and the service of the servers', () => {
    const found = bodies(
      talk([
        { at: seconds(10), ask: 's2', request: { type: 'catalog-nodes' } },
        { at: seconds(10), ask: 'a1', request: { type: 'catalog-service', service: 'consul' } },
        { at: seconds(10), ask: 'a1', request: { type: 'health-state', state: 'passing' } },
        { at: seconds(10), ask: 'a3', request: { type: 'agent-members' } },
      ]),
    ) as readonly { readonly name?: string; readonly node?: string; readonly status?: string }[][];
    const names = ['a1', 'a2', 'a3', 's1', 's2', 's3'];
    expect(found[0]?.map(({ name }) => name).toSorted()).toEqual(names);
    expect(found[1]?.map(({ node }) => node).toSorted()).toEqual(['s1', 's2', 's3']);
    expect(found[2]?.map(({ node }) => node).toSorted()).toEqual(names);
    expect(found[3]?.map(({ name, status }) => [name, status])).toEqual(names.map((name) => [name, 'alive']));
  });

  test('says critical of who was killed, passing again when it is back, and forgets who left', () => {
    for (let seed = 0; seed < 5; seed++) {
      const { notes, exchanges } = talk(
        [
          { at: seconds(10), ask: 'a2', request: { type: 'agent-leave' } },
          { at: seconds(55), ask: 's1', request: { type: 'health-node', node: 'a1' } },
          { at: seconds(55), ask: 's1', request: { type: 'catalog-node', node: 'a2' } },
        ],
        { seed, faults: [[seconds(12), { type: 'crash', node: 'a1', for: seconds(25) }]] },
      );
      const critical = notes.find(({ kind }) => kind === 'node critical');
      expect(critical?.data).toEqual({ node: 'a1' });
      const after = (critical?.at ?? 0) - seconds(12);
      expect({ seed, after, isInBand: after > seconds(4) && after < seconds(12) }).toMatchObject({ isInBand: true });
      const removed = notes.find(({ kind }) => kind === 'node removed');
      expect(removed?.data).toEqual({ node: 'a2' });
      expect((removed?.at ?? 0) - seconds(10)).toBeLessThan(seconds(1));
      expect(statuses(exchanges[1]?.response.body)).toEqual([['serfHealth', 'passing']]);
      expect(exchanges[2]?.response.body).toBeNull();
    }
  });

  test('has a living member again within a minute after somebody removed it', () => {
    const { exchanges } = talk(
      [
        { at: seconds(10), ask: 's1', request: { type: 'catalog-deregister', deregistration: { node: 'a1' } } },
        { at: seconds(10.5), ask: 's1', request: { type: 'catalog-node', node: 'a1' } },
        { at: seconds(75), ask: 's1', request: { type: 'health-node', node: 'a1' } },
      ],
      { until: seconds(80) },
    );
    expect(exchanges[1]?.response.body).toBeNull();
    expect(statuses(exchanges[2]?.response.body)).toEqual([['serfHealth', 'passing']]);
  });

  test('hears of who failed while there was no leader', () => {
    for (let seed = 0; seed < 8; seed++) {
      const faults: Talk['faults'] = [
        [seconds(10), { type: 'pause', node: 's2', for: seconds(100) }],
        [seconds(10), { type: 'pause', node: 's3', for: seconds(100) }],
        [seconds(12), { type: 'crash', node: 'a1', for: seconds(200) }],
      ];
      const request: Step['request'] = { type: 'health-node', node: 'a1' };
      const { exchanges } = talk([{ at: seconds(150), ask: 's1', request }], { seed, faults, until: seconds(160) });
      expect(statuses(exchanges[0]?.response.body)).toEqual([['serfHealth', 'critical']]);
    }
  });

  test('is filled anew by the next leader', () => {
    for (let seed = 0; seed < 4; seed++) {
      const { exchanges } = talk(
        [
          { at: seconds(30), ask: 'a2', request: { type: 'health-node', node: 'a1' } },
          { at: seconds(30), ask: 'a2', request: { type: 'catalog-node', node: 'a2' } },
        ],
        {
          seed,
          faults: [
            [seconds(10), { type: 'crash', node: '@leader', for: seconds(60) }],
            [seconds(10), { type: 'crash', node: 'a1', for: seconds(60) }],
          ],
        },
      );
      expect(statuses(exchanges[0]?.response.body)).toEqual([['serfHealth', 'critical']]);
      expect(exchanges[1]?.response.body).toMatchObject({ node: { name: 'a2' } });
    }
  });
});

describe('a TTL check', () => {
  test('is critical until it is updated, passes for its TTL, and is critical again', () => {
    const passing: Step['request'] = { type: 'health-service', service: 'web', passing: true };
    const found = talk([
      { at: seconds(10), ask: 'a1', request: register },
      { at: seconds(11), ask: 'a2', request: passing },
      { at: seconds(12), ask: 'a1', request: pass },
      { at: seconds(12.5), ask: 'a2', request: passing },
      { at: seconds(13.9), ask: 'a2', request: passing },
      { at: seconds(14.2), ask: 'a2', request: passing },
      { at: seconds(14.3), ask: 'a2', request: { type: 'health-node', node: 'a1' } },
      { at: seconds(14.3), ask: 'a1', request: { type: 'agent-checks' } },
    ]);
    const [, before, , early, late, over, checks, local] = bodies(found) as unknown[][];
    expect([before, early, late, over].map((instances) => instances?.length)).toEqual([0, 1, 1, 0]);
    expect(checks).toContainEqual(
      expect.objectContaining({
        id: 'alive',
        status: 'critical',
        output: 'TTL expired (last output before timeout follows): fine',
        serviceId: 'web1',
      }),
    );
    expect(local).toMatchObject({ alive: { status: 'critical' } });
  });

  test('that nobody watches stays what it was', () => {
    const careless = consulAgent({ gossip, rules: { expires: false } });
    const steps: Step[] = [
      { at: seconds(10), ask: 'a1', request: register },
      { at: seconds(12), ask: 'a1', request: pass },
      { at: seconds(20), ask: 'a2', request: { type: 'health-service', service: 'web', passing: true } },
    ];
    expect(bodies(talk(steps))[2]).toHaveLength(0);
    expect(bodies(talk(steps, { nodes: { ...nodes, a1: careless } }))[2]).toHaveLength(1);
  });

  test('goes with its service, and what is not there is refused', () => {
    const [, gone, left, again, update, orphan] = talk([
      { at: seconds(10), ask: 'a1', as: 'c', request: register },
      { at: seconds(11), ask: 'a1', as: 'c', request: { type: 'agent-deregister-service', id: 'web1' } },
      { at: seconds(12), ask: 'a1', as: 'c', request: { type: 'health-node', node: 'a1' } },
      { at: seconds(12), ask: 'a1', as: 'c', request: { type: 'agent-deregister-service', id: 'web1' } },
      { at: seconds(12), ask: 'a1', as: 'c', request: pass },
      { at: seconds(12), ask: 'a1', as: 'c', request: { type: 'agent-register-check', check: alive } },
    ]).exchanges.map(({ response }) => response);
    expect(gone?.status).toBe(200);
    expect(statuses(left?.body)).toEqual([['serfHealth', 'passing']]);
    expect(again?.status).toBe(404);
    expect(update).toMatchObject({ status: 500, body: 'CheckID "alive" does not have associated TTL' });
    expect(orphan).toMatchObject({ status: 500, body: 'ServiceID "web1" does not exist' });
  });
});

describe('anti-entropy', () => {
  const services = (at: number): Step => ({ at, ask: 's1', request: { type: 'catalog-node', node: 'a1' } });
  const ids = (body: unknown): string[] =>
    (body as { readonly services: readonly { readonly id: string }[] }).services.map(({ id }) => id);
  const steps: Step[] = [
    { at: seconds(10), ask: 'a1', request: register },
    services(seconds(10.5)),
    {
      at: seconds(11),
      ask: 's2',
      request: { type: 'catalog-deregister', deregistration: { node: 'a1', serviceId: 'web1' } },
    },
    {
      at: seconds(11),
      ask: 's3',
      request: {
        type: 'catalog-register',
        registration: { node: 'a1', address: 'a1', service: { ...web, id: 'stranger' } },
      },
    },
    services(seconds(11.2)),
    services(seconds(25)),
  ];

  test('puts back what others removed, and removes what others added', () => {
    const [, first, , , drifted, repaired] = bodies(talk(steps));
    expect(ids(first)).toEqual(['web1']);
    expect(ids(drifted)).toEqual(['stranger']);
    expect(ids(repaired)).toEqual(['web1']);
  });

  test('is what does it: an agent without leaves the catalog as it is', () => {
    const careless = consulAgent({ gossip, config: { syncInterval: seconds(4) }, rules: { repairs: false } });
    const found = bodies(talk(steps, { nodes: { ...nodes, a1: careless } }));
    expect(ids(found[5])).toEqual(['stranger']);
  });

  test('tells again with the next change what changed while its last change was on the way, and was lost itself', () => {
    const version = (tag: string): Step['request'] => ({
      type: 'agent-register-service',
      service: { ...web, tags: [tag] },
    });
    const other: Step['request'] = { type: 'agent-register-service', service: { ...web, id: 'web2' } };
    const alone = { contacts: ['s1'] };
    const one = consulServer({ gossip: alone, raft: { voters: ['s1'] } });
    const rare = consulAgent({ gossip: alone }); // compares itself with the catalog once a minute
    const { exchanges } = talk(
      [
        { at: seconds(10), ask: 'a1', as: 'c', request: version('v1') },
        { at: seconds(10.5), ask: 'a1', as: 'c', request: version('v2') },
        { at: seconds(22), ask: 'a1', as: 'c', request: other }, // the call that was lost has failed
        services(seconds(13)),
        services(seconds(25)),
      ],
      {
        nodes: { s1: one, a1: rare },
        faults: [
          [seconds(9), { type: 'slow-link', from: ['s1'], to: ['a1'], add: seconds(2), for: seconds(4) }],
          [seconds(10.4), { type: 'one-way', from: ['a1'], to: ['s1'], for: seconds(0.2) }],
        ],
      },
    );
    const tags = exchanges.slice(3).map(({ response }) => {
      const found = response.body as unknown as { readonly services: readonly { readonly tags: readonly string[] }[] };
      return found.services.map((service) => service.tags[0]);
    });
    expect(tags).toEqual([['v1'], ['v2', 'v1']]);
  });

  test('tells the servers when they are back what it could not tell them before', () => {
    const cut = { type: 'isolate', node: 'a1', for: seconds(3) } as const;
    const found = talk(
      [
        { at: seconds(11), ask: 'a1', request: register },
        { at: seconds(30), ask: 's1', request: { type: 'catalog-service', service: 'web' } },
      ],
      { faults: [[seconds(10), cut]] },
    );
    expect(found.exchanges[1]?.response.body).toHaveLength(1);
  });

  test('is not put off by pushes that fail, however often', () => {
    const update = (at: number): Step => ({
      at: seconds(12) + at,
      ask: 'a1',
      request: { type: 'agent-update-check', id: 'alive', status: at % ms(800) === 0 ? 'warning' : 'passing' },
    });
    const deregistration = { node: 'a1', serviceId: 'web1' };
    const found = talk(
      [
        { at: seconds(10), ask: 'a1', request: register },
        { at: seconds(12), ask: 's1', request: { type: 'catalog-deregister', deregistration } },
        services(seconds(12.3)),
        services(seconds(21)),
        ...Array.from({ length: 25 }, (_, place) => update((place + 1) * ms(400))),
      ],
      { until: seconds(30) },
    );
    expect(ids(bodies(found)[2])).toEqual([]);
    expect(ids(bodies(found)[3])).toEqual(['web1']);
  });
});

describe('requests through an agent', () => {
  test('reach a server, blocking ones as well', () => {
    const { exchanges } = talk([
      { at: seconds(10), ask: 'a1', request: put('a', '1') },
      { at: seconds(11), ask: 'a2', request: get('missing', { index: 10_000, wait: seconds(5) }) },
      { at: seconds(11), ask: 'a3', request: get('a', { index: 1 }) },
      { at: seconds(12), ask: 'a3', request: put('a', '2', { cas: 1 }) },
    ]);
    expect(exchanges[1]?.took).toBeGreaterThan(seconds(5));
    expect(valueOf(exchanges[2]!)).toBe('1');
    expect(exchanges[3]?.response.body).toBe(false);
  });

  test('wait for a change, and would wait in vain at servers that wake nobody', () => {
    const steps: Step[] = [
      { at: seconds(10), ask: 'a1', request: put('a', '1') },
      { at: seconds(11), ask: 'a2', request: get('a', { index: 10_000, wait: seconds(1) }) },
      { at: seconds(12), ask: 'a3', request: get('none', { index: 1, wait: seconds(8) }) },
    ];
    const [, found] = talk(steps).exchanges;
    const index = found?.response.index ?? 0;
    const wait: Step[] = [
      ...steps,
      { at: seconds(13), ask: 'a2', request: get('a', { index, wait: seconds(8) }) },
      { at: seconds(15), ask: 'a1', request: put('a', '2') },
    ];
    const deaf = consulServer({ gossip, raft: { voters: ['s1', 's2', 's3'] }, rules: { wakesBlocked: false } });
    const took = (more: Partial<Talk>): number => talk(wait, more).exchanges[3]?.took ?? 0;
    expect(took({})).toBeGreaterThan(seconds(2) - ms(1));
    expect(took({})).toBeLessThan(seconds(2.1));
    expect(took({ nodes: { ...nodes, s1: deaf, s2: deaf, s3: deaf } })).toBeGreaterThanOrEqual(seconds(8));
  });

  test('outlive an election: reads and what had no leader are asked again', () => {
    for (let seed = 0; seed < 4; seed++) {
      const { exchanges } = talk(
        [
          { at: seconds(9), ask: 'a1', request: put('a', '1') },
          ...['a1', 'a2', 'a3'].map((ask) => ({ at: seconds(10.1), ask, request: get('a') })),
        ],
        { seed, faults: [[seconds(10), { type: 'crash', node: '@leader', for: seconds(40) }]] },
      );
      for (const exchange of exchanges.slice(1)) {
        const { status, body } = exchange.response;
        expect([valueOf(exchange) ?? body, 'rpc error making call: EOF']).toContain(status === 200 ? '1' : body);
      }
    }
  });

  test('are refused by an agent that knows no servers', () => {
    const { exchanges } = talk([{ at: seconds(1), ask: 'a1', request: get('a') }], {
      nodes: { a1: consulAgent({ gossip: { contacts: [] } }) },
    });
    expect(exchanges[0]?.response).toEqual({ status: 500, body: 'No known Consul servers' });
  });
});

describe('sessions', () => {
  const open = (more: object = {}): Step['request'] => ({
    type: 'session-create',
    session: { name: 'one', lockDelay: 0, ...more },
  });
  const acquire: Step['request'] = put('l', 'mine', { acquire: '$one' });

  test('are bound to the node of the agent or the server that is asked', () => {
    const { exchanges } = talk([
      ...['a1', 's1', 's2', 's3'].map((ask) => ({ at: seconds(10), ask, request: open() })),
      { at: seconds(11), ask: 'a2', request: { type: 'session-list' } },
    ]);
    const bound = (exchanges[4]!.response.body as readonly { readonly node: string }[]).map(({ node }) => node);
    expect(bound.toSorted((one, other) => (one < other ? -1 : 1))).toEqual(['a1', 's1', 's2', 's3']);
  });

  test('end when gossip takes their node for dead, and with them their locks', () => {
    for (const [behavior, value] of [
      ['release', 'mine'],
      ['delete', undefined],
    ] as const) {
      const { exchanges } = talk(
        [
          { at: seconds(10), ask: 'a1', as: 'c', request: open({ behavior }) },
          { at: seconds(11), ask: 'a1', as: 'c', request: acquire },
          { at: seconds(28), ask: 's1', request: get('l') },
        ],
        { faults: [[seconds(12), { type: 'crash', node: 'a1', for: seconds(40) }]] },
      );
      expect(exchanges[1]?.response.body).toBe(true);
      expect(valueOf(exchanges[2]!)).toBe(value);
      const entry = (exchanges[2]?.response.body as readonly { readonly session: string }[] | null)?.[0];
      expect(entry?.session ?? '').toBe('');
    }
  });

  test('end with a check of their service, and cannot begin while it is critical', () => {
    const bound = open({ checks: ['serfHealth', 'alive'] });
    const { exchanges } = talk([
      { at: seconds(10), ask: 'a1', as: 'c', request: register },
      { at: seconds(11), ask: 'a1', as: 'c', request: bound },
      { at: seconds(12), ask: 'a1', as: 'c', request: pass },
      { at: seconds(13), ask: 'a1', as: 'c', request: bound },
      { at: seconds(13.1), ask: 'a1', as: 'c', request: acquire },
      { at: seconds(13.2), ask: 'a2', request: get('l') },
      { at: seconds(14.5), ask: 'a2', request: get('l') },
    ]);
    const holder = (place: number): string =>
      (exchanges[place]!.response.body as readonly { readonly session: string }[])[0]?.session ?? '';
    expect(exchanges[1]?.response).toMatchObject({ status: 500, body: "Check 'alive' is in critical state" });
    expect(exchanges[4]?.response.body).toBe(true);
    expect(holder(5)).not.toBe('');
    expect(holder(6)).toBe('');
  });
});

test('the rules of the seam are kept, and debugging changes nothing', () => {
  const steps: Step[] = [
    { at: seconds(8), ask: 'a1', request: register },
    { at: seconds(9), ask: 'a2', request: put('a', '1') },
    { at: seconds(10), ask: 'a2', request: { type: 'agent-leave' } },
  ];
  const faults: Talk['faults'] = [[ms(9_500), { type: 'pause', node: '@leader', for: seconds(4) }]];
  const plain = talk(steps, { until: seconds(20), faults });
  const debugged = talk(steps, { until: seconds(20), faults, debug: true });
  expect([debugged.run.hash, debugged.run.findings]).toEqual([plain.run.hash, []]);
});
