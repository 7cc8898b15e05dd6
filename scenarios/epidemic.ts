// Epidemics among members that keep nothing on disk, crash and are cut off: what one of them knows in the end, all do, whether they
// push what they know, pull it, or both.
import { epidemic, type EpidemicOptions } from '../protocols/broadcast/epidemic.ts';
import { gossipClient } from '../protocols/gossip/gossip.ts';
import {
  defineScenario,
  eventually,
  ms,
  nemesis,
  nodeIds,
  numbered,
  seconds,
  sometimesNoted,
  standardFaults,
  workload,
  type ParameterSpecs,
  type Random,
  type World,
} from '../sim/index.ts';

const modes = ['push', 'pull', 'push-pull'] as const;

export const epidemicParameters = {
  nodes: { about: 'how many members', default: 8, range: [2, 200], draw: (random) => random.pick([2, 3, 5, 8]) },
  fanOut: { about: 'how many others a member calls in each round', default: 1, range: [1, 10] },
} as const satisfies ParameterSpecs;

export const epidemicSpreads = defineScenario({
  name: 'epidemic',
  story:
    'Members tell, ask, or both, whomever they meet, and forget all in a crash; what one of them knows, all do in the end.',
  protocol: 'epidemic',
  expect: { type: 'holds' },
  parameters: {
    ...epidemicParameters,
    mode: {
      about: 'whether members push what they know, pull what others know, or both',
      default: 'push-pull',
      oneOf: modes,
      draw: (random: Random) => random.pick([...modes]),
    },
  },
  world: ({ mode, ...parameters }) => epidemicWorld(parameters, { mode }),
});

export function epidemicWorld(
  { nodes, fanOut }: { nodes: number; fanOut: number },
  variant: Pick<EpidemicOptions, 'mode' | 'hotFor'>,
): World {
  const members = nodeIds('n', nodes);
  const protocol = epidemic({ members, fanOut, ...variant });
  return {
    nodes: numbered('n', nodes, { protocol }),
    clients: [{ id: 'c1', protocol: gossipClient, timeout: seconds(1) }],
    network: { latency: 'lan', loss: 10_000 },
    until: seconds(7),
    tail: seconds(4),
    workload: (random, setting) =>
      workload({ every: ms(250), draw: (_random, serial) => ({ f: 'tell', value: serial }) })(random, {
        ...setting,
        until: setting.healAt,
      }),
    faults: nemesis({ classes: standardFaults, budget: nodes - 1, longest: seconds(1) }),
    properties: [
      eventually('all know the same', 'what one member knows after the heal, all do', seconds(3), (view) => {
        const known = view.running(protocol);
        const rumours = new Set(known.flatMap(({ state }) => [...state.known.keys()]));
        for (const { id, state } of known) {
          const missing = [...rumours].filter((rumour) => !state.known.has(rumour));
          if (missing.length > 0) return `${id} has not heard ${missing.join(', ')}`;
        }
        return undefined;
      }),
      sometimesNoted('heard', 'a member hears of a rumour'),
    ],
    checks: [],
  };
}
