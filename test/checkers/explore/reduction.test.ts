// Partial-order reduction and iterative deepening: the same states on the same levels, the same verdicts, fewer transitions.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explore, explorePlain, type Exploration, type ExploredWorld } from '../../../checkers/explore/index.ts';
import { forgetfulRaftWorld } from '../../../scenarios/models/forgetful-raft.ts';
import { raftWorld } from '../../../scenarios/models/raft.ts';
import { exploredScenarios } from '../../../scenarios/index.ts';
import { abdWorld, paxosWorld, singleCopyWorld } from '../../../scenarios/models/register.ts';
import { twoPhaseWorld } from '../../../scenarios/models/tla-two-phase.ts';
import { resolveParameters } from '../../../sim/index.ts';
import { drawnWorld, worldOf } from './drawn-worlds.ts';

const models: readonly [string, ExploredWorld, number?][] = [
  ['two-phase commit', twoPhaseWorld(4)],
  ['Paxos', paxosWorld({ clients: 2 })],
  ['Paxos in queues', paxosWorld({ network: 'ordered' })],
  ['a Paxos that adopts nothing', paxosWorld({ clients: 2, adoptsAccepted: false })],
  ['a single copy', singleCopyWorld({ clients: 3 })],
  ['two copies', singleCopyWorld({ clients: 2, servers: 2 })],
  ['ABD', abdWorld()],
  ['ABD that reads without writing back', abdWorld({ clients: 2, writesBack: false }), 12],
  ['Raft that forgets', forgetfulRaftWorld(), 7],
  ['Raft that remembers', forgetfulRaftWorld({ remembersVote: true }), 7],
  ['Raft', raftWorld({ timeouts: 2, crashes: 1 }), 9],
];

describe('partial-order reduction', () => {
  test.each(models)('visits the states of %s, on their levels, by fewer transitions', (_, world, maxLevels) => {
    const options = { stop: 'never', ...(maxLevels !== undefined && { maxLevels }) } as const;
    const whole = explore(world, options);
    const reduced = explore(world, { ...options, por: true });
    expect(told(reduced)).toEqual(told(whole));
    expect(reduced.generated).toBeLessThan(whole.generated);
  });

  test('agrees with the plain engine on worlds of drawn protocols', { timeout: 60_000 }, () => {
    let saved = 0;
    let violated = 0;
    fc.assert(
      fc.property(drawnWorld, (drawn) => {
        const world = worldOf(drawn);
        const whole = explore(world, { stop: 'never', maxStates: 250 });
        fc.pre(whole.complete);
        const reduced = explore(world, { stop: 'never', por: true });
        const plain = explorePlain(world);
        expect(told(reduced)).toEqual(told(whole));
        expect(reduced.violations.map(({ property }) => property).sort()).toEqual(plain.violated);
        expect(reduced).toMatchObject({ unique: plain.unique, levels: plain.levels });
        saved += whole.generated - reduced.generated;
        violated += plain.violated.length;
      }),
      { numRuns: 40, seed: 1 },
    );
    expect(saved).toBeGreaterThan(500);
    expect(violated).toBeGreaterThan(50);
  });

  test('is refused where levels do not come in order', () => {
    expect(() => explore(twoPhaseWorld(2), { por: true, order: 'depth first' })).toThrow(
      'needs a search breadth first',
    );
  });
});

describe('iterative deepening', () => {
  test.each(models)('visits the states of %s, level by level', (_, world, maxLevels) => {
    const levels = Math.min(maxLevels ?? Infinity, 6);
    const wide = explore(world, { stop: 'never', maxLevels: levels });
    const deep = explore(world, { stop: 'never', order: 'iterative deepening', maxLevels: levels });
    expect(told(deep)).toEqual(told(wide));
    expect(deep.generated).toBe(wide.generated);
  });

  test('finds the shortest way to a violation', () => {
    const broken = paxosWorld({ clients: 2, adoptsAccepted: false });
    const [shortest] = explore(broken).violations;
    const [violation] = explore(broken, { order: 'iterative deepening' }).violations;
    expect(violation).toMatchObject({ property: 'linearizable register', trace: { length: shortest?.trace.length } });
  });

  test('comes to an end where the world does', () => {
    expect(explore(twoPhaseWorld(3), { order: 'iterative deepening' })).toMatchObject({
      unique: 288,
      generated: 1_146,
      levels: 11,
      complete: true,
      frontier: 0,
    });
  });
});

/** All but the transitions: states, levels, and for each violated property the length of its shortest trace. */
function told({ unique, levels, complete, frontier, violations, unreached }: Exploration) {
  const lengths = violations.map(({ property, trace }) => `${property} after ${trace.length}`).sort();
  return { unique, levels, complete, frontier, violations: lengths, unreached };
}

describe('every world that is shipped', () => {
  const worlds = exploredScenarios
    .map((scenario) => [scenario.name, scenario.world(resolveParameters(scenario, {}, ''))] as const)
    .filter(([, { properties }]) => !properties.some(({ type }) => type === 'eventually'));
  const violated = (found: Exploration): string[] =>
    found.violations.map(({ property, trace }) => `${property} in ${trace.length}`).sort();

  test.each(worlds)('is judged alike with and without reductions: %s', (_, world) => {
    const { levels: maxLevels } = explore(world, { stop: 'never', maxStates: 150 });
    const whole = explore(world, { stop: 'never', maxLevels });
    const { unique, levels, unreached } = whole;
    const ordered = explore(world, { stop: 'never', maxLevels, por: true });
    expect(ordered).toMatchObject({ unique, levels, unreached });
    expect(violated(ordered)).toEqual(violated(whole));
    if (world.symmetric === undefined) return;
    const renamed = explore(world, { stop: 'never', maxLevels, symmetry: true });
    expect(renamed).toMatchObject({ levels, unreached });
    expect(violated(renamed)).toEqual(violated(whole));
  });
});
