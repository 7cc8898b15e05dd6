// Broadcasts along a tree that heals itself: the story of members that know a few neighbours only, lose some of them, and still
// all hear everything.
import { plumtreeClient } from '../protocols/plumtree/client.ts';
import { plumtree } from '../protocols/plumtree/plumtree.ts';
import type { PlumtreeRules } from '../protocols/plumtree/types.ts';
import {
  alwaysOn,
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

export const plumtreeParameters = {
  nodes: { about: 'how many members', default: 12, range: [3, 200], draw: (random) => random.pick([6, 9, 14]) },
  activeView: { about: 'neighbours of a member at most', default: 4, range: [2, 20] },
} as const satisfies ParameterSpecs;

export const plumtreeSpreads = defineScenario({
  name: 'plumtree',
  story: 'Members know a few neighbours each; broadcasts follow a tree between them that is mended when members fail.',
  protocol: 'plumtree',
  expect: { type: 'holds' },
  parameters: plumtreeParameters,
  world: (parameters) => plumtreeWorld(parameters),
});

/** How long after the heal the overlay may take to be whole again. */
const settling = seconds(3);

export function plumtreeWorld(
  { nodes, activeView }: { nodes: number; activeView: number },
  rules: Partial<PlumtreeRules> = {},
): World {
  const protocol = plumtree('n1', { activeView }, rules);
  return {
    nodes: numbered('n', nodes, { protocol }),
    clients: [{ id: 'c1', protocol: plumtreeClient, timeout: ms(300) }],
    network: { latency: 'lan' },
    until: seconds(9),
    tail: seconds(5.5),
    workload: workload({ every: ms(100), draw: (_random, serial) => ({ f: 'broadcast', value: serial }) }),
    faults: nemesis({ classes: standardFaults, budget: Math.floor(nodes / 3), longest: seconds(1) }),
    properties: [
      alwaysOn(['delivered'], 'delivered once', 'a member that lives delivers nothing twice', () => {
        const delivered = new Set<string>();
        return (_view, { node, note }) => {
          const broadcast = Number(note?.data['broadcast']);
          const what = `${node.id}/${node.incarnation}/${broadcast}`;
          if (delivered.has(what)) return `${node.id} delivers ${broadcast} again`;
          delivered.add(what);
          return undefined;
        };
      }),
      eventually('neighbours are mutual', 'who has a neighbour is a neighbour of it', settling, (view) => {
        const members = view.running(protocol);
        const active = new Map(members.map(({ id, state }) => [id, state.active]));
        for (const { id, state } of members) {
          for (const peer of state.active.keys()) {
            if (active.get(peer)?.has(id) !== true) return `${id} has ${peer} as a neighbour, which does not know it`;
          }
        }
        return undefined;
      }),
      eventually(
        'everybody hears',
        'a broadcast of the time after the heal reaches all',
        seconds(5),
        (view, healedAt) => {
          const late = view.history.filter(
            ({ type, time }) => type === 'ok' && time > healedAt + settling && time < healedAt + seconds(4),
          );
          for (const id of late.map(({ value }) => Number(value))) {
            const deaf = view.running(protocol).find(({ state }) => !state.delivered.has(id));
            if (deaf !== undefined) return `${deaf.id} has not heard ${id}`;
          }
          return late.length > 0 ? undefined : 'nothing was broadcast';
        },
      ),
      sometimesNoted('pruned', 'a link leaves the tree'),
      sometimesNoted('grafted', 'a link joins the tree again'),
      sometimesNoted('neighbour failed', 'a member loses a neighbour'),
    ],
    checks: [],
  };
}
