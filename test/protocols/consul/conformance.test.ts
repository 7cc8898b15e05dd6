// Facts seen on a real Consul 1.8.7 of three servers, one test for each under the number that it was noted with, and the
// surprises among them; what came back there is what comes back here. Those on reads are in conformance-reads.test.ts.
import { describe, expect, test } from 'vitest';
import { httpForm } from '../../../protocols/consul/http-form.ts';
import type { ConsulRequest, ConsulResponse } from '../../../protocols/consul/requests.ts';
import type { KvEntry } from '../../../protocols/consul/state/types.ts';
import { ms, seconds } from '../../../sim/index.ts';
import { answers, ask, remove, servers, settled } from './cluster.ts';
import { entryOf, get, inTurn, put, session, valueOf, type Step } from './conversation.ts';

const acquire = (name: string, value = name, more: object = {}): ConsulRequest =>
  put('l', value, { acquire: `$${name}`, ...more });
const release = (name: string): ConsulRequest => put('l', '', { release: `$${name}` });
const entry = (response: ConsulResponse | undefined): KvEntry => entryOf({ response: response! })!;

describe('keys', () => {
  test('C01 PUT is true; the entry has one index, no lock, no flags, its value in base64, and its index as header', () => {
    const [written, found] = answers(put('a', '1'), get('a'));
    expect(written).toEqual({ status: 200, body: true });
    const { modifyIndex } = entry(found);
    const { headers, body } = httpForm(found!);
    expect(JSON.parse(body)).toEqual([
      { LockIndex: 0, Key: 'a', Flags: 0, Value: 'MQ==', CreateIndex: modifyIndex, ModifyIndex: modifyIndex },
    ]);
    expect(headers).toEqual({
      'X-Consul-Index': String(modifyIndex),
      'X-Consul-KnownLeader': 'true',
      'X-Consul-LastContact': '0',
    });
  });

  test('C01 flags are kept with the value', () => {
    const [, found, , changed] = answers(put('a', '1', { flags: 42 }), get('a'), put('a', '1'), get('a'));
    expect([entry(found).flags, entry(changed).flags]).toEqual([42, 0]);
    expect(entry(changed).modifyIndex).toBeGreaterThan(entry(found).modifyIndex);
  });

  test('C02 PUT of the same value moves no index and wakes nobody', () => {
    const [, before, , after] = answers(put('a', '1'), get('a'), put('a', '1'), get('a'));
    expect(after).toEqual(before);
    const [, blocked] = ask([
      { at: settled, ask: 's1', request: put('a', '1') },
      { at: settled + ms(100), ask: 's1', request: get('a', { index: before!.index!, wait: seconds(2) }) },
      { at: settled + ms(500), ask: 's1', request: put('a', '1') },
    ]);
    expect(blocked!.took).toBeGreaterThanOrEqual(seconds(2));
  });

  test('C04 DELETE is true for a missing key as well; GET of it is 404 with an index', () => {
    const [, gone, again, missing] = answers(put('a', '1'), remove('a'), remove('a'), get('a'));
    expect([gone!.body, again!.body]).toEqual([true, true]);
    expect(httpForm(missing!)).toMatchObject({ status: 404, body: '' });
    expect(missing!.index).toBeGreaterThan(0);
  });

  test('C04 the index is 1 where nothing was ever written, as 0 would not block', () => {
    expect(answers(get('none'))[0]).toMatchObject({ status: 404, index: 1 });
  });

  test('C05 a key that was deleted and written again has a new CreateIndex', () => {
    const [, before, , , after] = answers(put('a', '1'), get('a'), remove('a'), put('a', '1'), get('a'));
    expect(entry(after).createIndex).toBeGreaterThan(entry(before).modifyIndex);
    expect(entry(after).createIndex).toBe(entry(after).modifyIndex);
  });

  test('C07 cas succeeds at the current index only, and cas=0 where there is no key', () => {
    const [created, again, found] = answers(put('a', '1', { cas: 0 }), put('a', '2', { cas: 0 }), get('a'));
    expect([created!.body, again!.body, valueOf({ response: found! })]).toEqual([true, false, '1']);
    const index = entry(found).modifyIndex;
    const [, stale, current, changed] = answers(
      put('a', '1', { cas: 0 }),
      put('a', '2', { cas: index - 1 }),
      put('a', '2', { cas: index }),
      get('a'),
    );
    expect([stale!.body, current!.body, valueOf({ response: changed! })]).toEqual([false, true, '2']);
  });

  test('C08 DELETE with cas is false at a stale index, and at 0; true at the current one', () => {
    const [, found, stale, zero] = answers(put('a', '1'), get('a'), remove('a', { cas: 1 }), remove('a', { cas: 0 }));
    expect([stale!.body, zero!.body]).toEqual([false, false]);
    const [, current, gone] = answers(put('a', '1'), remove('a', { cas: entry(found).modifyIndex }), get('a'));
    expect([current!.body, gone!.status]).toEqual([true, 404]);
  });

  test('C26 512 KiB is the greatest value', () => {
    const [at, over] = answers(put('a', 'x'.repeat(524_288)), put('a', 'x'.repeat(524_289)));
    expect(at!.status).toBe(200);
    expect(over!.status).toBe(413);
    expect(over!.body).toContain(
      'Request body(524289 bytes) too large, max size: 524288 bytes. See https://www.consul.io/do',
    );
    expect(answers(put('a', 'ä'.repeat(262_144 + 1)))[0]!.status).toBe(413);
  });

  test('C31 keys are listed one level deep up to a separator', () => {
    const [, , , , level, all] = answers(
      ...['r/a', 'r/big', 'r/l/1', 'r/l/2'].map((key) => put(key, '1')),
      { type: 'kv-keys', prefix: 'r/', separator: '/' },
      { type: 'kv-keys', prefix: 'r/' },
    );
    expect(level!.body).toEqual(['r/a', 'r/big', 'r/l/']);
    expect(all!.body).toHaveLength(4);
  });
});

describe('locks', () => {
  test('C10 the holder acquires again: the value changes, LockIndex does not', () => {
    const [, first, again, found] = answers(session('one'), acquire('one'), acquire('one', 'again'), get('l'));
    expect([first!.body, again!.body]).toEqual([true, true]);
    expect(entry(found)).toMatchObject({ value: 'again', lockIndex: 1 });
  });

  test('C11 C12 a plain PUT to a locked key succeeds, keeps the holder, and resets LockIndex to 0', () => {
    const [opened, , written, found] = answers(session('one'), acquire('one'), put('l', 'intruder'), get('l'));
    expect(written!.body).toBe(true);
    const { ID: holder } = opened!.body as { readonly ID: string };
    expect(entry(found)).toMatchObject({ value: 'intruder', session: holder, lockIndex: 0 });
    expect(httpForm(found!).body).toContain(`"Session":"${holder}"`);
  });

  test('C13 after a clean release another session acquires at once, with the next LockIndex', () => {
    const [, , held, refused, not, gone, free, taken, next] = answers(
      session('one'),
      session('two'),
      acquire('one'),
      acquire('two'),
      release('two'),
      release('one'),
      get('l'),
      acquire('two'),
      get('l'),
    );
    expect([held, refused, not, gone, taken].map((one) => one!.body)).toEqual([true, false, false, true, true]);
    expect(entry(free)).toMatchObject({ session: '', lockIndex: 1 });
    expect(entry(next).lockIndex).toBe(2);
  });

  test('C14 destroying the session of the holder releases the lock, and the lock-delay blocks every acquire', () => {
    const destroyed: Step[] = [
      ...inTurn('s1', settled, [
        session('one', { lockDelay: seconds(2) }),
        session('two'),
        acquire('one'),
        { type: 'session-destroy', session: '$one' },
      ]),
      { at: settled + ms(400), ask: 's1', request: get('l') },
    ];
    const attempts = [0.1, 1, 1.9, 2.1].map((after) => ({
      at: settled + ms(320) + seconds(after),
      ask: 's1',
      as: 'c',
      request: acquire('two'),
    }));
    const exchanges = ask([...destroyed, ...attempts]);
    expect(entryOf(exchanges[4]!)).toMatchObject({ session: '', lockIndex: 1 });
    expect(exchanges.slice(5).map(({ response }) => response.body)).toEqual([false, false, false, true]);
  });

  test.each([
    ['default', undefined, 14.9, 15.1],
    ['of a minute, the longest', seconds(60), 59.9, 60.1],
    ['beyond a minute, which counts as one', seconds(90), 59.9, 60.1],
  ])('C14 a lock-delay %s', (_which, lockDelay, before, after) => {
    const opened = session('one', lockDelay === undefined ? {} : { lockDelay });
    const exchanges = ask(
      [
        ...inTurn('s1', settled, [
          opened,
          session('two'),
          acquire('one'),
          { type: 'session-destroy', session: '$one' },
        ]),
        ...[before, after].map((late) => ({
          at: settled + ms(305) + seconds(late),
          ask: 's1',
          as: 'c',
          request: acquire('two'),
        })),
      ],
      seconds(90),
    );
    expect(exchanges.slice(4).map(({ response }) => response.body)).toEqual([false, true]);
  });

  test('C16 acquire with an unknown session is 500', () => {
    const zero = '00000000-0000-0000-0000-000000000000';
    const [refused] = answers(put('l', '', { acquire: zero }));
    expect(refused).toEqual({ status: 500, body: `invalid session "${zero}"` });
  });

  test('C17 the TTL of a session is between 10 s and a day', () => {
    const [short, least, longest, long] = answers(
      session('one', { ttl: seconds(5) }),
      session('two', { ttl: seconds(10) }),
      session('three', { ttl: seconds(86_400) }),
      session('four', { ttl: seconds(86_401) }),
    );
    expect(short).toEqual({
      status: 500,
      body: "Invalid Session TTL '5000000000', must be between [10s=24h0m0s]",
    });
    expect([least, longest, long].map((one) => one!.status)).toEqual([200, 200, 500]);
  });

  test('a session as the API shows it', () => {
    const [opened, shown] = answers(session('one', { ttl: seconds(10) }), { type: 'session-info', session: '$one' });
    const { ID } = opened!.body as { readonly ID: string };
    expect(JSON.parse(httpForm(shown!).body)).toEqual([
      {
        ID,
        Name: 'one',
        Node: 's1',
        Checks: ['serfHealth'],
        LockDelay: 15_000_000_000,
        Behavior: 'release',
        TTL: '10s',
        CreateIndex: shown!.index,
        ModifyIndex: shown!.index,
      },
    ]);
  });
});

describe('transactions', () => {
  const transact = (operations: readonly object[]): ConsulRequest =>
    ({ type: 'transaction', operations }) as unknown as ConsulRequest;

  test('C28 one that fails is 409, names the operation, and applies nothing', () => {
    const [, failed, other] = answers(
      put('t1', 'old'),
      transact([
        { verb: 'set', key: 't0', value: '1' },
        { verb: 'cas', key: 't1', value: 'new', index: 2 },
      ]),
      get('t0'),
    );
    expect(failed).toMatchObject({
      status: 409,
      body: { errors: [{ opIndex: 1, what: 'failed to set key "t1", index is stale' }] },
    });
    expect(other!.status).toBe(404);
  });

  test('C29 64 operations are the most', () => {
    const many = (count: number): ConsulRequest =>
      transact(Array.from({ length: count }, (_, place) => ({ verb: 'set', key: `k${place}`, value: '' })));
    const [most, over] = answers(many(64), many(65));
    expect(most!.status).toBe(200);
    expect(over).toEqual({ status: 413, body: 'Transaction contains too many operations (65 > 64)' });
    const reads = Array.from({ length: 65 }, () => ({ verb: 'get-tree', key: 'k' }));
    expect(answers(transact(reads))[0]!.status).toBe(413);
  });

  test('the whole of one, values in base64, is at most 512 KiB', () => {
    const of = (bytes: number): ConsulRequest =>
      transact(['a', 'b'].map((key) => ({ verb: 'set', key, value: 'x'.repeat(bytes) })));
    const [fits, over] = answers(of(196_000), of(197_000));
    expect(fits!.status).toBe(200);
    expect(over!.status).toBe(413);
    expect(over!.body).toContain('#txn_max_req_len');
  });

  test('one that only reads is a read: it takes no index, and has its consistency', () => {
    const read = transact([{ verb: 'get', key: 'a' }]);
    const [, before, found, missing, after] = answers(
      put('a', '1'),
      get('a'),
      read,
      transact([{ verb: 'get', key: 'none' }]),
      put('a', '2'),
      get('a'),
    );
    expect(found).toMatchObject({
      status: 200,
      body: { results: [{ key: 'a', value: '1' }] },
      knownLeader: true,
      lastContact: 0,
    });
    expect(missing).toMatchObject({
      status: 409,
      body: { errors: [{ opIndex: 0, what: 'key "none" doesn\'t exist' }] },
    });
    const stale = { ...read, consistency: 'stale' } as ConsulRequest;
    const contacts = ask(servers.map((one) => ({ at: settled, ask: one, request: stale })))
      .map(({ response }) => response.lastContact ?? 0)
      .filter((contact) => contact > 0);
    expect(contacts).toHaveLength(2);
    expect(before!.index).toBeGreaterThan(0);
    expect(after!.body).toBe(true);
  });
});

test('C32 a TTL check is critical until it is passed, passing for its TTL, and then critical again', () => {
  const service = { id: 'web1', service: 'web', tags: [], port: 80 };
  const check = { id: 'alive', name: 'alive', ttl: seconds(2), serviceId: 'web1' };
  const passing: ConsulRequest = { type: 'health-service', service: 'web', passing: true };
  const all: ConsulRequest = { type: 'health-service', service: 'web' };
  const steps: (readonly [at: number, request: ConsulRequest])[] = [
    [0, { type: 'agent-register-service', service, checks: [check] }],
    [0.5, passing],
    [1, { type: 'agent-update-check', id: 'alive', status: 'passing' }],
    [1.5, passing],
    [2.9, passing],
    [3.2, passing],
    [3.3, all],
  ];
  const found = ask(steps.map(([at, request]) => ({ at: settled + seconds(at), ask: 'a1', request })));
  const counts = [1, 3, 4, 5, 6].map((place) => (found[place]!.response.body as readonly unknown[]).length);
  expect(counts).toEqual([0, 1, 1, 0, 1]);
});
