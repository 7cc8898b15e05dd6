// Broken on purpose: a participant votes yes before its vote is on its disk.
import { defineScenario } from '../../sim/index.ts';
import { twoPhaseCommitParameters, twoPhaseCommitWorld } from '../two-phase-commit.ts';

export const twoPhaseCommitForgottenVote = defineScenario({
  name: 'two-phase-commit-forgotten-vote',
  story: 'A participant votes yes, loses its power, and knows nothing of the transaction that the others commit.',
  protocol: 'two-phase-commit',
  expect: { type: 'breaks', what: ['agreement'] },
  parameters: twoPhaseCommitParameters,
  world: (parameters) => twoPhaseCommitWorld(parameters, { syncsVote: false }),
});
