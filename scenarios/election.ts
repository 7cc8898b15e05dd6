// The bully election under the faults its paper allows: crashes and restarts at any moment, on a network that is slow at
// times but loses nothing. The story of why a winner has to make sure that the loser has stopped.
import { bully, type BullyOptions } from '../protocols/election/bully.ts';
import {
  alwaysOn,
  defineScenario,
  eventually,
  nemesis,
  numbered,
  seconds,
  sometimesNoted,
  type ParameterSpecs,
  type World,
} from '../sim/index.ts';

export const electionParameters = {
  nodes: { about: 'how many nodes', default: 5, range: [2, 9], draw: (random) => random.pick([3, 5, 7]) },
} as const satisfies ParameterSpecs;

export const election = defineScenario({
  name: 'election',
  story: 'Nodes crash and come back, the greatest name wins the election, and two never lead at one instant.',
  protocol: 'election',
  expect: { type: 'holds' },
  parameters: electionParameters,
  world: (parameters) => electionWorld(parameters),
});

export function electionWorld({ nodes }: { nodes: number }, options: BullyOptions = {}): World {
  const protocol = bully(options);
  return {
    nodes: numbered('n', nodes, { protocol }),
    clients: [],
    network: { latency: 'lan' },
    until: seconds(15),
    tail: seconds(5),
    workload: [],
    roles: { leader: (view) => view.running(protocol).find(({ state }) => state.role === 'leader')?.id },
    faults: nemesis({
      classes: ['crash', 'power-loss', 'crash-at-write', 'clock-drift', 'clock-jump'],
      budget: nodes - 1,
    }),
    properties: [
      alwaysOn(['leader'], 'at most one leader', 'no two nodes lead at one instant', () => (view) => {
        const leaders = view.running(protocol).filter(({ state }) => state.role === 'leader');
        return leaders.length > 1 ? `${leaders.map(({ id }) => id).join(' and ')} lead at once` : undefined;
      }),
      eventually('one leader for all', 'all nodes follow the one of the highest rank', seconds(4), (view) => {
        const states = view.running(protocol);
        const highest = states.at(-1)?.id;
        const astray = states.filter(({ id, state }) =>
          id === highest ? state.role !== 'leader' : state.role !== 'follower' || state.ruler?.id !== highest,
        );
        return astray.length === 0 ? undefined : astray.map(({ id, state }) => `${id} is ${state.role}`).join(', ');
      }),
      sometimesNoted('leader', 'somebody wins'),
      sometimesNoted('deposed', 'a leader is halted by a node of higher rank'),
    ],
    checks: [],
  };
}
