// Broken on purpose: a participant that has voted yes and waited long enough aborts on its own.
import { defineScenario } from '../../sim/index.ts';
import { twoPhaseCommitParameters, twoPhaseCommitWorld } from '../two-phase-commit.ts';

export const twoPhaseCommitImpatient = defineScenario({
  name: 'two-phase-commit-impatient',
  story: 'A participant has promised to commit, hears nothing, loses patience and aborts, while the others commit.',
  protocol: 'two-phase-commit',
  expect: { type: 'breaks', what: ['agreement'] },
  parameters: twoPhaseCommitParameters,
  world: (parameters) => twoPhaseCommitWorld(parameters, { blocksInDoubt: false }),
});
