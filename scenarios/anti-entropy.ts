// Replicas that are written to on both sides of every cut, crash and lose power, and compare what they have until they agree.
import {
  antiEntropyClient,
  antiEntropyReplica,
  type AntiEntropy,
  type AntiEntropyRules,
} from '../protocols/anti-entropy/replica.ts';
import {
  always,
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
  type Property,
  type Protocol,
  type Random,
  type World,
} from '../sim/index.ts';

export const antiEntropyParameters = {
  nodes: { about: 'how many replicas', default: 4, range: [2, 20], draw: (random) => random.pick([2, 3, 5]) },
  compares: {
    about: 'how replicas find what differs',
    default: 'merkle',
    oneOf: ['merkle', 'digest'],
    draw: (random: Random) => random.pick(['merkle', 'digest']),
  },
} as const satisfies ParameterSpecs;

export const antiEntropy = defineScenario({
  name: 'anti-entropy',
  story: 'Replicas take writes and deletions on their own, and compare digests or hash trees until they have the same.',
  protocol: 'anti-entropy',
  expect: { type: 'holds' },
  parameters: antiEntropyParameters,
  world: (parameters) => antiEntropyWorld(parameters),
});

export function antiEntropyWorld(
  { nodes, compares }: { nodes: number; compares: string },
  rules: Partial<AntiEntropyRules> = {},
): World {
  const protocol = antiEntropyReplica({ compares: compares as 'merkle' | 'digest', rules });
  return {
    nodes: numbered('n', nodes, { protocol }),
    clients: ['c1', 'c2'].map((id) => ({ id, protocol: antiEntropyClient, timeout: ms(500) })),
    network: { latency: 'lan' },
    until: seconds(10),
    tail: seconds(5),
    workload: (random, setting) =>
      workload({
        every: ms(60),
        draw: (draw, serial) => ({
          f: 'put',
          value: [`k${draw.below(12)}`, draw.chance(300_000) ? null : `v${serial}`],
        }),
      })(random, { ...setting, until: setting.healAt }),
    faults: nemesis({ classes: standardFaults, budget: nodes - 1, longest: seconds(2) }),
    properties: [neverGoesBack(protocol), agreement(protocol), sometimesNoted('taken', 'a replica takes an entry')],
    checks: [],
  };
}

/** While it lives, a replica has of each key what it had, or something later. */
function neverGoesBack(protocol: Protocol<AntiEntropy>): Property {
  return always('entries only advance', 'a replica that lives never goes back to an earlier write of a key', () => {
    const before = new Map<string, number>();
    return (_view, { node }) => {
      if (node.protocol !== protocol || node.state === undefined) return undefined;
      for (const { key, time } of (node.state as AntiEntropy['state']).entries.values()) {
        const place = `${node.id}/${node.incarnation}/${key}`;
        const last = before.get(place) ?? 0;
        if (time < last) return `${node.id} has ${key} of time ${time} after it had that of ${last}`;
        before.set(place, time);
      }
      return undefined;
    };
  });
}

function agreement(protocol: Protocol<AntiEntropy>): Property {
  return eventually('the replicas agree', 'all replicas have the same entries after the heal', seconds(4), (view) => {
    const contents = view.running(protocol).map(({ id, state }) => {
      const entries = [...state.entries.values()].map(({ key, value, time, writer }) => [key, value, time, writer]);
      return { id, text: JSON.stringify(entries.toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1))) };
    });
    const first = contents[0];
    const other = contents.find(({ text }) => text !== first?.text);
    return other === undefined ? undefined : `${first?.id} has ${first?.text}, ${other.id} has ${other.text}`;
  });
}
