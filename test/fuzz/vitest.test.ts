// Scenarios as vitest tests, and what their failures say.
import { describe, expect, test } from 'vitest';
import { judgeSeeds, simTest } from '../../fuzz/vitest.ts';
import { assertHolds } from '../../fuzz/index.ts';
import { findScenario } from '../../scenarios/index.ts';
import { simulate, type CheckOutcome, type History, type Scenario } from '../../sim/index.ts';

const holds = findScenario('election');
const breaks = findScenario('election-early-leader');

simTest('a scenario that holds passes', holds, { seeds: 10 });
simTest('a scenario that must break passes when some seed breaks it', breaks, { seeds: 20 });

describe('what a test of many seeds says', () => {
  test('a violation fails it with the seed and the finding', async () => {
    const claimed: Scenario = { ...breaks, expect: { type: 'holds' } };
    const failure = await judgeSeeds(claimed, { seeds: 20 }, undefined);
    expect(failure?.reason).toMatch(/^election-early-leader is invalid under seed \d+:\n {2}at most one leader: /);
    expect(failure?.reason).toMatch(
      /In the smallest run that shows it:\n {2}At .*\n[^]*“at most one leader” is violated/,
    );
    const again = await judgeSeeds(claimed, { seeds: 20 }, failure?.seed);
    expect(again?.reason).toBe(failure?.reason);
    expect(again?.smallest?.hash).toBe(failure?.smallest?.hash);
    await expect(assertHolds(claimed, { seeds: 20 })).rejects.toThrow(failure?.reason);
  });

  test('a scenario that must break and does not fails it', async () => {
    const claimed: Scenario = { ...holds, expect: { type: 'breaks', what: ['at most one leader'] } };
    expect((await judgeSeeds(claimed, { seeds: 3 }, undefined))?.reason).toBe(
      'election should violate at most one leader, but none of 3 seeds does',
    );
  });

  test('a scenario that must break in one way and breaks in another fails it', async () => {
    const claimed: Scenario = { ...breaks, expect: { type: 'breaks', what: ['something else'] } };
    expect((await judgeSeeds(claimed, { seeds: 5 }, undefined))?.reason).toBe(
      'election-early-leader should violate something else, but none of 5 seeds does',
    );
  });

  test('the first violation ends it, however many seeds there would be', async () => {
    const claimed: Scenario = { ...breaks, expect: { type: 'holds' } };
    const failure = await judgeSeeds(claimed, { seeds: 100_000_000, shrinkMs: 0 }, undefined);
    expect(failure?.reason).toContain('is invalid under seed');
    expect(failure).not.toHaveProperty('smallest');
  });

  test('what could not be judged fails it, and so does what breaks the judges', async () => {
    const world = (judge: () => readonly CheckOutcome[]): Scenario => ({
      ...holds,
      world: (set) => ({ ...holds.world(set), checks: [{ name: 'own', about: 'judges', judge }] }),
    });
    const open = world(() => [{ verdict: 'unknown', reason: 'too long to say', operations: [] }]);
    expect((await judgeSeeds(open, { seeds: 2 }, undefined))?.reason).toBe(
      'election is unknown under seed 1:\n  own: too long to say',
    );
    const broken = world(() => {
      throw new TypeError('no judge');
    });
    const failure = await judgeSeeds(broken, { seeds: 2 }, undefined);
    expect(failure).toMatchObject({ seed: '1', reason: expect.stringMatching(/^seed 1: TypeError: no judge/) });
  });

  test('a seed that is no number is refused', async () => {
    for (const seed of ['abc', '12x', '-1', '1234567890'])
      await expect(judgeSeeds(holds, { seeds: 1 }, seed)).rejects.toThrow('FAULTLINE_SEED: expected a whole number');
  });
});

describe('matchers', () => {
  const failing = simulate(breaks, { seed: 1 });

  test('toHold judges runs, and scenarios under many seeds', async () => {
    expect(simulate(holds, { seed: 1 })).toHold();
    expect(failing).not.toHold();
    expect(() => expect(failing).toHold()).toThrow(
      'election-early-leader is invalid under seed 1:\n  at most one leader: ',
    );
    await expect(holds).toHold({ seeds: 5 });
    const open = { ...simulate(holds, { seed: 1 }), verdict: 'unknown' as const };
    expect(() => expect(open).toHold()).toThrow('election is unknown under seed 1');
    const claimed: Scenario = { ...breaks, expect: { type: 'holds' } };
    await expect(expect(claimed).toHold({ seeds: 5 })).rejects.toThrow('is invalid under seed 1');
    expect(() => expect(3).toHold()).toThrow('expected a run or a scenario');
  });

  test('toBeLinearizable judges histories and runs', () => {
    const history = (read: number): History =>
      [
        { type: 'invoke', process: 0, f: 'write', value: ['k', 1], operation: 0 } as const,
        { type: 'ok', process: 0, f: 'write', value: ['k', 1], operation: 0 } as const,
        { type: 'invoke', process: 1, f: 'read', value: ['k', null], operation: 1 } as const,
        { type: 'ok', process: 1, f: 'read', value: ['k', read], operation: 1 } as const,
      ].map((event, index) => ({ ...event, index, time: index, client: 'c' }));
    expect(history(1)).toBeLinearizable();
    expect(history(2)).not.toBeLinearizable();
    expect(() => expect(history(2)).toBeLinearizable()).toThrow('the history is not linearizable');
    expect(simulate(findScenario('raft'), { seed: 1, until: 1_000_000 })).toBeLinearizable();
  });

  test('toHaveMutualExclusion judges locks', () => {
    const event = (type: 'invoke' | 'ok', process: number, f: string, index: number): History[number] => ({
      ...{ type, process, f, index, time: index * 1_000, client: `c${process}`, operation: Math.floor(index / 2) },
      value: ['l', null],
    });
    const calls = (...list: readonly (readonly [number, string])[]): History =>
      list.flatMap(([process, f], place) => [
        event('invoke', process, f, place * 2),
        event('ok', process, f, place * 2 + 1),
      ]);
    expect(calls([0, 'acquire'], [0, 'release'], [1, 'acquire'])).toHaveMutualExclusion();
    expect(calls([0, 'acquire'], [1, 'acquire'], [0, 'release'], [1, 'release'])).not.toHaveMutualExclusion();
  });
});
