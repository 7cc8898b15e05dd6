// The simulator's own Raft, explored within bounds: every run is safe, and each broken rule has a shortest run that shows it.
import { describe, expect, test } from 'vitest';
import { describeAction, explore, explorePlain, retrace } from '../../../checkers/explore/index.ts';
import type { Rules } from '../../../protocols/raft/index.ts';
import { raftWorld } from '../../../scenarios/models/raft.ts';

describe('every run of Raft', () => {
  test('with two time-outs is safe', () => {
    const found = explore(raftWorld({ timeouts: 2 }), { auditEvery: 50 });
    expect(found).toMatchObject({ complete: true, violations: [], unreached: [] });
    expect(found.unique).toBe(266_566);
  });

  test('with one time-out and one crash is safe', () => {
    expect(explore(raftWorld({ timeouts: 1, crashes: 1 }))).toMatchObject({
      complete: true,
      violations: [],
      unreached: [],
    });
  });

  test('with one time-out has the same states in the plain engine', () => {
    const world = raftWorld({ timeouts: 1 });
    const { unique, generated, levels } = explore(world);
    expect(explorePlain(world)).toEqual({ unique, generated, levels, violated: [] });
  });
});

describe('Raft without one of its rules', () => {
  const cases: readonly (readonly [string, Partial<Rules>, number, string, number])[] = [
    ['that votes on disk', { persistsVote: false }, 1, 'n1 and n3 both lead term 1', 8],
    ['to sync before it replies', { syncsBeforeReply: false }, 1, 'n1 and n3 both lead term 1', 8],
    ['to vote once a term', { isFreeToVote: () => true }, 0, 'n1 and n3 both lead term 1', 6],
    ['to compare logs before it votes', { isUpToDate: () => true }, 0, 'n1 and n2 applied different commands at 1', 13],
  ];

  test.each(cases)('%s is caught with the shortest run', (_, rules, crashes, reason, length) => {
    const world = raftWorld({ rules, crashes });
    const [violation] = explore(world).violations;
    expect(violation?.reason).toBe(reason);
    expect(violation?.trace).toHaveLength(length);
    expect(retrace(world, violation?.trace ?? []).objections.map((objection) => objection.reason)).toEqual([reason]);
  });

  test('tells its run in words', () => {
    const [violation] = explore(raftWorld({ rules: { isFreeToVote: () => true } })).violations;
    expect(violation?.trace.map((action) => describeAction(action).replace(/ \{.*/, ''))).toEqual([
      'n1 timer election fires',
      'n1 → n2 RequestVote',
      'n2 → n1 RequestVoteReply',
      'n3 timer election fires',
      'n3 → n2 RequestVote',
      'n2 → n3 RequestVoteReply',
    ]);
  });
});
