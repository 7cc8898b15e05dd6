// The replicated state of Consul, fact by fact: what each write does to entries, indices, locks and sessions.
import { describe, expect, test } from 'vitest';
import { serviceHealth } from '../../../protocols/consul/state/catalog.ts';
import { consulKvRules, getKey, listKeys, listNames, type KvWrite } from '../../../protocols/consul/state/kv.ts';
import {
  applyConsul,
  type ConsulAnswer,
  type ConsulCommand,
  type ConsulOutcome,
} from '../../../protocols/consul/state/machine.ts';
import { sessionFault } from '../../../protocols/consul/state/sessions.ts';
import type { TransactionOperation } from '../../../protocols/consul/state/transaction.ts';
import { emptyState, type CheckStatus } from '../../../protocols/consul/state/types.ts';
import { seconds } from '../../../sim/index.ts';

/** A state with a healthy node and two sessions on it, and a hand that applies commands at rising indices. */
function datacenter() {
  const state = emptyState();
  let index = 10;
  const run = (command: ConsulCommand): ConsulOutcome => applyConsul(state, command, ++index, consulKvRules);
  const write = (one: KvWrite): ConsulAnswer => run({ type: 'kv', write: one }).answer;
  const set = (key: string, value: string): ConsulAnswer => write({ verb: 'set', key, value });
  const acquire = (key: string, session: string, value = ''): ConsulAnswer =>
    write({ verb: 'lock', key, value, session });
  const transact = (operations: readonly TransactionOperation[]): ConsulAnswer =>
    run({ type: 'transaction', operations }).answer;
  const health = (status: CheckStatus): ConsulOutcome => {
    const check = { id: 'serfHealth', name: 'Serf Health Status', status, output: status, serviceId: '' };
    return run({ type: 'register', registration: { node: 'n1', address: '10.0.0.1', checks: [check] } });
  };
  const open = (id: string, more: object = {}): ConsulAnswer =>
    run({ type: 'session-create', request: { id, node: 'n1', ...more } }).answer;
  health('passing');
  open('s1', { lockDelay: seconds(2) });
  open('s2');
  return { state, run, write, set, acquire, transact, health, open, now: () => index };
}

const lockOf = (state: ReturnType<typeof emptyState>, key: string) => {
  const { found } = getKey(state, key);
  return [found?.session, found?.lockIndex];
};

describe('keys', () => {
  test('a new entry has one index for creation and change, no lock and no flags', () => {
    const { state, set, now } = datacenter();
    set('a', '1');
    const { found, index } = getKey(state, 'a');
    expect(found).toEqual({
      key: 'a',
      value: '1',
      flags: 0,
      lockIndex: 0,
      session: '',
      createIndex: now(),
      modifyIndex: now(),
    });
    expect(index).toBe(now());
  });

  test('writing the same value again moves no index', () => {
    const { state, set } = datacenter();
    set('a', '1');
    const before = getKey(state, 'a').index;
    set('a', '1');
    expect(getKey(state, 'a').index).toBe(before);
    set('a', '2');
    expect(getKey(state, 'a').index).toBeGreaterThan(before);
  });

  test('deleting succeeds for a missing key as well, and a missing key has the index of the table', () => {
    const { state, write, set } = datacenter();
    set('other', '1');
    expect(write({ verb: 'delete', key: 'a' }).type).toBe('done');
    const { found, index } = getKey(state, 'a');
    expect(found).toBeUndefined();
    expect(index).toBe(getKey(state, 'other').index);
    set('another', '1');
    expect(getKey(state, 'a').index).toBeGreaterThan(index); // woken by an unrelated write
  });

  test('a key that was deleted and written again was created anew', () => {
    const { state, write, set, now } = datacenter();
    set('a', '1');
    write({ verb: 'delete', key: 'a' });
    set('a', '1');
    expect(getKey(state, 'a').found?.createIndex).toBe(now());
  });

  test('cas writes at the current index alone; index 0 creates', () => {
    const { state, write } = datacenter();
    const cas = (index: number, value: string) => write({ verb: 'cas', key: 'a', value, index }).type;
    expect(cas(7, 'x')).toBe('not-done');
    expect(cas(0, '1')).toBe('done');
    expect(cas(0, '2')).toBe('not-done');
    expect(cas(getKey(state, 'a').index - 1, '2')).toBe('not-done');
    expect(cas(getKey(state, 'a').index, '2')).toBe('done');
  });

  test('delete with a stale index does nothing; of a missing key it succeeds', () => {
    const { state, write, set } = datacenter();
    set('a', '1');
    expect(write({ verb: 'delete-cas', key: 'a', index: 3 }).type).toBe('not-done');
    expect(write({ verb: 'delete-cas', key: 'a', index: getKey(state, 'a').index }).type).toBe('done');
    expect(write({ verb: 'delete-cas', key: 'a', index: 3 }).type).toBe('done');
  });

  test('the index of a prefix grows when a key below it is deleted', () => {
    const { state, write, set } = datacenter();
    set('p/a', '1');
    set('p/b', '1');
    const before = listKeys(state, 'p/').index;
    write({ verb: 'delete', key: 'p/b' });
    expect(listKeys(state, 'p/').index).toBeGreaterThan(before);
    expect(listKeys(state, 'p/').found.map(({ key }) => key)).toEqual(['p/a']);
  });

  test('forgetting deletions keeps the entries', () => {
    const { state, run, write, set, now } = datacenter();
    set('p/a', '1');
    set('p/b', '1');
    write({ verb: 'delete', key: 'p/b' });
    run({ type: 'reap-tombstones', upTo: now() });
    expect(state.graveyard.size).toBe(0);
    expect(listKeys(state, 'p/').found).toHaveLength(1);
  });

  test('a tree is deleted as a whole, at one index', () => {
    const { state, write, set, now } = datacenter();
    for (const key of ['p/a', 'p/b/c', 'q']) set(key, '1');
    write({ verb: 'delete-tree', key: 'p/' });
    expect(listKeys(state, '').found.map(({ key }) => key)).toEqual(['q']);
    expect(listKeys(state, 'p/').index).toBe(now());
  });

  test('names are listed one level deep', () => {
    const { state, set } = datacenter();
    for (const key of ['r/a', 'r/big', 'r/l/1', 'r/l/2']) set(key, '1');
    expect(listNames(state, 'r/', '/').found).toEqual(['r/a', 'r/big', 'r/l/']);
    expect(listNames(state, 'r/', '').found).toHaveLength(4);
  });
});

describe('locks', () => {
  test('one session holds a key, others are refused', () => {
    const { state, acquire } = datacenter();
    expect(acquire('l', 's1').type).toBe('done');
    expect(acquire('l', 's2').type).toBe('not-done');
    expect(lockOf(state, 'l')).toEqual(['s1', 1]);
  });

  test('the holder may acquire again: the value changes, the count of acquisitions does not', () => {
    const { state, acquire } = datacenter();
    acquire('l', 's1', 'first');
    expect(acquire('l', 's1', 'again').type).toBe('done');
    expect(lockOf(state, 'l')).toEqual(['s1', 1]);
    expect(getKey(state, 'l').found?.value).toBe('again');
  });

  test('a plain write to a locked key succeeds, keeps the holder, and resets the count of acquisitions', () => {
    const { state, acquire, set } = datacenter();
    acquire('l', 's1');
    expect(set('l', 'intruder').type).toBe('done');
    expect(lockOf(state, 'l')).toEqual(['s1', 0]);
  });

  test('only the holder releases, and after that anybody acquires, with the next count', () => {
    const { state, acquire, write } = datacenter();
    acquire('l', 's1');
    expect(write({ verb: 'unlock', key: 'l', value: '', session: 's2' }).type).toBe('not-done');
    expect(write({ verb: 'unlock', key: 'l', value: '', session: 's1' }).type).toBe('done');
    expect(acquire('l', 's2').type).toBe('done');
    expect(lockOf(state, 'l')).toEqual(['s2', 2]);
  });

  test('an unknown session, or none, is an error', () => {
    const { acquire } = datacenter();
    const zero = '00000000-0000-0000-0000-000000000000';
    expect(acquire('l', zero)).toEqual({ type: 'error', error: `invalid session "${zero}"` });
    expect(acquire('l', '')).toEqual({ type: 'error', error: 'missing session' });
  });
});

describe('sessions', () => {
  test('the end of a session frees its keys, keeps their count, and tells of the lock-delay', () => {
    const { state, run, acquire } = datacenter();
    acquire('l', 's1');
    const { invalidated } = run({ type: 'session-destroy', session: 's1' });
    expect(invalidated).toEqual([{ session: 's1', key: 'l', lockDelay: seconds(2) }]);
    expect(lockOf(state, 'l')).toEqual(['', 1]);
  });

  test('with the behaviour delete, the keys go with the session', () => {
    const { state, run, acquire, open } = datacenter();
    open('s3', { behavior: 'delete' });
    acquire('l', 's3');
    run({ type: 'session-destroy', session: 's3' });
    expect(getKey(state, 'l').found).toBeUndefined();
  });

  test('a check of the node that turns critical ends the sessions bound to it', () => {
    const { state, health, acquire } = datacenter();
    acquire('l', 's1');
    expect(health('critical').invalidated).toEqual([{ session: 's1', key: 'l', lockDelay: seconds(2) }]);
    expect(state.sessions.size).toBe(0);
  });

  test('sessions without checks survive a failed node check, and end with the node', () => {
    const { state, run, health, open } = datacenter();
    open('free', { checks: [] });
    health('critical');
    expect([...state.sessions.keys()]).toEqual(['free']);
    run({ type: 'deregister', deregistration: { node: 'n1' } });
    expect(state.sessions.size).toBe(0);
  });

  test('a session needs its node, and its checks registered and not critical', () => {
    const { health, run, open } = datacenter();
    const create = (node: string, checks: readonly string[]) =>
      run({ type: 'session-create', request: { id: 'x', node, checks } }).answer;
    expect(create('n9', [])).toEqual({ type: 'error', error: 'Missing node registration' });
    expect(create('n1', ['no'])).toEqual({ type: 'error', error: "Missing check 'no' registration" });
    health('critical');
    expect(open('y')).toEqual({ type: 'error', error: "Check 'serfHealth' is in critical state" });
  });

  test('what a request must keep to is told before it is proposed', () => {
    const ask = (more: object) => sessionFault({ id: 'x', node: 'n1', ...more });
    expect(ask({})).toBeUndefined();
    expect(ask({ ttl: seconds(10) })).toBeUndefined();
    expect(ask({ ttl: seconds(5) })).toBe("Invalid Session TTL '5000000000', must be between [10s=24h0m0s]");
    expect(ask({ ttl: seconds(86_401) })).toContain('must be between [10s=24h0m0s]');
    expect(ask({ behavior: 'keep' })).toContain('Invalid Behavior');
    expect(ask({ node: '' })).toBe('Must provide Node');
  });
});

describe('transactions', () => {
  test('one index for all, and the results without their values', () => {
    const { state, transact, now } = datacenter();
    const answer = transact([
      { verb: 'set', key: 'a', value: '1' },
      { verb: 'set', key: 'b', value: '2' },
      { verb: 'get', key: 'a' },
    ]);
    expect(answer.type === 'committed' && answer.results.map(({ key, value }) => [key, value])).toEqual([
      ['a', ''],
      ['b', ''],
      ['a', '1'],
    ]);
    expect([getKey(state, 'a').index, getKey(state, 'b').index]).toEqual([now(), now()]);
  });

  test('a failing operation is named, and nothing is applied', () => {
    const { state, transact, set } = datacenter();
    set('t1', 'old');
    const before = structuredClone(state);
    expect(
      transact([
        { verb: 'set', key: 't0', value: '1' },
        { verb: 'cas', key: 't1', value: 'new', index: 2 },
      ]),
    ).toEqual({ type: 'rolled-back', errors: [{ opIndex: 1, what: 'failed to set key "t1", index is stale' }] });
    expect(state).toEqual(before);
  });

  test('checks read what earlier operations of the same transaction wrote', () => {
    const { transact } = datacenter();
    expect(
      transact([
        { verb: 'check-not-exists', key: 'l' },
        { verb: 'lock', key: 'l', value: '', session: 's1' },
        { verb: 'check-session', key: 'l', session: 's1' },
      ]).type,
    ).toBe('committed');
    expect(
      transact([
        { verb: 'check-session', key: 'l', session: 's2' },
        { verb: 'lock', key: 'l', value: '', session: 's2' },
        { verb: 'unlock', key: 'l', value: '', session: 's2' },
        { verb: 'get', key: 'none' },
        { verb: 'check-index', key: 'none', index: 1 },
      ]),
    ).toEqual({
      type: 'rolled-back',
      errors: [
        { opIndex: 0, what: 'failed session check for key "l", current session "s1" != "s2"' },
        { opIndex: 1, what: 'failed to lock key "l", lock is already held' },
        { opIndex: 2, what: 'failed to unlock key "l", lock isn\'t held, or is held by another session' },
        { opIndex: 3, what: 'key "none" doesn\'t exist' },
        { opIndex: 4, what: 'failed to check index, key "none" doesn\'t exist' },
      ],
    });
  });
});

describe('health', () => {
  test('a service is as healthy as the worst check on it and on its node', () => {
    const { state, run, health } = datacenter();
    const register = (status: CheckStatus) =>
      run({
        type: 'register',
        registration: {
          node: 'n1',
          address: '10.0.0.1',
          service: { id: 'web1', service: 'web', tags: [], port: 80 },
          checks: [{ id: 'service:web1', name: 'ttl', status, output: '', serviceId: 'web1' }],
        },
      });
    register('critical');
    expect(serviceHealth(state, 'web', true)).toHaveLength(0);
    expect(serviceHealth(state, 'web', false)[0]?.status).toBe('critical');
    register('warning');
    expect(serviceHealth(state, 'web', true)).toHaveLength(0);
    expect(serviceHealth(state, 'web', false)[0]?.status).toBe('warning');
    register('passing');
    expect(serviceHealth(state, 'web', true)).toHaveLength(1);
    health('critical');
    expect(serviceHealth(state, 'web', true)).toHaveLength(0);
    expect(serviceHealth(state, 'web', false)[0]?.checks).toHaveLength(2);
    health('passing');
    run({ type: 'deregister', deregistration: { node: 'n1', serviceId: 'web1' } });
    expect(serviceHealth(state, 'web', false)).toHaveLength(0);
    expect([...state.checks.keys()]).toEqual(['n1/serfHealth']);
  });

  test('registering what is known already moves no index', () => {
    const { state, health } = datacenter();
    const before = { ...state.tables };
    health('passing');
    expect(state.tables).toEqual(before);
  });
});
