// What was seen of etcd 3.4 and 3.5 on real servers, fact by fact: what needs members and time, which are watches, the lives
// of leases, locks, and the header. Each story is played on a simulated cluster of three.
import { describe, expect, test } from 'vitest';
import type { EtcdRequest } from '../../../protocols/etcd/api.ts';
import {
  enter,
  leaderOf,
  leave,
  placeOf,
  predecessor,
  proclaim,
  queueKey,
  resign,
} from '../../../protocols/etcd/recipes.ts';
import { ms, seconds, type TimedFault } from '../../../sim/index.ts';
import { play, type Doing, type Result } from './cluster.ts';
import { local } from './local.ts';

const put = (key: string, value = 'v', lease = 0): EtcdRequest => ({ type: 'put', key, value, lease });
const get = (key: string): EtcdRequest => ({ type: 'range', key });

interface Events {
  readonly type: string;
  readonly events?: readonly {
    type: string;
    kv: { key: string; value: string; modRevision: number };
    prevKv?: { value: string };
  }[];
}

const valueOf = <T>(result: Result | undefined): T => (result as Result).value as unknown as T;

/** What a watch was told, response by response: [type, key, revision]. */
const toldBy = (result: Result | undefined) =>
  valueOf<Events[]>(result).map((response) =>
    response.type === 'events' ? response.events?.map(({ type, kv }) => [type, kv.key, kv.modRevision]) : response,
  );

/** Requests from 4 s on, when there is a leader, one every 50 ms. */
const inOrder = (requests: readonly EtcdRequest[], from = 4): Doing[] =>
  requests.map((request, place) => ({ at: from + place * 0.05, request }));

const watching = (filter: object, at: number): Doing => ({ at, watch: { ...filter } });
const all = { key: '', rangeEnd: '\0' };

/** Plays the requests with a watch that begins before them; all that it was told by the end. */
function watched(filter: object, requests: readonly EtcdRequest[]): ReturnType<typeof toldBy> {
  const doings = [
    ...inOrder(requests),
    ...Array.from({ length: 12 }, (_, turn) => watching(turn === 0 ? filter : {}, 3.5 + turn * 0.05)),
  ];
  const { results } = play({ doings, seconds: 6 });
  return results.slice(requests.length).flatMap((result) => (result.type === 'ok' ? toldBy(result) : []));
}

describe('watches', () => {
  test('E30 a watch from an old revision is told all that happened since, in order', () => {
    const { results } = play({
      doings: [...inOrder([put('a'), put('b'), put('a')]), watching({ ...all, from: 2 }, 5)],
      seconds: 6,
    });
    expect(toldBy(results[3]).flat()).toEqual([
      ['put', 'a', 2],
      ['put', 'b', 3],
      ['put', 'a', 4],
    ]);
  });

  test('E31 the events of one transaction have one revision and come in one response', () => {
    const txn: EtcdRequest = {
      type: 'txn',
      success: [
        { type: 'put', key: 'w' },
        { type: 'put', key: 'w2' },
      ],
    };
    expect(watched({ ...all, from: 1 }, [put('a'), txn])).toEqual([
      [['put', 'a', 2]],
      [
        ['put', 'w', 3],
        ['put', 'w2', 3],
      ],
    ]);
  });

  test('E32 a deletion is told with key and revision only, and with what was there on request', () => {
    const requests: EtcdRequest[] = [put('w', 'last'), { type: 'deleteRange', key: 'w' }];
    const { results } = play({
      doings: [...inOrder(requests), watching({ ...all, prevKv: true, from: 3 }, 5)],
      seconds: 6,
    });
    expect(valueOf<Events[]>(results[2])[0]?.events).toEqual([
      {
        type: 'delete',
        kv: { key: 'w', modRevision: 3, createRevision: 0, version: 0, value: '', lease: 0 },
        prevKv: { key: 'w', modRevision: 2, createRevision: 2, version: 1, value: 'last', lease: 0 },
      },
    ]);
  });

  test('E33 filters leave puts or deletions out', () => {
    const requests: EtcdRequest[] = [put('a'), { type: 'deleteRange', key: 'a' }, put('b')];
    expect(watched({ ...all, from: 1, noPut: true }, requests)).toEqual([[['delete', 'a', 3]]]);
    expect(watched({ ...all, from: 1, noDelete: true }, requests)).toEqual([[['put', 'a', 2]], [['put', 'b', 4]]]);
    expect(watched({ key: 'b', from: 1 }, requests)).toEqual([[['put', 'b', 4]]]);
  });

  test('E34 a watch from a revision to come is told nothing before it', () => {
    expect(watched({ ...all, from: 4 }, [put('a', '0'), put('a', '1'), put('a', '2'), put('a', '3')]).flat()).toEqual([
      ['put', 'a', 4],
      ['put', 'a', 5],
    ]);
  });

  test('E35 a put of the same value is told', () => {
    expect(watched({ ...all, from: 1 }, [put('a', 'same'), put('a', 'same')]).flat()).toHaveLength(2);
  });

  test('a watch from no revision is told all that happens from then on, and nothing that was before', () => {
    const [before, after] = [inOrder([put('a'), put('b')]), inOrder([put('a'), put('c')], 5)];
    const turns = Array.from({ length: 8 }, (_, turn) => watching(turn === 0 ? all : {}, 4.5 + turn * 0.05));
    const { results } = play({ doings: [...before, ...after, ...turns], seconds: 7 });
    const told = results.slice(4).flatMap((result) => (result.type === 'ok' ? toldBy(result) : []));
    expect(told.flat()).toEqual([
      ['put', 'a', 4],
      ['put', 'c', 5],
    ]);
  });

  test('E36 a watch that has nothing to tell says on request how far it is', () => {
    const watch = { ...watching({ key: 'none', from: 1 }, 5), client: 'w2' };
    const { results } = play({ doings: [...inOrder([put('a'), put('b')]), watch], seconds: 8 });
    expect(toldBy(results[2])).toEqual([{ type: 'bookmark', revision: 3 }]);
  });

  test('E41 E42 a watch from before what is compacted is ended with the compacted revision; from there on it is not', () => {
    const requests: EtcdRequest[] = [put('a'), put('a'), put('a'), { type: 'compact', revision: 3 }];
    const { results } = play({
      doings: [
        ...inOrder(requests),
        watching({ ...all, from: 2 }, 5),
        { ...watching({ ...all, from: 3 }, 5), client: 'w2' },
      ],
      seconds: 7,
    });
    expect(toldBy(results[4])).toEqual([{ type: 'ended', compactRevision: 3 }]);
    expect(toldBy(results[5]).flat()).toEqual([
      ['put', 'a', 3],
      ['put', 'a', 4],
    ]);
  });

  test('an empty interval is no watch', () => {
    const { results } = play({ doings: [watching({ key: 'b', rangeEnd: 'a', from: 1 }, 4)], seconds: 6 });
    expect(toldBy(results[0])).toEqual([{ type: 'ended', compactRevision: 0 }]);
  });
});

describe('leases', () => {
  const grant = (ttl: number): EtcdRequest => ({ type: 'leaseGrant', id: 7, ttl });
  const left = (keys = false): EtcdRequest => ({ type: 'leaseTimeToLive', id: 7, keys });

  test('E46 time-to-live tells what is left, what was granted, and the keys', () => {
    const { results } = play({
      doings: inOrder([grant(60), put('l2', '', 7), put('l1', '', 7), left(true)]),
      seconds: 6,
    });
    expect(results[3]?.value).toMatchObject({ ttl: 59, grantedTtl: 60, keys: ['l1', 'l2'] });
  });

  test('E50 E54 of an unknown lease nothing is left, and it is not kept alive; neither is an error', () => {
    const { results } = play({ doings: inOrder([left(), { type: 'leaseKeepAlive', id: 7 }]), seconds: 6 });
    expect(results.map(({ value }) => (value as { ttl: number }).ttl)).toEqual([-1, 0]);
  });

  test('E51 all leases are listed', () => {
    const { results } = play({
      doings: inOrder([grant(60), { type: 'leaseGrant', ttl: 60 }, { type: 'leaseLeases' }]),
      seconds: 6,
    });
    const drawn = valueOf<{ id: number }>(results[1]).id;
    expect(results[2]?.value).toMatchObject({ leases: [7, drawn].sort((one, other) => one - other) });
  });

  test('E53 a lease that is not kept alive takes its key with it between its time to live and a second and a half more', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const doings = [...inOrder([grant(2), put('a', '', 7)]), watching({ key: 'a', noPut: true }, 3.9)];
      const { results } = play({ doings, seconds: 10, seed });
      const lived = (results[2]?.endedAt ?? 0) - (results[1]?.endedAt ?? 0);
      expect(lived).toBeGreaterThan(1.9);
      expect(lived).toBeLessThan(3.5);
    }
  });

  test('E55 keeping alive gives back the whole time', () => {
    const keep: EtcdRequest = { type: 'leaseKeepAlive', id: 7 };
    const { results } = play({ doings: [...inOrder([grant(5)]), ...inOrder([left(), keep, left()], 5.5)], seconds: 7 });
    expect(results.slice(1).map(({ value }) => (value as { ttl: number }).ttl)).toEqual([3, 5, 4]);
  });

  test('a lease that has run out is not said to be renewed, although it takes a while until it is gone', () => {
    const renewed: boolean[] = [];
    for (let late = 1.9; late < 3.2; late += 0.05) {
      const doings: Doing[] = [
        { at: 4, request: grant(2) },
        { at: 4 + late, request: { type: 'leaseKeepAlive', id: 7 } },
        { at: 4 + late + 1.2, request: left() },
      ];
      const nodes = ['n1', 'n2', 'n3'];
      const faults = nodes.map((node): TimedFault => ({
        at: seconds(5),
        fault: { type: 'disk-slow', node, add: ms(300) },
      }));
      const { results } = play({ doings, faults, seconds: 12 });
      const isRenewed = valueOf<{ ttl: number }>(results[1]).ttl > 0;
      expect({ late, isThere: valueOf<{ ttl: number }>(results[2]).ttl >= 0 }).toEqual({ late, isThere: isRenewed });
      renewed.push(isRenewed);
    }
    expect(new Set(renewed).size).toBe(2);
  });

  test('a lease that is kept alive at any member outlives its time', () => {
    const keeps = Array.from({ length: 9 }, (_, turn): Doing => ({
      at: 5 + turn,
      member: `n${1 + (turn % 3)}`,
      request: { type: 'leaseKeepAlive', id: 7 },
    }));
    const { results } = play({
      doings: [...inOrder([grant(2), put('a', '', 7)]), ...keeps, { at: 14.5, request: get('a') }],
      seconds: 16,
    });
    expect(results.at(-1)?.value).toMatchObject({ count: 1 });
  });
});

describe('locks and elections', () => {
  test('E56 E59 the key is the name and the lease in hexadecimal; entering again with the lease changes nothing', () => {
    expect(queueKey('lk', 0xfa338d8e75)).toBe('lk/fa338d8e75');
    const etcd = local();
    for (const id of [10, 11]) etcd.run({ type: 'leaseGrant', id, ttl: 60 });
    const mine = placeOf(etcd.run(enter('lk', 10)));
    expect(mine.first).toMatchObject({ key: 'lk/a', createRevision: mine.revision, lease: 10 });
    expect(placeOf(etcd.run(enter('lk', 10)))).toEqual(mine);
    const other = placeOf(etcd.run(enter('lk', 11)));
    expect([other.revision > mine.revision, other.first?.key]).toEqual([true, 'lk/a']);
  });

  test('E57 E58 E60 who comes later waits for the one before; leaving, or the end of a lease, hands over in order', () => {
    const etcd = local();
    for (const id of [10, 11, 12]) etcd.run({ type: 'leaseGrant', id, ttl: 60 });
    const [, second, third] = [10, 11, 12].map((lease) => placeOf(etcd.run(enter('lk', lease))).revision);
    const before = (revision: number | undefined) =>
      etcd.run(predecessor('lk', revision ?? 0) as never) as unknown as { kvs: { key: string }[] };
    expect(before(second).kvs[0]?.key).toBe('lk/a');
    expect(before(third).kvs[0]?.key).toBe('lk/b');
    etcd.run(leave('lk', 10));
    expect(before(second).kvs).toEqual([]);
    etcd.run({ type: 'leaseRevoke', id: 11 });
    expect(before(third).kvs).toEqual([]);
  });
});

describe('elections', () => {
  test('who campaigned first leads, proclaims, and resigns; whoever is deposed can do neither', () => {
    const etcd = local();
    for (const id of [10, 11]) etcd.run({ type: 'leaseGrant', id, ttl: 60 });
    const [one, other] = [10, 11].map((lease) => placeOf(etcd.run(enter('boss', lease, `${lease}`))).revision);
    const leader = () => etcd.run(leaderOf('boss')).kvs[0]?.value;
    expect(leader()).toBe('10');
    expect(etcd.run(proclaim('boss', 10, one ?? 0, 'ten')).succeeded).toBe(true);
    expect(leader()).toBe('ten');
    expect(etcd.run(resign('boss', 10, one ?? 0)).succeeded).toBe(true);
    expect(leader()).toBe('11');
    expect(etcd.run(proclaim('boss', 10, one ?? 0, 'again')).succeeded).toBe(false);
    expect(etcd.run(resign('boss', 10, other ?? 0)).succeeded).toBe(false);
    expect(leader()).toBe('11');
  });
});

describe('the cluster', () => {
  test('does once what arrives twice', () => {
    const nodes = ['c1', 'n1', 'n2', 'n3'];
    const faults: TimedFault[] = [
      { at: 0, fault: { type: 'duplicating-link', from: nodes, to: nodes, duplicate: 1_000_000, for: seconds(60) } },
    ];
    const puts = Array.from({ length: 30 }, (_, turn): Doing => ({
      at: 5 + turn * 0.1,
      member: `n${1 + (turn % 3)}`,
      request: put('a', `${turn}`),
    }));
    const { results } = play({ doings: [...puts, { at: 9, request: get('a') }], faults, seconds: 12 });
    expect(results.at(-1)?.value).toMatchObject({ kvs: [{ version: 30, modRevision: 31, value: '29' }] });
  });

  test('E61 the header has the cluster, the member, the revision and the term', () => {
    const doings = ['n1', 'n2', 'n3'].map((member, place): Doing => ({ at: 4 + place, member, request: get('a') }));
    const { results } = play({ doings: [{ at: 3.5, request: put('a') }, ...doings], seconds: 8 });
    const headers = results.map(({ value }) => (value as unknown as { header: Record<string, number> }).header);
    expect(new Set(headers.map(({ clusterId }) => clusterId)).size).toBe(1);
    expect(new Set(headers.slice(1).map(({ memberId }) => memberId)).size).toBe(3);
    expect(headers.slice(1).map(({ revision, raftTerm }) => [revision, (raftTerm ?? 0) > 0])).toEqual(
      Array.from({ length: 3 }, () => [2, true]),
    );
  });

  test('a learner serves only serializable reads and its status, and votes once it is promoted', () => {
    const only = { members: ['n1', 'n2', 'n3'], election: seconds(1) };
    const doings: Doing[] = [
      { at: 4, request: put('a', '1'), member: 'n1' },
      { at: 4.5, request: { type: 'memberAdd', member: 'n4', isLearner: true } },
      { at: 5.5, request: { type: 'range', key: 'a', serializable: true }, member: 'n4' },
      { at: 5.6, request: { type: 'status' }, member: 'n4' },
      { at: 5.7, request: { type: 'memberPromote', member: 'n4' }, member: 'n1' },
      { at: 6.5, request: put('a', '2'), member: 'n4' },
      { at: 7, request: { type: 'memberPromote', member: 'n4' } },
      { at: 7.5, request: { type: 'memberAdd', member: 'n4' } },
      { at: 8, request: { type: 'memberRemove', member: 'n4' }, member: 'n1' },
      { at: 8.5, request: { type: 'memberList' } },
    ];
    const { results } = play({ doings, members: 4, config: only, seconds: 12 });
    expect(results[1]?.value).toMatchObject({ members: ['n1', 'n2', 'n3'], learners: ['n4'] });
    expect(results[2]?.value).toMatchObject({ kvs: [{ value: '1' }] });
    expect(results[3]?.value).toMatchObject({ isLearner: true });
    expect(results[4]?.value).toMatchObject({ members: ['n1', 'n2', 'n3', 'n4'] });
    expect(results[5]?.type).toBe('ok');
    expect(results[6]?.error).toBe('etcdserver: can only promote a learner member');
    expect(results[7]?.error).toBe('etcdserver: member ID already exist');
    expect(results[9]?.value).toMatchObject({ members: ['n1', 'n2', 'n3'], learners: [] });
  });

  test('members hash alike, and only the leader hands over', () => {
    const members = ['n1', 'n2', 'n3'];
    const hashes = members.map((member, place): Doing => ({ at: 5 + place, member, request: { type: 'hashKv' } }));
    const moves = members.map((member, place): Doing => ({
      at: 8 + place * 0.1,
      member,
      request: { type: 'moveLeader', target: 'n1' },
    }));
    const { results } = play({ doings: [...inOrder([put('a'), put('b')]), ...hashes, ...moves], seconds: 10 });
    expect(new Set(results.slice(2, 5).map(({ value }) => (value as { hash: number }).hash)).size).toBe(1);
    const moved = results.slice(5).map(({ type, error }) => (type === 'ok' ? 'moved' : error));
    expect(moved.filter((outcome) => outcome === 'moved').length).toBeGreaterThan(0);
    expect(moved.filter((outcome) => outcome === 'etcdserver: not leader').length).toBeGreaterThan(0);
  });
});
