// Raft without persistence: its states level by level, and the second vote that a forgotten first one makes possible.
import { describe, expect, test } from 'vitest';
import { describeAction, explore, explorePlain, retrace } from '../../../checkers/explore/index.ts';
import { forgetfulRaftWorld } from '../../../scenarios/models/forgetful-raft.ts';

describe('Raft that forgets its votes', () => {
  test.each([
    [3, 82],
    [4, 370],
    [5, 1_438],
    [6, 5_332],
    [7, 19_699],
    [8, 73_408],
  ])('has, up to level %i, the states that are told apart exactly', (maxLevels, unique) => {
    const found = explore(forgetfulRaftWorld(), { maxLevels });
    expect(found).toMatchObject({ unique, levels: maxLevels, complete: false, endedBy: 'levels', violations: [] });
    expect(found.frontier).toBeGreaterThan(0);
  });

  test.each([3, 4, 5])('has the same states in the plain engine up to level %i', (maxLevels) => {
    const { unique, generated, levels } = explore(forgetfulRaftWorld(), { maxLevels });
    expect(explorePlain(forgetfulRaftWorld(), maxLevels)).toEqual({ unique, generated, levels, violated: [] });
  });

  test('has the same states in the plain engine with messages lost and repeated, and few time-outs and crashes', () => {
    const faults = { crashes: 1, maxDown: 2, drops: 1, duplicates: 1, timeouts: 2 };
    for (const whileDown of ['gone', 'visible'] as const) {
      const world = { ...forgetfulRaftWorld(), faults, whileDown, properties: [] };
      const { unique, generated, levels } = explore(world, { maxLevels: 4, auditEvery: 3 });
      expect(explorePlain(world, 4)).toEqual({ unique, generated, levels, violated: [] });
    }
  });

  test('elects two leaders in a term: vote, crash, restart, vote again', () => {
    const [violation] = explore(forgetfulRaftWorld()).violations;
    expect(violation).toMatchObject({ property: 'election safety', reason: 'n1 and n3 both lead term 1' });
    expect(violation?.trace.map((action) => describeAction(action).replace(/ \{.*/, ''))).toEqual([
      'n1 timer election fires',
      'n1 → n2 vote request',
      'n2 → n1 vote',
      'n3 timer election fires',
      'n2 crashes',
      'n2 restarts',
      'n3 → n2 vote request',
      'n2 → n3 vote',
    ]);
    const { objections, states } = retrace(forgetfulRaftWorld(), violation?.trace ?? []);
    expect(objections).toEqual([
      { property: 'election safety', verdict: 'invalid', reason: 'n1 and n3 both lead term 1' },
    ]);
    expect(states).toHaveLength(9);
  });

  test('elects one leader in a term when the vote is on disk', () => {
    const found = explore(forgetfulRaftWorld({ remembersVote: true }), { maxLevels: 9 });
    expect(found).toMatchObject({ violations: [], unreached: [], endedBy: 'levels' });
  });
});
