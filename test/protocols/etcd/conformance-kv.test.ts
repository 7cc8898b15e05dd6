// What was seen of etcd 3.4 and 3.5 on real servers, fact by fact: keys, ranges, deletes and transactions. A fact's number
// is that of the list of observations; those without one are from the API's documentation.
import { describe, expect, test } from 'vitest';
import type { Compare } from '../../../protocols/etcd/api.ts';
import { local } from './local.ts';

const all = { key: '\0', rangeEnd: '\0' };

describe('keys and revisions', () => {
  test('E01 a range on a missing key returns no keys and a count of 0', () => {
    expect(local().run({ type: 'range', key: 'a' })).toEqual({
      type: 'range',
      header: { revision: 1 },
      kvs: [],
      more: false,
      count: 0,
    });
  });

  test('E02 E03 a put makes version 1 at its revision; the next raises version and mod revision, not the creation', () => {
    const etcd = local();
    expect(etcd.put('a', '1').header.revision).toBe(2);
    expect(etcd.get('a')).toEqual({ key: 'a', value: '1', createRevision: 2, modRevision: 2, version: 1, lease: 0 });
    expect(etcd.put('a', '2').header.revision).toBe(3);
    expect(etcd.get('a')).toMatchObject({ value: '2', createRevision: 2, modRevision: 3, version: 2 });
  });

  test('E04 E05 deleting takes a revision if there was something to delete, and none if not', () => {
    const etcd = local();
    etcd.put('a');
    expect(etcd.run({ type: 'deleteRange', key: 'a' })).toMatchObject({ deleted: 1, header: { revision: 3 } });
    expect(etcd.run({ type: 'deleteRange', key: 'a' })).toMatchObject({ deleted: 0, header: { revision: 3 } });
  });

  test('E06 a key that is put again after its deletion begins anew', () => {
    const etcd = local();
    etcd.put('a');
    etcd.put('a');
    etcd.run({ type: 'deleteRange', key: 'a' });
    etcd.put('a');
    expect(etcd.get('a')).toMatchObject({ createRevision: 5, modRevision: 5, version: 1 });
  });

  test('E07 E08 an old revision shows what was there then, under the header of now; nothing at the deletion', () => {
    const etcd = local();
    etcd.put('a', '1');
    etcd.run({ type: 'deleteRange', key: 'a' });
    etcd.put('a', '2');
    const old = etcd.run({ type: 'range', key: 'a', revision: 2 });
    expect([old.kvs[0]?.value, old.header.revision]).toEqual(['1', 4]);
    expect(etcd.get('a', { revision: 3 })).toBeUndefined();
  });

  test('E09 a range at a revision to come is refused', () => {
    expect(local().refused({ type: 'range', key: 'a', revision: 2 })).toEqual({
      error: 'etcdserver: mvcc: required revision is a future revision',
      code: 11,
    });
  });

  test('E10 a put returns the previous key on request, and nothing where there was none', () => {
    const etcd = local();
    expect(etcd.put('a', '1', { prevKv: true }).prevKv).toBeUndefined();
    expect(etcd.put('a', '2', { prevKv: true }).prevKv).toMatchObject({ value: '1', modRevision: 2 });
  });

  test('an unchanged value takes a revision all the same', () => {
    const etcd = local();
    expect([etcd.put('a', 'x').header.revision, etcd.put('a', 'x').header.revision]).toEqual([2, 3]);
  });

  test('a put may keep the value, or the lease, of a key that exists', () => {
    const etcd = local();
    etcd.run({ type: 'leaseGrant', id: 7, ttl: 60 });
    etcd.put('a', '1', { lease: 7 });
    etcd.run({ type: 'put', key: 'a', value: '2', ignoreLease: true });
    expect(etcd.get('a')).toMatchObject({ value: '2', lease: 7 });
    etcd.run({ type: 'put', key: 'a', ignoreValue: true });
    expect(etcd.get('a')).toMatchObject({ value: '2', lease: 0, version: 3 });
    const notFound = { error: 'etcdserver: key not found', code: 3 };
    expect(etcd.refused({ type: 'put', key: 'b', ignoreValue: true })).toEqual(notFound);
    expect(etcd.refused({ type: 'put', key: 'b', value: '1', ignoreLease: true })).toEqual(notFound);
    expect(etcd.refused({ type: 'put', key: 'a', value: '1', ignoreValue: true }).error).toBe(
      'etcdserver: value is provided',
    );
    expect(etcd.refused({ type: 'put', key: 'a', lease: 7, ignoreLease: true }).error).toBe(
      'etcdserver: lease is provided',
    );
  });
});

describe('limits', () => {
  test('E22 a request of more than 1.5 MiB is refused', () => {
    const etcd = local();
    etcd.put('a', 'x'.repeat(1_500_000));
    expect(etcd.refused({ type: 'put', key: 'a', value: 'x'.repeat(1_572_865) })).toEqual({
      error: 'etcdserver: request is too large',
      code: 3,
    });
    expect(etcd.refused({ type: 'put', key: 'a', value: '€'.repeat(600_000) }).error).toMatch('too large');
  });

  test('E23 an empty key is refused wherever it stands', () => {
    const etcd = local();
    const empty = { error: 'etcdserver: key is not provided', code: 3 };
    expect(etcd.refused({ type: 'put', key: '' })).toEqual(empty);
    expect(etcd.refused({ type: 'range', key: '' })).toEqual(empty);
    expect(etcd.refused({ type: 'deleteRange', key: '', rangeEnd: '\0' })).toEqual(empty);
    expect(etcd.refused({ type: 'txn', failure: [{ type: 'put', key: '' }] })).toEqual(empty);
    const compare: Compare = { key: '', target: 'version', result: 'equal', than: 0 };
    expect(etcd.refused({ type: 'txn', compare: [compare] })).toEqual(empty);
  });

  test('a transaction has at most 128 operations, and those nested in it what is left', () => {
    const etcd = local();
    const puts = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, index) => ({ type: 'put' as const, key: `${prefix}${index}` }));
    const tooMany = { error: 'etcdserver: too many operations in txn request', code: 3 };
    expect(etcd.run({ type: 'txn', success: puts(128, 'a') }).header.revision).toBe(2);
    expect(etcd.refused({ type: 'txn', success: puts(129, 'a') })).toEqual(tooMany);
    expect(etcd.refused({ type: 'txn', failure: puts(129, 'a') })).toEqual(tooMany);
    const nested = { type: 'txn' as const, success: puts(28, 'b') };
    expect(etcd.run({ type: 'txn', success: [...puts(99, 'a'), nested] }).succeeded).toBe(true);
    expect(etcd.refused({ type: 'txn', success: [...puts(100, 'a'), nested] })).toEqual(tooMany);
  });
});

describe('ranges', () => {
  const four = () => {
    const etcd = local();
    for (const [key, value] of [
      ['r/1', 'd'],
      ['r/2', 'c'],
      ['r/3', 'b'],
      ['s', 'a'],
    ] as const)
      etcd.put(key, value);
    return etcd;
  };
  const keysOf = (etcd: ReturnType<typeof local>, options: object) =>
    etcd.run({ type: 'range', ...all, ...options }).kvs.map(({ key }) => key);

  test('E24 a limit cuts off, says that there is more, and counts them all', () => {
    const { kvs, more, count } = four().run({ type: 'range', ...all, limit: 2 });
    expect([kvs.map(({ key }) => key), more, count]).toEqual([['r/1', 'r/2'], true, 4]);
    expect(four().run({ type: 'range', ...all, limit: 4 })).toMatchObject({ more: false, count: 4 });
  });

  test('E25 counting returns the count and no keys', () => {
    expect(four().run({ type: 'range', ...all, countOnly: true })).toMatchObject({ count: 4, kvs: [], more: false });
  });

  test('E26 E27 the end is not included; the end of a prefix is the next one', () => {
    expect(keysOf(four(), { key: 'r/1', rangeEnd: 'r/3' })).toEqual(['r/1', 'r/2']);
    expect(keysOf(four(), { key: 'r/', rangeEnd: 'r0' })).toEqual(['r/1', 'r/2', 'r/3']);
    expect(keysOf(four(), { key: 'r/3', rangeEnd: 'r/1' })).toEqual([]);
  });

  test('E28 key and end of \\0 cover everything; an end of \\0 everything from the key on', () => {
    expect(keysOf(four(), {})).toHaveLength(4);
    expect(keysOf(four(), { key: 'r/2' })).toEqual(['r/2', 'r/3', 's']);
  });

  test('keys come in the order of their bytes', () => {
    const etcd = local();
    for (const key of ['\u{1f600}', '\uffee', 'é', 'z', 'a', 'aa', 'Z']) etcd.put(key);
    expect(keysOf(etcd, {})).toEqual(['Z', 'a', 'aa', 'z', 'é', '\uffee', '\u{1f600}']);
  });

  test('they are sorted by any field, either way', () => {
    const etcd = four();
    etcd.put('r/2', 'c');
    expect(keysOf(etcd, { sortOrder: 'descend' })).toEqual(['s', 'r/3', 'r/2', 'r/1']);
    expect(keysOf(etcd, { sortTarget: 'value' })).toEqual(['s', 'r/3', 'r/2', 'r/1']);
    expect(keysOf(etcd, { sortTarget: 'mod', sortOrder: 'descend' })).toEqual(['r/2', 's', 'r/3', 'r/1']);
    expect(keysOf(etcd, { sortTarget: 'create', sortOrder: 'descend', limit: 1 })).toEqual(['s']);
    expect(keysOf(etcd, { sortTarget: 'version', sortOrder: 'descend', limit: 1 })).toEqual(['r/2']);
  });

  test('bounds of revisions leave keys out and the count alone', () => {
    const etcd = four();
    etcd.put('r/1', 'e');
    expect(keysOf(etcd, { minModRevision: 5 })).toEqual(['r/1', 's']);
    expect(keysOf(etcd, { maxModRevision: 4 })).toEqual(['r/2', 'r/3']);
    expect(keysOf(etcd, { minCreateRevision: 3, maxCreateRevision: 4 })).toEqual(['r/2', 'r/3']);
    expect(etcd.run({ type: 'range', ...all, minModRevision: 5, limit: 1 })).toMatchObject({ count: 4, more: true });
  });

  test('keys only come without values', () => {
    expect(four().get('r/1', { keysOnly: true })).toMatchObject({ key: 'r/1', value: '', version: 1 });
  });

  test('E29 deleting a range takes one revision and returns what was there', () => {
    const deleted = four().run({ type: 'deleteRange', ...all, prevKv: true });
    expect([deleted.deleted, deleted.header.revision]).toEqual([4, 6]);
    expect(deleted.prevKvs.map(({ value }) => value)).toEqual(['d', 'c', 'b', 'a']);
  });
});

describe('transactions', () => {
  test('E11 a missing key has version, creation, modification and lease 0', () => {
    const compare = (['version', 'create', 'mod', 'lease'] as const).map((target): Compare => ({
      key: 'none',
      target,
      result: 'equal',
      than: 0,
    }));
    expect(local().run({ type: 'txn', compare })).toMatchObject({ succeeded: true, responses: [] });
  });

  test('E12 a value compared on a missing key is neither equal nor unequal', () => {
    for (const result of ['equal', 'not-equal', 'less', 'greater'] as const) {
      const compare: Compare[] = [{ key: 'none', target: 'value', result, than: '' }];
      expect(local().run({ type: 'txn', compare }).succeeded).toBe(false);
    }
  });

  test('E13 without compares it succeeds; one that only reads takes no revision', () => {
    const etcd = local();
    etcd.put('a');
    const { succeeded, header } = etcd.run({ type: 'txn', success: [{ type: 'range', key: 'a' }] });
    expect([succeeded, header.revision]).toEqual([true, 2]);
  });

  test('E14 two puts take one revision, and a range behind them sees them', () => {
    const etcd = local();
    const { header, responses } = etcd.run({
      type: 'txn',
      success: [
        { type: 'put', key: 'a' },
        { type: 'put', key: 'b', value: '2' },
        { type: 'range', key: 'b' },
      ],
    });
    expect(header.revision).toBe(2);
    expect(responses[2]).toMatchObject({ kvs: [{ value: '2', modRevision: 2 }], header: { revision: 2 } });
    expect(etcd.get('a')?.modRevision).toBe(2);
  });

  test('E15 E16 E17 E18 putting a key twice, or putting and deleting it, is refused; deleting it twice is not', () => {
    const etcd = local();
    etcd.put('a');
    const duplicate = { error: 'etcdserver: duplicate key given in txn request', code: 3 };
    const put = { type: 'put', key: 'a' } as const;
    const remove = { type: 'deleteRange', key: 'a' } as const;
    const inRange = { type: 'deleteRange', ...all } as const;
    for (const success of [
      [put, put],
      [put, remove],
      [remove, put],
      [inRange, put],
    ]) {
      expect(etcd.refused({ type: 'txn', success })).toEqual(duplicate);
      expect(etcd.refused({ type: 'txn', failure: success })).toEqual(duplicate);
      expect(etcd.refused({ type: 'txn', success: [{ type: 'txn', failure: success }] })).toEqual(duplicate);
    }
    const { responses, header } = etcd.run({ type: 'txn', success: [remove, remove] });
    expect([header.revision, responses.map((response) => 'deleted' in response && response.deleted)]).toEqual([
      3,
      [1, 0],
    ]);
  });

  test('a key put by a nested transaction is put by the one around it too; its branches exclude each other', () => {
    const etcd = local();
    const put = { type: 'put', key: 'a' } as const;
    const nested = { type: 'txn', success: [put] } as const;
    const either = { type: 'txn', success: [put], failure: [put] } as const;
    expect(etcd.refused({ type: 'txn', success: [put, nested] }).error).toMatch('duplicate key');
    expect(etcd.refused({ type: 'txn', success: [nested, nested] }).error).toMatch('duplicate key');
    expect(etcd.run({ type: 'txn', success: [either] }).header.revision).toBe(2);
  });

  test('E19 a compare over a range must hold for all its keys', () => {
    const etcd = local();
    etcd.put('p/1', 'x');
    etcd.put('p/2', 'x');
    const compare: Compare = { key: 'p/', rangeEnd: 'p0', target: 'value', result: 'equal', than: 'x' };
    expect(etcd.run({ type: 'txn', compare: [compare] }).succeeded).toBe(true);
    etcd.put('p/2', 'y');
    expect(etcd.run({ type: 'txn', compare: [compare] }).succeeded).toBe(false);
  });

  test('E20 a nested transaction shares the one revision', () => {
    const etcd = local();
    etcd.run({
      type: 'txn',
      success: [
        { type: 'put', key: 'a' },
        { type: 'txn', success: [{ type: 'put', key: 'b' }] },
      ],
    });
    expect([etcd.get('a')?.modRevision, etcd.get('b')?.modRevision, etcd.revision()]).toEqual([2, 2, 2]);
  });

  test('E21 compares of a nested transaction see the store before the one around it wrote', () => {
    const etcd = local();
    const exists: Compare = { key: 'a', target: 'version', result: 'greater', than: 0 };
    const { responses } = etcd.run({
      type: 'txn',
      success: [
        { type: 'put', key: 'a' },
        { type: 'txn', compare: [exists], failure: [{ type: 'put', key: 'b' }] },
      ],
    });
    expect(responses[1]).toMatchObject({ succeeded: false });
    expect(etcd.get('b')?.modRevision).toBe(2);
  });

  test.each([
    ['equal', '2', true],
    ['not-equal', '2', false],
    ['greater', '1', true],
    ['less', '2', false],
  ] as const)('a value is compared: %s to %s is %s', (result, than, succeeded) => {
    const etcd = local();
    etcd.put('a', '2');
    expect(etcd.run({ type: 'txn', compare: [{ key: 'a', target: 'value', result, than }] }).succeeded).toBe(succeeded);
  });

  test('one operation that cannot be done refuses the whole transaction', () => {
    const etcd = local();
    const put = { type: 'put', key: 'a' } as const;
    expect(etcd.refused({ type: 'txn', success: [put, { type: 'put', key: 'b', lease: 9 }] })).toEqual({
      error: 'etcdserver: requested lease not found',
      code: 5,
    });
    expect(etcd.refused({ type: 'txn', success: [put, { type: 'range', key: 'b', revision: 9 }] }).code).toBe(11);
    expect(etcd.revision()).toBe(1);
  });
});
