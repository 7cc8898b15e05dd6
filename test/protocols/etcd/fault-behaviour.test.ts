// How an etcd cluster with its default time-outs behaves under faults, in the bands that were measured on real ones: how long
// writes pause, what is answered without a quorum, how long a lease lives over a change of leaders.
import { describe, expect, test } from 'vitest';
import { ms, seconds, type TimedFault } from '../../../sim/index.ts';
import { play, type Doing, type Played, type Result } from './cluster.ts';

const seeds = [1, 2, 3, 4, 5];

/** Puts from several clients, a few each second, so that a pause of all writes shows. */
function writers(from: number, to: number): Doing[] {
  const doings: Doing[] = [];
  for (const [place, client] of names.entries()) {
    for (let at = from + place * 0.013; at < to; at += 0.15)
      doings.push({ at, client, request: { type: 'put', key: client, value: String(at) } });
  }
  return doings;
}

const names = Array.from({ length: 8 }, (_, index) => `c${index + 1}`);

/** The longest time within which no write was acknowledged, in seconds. */
function longestGap({ results }: Played, from: number, to: number): number {
  const ends = results
    .filter(({ type, endedAt }) => type === 'ok' && endedAt >= from && endedAt <= to)
    .map(({ endedAt }) => endedAt);
  return [...ends, to]
    .sort((one, other) => one - other)
    .reduce(({ gap, last }, at) => ({ gap: Math.max(gap, at - last), last: at }), { gap: 0, last: from }).gap;
}

/** The highest term that a member took on up to a time in seconds. */
function highestTerm({ notes }: Played, to: number): number {
  const terms = notes.filter(({ kind, at }) => kind === 'role' && at <= to).map(({ data }) => data['term'] as number);
  return Math.max(0, ...terms);
}

const spread = (values: readonly number[]) => ({ least: Math.min(...values), most: Math.max(...values) });

/** Writes from 4 s to 20 s, while the leader is cut off from 5 s to 14 s. */
function cutOff(seed: number, preVote: boolean): Played {
  const faults: TimedFault[] = [{ at: seconds(5), fault: { type: 'isolate', node: '@leader', for: seconds(9) } }];
  return play({ doings: writers(4, 20), faults, clients: 8, seconds: 21, seed, config: { preVote }, patience: 0.3 });
}

describe('the leader is lost', () => {
  test('killed: writes pause for 1.1 to 2.4 s', () => {
    const gaps = seeds.map((seed) => {
      const faults: TimedFault[] = [{ at: seconds(5), fault: { type: 'crash', node: '@leader', for: seconds(10) } }];
      return longestGap(
        play({ doings: writers(4, 10), faults, clients: 8, seconds: 11, seed, patience: 0.3 }),
        4.5,
        10,
      );
    });
    expect(spread(gaps).least).toBeGreaterThan(0.9);
    expect(spread(gaps).most).toBeLessThan(2.5);
  });

  test('stopped for a while: the same', () => {
    const gaps = seeds.map((seed) => {
      const faults: TimedFault[] = [{ at: seconds(5), fault: { type: 'pause', node: '@leader', for: seconds(4) } }];
      return longestGap(
        play({ doings: writers(4, 12), faults, clients: 8, seconds: 13, seed, patience: 0.3 }),
        4.5,
        12,
      );
    });
    expect(spread(gaps).least).toBeGreaterThan(0.9);
    expect(spread(gaps).most).toBeLessThan(2.5);
  });

  test('asked to hand over: hardly at all', () => {
    const gaps = seeds.map((seed) => {
      const moves = ['n1', 'n2', 'n3'].map((member): Doing => ({
        at: 5,
        client: `c${Number(member[1])}`,
        member,
        request: { type: 'moveLeader', target: member === 'n1' ? 'n2' : 'n1' },
      }));
      return longestGap(
        play({ doings: [...writers(4, 8), ...moves], clients: 8, seconds: 9, seed, patience: 0.3 }),
        4.5,
        8,
      );
    });
    expect(spread(gaps).most).toBeLessThan(0.4);
  });
});

describe('the leader is cut off and comes back', () => {
  test('without pre-vote its term goes up meanwhile, and at the heal writes pause a second time', () => {
    const gaps = seeds.map((seed) => {
      const played = cutOff(seed, false);
      expect(longestGap(played, 4.5, 13.5)).toBeGreaterThan(1);
      expect(longestGap(played, 4.5, 13.5)).toBeLessThan(2.6);
      expect(highestTerm(played, 14)).toBeGreaterThan(highestTerm(played, 5) + 3);
      return longestGap(played, 13.9, 19);
    });
    // Measured: 2.1 to 2.6 s. Every new term begins the wait anew, so that single runs vary widely.
    const median = gaps.sort((one, other) => one - other)[Math.floor(gaps.length / 2)];
    expect(spread(gaps).least).toBeGreaterThan(0.9);
    expect(median).toBeGreaterThan(1.4);
    expect(median).toBeLessThan(3.2);
  });

  test('with pre-vote it does not, and nobody notices the heal', () => {
    const gaps = seeds.map((seed) => {
      const played = cutOff(seed, true);
      expect(longestGap(played, 4.5, 13.5)).toBeGreaterThan(1);
      expect(longestGap(played, 4.5, 13.5)).toBeLessThan(2.6);
      expect(highestTerm(played, 14)).toBeLessThanOrEqual(highestTerm(played, 5) + 2);
      return longestGap(played, 13.9, 19);
    });
    expect(spread(gaps).most).toBeLessThan(0.3);
  });
});

test('a follower that restarts has its clients’ writes done by the leader that it had before', () => {
  let kept = 0;
  for (const seed of seeds) {
    for (const member of ['n1', 'n2', 'n3']) {
      const faults: TimedFault[] = [{ at: seconds(5), fault: { type: 'crash', node: member, for: ms(200) } }];
      const put: Doing = { at: 4, member, request: { type: 'put', key: 'a', value: '0' } };
      const doings = [put, { ...put, at: 7, client: 'c2' }];
      const played = play({ doings, clients: 2, faults, seconds: 9, seed });
      if (highestTerm(played, 9) > highestTerm(played, 5)) continue; // it led
      kept++;
      expect(played.results.map(({ type }) => type)).toEqual(['ok', 'ok']);
    }
  }
  expect(kept).toBeGreaterThan(seeds.length);
});

describe('the quorum is lost', () => {
  /** At 5 s all members but one are gone, until 20 s; n1 is the one if it did not lead, so that nothing reaches a log. */
  const lost = (seed: number): readonly Result[] => {
    const faults: TimedFault[] = [
      { at: seconds(5), fault: { type: 'partition', groups: [['n1'], ['n2'], ['n3']], for: seconds(15) } },
    ];
    const doings: Doing[] = [
      { at: 4, member: 'n1', request: { type: 'put', key: 'a', value: '0' } },
      { at: 7.5, client: 'c1', member: 'n1', request: { type: 'put', key: 'a', value: '2' } },
      { at: 7.5, client: 'c2', member: 'n1', request: { type: 'range', key: 'a' } },
      { at: 7.5, client: 'c3', member: 'n1', request: { type: 'range', key: 'a', serializable: true } },
      { at: 28, client: 'c4', member: 'n1', request: { type: 'range', key: 'a' } },
    ];
    return play({ doings, faults, clients: 4, seconds: 32, seed }).results;
  };

  test('a put fails after 7 s, and so would a read that must be up to date; one that need not be is answered at once', () => {
    for (const seed of seeds) {
      const [, put, read, local] = lost(seed);
      expect(put).toMatchObject({
        type: 'info',
        error: expect.stringContaining('etcdserver: request timed out') as string,
      });
      expect(Math.abs((put?.took ?? 0) - 7)).toBeLessThan(0.05);
      // The client asks again as long as it is let; the member gives up after 7 s each time.
      expect(read?.took).toBeGreaterThan(7);
      expect(local).toMatchObject({ type: 'ok', value: { kvs: [{ value: '0' }] } });
      expect(local?.took).toBeLessThan(0.02);
    }
  });

  test('a put that was sent after the leader had stepped down is not done later', () => {
    for (const seed of seeds) expect(lost(seed).at(-1)?.value).toMatchObject({ kvs: [{ value: '0' }] });
  });

  test('a put that the leader took and could not finish times out, and is done when the quorum is back', () => {
    const outcomes = seeds.map((seed) => {
      const faults: TimedFault[] = ['n1', 'n2', 'n3'].map((node) => ({
        at: ms(5_000),
        fault: { type: 'isolate', node, for: ms(1) },
      }));
      const groups = [['n1'], ['n2'], ['n3']];
      faults.push({ at: ms(5_001), fault: { type: 'partition', groups, for: seconds(8) } });
      const puts = ['n1', 'n2', 'n3'].map((member, place): Doing => ({
        at: 5.1,
        client: `c${place + 1}`,
        member,
        request: { type: 'put', key: member, value: '1' },
      }));
      const before = puts.map((doing): Doing => ({ ...doing, at: 4, request: { type: 'status' } }));
      const { results } = play({
        doings: [...before, ...puts, { at: 25, client: 'c4', request: { type: 'range', key: 'n', rangeEnd: 'o' } }],
        faults,
        clients: 4,
        seconds: 30,
        seed,
      });
      const leader = (results[0]?.value as { leader?: string } | undefined)?.leader;
      const index = ['n1', 'n2', 'n3'].indexOf(leader ?? '');
      expect(results[3 + index]).toMatchObject({
        type: 'info',
        error: expect.stringContaining('request timed out') as string,
      });
      expect(Math.abs((results[3 + index]?.took ?? 0) - 7)).toBeLessThan(0.05);
      return (results[6]?.value as { kvs: { key: string }[] } | undefined)?.kvs.some(({ key }) => key === leader);
    });
    expect(outcomes).toContain(true);
  });
});

test('a lease of 6 s whose leader is killed after 4 s lives for about 12 s: the new one gives it its whole time again', () => {
  const lives = seeds.map((seed) => {
    const faults: TimedFault[] = [{ at: seconds(8), fault: { type: 'crash', node: '@leader', for: seconds(30) } }];
    const doings: Doing[] = [
      { at: 3.9, request: { type: 'leaseGrant', id: 7, ttl: 6 } },
      { at: 4, request: { type: 'put', key: 'a', lease: 7 } },
    ];
    const { notes } = play({ doings, faults, seconds: 24, seed });
    return (notes.find(({ kind }) => kind === 'lease revoked')?.at ?? 0) - 3.9;
  });
  expect(spread(lives).least).toBeGreaterThan(11.5);
  expect(spread(lives).most).toBeLessThan(14.2);
});

test('a lease that has run out is not renewed, although it is not revoked yet', () => {
  for (const seed of seeds) {
    const places = [0, 1, 2, 3, 4];
    const doings = places.flatMap((place): Doing[] => {
      const client = `c${place + 1}`;
      const at = 4 + place * 0.1; // whatever has run out is looked for twice a second
      return [
        { at, client, request: { type: 'leaseGrant', id: place + 1, ttl: 2 } },
        { at: at + 2.02, client, request: { type: 'leaseKeepAlive', id: place + 1 } },
      ];
    });
    const { results } = play({ doings, clients: places.length, seconds: 9, seed });
    const answers = results.filter((_, place) => place % 2 === 1).map(({ value }) => (value as { ttl?: number }).ttl);
    expect(answers).toEqual([0, 0, 0, 0, 0]);
  }
});
