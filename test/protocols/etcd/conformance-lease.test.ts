// What was seen of etcd 3.4 and 3.5 on real servers, fact by fact: compaction, and leases as far as they are replicated.
import { describe, expect, test } from 'vitest';
import { hashFurther, hashKv, nothingHashed } from '../../../protocols/etcd/hash.ts';
import { eventsFrom } from '../../../protocols/etcd/events.ts';
import { local } from './local.ts';

const all = { key: '\0', rangeEnd: '\0' };

describe('compaction', () => {
  const compacted = () => {
    const etcd = local();
    etcd.put('a', '1'); // 2
    etcd.put('a', '2'); // 3
    etcd.put('b', '3'); // 4
    etcd.run({ type: 'deleteRange', key: 'b' }); // 5
    etcd.put('a', '4'); // 6
    return etcd;
  };

  test('E37 E38 below the compacted revision nothing is readable, at it everything', () => {
    const etcd = compacted();
    etcd.run({ type: 'compact', revision: 4, physical: true });
    expect(etcd.refused({ type: 'range', key: 'a', revision: 3 })).toEqual({
      error: 'etcdserver: mvcc: required revision has been compacted',
      code: 11,
    });
    expect(etcd.get('a', { revision: 4 })?.value).toBe('2');
    expect(etcd.get('b', { revision: 4 })?.value).toBe('3');
    expect(etcd.get('b')).toBeUndefined();
    expect(etcd.get('a')).toMatchObject({ value: '4', createRevision: 2, version: 3 });
  });

  test('E39 E40 what is compacted cannot be compacted again, nor what is to come', () => {
    const etcd = compacted();
    expect(etcd.run({ type: 'compact', revision: 4 }).header.revision).toBe(6);
    expect(etcd.refused({ type: 'compact', revision: 4 }).error).toMatch('has been compacted');
    expect(etcd.refused({ type: 'compact', revision: 7 })).toEqual({
      error: 'etcdserver: mvcc: required revision is a future revision',
      code: 11,
    });
    etcd.run({ type: 'compact', revision: 6 });
    expect(etcd.get('a')?.value).toBe('4');
  });

  test('E42 whoever watches from the compacted revision itself is told what happened at it, deletions too', () => {
    const etcd = compacted();
    etcd.run({ type: 'compact', revision: 5 });
    const { events } = eventsFrom(etcd.store, all, 5);
    expect(events.map(({ type, kv }) => [type, kv.key, kv.modRevision])).toEqual([
      ['delete', 'b', 5],
      ['put', 'a', 6],
    ]);
    etcd.run({ type: 'compact', revision: 6 });
    expect(etcd.store.index.map(({ key }) => key)).toEqual(['a']);
  });

  test('the hash tells stores of different contents apart, and is the same for the same', () => {
    const [one, other] = [compacted(), compacted()];
    expect(hashKv(one.store)).toBe(hashKv(other.store));
    one.put('c');
    expect(hashKv(one.store)).not.toBe(hashKv(other.store));
    expect(hashKv(one.store, 6)).toBe(hashKv(other.store));
  });

  test('a hash that goes on where it stopped says what a hash from the beginning says, whatever is compacted', () => {
    const etcd = local();
    let hashed = nothingHashed;
    for (let step = 1; step <= 200; step++) {
      etcd.put(`k${step % 7}`, `v${step}`);
      if (step % 60 === 0) etcd.run({ type: 'compact', revision: step - 20 });
      if (step % 3 === 0) hashed = hashFurther(etcd.store, hashed);
      if (step % 3 === 0) expect(hashed.hash).toBe(hashKv(etcd.store));
    }
  });

  test('what befell a change that was hashed already shows when there are twice as many', () => {
    const etcd = local();
    const put = (times: number): void => Array.from({ length: times }).forEach(() => etcd.put('a'));
    put(10);
    const hashed = hashFurther(etcd.store, nothingHashed);
    etcd.store.changes[3] = { ...etcd.store.changes[3]!, value: 'rotten' };
    put(5);
    expect(hashFurther(etcd.store, hashed).hash).not.toBe(hashKv(etcd.store));
    put(6);
    expect(hashFurther(etcd.store, hashed).hash).toBe(hashKv(etcd.store));
  });
});

describe('leases', () => {
  test('E43 E44 a time to live below the minimum is raised to 2 s; granting takes no revision', () => {
    const etcd = local();
    etcd.put('a');
    expect(etcd.run({ type: 'leaseGrant', id: 7, ttl: 1 })).toEqual({
      type: 'leaseGrant',
      header: { revision: 2 },
      id: 7,
      ttl: 2,
    });
    expect(etcd.run({ type: 'leaseGrant', id: 8, ttl: 60 }).ttl).toBe(60);
  });

  test('E45 a put without a lease detaches the key; a put with another moves it', () => {
    const etcd = local();
    etcd.run({ type: 'leaseGrant', id: 7, ttl: 60 });
    etcd.run({ type: 'leaseGrant', id: 8, ttl: 60 });
    for (const key of ['l2', 'l1', 'l3', 'l4']) etcd.put(key, '', { lease: 7 });
    etcd.put('l3');
    etcd.put('l4', '', { lease: 8 });
    expect(etcd.store.leases).toEqual([
      { id: 7, ttl: 60, keys: ['l1', 'l2'] },
      { id: 8, ttl: 60, keys: ['l4'] },
    ]);
  });

  test('E47 revoking deletes all keys of a lease at one revision, and no others', () => {
    const etcd = local();
    etcd.run({ type: 'leaseGrant', id: 7, ttl: 60 });
    for (const key of ['l2', 'l1', 'l3']) etcd.put(key, '', { lease: 7 }); // 2 to 4
    etcd.put('l3'); // 5
    expect(etcd.run({ type: 'leaseRevoke', id: 7 }).header.revision).toBe(6);
    const { events } = eventsFrom(etcd.store, all, 6);
    expect(events.map(({ type, kv }) => [type, kv.key, kv.modRevision])).toEqual([
      ['delete', 'l1', 6],
      ['delete', 'l2', 6],
    ]);
    expect(etcd.run({ type: 'range', ...all }).kvs.map(({ key }) => key)).toEqual(['l3']);
  });

  test('E48 E49 a lease that is unknown can neither be revoked nor attached to', () => {
    const notFound = { error: 'etcdserver: requested lease not found', code: 5 };
    expect(local().refused({ type: 'leaseRevoke', id: 9 })).toEqual(notFound);
    expect(local().refused({ type: 'put', key: 'a', lease: 9 })).toEqual(notFound);
  });

  test('a lease without keys is revoked without a revision', () => {
    const etcd = local();
    etcd.run({ type: 'leaseGrant', id: 7, ttl: 60 });
    expect(etcd.run({ type: 'leaseRevoke', id: 7 }).header.revision).toBe(1);
  });

  test('E52 a lease is granted once; one that lives too long never', () => {
    const etcd = local();
    etcd.run({ type: 'leaseGrant', id: 7, ttl: 60 });
    expect(etcd.refused({ type: 'leaseGrant', id: 7, ttl: 60 })).toEqual({
      error: 'etcdserver: lease already exists',
      code: 9,
    });
    expect(etcd.refused({ type: 'leaseGrant', id: 8, ttl: 9_000_000_001 })).toEqual({
      error: 'etcdserver: too large lease TTL',
      code: 11,
    });
  });

  test('a key whose lease was compared says which it is', () => {
    const etcd = local();
    etcd.run({ type: 'leaseGrant', id: 7, ttl: 60 });
    etcd.put('a', '', { lease: 7 });
    const compare = [{ key: 'a', target: 'lease', result: 'equal', than: 7 }] as const;
    expect(etcd.run({ type: 'txn', compare }).succeeded).toBe(true);
  });
});
