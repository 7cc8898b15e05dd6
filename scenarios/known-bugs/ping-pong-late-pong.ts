// Broken on purpose: the client does not look at the number on a pong.
import { defineScenario } from '../../sim/index.ts';
import { pingPongParameters, pingPongWorld } from '../ping-pong.ts';

export const pingPongLatePong = defineScenario({
  name: 'ping-pong-late-pong',
  story:
    'A ping is repeated and answered twice; the second pong arrives late and is taken for the answer to the next ping.',
  protocol: 'ping-pong',
  expect: { type: 'breaks', what: ['a pong answers its own ping'] },
  parameters: pingPongParameters,
  world: (parameters) => pingPongWorld(parameters, { checksRound: false }),
});
