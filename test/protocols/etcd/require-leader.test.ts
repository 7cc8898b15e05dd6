// Watches that require a leader (`clientv3.WithRequireLeader`): a member that is cut off hears of nothing, and says so.
import { describe, expect, test } from 'vitest';
import { ms, seconds, type TimedFault } from '../../../sim/index.ts';
import { play, type Doing } from './cluster.ts';

/** n1 is cut off from the others, not from clients, from 5 s to 25 s; at 8 s the others commit a put. */
function hearsAfter(seed: number, requireLeader: boolean): number {
  const faults: TimedFault[] = [
    { at: seconds(5), fault: { type: 'partition', groups: [['n1'], ['n2', 'n3']], for: seconds(20) } },
  ];
  const takes = Array.from({ length: 60 }, (_, turn): Doing => {
    return { at: 4 + turn * 0.5, watch: turn === 0 ? { key: 'a', from: 2 } : {} };
  });
  const doings: Doing[] = [{ at: 8, member: 'n2', request: { type: 'put', key: 'a' } }, ...takes];
  const watcher = { requireLeader, pingEvery: ms(500) };
  const { results } = play({ doings, faults, watcher, seconds: 34, seed });
  const told = results.slice(1).find(({ type, value }) => type === 'ok' && JSON.stringify(value).includes('"events"'));
  return (told?.endedAt ?? Infinity) - 8;
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('a watch at a member that is cut off', () => {
  test('hears of nothing until the member is back, unless it requires a leader: then it goes elsewhere', () => {
    const plain = seeds.map((seed) => hearsAfter(seed, false));
    const requiring = seeds.map((seed) => hearsAfter(seed, true));
    // Some of the watches happen to be at n1.
    expect(plain.filter((after) => after > 15).length).toBeGreaterThan(1);
    // At most two election time-outs until nobody leads n1 any more, three more until it is believed, and a new connection.
    for (const after of requiring) expect(after).toBeLessThan(5);
  });
});
