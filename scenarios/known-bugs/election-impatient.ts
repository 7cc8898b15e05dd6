// Broken on purpose: nodes wait for answers no longer than they usually take, and bury whoever is slow for once. It is the
// paper's own assumption that is broken here: the bully needs a bound on delays that holds.
import { defineScenario, ms } from '../../sim/index.ts';
import { electionParameters, electionWorld } from '../election.ts';

export const electionImpatient = defineScenario({
  name: 'election-impatient',
  story: 'A leader takes a few milliseconds longer than usual to answer, is taken for dead, and gets a rival.',
  protocol: 'election',
  expect: { type: 'breaks', what: ['at most one leader'] },
  parameters: electionParameters,
  world: (parameters) => electionWorld(parameters, { answersWithin: ms(5) }),
});
