// Replicas that take updates while they are cut off from each other: the story of data types that can always be merged.
import {
  crdtClient,
  crdtReplica,
  join,
  lawfulJoins,
  readOut,
  type Joins,
  type Replicated,
} from '../protocols/crdt/replica.ts';
import {
  always,
  defineScenario,
  eventually,
  ms,
  nemesis,
  numbered,
  seconds,
  standardFaults,
  workload,
  type ParameterSpecs,
  type Property,
  type World,
} from '../sim/index.ts';

export const crdtParameters = {
  nodes: { about: 'how many replicas', default: 4, range: [2, 20], draw: (random) => random.pick([2, 3, 5]) },
  elements: { about: 'how many different things are put into the cart', default: 3, range: [1, 100] },
} as const satisfies ParameterSpecs;

export const crdt = defineScenario({
  name: 'crdt',
  story: 'Replicas count, write and fill a cart while they cannot reach each other, and agree as soon as they meet.',
  protocol: 'crdt',
  expect: { type: 'holds' },
  parameters: crdtParameters,
  world: (parameters) => crdtWorld(parameters),
});

export interface CrdtVariant {
  readonly joins?: Partial<Joins>;
  readonly syncsFirst?: boolean;
}

export function crdtWorld(
  { nodes, elements }: { nodes: number; elements: number },
  { joins, syncsFirst = true }: CrdtVariant = {},
): World {
  const replica = crdtReplica({ joins: { ...lawfulJoins, ...joins }, syncsFirst });
  const functions = ['visit', 'deposit', 'withdraw', 'rename', 'add', 'add', 'remove'] as const;
  return {
    nodes: numbered('n', nodes, { protocol: replica }),
    clients: ['c1', 'c2', 'c3'].map((id) => ({ id, protocol: crdtClient, timeout: ms(500) })),
    network: { latency: 'lan' },
    until: seconds(8),
    tail: seconds(4),
    workload: (random, setting) =>
      workload({
        every: ms(120),
        draw: (draws, serial) => {
          const f = draws.pick([...functions]);
          const argument = f === 'rename' ? `title ${serial}` : `thing ${draws.below(elements)}`;
          return { f, value: [serial, argument] };
        },
      })(random, { ...setting, until: setting.healAt }),
    faults: nemesis({ classes: standardFaults, budget: nodes - 1, longest: seconds(2) }),
    properties: [neverForgets(replica), agreement(replica), countsEveryVisit(replica)],
    checks: [],
  };
}

type Replica = ReturnType<typeof crdtReplica>;

/** A state never shrinks: joining what a replica shows with what it showed before changes nothing. */
function neverForgets(replica: Replica): Property {
  return always('states only grow', 'a replica that lives never goes back to less than it knew', () => {
    const before = new Map<string, { readonly incarnation: number; readonly state: Replicated }>();
    return (_view, { node }) => {
      if (node.protocol !== replica || node.state === undefined || node.busy) return undefined;
      const { replicated } = node.state as { replicated: Replicated };
      const last = before.get(node.id);
      before.set(node.id, { incarnation: node.incarnation, state: replicated });
      if (last === undefined || last.state === replicated || last.incarnation !== node.incarnation) return undefined;
      const both = join(last.state, replicated);
      return sameState(both, replicated) ? undefined : `${node.id} forgot something that it knew`;
    };
  });
}

function agreement(replica: Replica): Property {
  return eventually('the replicas agree', 'all replicas show the same after the heal', seconds(3), (view) => {
    const shown = view
      .running(replica)
      .map(({ id, state }) => ({ id, text: JSON.stringify(readOut(state.replicated)) }));
    const other = shown.find(({ text }) => text !== shown[0]?.text);
    return other === undefined ? undefined : `${shown[0]?.id} shows ${shown[0]?.text}, ${other.id} shows ${other.text}`;
  });
}

function countsEveryVisit(replica: Replica): Property {
  const about = 'the visits that all replicas show are those that were acknowledged, or attempted at most';
  return eventually('every visit counts once', about, seconds(3), (view) => {
    const visits = view.history.filter(({ f }) => f === 'visit');
    const least = visits.filter(({ type }) => type === 'ok').length;
    const most = visits.filter(({ type }) => type === 'invoke').length;
    for (const { id, state } of view.running(replica)) {
      const { visits: shown } = readOut(state.replicated);
      if (shown < least || shown > most) return `${id} shows ${shown} visits; ${least} to ${most} took place`;
    }
    return undefined;
  });
}

function sameState(one: Replicated, other: Replicated): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

function canonical({ visits, balance, title, cart }: Replicated): unknown {
  const sorted = (record: Readonly<Record<string, unknown>>) =>
    Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const { elements, seen } = cart;
  return [sorted(visits), sorted(balance.up), sorted(balance.down), title, sorted(elements), sorted(seen)];
}
