// Broken on purpose: the winner tells the others to halt, as it should, but does not wait until they have.
import { defineScenario } from '../../sim/index.ts';
import { electionParameters, electionWorld } from '../election.ts';

export const electionEarlyLeader = defineScenario({
  name: 'election-early-leader',
  story: 'The old leader returns and leads at once; for as long as its word travels, the stand-in leads as well.',
  protocol: 'election',
  expect: { type: 'breaks', what: ['at most one leader'] },
  parameters: electionParameters,
  world: (parameters) => electionWorld(parameters, { waitsForHalted: false }),
});
