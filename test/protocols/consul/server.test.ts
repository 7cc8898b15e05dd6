// Consul's servers as clients of the HTTP API see them: three servers in a quiet world, conversations with them, and what they
// take their time for.
import { describe, expect, test } from 'vitest';
import { consulHttpClient } from '../../../protocols/consul/client.ts';
import type { ConsulRequest, ConsulResponse } from '../../../protocols/consul/requests.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import {
  defineScenario,
  ms,
  seconds,
  simulate,
  type Fault,
  type Micros,
  type Operation,
  type TimedFault,
} from '../../../sim/index.ts';

interface Step {
  readonly at: Micros;
  readonly client?: string;
  readonly request: ConsulRequest;
}

interface Exchange {
  readonly response: ConsulResponse;
  readonly took: Micros;
}

const server = consulServer();
/** When the first leader has long been elected. */
const settled = seconds(5);

/** What each step was answered, and how long that took. Clients `c1`, `c2` ask any server, `s1`... only that one. */
function converse(steps: readonly Step[], faults: readonly TimedFault[] = []): readonly Exchange[] {
  const clients = ['c1', 'c2', 's1', 's2', 's3'].map((id) => ({
    id: `client-${id}`,
    protocol: consulHttpClient({ timeout: seconds(60), ...(id.startsWith('s') && { servers: [id] }) }),
    timeout: seconds(60),
  }));
  const node = { node: 'n1', address: '10.0.0.1' };
  const serf = { id: 'serfHealth', name: 'Serf Health Status', status: 'passing', output: '', serviceId: '' } as const;
  const first: Step = {
    at: ms(2_500),
    request: { type: 'catalog-register', registration: { ...node, checks: [serf] } },
  };
  const workload: Operation[] = [first, ...steps].map(({ at, client = 'c1', request }, id) => ({
    id,
    client: `client-${client}`,
    at,
    f: 'http',
    value: request as never,
  }));
  const scenario = defineScenario({
    name: 'conversation',
    story: 'Clients talk to three servers.',
    protocol: 'consul',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: ['s1', 's2', 's3'].map((id) => ({ id, protocol: server })),
      clients,
      network: { latency: 'lan' },
      until: seconds(90),
      tail: 0,
      workload,
      faults,
      roles: { leader: (view) => view.running(server).find(({ state }) => state.raft.role === 'leader')?.id },
      properties: [],
      checks: [],
    }),
  });
  const { history, findings } = simulate(scenario, { seed: 1, debug: true });
  expect(findings).toEqual([]);
  return workload.slice(1).map(({ id }) => {
    const [invoke, ok] = history.filter(({ operation }) => operation === id);
    expect(ok?.type, `${JSON.stringify(workload[id]?.value)} is answered`).toBe('ok');
    return { response: ok?.value as unknown as ConsulResponse, took: (ok?.time ?? 0) - (invoke?.time ?? 0) };
  });
}

const put = (key: string, value: string, more: object = {}): ConsulRequest => ({ type: 'kv-put', key, value, ...more });
const get = (key: string, more: object = {}): ConsulRequest => ({ type: 'kv-get', key, ...more });
const session = (name: string, more: object = {}): ConsulRequest => ({
  type: 'session-create',
  session: { node: 'n1', name, ...more },
});
/** One after the other, a tenth of a second apart. */
const inTurn = (requests: readonly ConsulRequest[], from = settled): Step[] =>
  requests.map((request, place) => ({ at: from + place * ms(100), request }));
const bodies = (exchanges: readonly Exchange[]) => exchanges.map(({ response }) => response.body);

describe('keys', () => {
  test('a written key is read by any server, with its index; a missing one is 404 with an index', () => {
    const [written, found, missing] = converse(inTurn([put('a', '1'), get('a'), get('none')]));
    expect(written?.response).toMatchObject({ status: 200, body: true });
    const body = found?.response.body as readonly { readonly modifyIndex: number }[];
    expect(body[0]).toMatchObject({ key: 'a', value: '1', lockIndex: 0, flags: 0 });
    expect(found?.response.index).toBe(body[0]?.modifyIndex);
    expect(missing?.response).toMatchObject({ status: 404, body: null });
    expect(missing?.response.index).toBeGreaterThan(0);
  });

  test('512 KiB is the greatest value', () => {
    const [at, over] = converse(inTurn([put('a', 'x'.repeat(524_288)), put('a', 'x'.repeat(524_289))]));
    expect(at?.response.status).toBe(200);
    expect(over?.response).toMatchObject({ status: 413 });
    expect(over?.response.body).toContain('Request body(524289 bytes) too large, max size: 524288 bytes.');
  });

  test('a transaction of more than 64 operations is refused, one that fails is 409 and names the operation', () => {
    const many = Array.from({ length: 65 }, (_, place) => ({ verb: 'set', key: `k${place}`, value: '' }) as const);
    const [tooMany, failed, none] = converse(
      inTurn([
        { type: 'transaction', operations: many },
        {
          type: 'transaction',
          operations: [
            { verb: 'set', key: 'k0', value: '1' },
            { verb: 'cas', key: 't1', value: '1', index: 99 },
          ],
        },
        get('k0'),
      ]),
    );
    expect(tooMany?.response).toMatchObject({
      status: 413,
      body: 'Transaction contains too many operations (65 > 64)',
    });
    expect(failed?.response).toMatchObject({
      status: 409,
      body: { errors: [{ opIndex: 1, what: 'failed to set key "t1", index is stale' }] },
    });
    expect(none?.response.status).toBe(404);
  });
});

describe('blocking queries', () => {
  test('return as soon as the key changes, with a greater index', () => {
    const [, blocked] = converse([
      { at: settled, request: put('a', '1') },
      { at: settled + ms(100), client: 'c2', request: get('a', { index: 1_000, wait: seconds(20) }) },
      ...[put('b', '1'), put('a', '2')].map((request, place) => ({ at: settled + ms(300 + 100 * place), request })),
    ]);
    expect(blocked?.took).toBeGreaterThan(seconds(20)); // an index beyond the current one waits out its time
    const [first, second] = converse([
      { at: settled, request: put('a', '1') },
      { at: settled + ms(100), client: 'c2', request: get('a', { index: 8, wait: seconds(20) }) },
    ]);
    expect([first?.response.status, second?.response.status]).toEqual([200, 200]);
  });

  test('on an existing key are not woken by writes of others, on a missing one they are', () => {
    const probe = converse([
      { at: settled, request: put('a', '1') },
      { at: settled + ms(100), request: get('a') },
    ]);
    const index = probe[1]?.response.index ?? 0;
    const steps = (key: string): Step[] => [
      { at: settled, request: put('a', '1') },
      { at: settled + ms(100), client: 'c2', request: get(key, { index, wait: seconds(2) }) },
      { at: settled + ms(400), request: put('unrelated', '1') },
    ];
    const [, existing] = converse(steps('a'));
    expect(existing?.took).toBeGreaterThanOrEqual(seconds(2));
    expect(existing?.took).toBeLessThan(seconds(2) + ms(140)); // a sixteenth more at most
    expect(existing?.response.index).toBe(index);
    const [, missing] = converse(steps('none'));
    expect(missing?.took).toBeLessThan(ms(320));
    expect(missing?.response.status).toBe(404);
    expect(missing?.response.index).toBeGreaterThan(index);
  });
});

describe('three ways to read', () => {
  test('only a stale read is answered by a follower itself, and says when it last heard of the leader', () => {
    const read = (consistency: 'default' | 'consistent' | 'stale'): Exchange[] =>
      ['s1', 's2', 's3'].flatMap((client) => converse([{ at: settled, client, request: get('a', { consistency }) }]));
    for (const consistency of ['default', 'consistent'] as const) {
      for (const { response } of read(consistency))
        expect(response).toMatchObject({ knownLeader: true, lastContact: 0 });
    }
    const contacts = read('stale').map(({ response }) => response.lastContact ?? -1);
    expect(contacts.filter((contact) => contact > 0 && contact <= 110)).toHaveLength(2);
  });

  test('without a quorum consistent reads and writes fail, after 7 s for want of a leader; stale reads go on', () => {
    const alone: Fault[] = ['s2', 's3'].map((node) => ({ type: 'crash', node, for: seconds(80) }) as never);
    const faults = alone.map((fault) => ({ at: seconds(10), fault }));
    const [stale, consistent, write] = converse(
      [
        { at: seconds(20), client: 's1', request: get('a', { consistency: 'stale' }) },
        { at: seconds(21), client: 's1', request: get('a', { consistency: 'consistent' }) },
        { at: seconds(40), client: 's1', request: put('a', '1') },
      ],
      faults,
    );
    expect(stale?.response).toMatchObject({ status: 404, knownLeader: false });
    expect(consistent?.response).toMatchObject({ status: 500, body: 'No cluster leader' });
    expect(write?.took).toBeGreaterThanOrEqual(seconds(7));
    expect(write?.response).toMatchObject({ status: 500, body: 'No cluster leader' });
  });
});

describe('sessions', () => {
  test('a destroyed session frees its lock, and the lock-delay keeps others away', () => {
    const acquire = (name: string): ConsulRequest => put('l', name, { acquire: `$${name}` });
    const [, , held, refused, , ...attempts] = converse([
      ...inTurn([
        session('one', { lockDelay: seconds(2) }),
        session('two'),
        acquire('one'),
        acquire('two'),
        { type: 'session-destroy', session: '$one' },
      ]),
      ...[0, 1, 1.9, 2.1].map((after) => ({ at: settled + ms(450) + seconds(after), request: acquire('two') })),
    ]);
    expect(bodies([held!, refused!])).toEqual([true, false]);
    expect(bodies(attempts)).toEqual([false, false, false, true]);
  });

  test('a session that is not renewed ends after twice its TTL, not before', () => {
    const info = (at: Micros): Step => ({ at, request: { type: 'session-info', session: '$one' } });
    const [, alive, over] = converse([
      { at: settled, request: session('one', { ttl: seconds(10) }) },
      info(settled + seconds(19.5)),
      info(settled + seconds(20.5)),
    ]);
    expect(alive?.response.body).toHaveLength(1);
    expect(over?.response.body).toEqual([]);
  });

  test('renewing gives it its time again; what is not there is 404', () => {
    const renew: ConsulRequest = { type: 'session-renew', session: '$one' };
    const [, renewed, alive, over] = converse([
      { at: settled, request: session('one', { ttl: seconds(10) }) },
      { at: settled + seconds(15), request: renew },
      { at: settled + seconds(30), request: renew },
      { at: settled + seconds(55), request: renew },
    ]);
    expect([renewed?.response.status, alive?.response.status]).toEqual([200, 200]);
    expect(over?.response.status).toBe(404);
  });

  test('a TTL out of range and an unknown session are 500 with their reasons', () => {
    const [short, unknown] = converse(
      inTurn([session('one', { ttl: seconds(5) }), put('l', '', { acquire: 'nobody' })]),
    );
    expect(short?.response).toMatchObject({
      status: 500,
      body: "Invalid Session TTL '5000000000', must be between [10s=24h0m0s]",
    });
    expect(unknown?.response).toMatchObject({ status: 500, body: 'invalid session "nobody"' });
  });
});
