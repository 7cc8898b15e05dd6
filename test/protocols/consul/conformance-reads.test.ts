// Facts about reads seen on a real Consul 1.8.7 of three servers, each under the number that it was noted with: queries that wait
// for a change, and the three ways to be answered.
import { describe, expect, test } from 'vitest';
import type { ConsulRequest, ConsulResponse } from '../../../protocols/consul/requests.ts';
import { ms, seconds, type Micros } from '../../../sim/index.ts';
import { ask, nodes, remove, servers, settled } from './cluster.ts';
import { converse, get, put, valueOf, type Exchange, type Step } from './conversation.ts';

describe('blocking queries', () => {
  const blockedOn = (read: ConsulRequest, change: ConsulRequest, wait = seconds(3)): readonly Exchange[] => {
    const before: Step[] = [
      { at: settled, ask: 's1', as: 'c', request: put('p/a', '1') },
      { at: settled + ms(50), ask: 's1', as: 'c', request: put('p/b', '1') },
      { at: settled + ms(100), ask: 's1', as: 'c', request: read },
    ];
    const index = ask(before)[2]!.response.index!;
    return ask([
      ...before,
      { at: settled + ms(200), ask: 's2', request: { ...read, index, wait } as ConsulRequest },
      { at: settled + ms(500), ask: 's3', request: change },
    ]).slice(2);
  };
  const isWoken = ([, blocked]: readonly Exchange[]): boolean => blocked!.took > ms(299) && blocked!.took < ms(330);

  test('C19 return as soon as the key changes, with a greater index', () => {
    const [before, after] = blockedOn(get('p/a'), put('p/a', '2'));
    expect(isWoken([before!, after!])).toBe(true);
    expect(valueOf(after!)).toBe('2');
    expect(after!.response.index).toBeGreaterThan(before!.response.index!);
  });

  test('C20 without a change they return the same when the wait is over, and up to a sixteenth of it later', () => {
    const took: Micros[] = [];
    for (let seed = 0; seed < 20; seed++) {
      const steps: Step[] = [
        { at: settled, ask: 's1', as: 'c', request: put('a', '1') },
        { at: settled + ms(100), ask: 's1', as: 'c', request: get('a', { index: 10_000, wait: seconds(1) }) },
        { at: settled + seconds(2), ask: 's1', as: 'c', request: get('a') },
      ];
      const [, blocked, after] = converse({ nodes, steps, seed, until: seconds(12) }).exchanges;
      expect(blocked!.response).toMatchObject({ body: after!.response.body, index: after!.response.index! });
      took.push(blocked!.took);
    }
    expect(Math.min(...took)).toBeGreaterThanOrEqual(seconds(1));
    expect(Math.max(...took)).toBeLessThan(seconds(1) + ms(63) + ms(5));
    expect(Math.max(...took)).toBeGreaterThan(seconds(1) + ms(40));
  });

  test.each([
    ['5 minutes by default', undefined, 300],
    ['5 minutes where it says 0', seconds(0), 300],
    ['10 minutes at most', seconds(3_600), 600],
  ])('C20 the wait is %s', (_what, wait, expected) => {
    const read = get('a', { index: 10_000, ...(wait !== undefined && { wait }) });
    const steps: Step[] = [{ at: settled, ask: 's1', request: read }];
    const [blocked] = converse({ nodes, steps, patience: seconds(700), until: seconds(700) }).exchanges;
    expect(blocked!.took).toBeGreaterThanOrEqual(seconds(expected));
    expect(blocked!.took).toBeLessThan(seconds(expected * (1 + 1 / 16)) + ms(10));
  });

  test('C21 on an existing key they are not woken by writes of others', () => {
    const [before, after] = blockedOn(get('p/a'), put('unrelated', '1'));
    expect(after!.took).toBeGreaterThanOrEqual(seconds(3));
    expect(after!.response.index).toBe(before!.response.index);
  });

  test('C22 on a missing key they are', () => {
    const exchanges = blockedOn(get('none'), put('unrelated', '1'));
    expect(isWoken(exchanges)).toBe(true);
    expect(exchanges[1]!.response.status).toBe(404);
    expect(exchanges[1]!.response.index).toBeGreaterThan(exchanges[0]!.response.index!);
  });

  test('C23 on a prefix they wake when a key below it is deleted, and not for what is beside it', () => {
    const exchanges = blockedOn({ type: 'kv-list', prefix: 'p/' }, remove('p/b'));
    expect(isWoken(exchanges)).toBe(true);
    expect(exchanges[1]!.response.body).toHaveLength(1);
    expect(exchanges[1]!.response.index).toBeGreaterThan(exchanges[0]!.response.index!);
    expect(isWoken(blockedOn({ type: 'kv-list', prefix: 'p/' }, put('q/b', '1')))).toBe(false);
    expect(isWoken(blockedOn({ type: 'kv-keys', prefix: 'p/' }, put('p/c', '1')))).toBe(true);
  });

  test('an index from the future waits out its time, and then tells the real one', () => {
    const [written, blocked] = ask([
      { at: settled, ask: 's1', as: 'c', request: put('a', '1') },
      { at: settled + ms(100), ask: 's1', as: 'c', request: get('a', { index: 10_000, wait: seconds(2) }) },
      { at: settled + ms(500), ask: 's1', request: put('a', '2') },
    ]);
    expect(written!.response.body).toBe(true);
    expect(blocked!.took).toBeGreaterThanOrEqual(seconds(2));
    expect(valueOf(blocked!)).toBe('2');
    expect(blocked!.response.index).toBeLessThan(100);
  });
});

describe('three ways to read', () => {
  const read = (consistency: 'default' | 'consistent' | 'stale'): readonly ConsulResponse[] =>
    ask([
      { at: settled, ask: 's1', request: put('a', '1') },
      ...servers.map((one) => ({ at: settled + seconds(1), ask: one, request: get('a', { consistency }) })),
    ])
      .slice(1)
      .map(({ response }) => response);

  test.each(['default', 'consistent'] as const)('C25 a %s read is the leader’s, whoever is asked', (consistency) => {
    for (const response of read(consistency)) {
      expect(response).toMatchObject({ status: 200, knownLeader: true, lastContact: 0 });
    }
  });

  test('C25 a stale read is the own, and says when its server last heard of the leader', () => {
    const responses = read('stale');
    expect(responses.map(({ status, knownLeader }) => [status, knownLeader])).toEqual(servers.map(() => [200, true]));
    const contacts = responses.map(({ lastContact }) => lastContact ?? -1).toSorted((one, other) => one - other);
    expect(contacts[0]).toBe(0);
    expect(contacts[1]).toBeGreaterThan(0);
    expect(contacts[2]).toBeLessThanOrEqual(110);
  });
});
