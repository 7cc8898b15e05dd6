// What a search tells on its way: how much, of what, and a guess at how much is left.
import { describe, expect, test } from 'vitest';
import { explore, type Progress } from '../../../checkers/explore/index.ts';
import { estimateShare } from '../../../checkers/explore/progress.ts';
import { forgetfulRaftWorld } from '../../../scenarios/models/forgetful-raft.ts';
import { paxosWorld } from '../../../scenarios/models/register.ts';

describe('a search', () => {
  test('tells how far it has come, and which actions it took most', () => {
    const told: Progress[] = [];
    const { unique } = explore(paxosWorld({ clients: 2 }), { onProgress: (progress) => told.push(progress) });
    const counts = told.map((progress) => progress.unique);
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    const last = told.at(-1)!;
    expect(last.actions[0]).toMatchObject({ what: expect.stringMatching(/^deliver s\d$/) });
    const inAll = last.actions.reduce((sum, { count }) => sum + count, 0);
    expect(inAll).toBe(last.generated - 1); // the initial state is nobody's action
    expect(last.share).toBeGreaterThan(0.5 * (last.unique / unique));
    expect(last.share).toBeLessThanOrEqual(1);
  });

  test('counts tables as memory: what handlers leave behind may be larger than the states', () => {
    const { statistics } = explore(forgetfulRaftWorld(), { maxLevels: 6 });
    const perLocal = statistics.bytes / statistics.localStates;
    expect(perLocal).toBeGreaterThan(500);
    expect(explore(forgetfulRaftWorld(), { maxBytes: 4_400_000 })).toMatchObject({ endedBy: 'bytes' });
  });
});

describe('the guess at the share that was visited', () => {
  /** A bell of levels, as searches of finite worlds have them. */
  const bell = Array.from({ length: 41 }, (_, level) => Math.round(1e6 * 0.97 ** ((level - 20) ** 2)));
  const total = bell.reduce((sum, size) => sum + size, 0);

  test('is near the truth in a bell of levels', () => {
    for (const seen of [15, 20, 25, 30]) {
      const visited = bell.slice(0, seen).reduce((sum, size) => sum + size, 0);
      expect(estimateShare(bell.slice(0, seen))).toBeCloseTo(visited / total, 1);
    }
  });

  test('is small while levels only grow, and unknown at first', () => {
    expect(estimateShare([1, 4, 16, 64, 256])).toBeLessThan(0.01);
    expect(estimateShare([1, 4, 16])).toBeUndefined();
  });
});
