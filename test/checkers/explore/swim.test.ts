// The simulator's own SWIM, explored within bounds: every run keeps what incarnations promise, and each broken rule has a shortest
// run that shows it.
import { describe, expect, test } from 'vitest';
import { describeAction, explore, explorePlain, provesViolation } from '../../../checkers/explore/index.ts';
import { brokenSwims } from '../../../scenarios/models/swim-worlds.ts';
import { swimWorld, type ExploredSwimOptions } from '../../../scenarios/models/swim.ts';

describe('every run of SWIM', () => {
  const worlds: readonly (readonly [string, ExploredSwimOptions, number])[] = [
    ['with four time-outs', { timeouts: 4 }, 5_771],
    ['with three time-outs and a crash', { timeouts: 3, crashes: 1 }, 5_280],
    ['with help', { timeouts: 4, helps: true }, 6_512],
    ['with exchanges', { timeouts: 3, exchanges: true }, 1_738],
  ];

  test.each(worlds)('%s is sound', (_name, options, states) => {
    const found = explore(swimWorld(options), { auditEvery: 100 });
    expect(found).toMatchObject({ complete: true, violations: [], unreached: [] });
    expect(found.unique).toBe(states);
  });

  test('has the same states without some of the transitions, and in the plain engine', () => {
    const world = swimWorld({ timeouts: 3, crashes: 1 });
    const { unique, generated, levels } = explore(world);
    expect(explore(world, { por: true })).toMatchObject({ complete: true, violations: [], unique, levels });
    const small = swimWorld({ timeouts: 3 });
    expect(explorePlain(small)).toMatchObject({ unique: explore(small).unique, violated: [] });
    expect(generated).toBeGreaterThan(unique);
  });
});

describe('SWIM without one of its rules', () => {
  const lengths: Readonly<Record<string, number>> = {
    'stale-alive': 4,
    'suspects-any-incarnation': 7,
    'dead-any-incarnation': 9,
    'weak-refutation': 4,
    'merges-dead': 6,
    'helper-vouches': 9,
    'nack-as-ack': 8,
    'any-ack': 4,
  };

  test.each(Object.entries(brokenSwims))('is caught with the shortest run: %s', (name, { breaks, world: options }) => {
    const world = swimWorld(options);
    const [violation] = explore(world).violations;
    expect(violation).toMatchObject({ property: breaks, trace: { length: lengths[name] } });
    expect(provesViolation(world, violation?.trace ?? [], breaks)).toBe(true);
  });

  test.each(Object.entries(brokenSwims))(
    'is sound once it has that rule again, in the same world: %s',
    (_name, { world }) => {
      expect(explore(swimWorld({ ...world, rules: {} }))).toMatchObject({ complete: true, violations: [] });
    },
  );

  test('tells its run in words', () => {
    const { world } = brokenSwims['any-ack'] ?? { world: {} };
    const [violation] = explore(swimWorld(world)).violations;
    expect(violation?.trace.map((action) => describeAction(action).replace(/ \{.*/, ''))).toEqual([
      'n1 timer swim probe fires',
      'n1 → n2 Ping',
      'n1 timer swim probe fires',
      'n2 → n1 Ack',
    ]);
    expect(violation?.reason).toBe('n1 takes its ping 2 of n3 for answered, which has not heard it');
  });
});
