// The small protocols on many seeds: what should hold holds, and each broken partner is found by what it names.
import { describe, expect, test } from 'vitest';
import { scenarios } from '../../scenarios/index.ts';
import { simulate, type Scenario } from '../../sim/index.ts';
import { breaks, expectCleanAndLively, expectSeamKept, firstViolation, named } from './judged.ts';

const families = new Set([
  'ping-pong',
  'counter',
  'gossip',
  'epidemic',
  'crdt',
  'plumtree',
  'election',
  'two-phase-commit',
  'lock',
]);
const small = scenarios.filter(({ protocol }) => families.has(protocol));
const holding = small.filter(({ expect: { type } }) => type === 'holds');
const broken = small.filter(({ expect: { type } }) => type === 'breaks');

describe.each(named(holding))('%s', (_name, scenario) => {
  test('holds on 300 seeds, and every "sometimes" is reached in one of them', { timeout: 60_000 }, () => {
    expectCleanAndLively(scenario, 300);
  });
});

describe.each(named(broken))('%s', (_name, scenario) => {
  const partner = holding.find(({ protocol }) => protocol === scenario.protocol) as Scenario;

  test('is found within 100 seeds, by what it names and by nothing else', { timeout: 60_000 }, () => {
    const { seed, findings } = firstViolation(scenario, 100);
    expect(findings.map(({ name }) => name)).toEqual(breaks(scenario));
    expect(simulate(partner, { seed }).findings).toEqual([]);
  });
});

test.each(named(small))('%s keeps the rules of the seam, and debugging changes nothing', (_name, scenario) => {
  for (const seed of [1, 2, 3]) expectSeamKept(scenario, { seed });
});

test('each scenario tells its story in one line and names what it expects of properties that it has', () => {
  for (const scenario of small) {
    expect(scenario.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(scenario.story).toMatch(/^[A-Z].{30,140}\.$/);
    const world = scenario.world(
      Object.fromEntries(Object.entries(scenario.parameters).map(([name, spec]) => [name, spec.default])),
    );
    const judges = [...world.properties, ...world.checks].map(({ name }) => name);
    if (scenario.expect.type === 'breaks') expect(judges).toEqual(expect.arrayContaining([...scenario.expect.what]));
  }
});
