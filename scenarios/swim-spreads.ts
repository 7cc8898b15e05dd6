// Fifty members that know each other from the start: news reach nearly everybody soon, and nobody is probed by a crowd.
import { lan, startingMembers, swim, swimClient, type Swim } from '../protocols/swim/index.ts';
import {
  alwaysOn,
  defineScenario,
  eventually,
  nodeIds,
  seconds,
  workload,
  type Property,
  type Protocol,
  type World,
} from '../sim/index.ts';
import type { SwimVariant } from './swim.ts';

export const spreadParameters = { nodes: { about: 'how many members', default: 40, range: [10, 1_000] } } as const;

export function spreadWorld({ nodes: count }: { nodes: number }, { rules = {}, config = {} }: SwimVariant = {}): World {
  const ids = nodeIds('m', count);
  const known = startingMembers(ids);
  const protocol = swim({ known, rules, config: { ...lan, pushPullInterval: 0, ...config } });
  return {
    nodes: ids.map((id) => ({ id, protocol })),
    // Requests may be lost: the last of three events begins in time all the same.
    clients: [{ id: 'c1', protocol: swimClient, timeout: seconds(2) }],
    network: { latency: 'lan', loss: 10_000 },
    until: seconds(12),
    tail: seconds(12),
    workload: workload({
      every: seconds(1),
      limit: 3,
      draw: (_random, serial) => ({ f: 'event', value: [null, serial] }),
    }),
    faults: [],
    properties: [newsReachNearlyAll(protocol), nobodyIsCrowded],
    checks: [],
  };
}

/** After λ log n rounds the expected share of those who have not heard is tiny (SWIM 4.1). */
function newsReachNearlyAll(protocol: Protocol<Swim>): Property {
  return eventually('news reach nearly all', 'nine of ten have heard of every event', seconds(11), (view) => {
    const sent = view.history.filter(({ type, f }) => type === 'ok' && f === 'event');
    const members = view.running(protocol);
    for (const value of sent.map((event) => (event.value as [number, number])[0])) {
      const heard = members.filter(({ state }) => state.serf.recent.some((news) => news.value === value)).length;
      if (heard * 10 < members.length * 9) return `${heard} of ${members.length} have heard of event ${value}`;
    }
    const begun = view.history.filter(({ type }) => type === 'invoke').length;
    return begun === 3 && sent.length > 0 ? undefined : 'events are under way';
  });
}

/** Targets are chosen as if at random (4.3): the number that probe one member in one period stays small. */
const nobodyIsCrowded: Property = alwaysOn(
  ['probe'],
  'nobody is crowded',
  'at most a quarter of the others, or eight of them, probe the same member within a second',
  () => {
    const probes = new Map<string, number[]>();
    return (view, { node, note }) => {
      const target = note?.data['target'] as string;
      const recent = (probes.get(target) ?? []).filter((at) => at > view.now - seconds(1));
      recent.push(view.now);
      probes.set(target, recent);
      const bound = Math.max(8, view.nodes.length / 4);
      return recent.length > bound
        ? `${node.id} is the ${recent.length}th to probe ${target} within a second`
        : undefined;
    };
  },
);

export const swimSpreads = defineScenario({
  name: 'swim-spreads',
  story: 'Events go round in a bigger cluster by gossip alone and reach nearly everybody; probes are spread evenly.',
  protocol: 'swim',
  expect: { type: 'holds' },
  parameters: spreadParameters,
  world: (parameters) => spreadWorld(parameters),
});
