// The space quota and its alarm, as etcd's documentation on maintenance describes them.
import { describe, expect, test } from 'vitest';
import type { EtcdRequest } from '../../../protocols/etcd/api.ts';
import { bytesOf } from '../../../protocols/etcd/quota.ts';
import { play, type Result } from './cluster.ts';
import { local } from './local.ts';

const noSpace = { error: 'etcdserver: mvcc: database space exceeded', code: 8 };
const raised = [{ member: 'n1', alarm: 'NOSPACE' }];

describe('while an alarm is raised', () => {
  function alarmed() {
    const etcd = local();
    etcd.put('a', '1');
    expect(etcd.run({ type: 'alarm', action: 'activate', member: 'n1' }).alarms).toEqual(raised);
    return etcd;
  }

  test('whatever may put a key or grant a lease is refused, wherever in a transaction it is', () => {
    const etcd = alarmed();
    expect(etcd.refused({ type: 'put', key: 'a', value: '2' })).toEqual(noSpace);
    expect(etcd.refused({ type: 'leaseGrant', id: 7, ttl: 10 })).toEqual(noSpace);
    const put = { type: 'put', key: 'a', value: '2' } as const;
    expect(etcd.refused({ type: 'txn', failure: [put] })).toEqual(noSpace);
    expect(etcd.refused({ type: 'txn', success: [{ type: 'txn', success: [put] }] })).toEqual(noSpace);
    expect(etcd.get('a')).toMatchObject({ value: '1', modRevision: 2 });
  });

  test('reading, deleting and compacting go on, and so do transactions that put nothing', () => {
    const etcd = alarmed();
    expect(etcd.run({ type: 'txn', success: [{ type: 'range', key: 'a' }] }).succeeded).toBe(true);
    expect(etcd.run({ type: 'deleteRange', key: 'a' })).toMatchObject({ deleted: 1, header: { revision: 3 } });
    expect(etcd.run({ type: 'compact', revision: 3 }).header.revision).toBe(3);
  });

  test('it is raised once, one for each member, and takes no revision; the last one that is ended lets puts through', () => {
    const etcd = alarmed();
    const both = [...raised, { member: 'n2', alarm: 'NOSPACE' }];
    etcd.run({ type: 'alarm', action: 'activate', member: 'n1' });
    expect(etcd.run({ type: 'alarm', action: 'activate', member: 'n2' }).alarms).toEqual(both);
    expect(etcd.run({ type: 'alarm', action: 'deactivate', member: 'n2' }).alarms).toEqual(raised);
    expect(etcd.refused({ type: 'put', key: 'b' })).toEqual(noSpace);
    expect(etcd.run({ type: 'alarm', action: 'deactivate' })).toMatchObject({ alarms: [], header: { revision: 2 } });
    expect(etcd.put('b').header.revision).toBe(3);
  });
});

test('Every change that is kept takes space, a deletion too; compaction gives it back', () => {
  const etcd = local();
  etcd.put('a', 'x'.repeat(100));
  const one = bytesOf(etcd.store);
  expect(one).toBe(357);
  etcd.put('a', 'x'.repeat(100));
  etcd.run({ type: 'deleteRange', key: 'a' });
  expect(bytesOf(etcd.store)).toBe(2 * one + 257);
  etcd.put('b', 'y');
  etcd.run({ type: 'compact', revision: etcd.revision() });
  expect(bytesOf(etcd.store)).toBe(258);
});

describe('a cluster with a quota', () => {
  const value = 'x'.repeat(300);
  const put = (key: string): EtcdRequest => ({ type: 'put', key, value });
  const doings = [
    { at: 3, member: 'n1', request: put('a') },
    { at: 4, member: 'n1', request: put('b') },
    { at: 5, member: 'n2', request: { type: 'put', key: 'c' } },
    { at: 6, member: 'n3', request: { type: 'alarm', action: 'get' } },
    { at: 7, member: 'n2', request: { type: 'deleteRange', key: 'a' } },
    { at: 8, member: 'n2', request: { type: 'compact', revision: 3 } },
    { at: 9, member: 'n2', request: put('d') },
    { at: 10, member: 'n2', request: { type: 'alarm', action: 'deactivate' } },
    { at: 11, member: 'n3', request: put('d') },
  ] as const;
  const told = ({ type, value: answered, error }: Result): unknown =>
    type === 'ok' ? (answered as { type: string }).type : error;

  test('refuses the put that is too much, and then on all members what takes space, until the alarm is ended', () => {
    const { results } = play({ doings, config: { quotaBytes: 1_000 }, seconds: 15 });
    const { error } = noSpace;
    expect(results.map(told)).toEqual([
      ...['put', error, error, 'alarm', 'deleteRange', 'compact', error, 'alarm', 'put'],
    ]);
    expect(results[3]?.value).toMatchObject({ alarms: raised });
  });

  test('that is large enough refuses nothing', () => {
    const { results } = play({ doings, config: { quotaBytes: 10_000 }, seconds: 15 });
    expect(results.map(told)).toEqual(doings.map(({ request }) => request.type));
    expect(results[3]?.value).toMatchObject({ alarms: [] });
  });
});
