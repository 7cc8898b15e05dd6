// The rules of Redlock by their numbers, the settings of the libraries, and the chart of a lock client.
import { describe, expect, test } from 'vitest';
import { lockClientMoves, redlockPresets, redlockRules } from '../../../protocols/redlock/index.ts';
import { redlockDelayedPacket } from '../../../scenarios/redlock-debate.ts';
import { redlock, redlockScenario } from '../../../scenarios/redlock.ts';
import { ms, seconds, simulate, type Run } from '../../../sim/index.ts';

const { specified } = redlockPresets;

describe('the rules', () => {
  test('validity is the time to live less what the attempt took, a percent of it, and 2 ms', () => {
    expect(redlockRules.validity({ ...specified, ttl: seconds(10) }, ms(250))).toBe(ms(10_000 - 250 - 100 - 2));
    expect(redlockRules.validity({ ...specified, ttl: ms(100) }, ms(97))).toBe(0);
    expect(redlockRules.validity({ ...specified, ttl: ms(100) }, ms(98))).toBe(-ms(1));
  });

  test('a majority is more than half; a division that does not round asks for one more of an odd number', () => {
    const least = (instances: number, quorum: 'majority' | 'half plus one'): number | undefined =>
      Array.from({ length: instances + 2 }, (_, count) => count).find((count) =>
        redlockRules.isQuorum(count, instances, { ...specified, quorum }),
      );
    expect([1, 2, 3, 4, 5, 6, 7].map((instances) => least(instances, 'majority'))).toEqual([1, 2, 2, 3, 3, 4, 4]);
    expect([3, 4, 5, 6, 7].map((instances) => least(instances, 'half plus one'))).toEqual([3, 3, 4, 4, 5]);
  });

  test('an extension needs both the majority and its time', () => {
    const isExtended = (count: number, isValid: boolean) => redlockRules.isExtended(count, 5, isValid, specified);
    expect([isExtended(3, true), isExtended(2, true), isExtended(5, false)]).toEqual([true, false, false]);
  });

  test('work begins only where it and the way of its write, two instance time-outs, fit into what is left', () => {
    const mayWork = (remaining: number): boolean =>
      redlockRules.mayWork(remaining, ms(20), { ...specified, instanceTimeout: ms(50) });
    expect([ms(120), ms(120) + 1, 0, -ms(1)].map(mayWork)).toEqual([false, true, false, false]);
  });
});

/** What the clients of a world of this preset did, with nothing going wrong. */
function runOf(preset: keyof typeof redlockPresets, seed: number, away: readonly string[] = []): Run {
  const scenario = redlockScenario({
    name: preset,
    story: 'A library in a world without faults.',
    expect: { type: 'holds' },
    config: redlockPresets[preset],
    faults: () => away.map((node) => ({ at: 0, fault: { type: 'crash', node, for: seconds(4) } })),
    fixed: { parallel: redlockPresets[preset].order === 'parallel', ttl: seconds(1), clients: 3 },
    safetyOnly: true,
  });
  return simulate(scenario, { seed });
}

describe.each(Object.keys(redlockPresets) as (keyof typeof redlockPresets)[])('%s', (preset) => {
  test('is safe where nothing goes wrong, and its clients get the lock', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { findings, history } = runOf(preset, seed);
      expect({ seed, findings }).toEqual({ seed, findings: [] });
      expect(history.some(({ f, type }) => f === 'acquire' && type === 'ok')).toBe(true);
    }
  });
});

describe('attempts', () => {
  /** Whole milliseconds between the beginnings of attempts of the first acquire that never succeeds. */
  const pausesOf = (preset: keyof typeof redlockPresets): readonly number[] => {
    const scenario = redlockScenario({
      name: preset,
      story: 'All servers are away.',
      expect: { type: 'holds' },
      config: { ...redlockPresets[preset], instanceTimeout: ms(10) },
      faults: () => ['r1', 'r2', 'r3', 'r4', 'r5'].map((node) => ({ at: 0, fault: { type: 'crash', node } })),
      workload: () => [{ id: 0, client: 'c1', at: ms(1), f: 'acquire', value: null }],
      fixed: { clients: 1, parallel: true, drift: 0, ttl: seconds(9) },
      safetyOnly: true,
    });
    const begun: number[] = [];
    const { history } = simulate(
      {
        ...scenario,
        world: (set) => ({
          ...scenario.world(set),
          properties: [
            {
              type: 'always',
              name: 'attempts',
              about: 'when attempts begin',
              on: ['role'],
              start: () => (view, touch) => {
                if (touch.note?.data['role'] === 'acquiring') begun.push(view.now);
                return undefined;
              },
            },
          ],
          checks: [],
        }),
      },
      { seed: 5 },
    );
    expect(history.at(-1)).toMatchObject({ type: 'fail', error: 'not acquired' });
    const silence = redlockPresets[preset].order === 'parallel' ? ms(10) : ms(50); // of one server, or of five in turn
    return begun.slice(1).map((at, place) => at - (begun[place] as number) - silence);
  };

  test.each([
    ['redlockRb', 2, 0, 200],
    ['redlockPy', 2, 200, 200],
    ['nodeRedlock', 10, 100, 300],
  ] as const)('of %s: %i more after the first, %i to %i ms apart', (preset, count, least, most) => {
    const pauses = pausesOf(preset);
    expect(pauses).toHaveLength(count);
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(ms(least));
      expect(pause).toBeLessThanOrEqual(ms(most) + 10);
    }
    if (least < most) expect(new Set(pauses).size).toBeGreaterThan(1);
  });
});

test('with two servers of five away the specification gets the lock, and the division that does not round does not', () => {
  const early = (preset: keyof typeof redlockPresets): number =>
    runOf(preset, 1, ['r1', 'r2']).history.filter(
      ({ f, type, time }) => f === 'acquire' && type === 'ok' && time < seconds(3),
    ).length;
  expect(early('specified')).toBeGreaterThan(0);
  expect(early('redlockPy')).toBe(0);
});

describe('the chart of a lock client', () => {
  test('has these moves', () => {
    expect([...lockClientMoves].toSorted()).toMatchInlineSnapshot(`
      [
        "acquiring>fetching token",
        "acquiring>holding",
        "acquiring>idle",
        "acquiring>waiting",
        "extending>holding",
        "extending>idle",
        "fetching token>holding",
        "fetching token>idle",
        "holding>extending",
        "holding>idle",
        "holding>releasing",
        "holding>working",
        "idle>acquiring",
        "releasing>idle",
        "waiting>acquiring",
        "waiting>idle",
        "working>holding",
        "working>idle",
      ]
    `);
  });

  test('is reached in every move that is no crash, within a few runs', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 24; seed++) {
      const scenario = seed % 2 === 0 ? redlock : redlockDelayedPacket; // a token that is long on its way comes too late
      const run = simulate(scenario, { seed, parameters: { fences: seed % 2 === 1 }, trace: true });
      for (const payload of run.trace?.payloads ?? []) {
        const [, role, from] = /"role":"([^"]+)","from":"([^"]+)"/.exec(payload) ?? [];
        if (role !== undefined) seen.add(`${from}>${role}`);
      }
    }
    const crashes = new Set(['waiting>idle', 'extending>idle', 'working>idle']);
    expect([...lockClientMoves].filter((move) => !seen.has(move) && !crashes.has(move))).toEqual([]);
    expect([...seen].filter((move) => !lockClientMoves.has(move))).toEqual([]);
  });
});
