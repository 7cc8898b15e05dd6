// The role chart is the specification of Raft's role moves: real servers keep to it, and a server that does not is caught.
import { describe, expect, test } from 'vitest';
import { roleChart, roleChartIsKept, roleMoves } from '../../protocols/raft/index.ts';
import { defineScenario, ms, networkPresets, seconds, simulate, type Protocol, type Run } from '../../sim/index.ts';

describe('the role chart', () => {
  test('allows the moves of Figure 4 of the paper, those of pre-candidates and learners, and no others', () => {
    const starts = ['start>follower', 'start>learner'];
    const figure4 = [
      'follower>candidate',
      'candidate>candidate',
      'candidate>leader',
      'candidate>follower',
      'leader>follower',
      'follower>follower',
    ];
    const preCandidates = [
      'follower>pre-candidate',
      'candidate>pre-candidate',
      'pre-candidate>pre-candidate',
      'pre-candidate>candidate',
      'pre-candidate>follower',
    ];
    const learners = ['follower>learner', 'learner>learner', 'learner>follower', 'leader>learner'];
    expect([...roleMoves].sort()).toEqual([...starts, ...figure4, ...preCandidates, ...learners].sort());
    expect(Object.keys(roleChart.states)).toEqual([
      'start',
      'follower',
      'learner',
      'pre-candidate',
      'candidate',
      'leader',
    ]);
  });

  test.each([
    [['follower', 'candidate', 'leader', 'follower'], 'valid', []],
    [['follower', 'leader'], 'invalid', ['n1 went from follower to leader']],
    [['learner', 'candidate'], 'invalid', ['n1 went from learner to candidate']],
    [['follower', 'candidate', 'leader', 'candidate'], 'invalid', ['n1 went from leader to candidate']],
  ])('judges %j as %s', (roles, verdict, reasons) => {
    const run = play(roles);
    expect([run.verdict, run.findings.map(({ reason }) => reason)]).toEqual([verdict, reasons]);
  });
});

interface Actor {
  state: { next: number };
  message: never;
  timer: 'next';
  request: never;
  response: never;
}

/** A node that does nothing but note one role after another. */
function play(roles: readonly string[]): Run {
  const actor: Protocol<Actor> = {
    start(ctx) {
      ctx.setTimer('next', ms(10));
      return { next: 0 };
    },
    onMessage: () => undefined,
    onTimer(state, _timer, ctx) {
      const role = roles[state.next++];
      if (role === undefined) return;
      ctx.note('role', { role, term: state.next });
      ctx.setTimer('next', ms(10));
    },
  };
  const scenario = defineScenario({
    name: 'roles',
    story: 'A node that notes roles.',
    protocol: 'raft',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: [{ id: 'n1', protocol: actor }],
      clients: [],
      network: networkPresets.lan,
      until: seconds(1),
      tail: 0,
      workload: [],
      faults: [],
      properties: [roleChartIsKept()],
      checks: [],
    }),
  });
  return simulate(scenario, { seed: 1 });
}
