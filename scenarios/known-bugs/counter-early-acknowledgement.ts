// Broken on purpose: the server acknowledges an increment, and syncs afterwards.
import { defineScenario } from '../../sim/index.ts';
import { counterParameters, counterWorld } from '../counter.ts';

export const counterEarlyAcknowledgement = defineScenario({
  name: 'counter-early-acknowledgement',
  story: 'The server says yes a millisecond before the increment is on its disk, and the power fails in between.',
  protocol: 'counter',
  expect: { type: 'breaks', what: ['counts what it acknowledged'] },
  parameters: counterParameters,
  world: (parameters) => counterWorld(parameters, { syncsFirst: false }),
});
