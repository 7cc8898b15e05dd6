// Broken on purpose: members that push lose interest, and nobody asks.
import { defineScenario } from '../../sim/index.ts';
import { epidemicParameters, epidemicWorld } from '../epidemic.ts';

export const epidemicCold = defineScenario({
  name: 'epidemic-cold',
  story:
    'What was heard is pushed for three rounds only, and nobody asks; who was away, or was never called, does not hear it.',
  protocol: 'epidemic',
  expect: { type: 'breaks', what: ['all know the same'] },
  parameters: epidemicParameters,
  world: (parameters) => epidemicWorld(parameters, { mode: 'push', hotFor: 3 }),
});
