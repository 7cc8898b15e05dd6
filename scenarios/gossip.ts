// Rumours among nodes that crash, in a network that is cut and loses: the story of the few whom rumour mongering misses, and
// of the anti-entropy that finds them.
import { gossip, gossipClient, type GossipOptions } from '../protocols/gossip/gossip.ts';
import {
  defineScenario,
  eventually,
  ms,
  nemesis,
  numbered,
  seconds,
  sometimesNoted,
  standardFaults,
  workload,
  type ParameterSpecs,
  type World,
} from '../sim/index.ts';

export const gossipParameters = {
  nodes: { about: 'how many nodes', default: 8, range: [2, 50], draw: (random) => random.pick([3, 5, 8]) },
  fanOut: { about: 'how many peers hear of a hot rumour in each round', default: 2, range: [1, 10] },
  rounds: { about: 'for how many rounds a rumour stays hot', default: 3, range: [1, 20] },
} as const satisfies ParameterSpecs;

export const gossipSpreads = defineScenario({
  name: 'gossip',
  story:
    'Nodes tell rumours to random peers, and ask now and then for what they missed, until everybody knows all of them.',
  protocol: 'gossip',
  expect: { type: 'holds' },
  parameters: gossipParameters,
  world: (parameters) => gossipWorld(parameters),
});

export function gossipWorld(
  { nodes, fanOut, rounds }: { nodes: number; fanOut: number; rounds: number },
  options: GossipOptions = {},
): World {
  const protocol = gossip({ fanOut, rounds, ...options });
  return {
    nodes: numbered('n', nodes, { protocol }),
    clients: [{ id: 'c1', protocol: gossipClient, timeout: seconds(1) }],
    network: { latency: 'lan' },
    until: seconds(10),
    tail: seconds(5),
    workload: (random, setting) =>
      workload({ every: ms(250), draw: (_random, serial) => ({ f: 'tell', value: serial }) })(random, {
        ...setting,
        until: setting.healAt,
      }),
    faults: nemesis({ classes: standardFaults, budget: nodes - 1, longest: seconds(2) }),
    properties: [
      eventually('everybody hears', 'every node knows every rumour that a client was promised', seconds(4), (view) => {
        const told = view.history.filter(({ type }) => type === 'ok').map(({ value }) => value as number);
        const ignorant = view.running(protocol).flatMap(({ id, state }) => {
          const missing = told.filter((rumour) => !state.known.includes(rumour));
          return missing.length === 0 ? [] : [`${id} has not heard ${missing.join(', ')}`];
        });
        return ignorant.length === 0 ? undefined : ignorant.join('; ');
      }),
      sometimesNoted('heard late', 'a node hears a rumour only when it asks'),
    ],
    checks: [],
  };
}
