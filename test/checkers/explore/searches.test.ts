// Depth first and at random: the same states, the same properties, other ways there.
import { describe, expect, test } from 'vitest';
import { explore, retrace, walk } from '../../../checkers/explore/index.ts';
import { forgetfulRaftWorld } from '../../../scenarios/models/forgetful-raft.ts';
import { abdWorld, paxosWorld } from '../../../scenarios/models/register.ts';
import { twoPhaseWorld } from '../../../scenarios/models/tla-two-phase.ts';
import { tickWorld } from './worlds.ts';

describe('depth first', () => {
  test.each([
    ['two-phase commit', twoPhaseWorld(4)],
    ['Paxos', paxosWorld({ clients: 2 })],
    ['ABD in queues', abdWorld({ network: 'ordered' })],
  ])('visits the states that breadth first does: %s', (_, world) => {
    const { unique, generated } = explore(world);
    expect(explore(world, { order: 'depth first' })).toMatchObject({ unique, generated, complete: true, frontier: 0 });
  });

  test('finds a violation too, by a longer way', () => {
    const found = explore(forgetfulRaftWorld(), { order: 'depth first', maxLevels: 40 });
    const [violation] = found.violations;
    expect(violation?.trace.length).toBeGreaterThan(8);
    expect(retrace(forgetfulRaftWorld(), violation?.trace ?? []).objections).toContainEqual({
      property: violation?.property,
      verdict: 'invalid',
      reason: violation?.reason,
    });
  });

  test('says that it was cut short', () => {
    const found = explore(tickWorld(5), { order: 'depth first', maxLevels: 3 });
    expect(found).toMatchObject({ levels: 3, complete: false, endedBy: 'levels', frontier: 1 });
  });
});

describe('a random walk', () => {
  test('finds two leaders in a term, and its trace proves it', () => {
    const { violations } = walk(forgetfulRaftWorld(), { seed: '1', runs: 10_000, maxSteps: 60 });
    expect(violations).toMatchObject([{ property: 'election safety' }]);
    const { objections } = retrace(forgetfulRaftWorld(), violations[0]?.trace ?? []);
    expect(objections.map(({ reason }) => reason)).toContain(violations[0]?.reason);
  });

  test('is the same for the same seed, and finds nothing where nothing is', () => {
    const options = { seed: '2', runs: 200, maxSteps: 100 };
    const walked = walk(paxosWorld({ clients: 2 }), options);
    expect(walked).toMatchObject({ runs: 200, violations: [], unreached: [] });
    expect(walk(paxosWorld({ clients: 2 }), options)).toEqual(walked);
    expect(walk(paxosWorld({ clients: 2 }), { ...options, seed: '3' }).steps).not.toBe(walked.steps);
  });
});
