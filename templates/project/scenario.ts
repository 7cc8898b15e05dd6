// A scenario: the world that the protocol lives in, what goes wrong in it, and what must hold all the same.
import {
  defineScenario,
  eventually,
  linearizable,
  ms,
  nemesis,
  networkPresets,
  numbered,
  register,
  seconds,
  sometimes,
  workload,
} from 'faultline';
import { client, server } from './register.ts';

export const scenario = defineScenario({
  name: 'register',
  story: 'One server keeps one value for a few clients, and every read returns what was written last.',
  protocol: 'register',
  expect: { type: 'holds' },
  parameters: {
    // Knobs: each seed draws its own value; --set clients=2 fixes it.
    clients: { about: 'client processes', default: 2, range: [1, 20], draw: (random) => random.between(1, 4) },
  },
  world: ({ clients }) => ({
    nodes: [{ id: 'n1', protocol: server }],
    clients: numbered('c', clients, { protocol: client, timeout: ms(500) }),
    network: networkPresets.lan,
    until: seconds(5),
    tail: seconds(1), // the end of the run, in which nothing is broken any more
    workload: workload({
      every: ms(50),
      draw: (random, serial) => (random.chance(500_000) ? { f: 'read', value: null } : { f: 'write', value: serial }),
    }),
    // Drawn by each seed. Without classes: everything that a protocol which trusts its disk must survive.
    faults: nemesis({
      budget: 1,
      classes: ['crash', 'power-loss', 'crash-at-write', 'pause', 'hold', 'slow-link', 'loss', 'duplicate', 'reorder'],
    }),
    properties: [
      // What must come true once nothing is broken any more.
      eventually('answers come again', 'some operation completes', ms(900), (view, healedAt) =>
        view.history.some(({ type, time }) => type === 'ok' && time > healedAt) ? undefined : 'nothing was answered',
      ),
      // What must happen in some run, or the rest proves little.
      sometimes('the server is down', 'the server crashes now and then', (view) => view.node('n1').status === 'down'),
    ],
    checks: [linearizable(register())],
  }),
});
