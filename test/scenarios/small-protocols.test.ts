// The small protocols on many seeds: what should hold holds, and each broken partner is found by what it names.
import { describe, expect, test } from 'vitest';
import { scenarios } from '../../scenarios/index.ts';
import { simulate, type Run, type Scenario } from '../../sim/index.ts';

const families = new Set([
  'ping-pong',
  'counter',
  'gossip',
  'crdt',
  'plumtree',
  'election',
  'two-phase-commit',
  'lock',
]);
const small = scenarios.filter(({ protocol }) => families.has(protocol));
const holding = small.filter(({ expect: { type } }) => type === 'holds');
const broken = small.filter(({ expect: { type } }) => type === 'breaks');

const invalid = (run: Run): string[] =>
  run.findings.map(({ name, verdict }) => `${name}${verdict === 'invalid' ? '' : '?'}`);

describe.each(holding.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  test('holds on 300 seeds, and every "sometimes" is reached in one of them', { timeout: 60_000 }, () => {
    const reached = new Map<string, number>();
    for (let seed = 1; seed <= 300; seed++) {
      const run = simulate(scenario, { seed });
      expect(run.findings, `seed ${seed}`).toEqual([]);
      for (const property of run.sometimes) {
        reached.set(property.name, (reached.get(property.name) ?? 0) + Number(property.reached));
      }
    }
    expect([...reached].filter(([, runs]) => runs === 0)).toEqual([]);
  });
});

describe.each(broken.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  const partner = holding.find(({ protocol }) => protocol === scenario.protocol) as Scenario;

  test('is found within 100 seeds, by what it names and by nothing else', { timeout: 60_000 }, () => {
    const found = firstFinding(scenario, 100);
    expect(invalid(found)).toEqual(scenario.expect.type === 'breaks' ? scenario.expect.what : []);
    expect(simulate(partner, { seed: found.seed }).findings).toEqual([]);
  });
});

test.each(small.map((scenario) => [scenario.name, scenario] as const))(
  '%s keeps the rules of the seam, and debugging changes nothing',
  (_name, scenario) => {
    for (const seed of [1, 2, 3]) {
      const plain = simulate(scenario, { seed });
      const debugged = simulate(scenario, { seed, debug: true });
      expect(debugged.findings).toEqual(plain.findings);
      expect(debugged.hash).toBe(plain.hash);
    }
  },
);

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

function firstFinding(scenario: Scenario, seeds: number): Run {
  for (let seed = 1; seed <= seeds; seed++) {
    const run = simulate(scenario, { seed });
    if (run.findings.length > 0) return run;
  }
  throw new Error(`${scenario.name} was not found within ${seeds} seeds`);
}
