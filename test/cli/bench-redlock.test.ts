// The debate about Redlock on the command line: each story is violated as often as it should be, no late write gets past the
// fencing store, and what a library has set differently shows where it matters.
import { expect, test } from 'vitest';
import { debated, isLikely, judgeStory } from '../../cli/bench-debate.ts';
import { libraries } from '../../scenarios/redlock.ts';
import type { Scenario } from '../../sim/index.ts';
import { faultline, faultlineJson } from './command.ts';

const story = (name: string): Scenario => debated.find((each) => each.name === name) as Scenario;

test.each(['redlock-pause-after', 'redlock-delayed-packet', 'redlock-restart', 'redlock-clock-jump-majority'])(
  '%s is violated as often as it should be, and a fencing store refuses what comes late',
  { timeout: 60_000 },
  (name) => {
    const row = judgeStory(story(name), 'specified', 30, 5_000);
    expect(row).toMatchObject({ isAsExpected: true, letThrough: 0 });
    expect(row.refused).toBeGreaterThan(0);
  },
);

test.each(libraries)('the settings of %s keep the lock exclusive under the assumptions', { timeout: 60_000 }, (one) => {
  for (const name of ['redlock', 'redlock-fsync-always', 'redlock-delayed-restart']) {
    expect(judgeStory(story(name), one, 6, 7_000)).toMatchObject({ violated: 0, isAsExpected: true });
  }
});

test('who does not look at what an attempt took has a lock that is over', { timeout: 60_000 }, () => {
  const row = judgeStory(story('redlock-pause-in-acquisition'), 'nodeRedlock', 12, 1);
  expect(row.violated).toBeGreaterThan(0);
  expect(row).toMatchObject({ expected: null, isAsExpected: true, letThrough: 0 });
});

test('a rate that is far off, or one violation where there may be none, is not as expected', () => {
  expect(isLikely(10, 30, 0.33)).toBe(true);
  expect(isLikely(0, 30, 0.33)).toBe(false);
  expect(isLikely(30, 30, 0.33)).toBe(false);
  expect(isLikely(1, 3_000, 0)).toBe(false);
  expect(isLikely(0, 30, null)).toBe(true);
});

test(
  'the command prints each story with its rates, and how to run the first violation again',
  { timeout: 60_000 },
  async () => {
    const { document } = await faultlineJson<{ rows: { story: string; replay: string | null }[] }>(
      ...['bench', 'redlock', '--seeds', '1', '--seed', '3'],
    );
    expect(document.rows.map((row) => row.story)).toEqual(debated.map(({ name }) => name));
    const { replay } = document.rows.find((row) => row.story === 'redlock-restart') ?? {};
    expect(replay).toBe('npx faultline run redlock-restart --seed 3');
    expect((await faultline(...(replay ?? '').split(' ').slice(2))).code).toBe(1);
  },
);

test('a library that nobody knows is refused', async () => {
  const { code, err } = await faultline('bench', 'redlock', '--library', 'jedlock');
  expect(code).toBe(2);
  expect(err).toContain(
    '--library: expected one of specified, redlockRb, nodeRedlock, redlockPy, all; found "jedlock"',
  );
});
