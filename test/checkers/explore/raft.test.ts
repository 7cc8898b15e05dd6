// The simulator's own Raft, explored within bounds: every run is safe, and each broken rule has a shortest run that shows it.
import { describe, expect, test } from 'vitest';
import { describeAction, explore, explorePlain, provesViolation, walk } from '../../../checkers/explore/index.ts';
import { brokenRafts } from '../../../scenarios/models/raft-broken.ts';
import { raftWorld } from '../../../scenarios/models/raft.ts';

describe('every run of Raft', () => {
  test('with two time-outs is safe', () => {
    const found = explore(raftWorld({ timeouts: 2 }), { auditEvery: 1_000 });
    expect(found).toMatchObject({ complete: true, violations: [], unreached: [] });
    expect(found.unique).toBe(266_566);
  });

  test('with one time-out and one crash is safe', () => {
    const world = raftWorld({ timeouts: 1, crashes: 1 });
    for (const options of [{ auditEvery: 5 }, { por: true }, { symmetry: true }]) {
      expect(explore(world, options)).toMatchObject({ complete: true, violations: [], unreached: [] });
    }
  });

  test('with one time-out has the same states in the plain engine', () => {
    const world = raftWorld({ timeouts: 1 });
    const { unique, generated, levels } = explore(world);
    expect(explorePlain(world)).toEqual({ unique, generated, levels, violated: [] });
  });
});

describe('Raft without one of its rules', () => {
  const lengths: Readonly<Record<string, number>> = {
    'forgotten-vote': 8,
    'unwritten-term': 8,
    'ack-before-sync': 8,
    'two-votes': 6,
    'stale-votes': 7,
    'duplicate-votes': 10,
    'vote-for-anyone': 10,
    'length-only': 11,
    'old-term-commit': 11,
    'append-anywhere': 6,
    'always-truncates': 14,
    'boastful-follower': 8,
    'optimistic-match': 8,
    'learners-count': 8,
    'joint-union': 8,
  };

  test.each(Object.entries(brokenRafts))('is caught with the shortest run: %s', (name, { breaks, world: options }) => {
    const world = raftWorld(options);
    const [violation] = explore(world).violations;
    expect(violation).toMatchObject({ property: breaks, trace: { length: lengths[name] } });
    expect(provesViolation(world, violation?.trace ?? [], breaks)).toBe(true);
  });

  test.each(['length-only', 'boastful-follower', 'append-anywhere'])(
    'is safe once it has that rule again, in every run of the same world: %s',
    (name) => {
      const world = raftWorld({ ...brokenRafts[name]?.world, rules: {} });
      const whole = explore(world);
      expect(whole).toMatchObject({ complete: true, violations: [], unreached: [] });
      const { unique, levels } = whole;
      expect(explore(world, { por: true })).toMatchObject({ complete: true, violations: [], unique, levels });
    },
  );

  test('begins in the middle of a story in the plain engine as well, and in walks', () => {
    const world = raftWorld({ ...brokenRafts['append-anywhere']?.world, timeouts: 1 });
    const { unique, generated, levels, violations } = explore(world, { stop: 'never' });
    const violated = violations.map(({ property }) => property).sort();
    expect(explorePlain(world)).toEqual({ unique, generated, levels, violated });
    const walked = walk(world, { seed: '1', runs: 600, maxSteps: 30, stop: 'never' });
    expect(walked.violations.map(({ property }) => property).sort()).toEqual(violated);
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
