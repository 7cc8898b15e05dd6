// Campaigns: totals, failures by cause, determinism that is verified, and an end at any moment.
import { describe, expect, test } from 'vitest';
import { campaign, type Campaign } from '../../fuzz/index.ts';
import { findScenario } from '../../scenarios/index.ts';
import { always, InputError, seconds, simulate, type Scenario } from '../../sim/index.ts';

const holds = findScenario('ping-pong');
const breaks = findScenario('ping-pong-late-pong');

describe('a campaign', () => {
  test('of a scenario that holds is valid and says what was reached', async () => {
    const found = await campaign(holds, { seeds: 25, until: seconds(1) });
    expect(found).toMatchObject({
      planned: 25,
      seeds: 25,
      verdict: 'valid',
      ended: 'finished',
      failures: [],
      causes: [],
    });
    expect(found.simulatedUs).toBe(25 * seconds(1));
    expect(found.verified).toBe(2); // every twentieth
    for (const { seeds } of found.sometimes) expect(seeds).toBeLessThanOrEqual(25);
  });

  test('that has no time for a single seed knows nothing, rather than that all is well', async () => {
    const found = await campaign(holds, { seeds: 25, timeMs: 0 });
    expect(found).toMatchObject({ seeds: 0, verdict: 'unknown', ended: 'out of time' });
  });

  test('finds what a simulation of the same seed finds, and groups it by cause', async () => {
    const found = await campaign(breaks, { seeds: 20 });
    expect(found.verdict).toBe('invalid');
    expect(found.causes).toHaveLength(1);
    const cause = found.causes[0]!;
    expect(cause).toMatchObject({
      verdict: 'invalid',
      names: ['a pong answers its own ping'],
      seeds: found.failures.length,
    });
    expect(cause.smallest.events).toBe(Math.min(...found.failures.map(({ events }) => events)));
    for (const { seed, hash } of found.failures) expect(simulate(breaks, { seed }).hash).toBe(hash);
    expect(found.verified).toBeGreaterThanOrEqual(found.failures.length);
  });

  test('has one hash for one range of seeds', async () => {
    const hashOf = async (start: number): Promise<string> =>
      (await campaign(holds, { seeds: 3, start, until: seconds(1) })).hash;
    expect(await hashOf(1)).toBe(await hashOf(1));
    expect(await hashOf(1)).not.toBe(await hashOf(2));
  });

  test('of every third seed is a third of the campaign', async () => {
    const whole = await campaign(breaks, { seeds: 12 });
    const shard = await campaign(breaks, { seeds: 4, start: 2, stride: 3 });
    const own = whole.failures.filter(({ seed }) => ['2', '5', '8', '11'].includes(seed));
    expect(own.length).toBeGreaterThan(0);
    expect(shard).toMatchObject({ start: 2, stride: 3, seeds: 4, failures: own });
  });

  test('stops at the first failure when it is told to', async () => {
    const found = await campaign(breaks, { seeds: 1_000, untilFailure: true });
    expect(found).toMatchObject({ ended: 'first failure', failures: [{ verdict: 'invalid' }] });
    expect(found.seeds).toBeLessThan(1_000);
  });

  test('keeps what it has found when it is interrupted, even within a run', async () => {
    const controller = new AbortController();
    const progress: Campaign[] = [];
    const found = await campaign(breaks, {
      seeds: 1_000_000,
      signal: controller.signal,
      onProgress: (now) => {
        progress.push(now);
        if (now.failures.length > 0) controller.abort();
      },
    });
    expect(found.ended).toBe('interrupted');
    expect(found.failures.length).toBeGreaterThan(0);
    expect(found.seeds).toBeLessThan(10_000);
    expect(progress.at(-1)).toEqual(found);
  });

  test('that is too long for one turn of the event loop lets others work', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await campaign(holds, { seeds: 1_000 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test('refuses counts and parameters that do not fit', async () => {
    await expect(campaign(holds, { seeds: 0 })).rejects.toThrow('seeds: expected a whole number from 1');
    await expect(campaign(holds, { seeds: 1, start: -1 })).rejects.toThrow('start: expected');
    await expect(campaign(holds, { seeds: 1_000_000_001 })).rejects.toThrow('from 1 to 1000000000');
    await expect(campaign(holds, { seeds: 1, parameters: { nope: 1 } })).rejects.toThrow(InputError);
  });
});

describe('a defect of the tools is no finding', () => {
  test('a judge that throws ends the campaign and names the seed', async () => {
    const found = await campaign(
      worldWith(holds, 7, () => {
        throw new TypeError('the judge is broken');
      }),
      { seeds: 20 },
    );
    expect(found).toMatchObject({ ended: 'broken', seeds: 6, broken: { seed: '7', type: 'error' } });
    expect(found.broken!.reason).toContain('the judge is broken');
  });

  test('a world that is refused at the first seed is bad input, later a defect', async () => {
    const refuse = (): never => {
      throw new InputError('no such world');
    };
    await expect(campaign(worldWith(holds, 1, refuse), { seeds: 3 })).rejects.toThrow('no such world');
    expect(await campaign(worldWith(holds, 3, refuse), { seeds: 3 })).toMatchObject({
      ended: 'broken',
      broken: { seed: '3', type: 'error', reason: 'no such world' },
    });
  });

  test('a run that depends on more than its seed is nondeterminism, with the first event that differs', async () => {
    let leak = 0;
    const leaky: Scenario = {
      ...holds,
      world: (parameters) => {
        const world = holds.world(parameters);
        return {
          ...world,
          faults: [{ at: 500_000 + leak++, fault: { type: 'clock-jump', node: world.nodes[0]!.id, by: 1 } }],
        };
      },
    };
    const found = await campaign(leaky, { seeds: 3 });
    expect(found).toMatchObject({ ended: 'broken', broken: { seed: '1', type: 'nondeterminism' } });
    expect(found.broken!.reason).toMatch(/first differ at event \d+[^]*- +500\.00\d ms[^]*\+ +/);
  });
});

/** The scenario with something done by its property as the n-th judged run starts. */
function worldWith(scenario: Scenario, nth: number, act: () => void): Scenario {
  let runs = 0;
  const property = always('own', 'does something', () => {
    if (++runs === nth) act();
    return () => undefined;
  });
  return { ...scenario, world: (parameters) => ({ ...scenario.world(parameters), properties: [property] }) };
}
