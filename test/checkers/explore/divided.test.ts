// Searches that are divided among parts: what they find must not depend on how many there are. Only which of equally short
// runs is shown may: parts meet messages in other orders, and so number them otherwise.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  alwaysEach,
  explore,
  exploreInParts,
  inevitable,
  provesViolation,
  type Exploration,
  type ExploredWorld,
} from '../../../checkers/explore/index.ts';
import { exploredScenarios } from '../../../scenarios/index.ts';
import { paxosWorld } from '../../../scenarios/models/register.ts';
import { resolveParameters } from '../../../sim/index.ts';
import { drawnWorld, worldOf } from './drawn-worlds.ts';
import { tickWorld, timerWorld } from './worlds.ts';

function gistOf({ violations, unique, generated, levels, complete, endedBy, frontier, unreached }: Exploration) {
  const found = violations.map(({ property: name, verdict, trace }) => `${name} ${verdict} ${trace.length}`);
  return { unique, generated, levels, complete, endedBy, frontier, unreached, found: found.sort() };
}

function expectSame(world: ExploredWorld, parts: number, maxLevels: number, round: number): void {
  const whole = explore(world, { stop: 'never', maxLevels });
  const divided = exploreInParts(world, parts, { stop: 'never', maxLevels, round });
  expect(gistOf(divided)).toEqual(gistOf(whole));
  for (const { property: name, trace } of divided.violations) expect(provesViolation(world, trace, name)).toBe(true);
  const [first] = explore(world, { maxLevels }).violations;
  const [early] = exploreInParts(world, parts, { maxLevels, round }).violations;
  expect(early?.trace.length).toBe(first?.trace.length);
}

describe('a search in parts', () => {
  const worlds = exploredScenarios.map((scenario) => [scenario.name, scenario] as const);

  test.each(worlds)('finds in %s what a search in one piece finds', (_, scenario) => {
    const whole = scenario.world(resolveParameters(scenario, {}, ''));
    const world = { ...whole, properties: whole.properties.filter(({ type }) => type !== 'eventually') };
    const { levels } = explore(world, { stop: 'never', maxStates: 200 });
    expectSame(world, 2, levels, 100);
    expectSame(world, 3, levels, 65_536);
  });

  property.prop([drawnWorld, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 })], { numRuns: 40 })(
    'finds in drawn worlds what a search in one piece finds',
    (drawn, parts, round) => expectSame(worldOf(drawn), parts, 5, round),
  );

  test('visits all of Paxos with two clients', () => {
    const found = exploreInParts(paxosWorld({ clients: 2 }), 2);
    expect(found).toMatchObject({ unique: 16_668, generated: 32_971, levels: 21, complete: true, violations: [] });
  });

  test('ends at its bounds, and says which', () => {
    const world = paxosWorld({ clients: 2 });
    const full = exploreInParts(world, 2, { maxStates: 1_000, round: 7 });
    expect(full).toMatchObject({ endedBy: 'states', complete: false });
    expect(full.unique - 1_000).toBeLessThan(8); // the last state that was expanded has so many successors
    expect(exploreInParts(world, 2, { maxStates: 1 })).toMatchObject({ unique: 1, endedBy: 'states', frontier: 1 });
    expect(exploreInParts(world, 2, { maxBytes: 1 })).toMatchObject({ endedBy: 'bytes' });
    let asked = 0;
    expect(exploreInParts(world, 2, { round: 1, isOver: () => ++asked > 5 })).toMatchObject({ endedBy: 'time' });
  });

  test('finds a violation of the initial state, one where runs end, and a handler that throws', () => {
    const never = alwaysEach('never', '', () => 'it is');
    expect(exploreInParts({ ...tickWorld(1), properties: [never] }, 2).violations).toEqual(
      explore({ ...tickWorld(1), properties: [never] }).violations,
    );
    const thrower = timerWorld(() => {
      throw new Error('no');
    });
    expect(exploreInParts(thrower, 3).violations).toEqual(explore(thrower).violations);
    expect(exploreInParts(thrower, 3).violations).toHaveLength(1);
  });

  test('refuses what is judged on all transitions at once', () => {
    const world = { ...tickWorld(1), properties: [inevitable('at last', '', () => true)] };
    expect(() => exploreInParts(world, 2)).toThrow('expected one worker');
  });
});
