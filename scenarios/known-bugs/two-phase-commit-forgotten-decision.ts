// Broken on purpose: the coordinator announces a commit that is not on its disk yet.
import { defineScenario } from '../../sim/index.ts';
import { twoPhaseCommitParameters, twoPhaseCommitWorld } from '../two-phase-commit.ts';

export const twoPhaseCommitForgottenDecision = defineScenario({
  name: 'two-phase-commit-forgotten-decision',
  story:
    'The coordinator tells one participant to commit, loses its power and its memory of it, and tells another to abort.',
  protocol: 'two-phase-commit',
  expect: { type: 'breaks', what: ['agreement'] },
  parameters: twoPhaseCommitParameters,
  world: (parameters) => twoPhaseCommitWorld(parameters, { syncsDecision: false }),
});
