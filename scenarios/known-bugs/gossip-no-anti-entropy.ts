// Broken on purpose: nobody ever asks for what it missed.
import { defineScenario } from '../../sim/index.ts';
import { gossipParameters, gossipWorld } from '../gossip.ts';

export const gossipNoAntiEntropy = defineScenario({
  name: 'gossip-no-anti-entropy',
  story: 'A rumour makes its rounds and is forgotten; a node that was away, or was never picked, does not hear it.',
  protocol: 'gossip',
  expect: { type: 'breaks', what: ['everybody hears'] },
  parameters: gossipParameters,
  world: (parameters) => gossipWorld(parameters, { antiEntropy: false }),
});
