// Scenarios as vitest tests, and what their failures say.
import { describe, expect, test } from 'vitest';
import { judgeSeeds, simTest } from '../../fuzz/vitest.ts';
import { findScenario } from '../../scenarios/index.ts';
import type { Scenario } from '../../sim/index.ts';

const holds = findScenario('election');
const breaks = findScenario('election-early-leader');

simTest('a scenario that holds passes', holds, { seeds: 10 });
simTest('a scenario that must break passes when some seed breaks it', breaks, { seeds: 20 });

describe('what a test of many seeds says', () => {
  test('a violation fails it with the seed and the finding', async () => {
    const claimed: Scenario = { ...breaks, expect: { type: 'holds' } };
    const failure = await judgeSeeds(claimed, { seeds: 20 }, undefined);
    expect(failure?.reason).toMatch(/^election-early-leader is invalid under seed \d+:\n {2}at most one leader: /);
    expect(await judgeSeeds(claimed, { seeds: 20 }, failure?.seed)).toEqual(failure);
  });

  test('a scenario that must break and does not fails it', async () => {
    const claimed: Scenario = { ...holds, expect: { type: 'breaks', what: ['at most one leader'] } };
    expect((await judgeSeeds(claimed, { seeds: 3 }, undefined))?.reason).toBe(
      'election should violate at most one leader, but none of 3 seeds does',
    );
  });

  test('a seed that is no number is refused', async () => {
    await expect(judgeSeeds(holds, { seeds: 1 }, 'abc')).rejects.toThrow('FAULTLINE_SEED: expected a whole number');
  });
});
