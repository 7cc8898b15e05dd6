// Worlds about what must happen at last, on every run that is fair: whatever a node could do again and again, it does. Each has
// a partner that never gets there, because its runs end too early or go round for ever.
import { inevitable, type ExploredWorld, type NodeInWorld } from '../../checkers/explore/index.ts';
import { gossip, type Gossip } from '../../protocols/gossip/gossip.ts';
import type { RegisterClientState } from '../../protocols/models/register-client.ts';
import type { ResourceManagerState } from '../../protocols/models/tla-two-phase.ts';
import type { ExploredScenario } from './registry.ts';
import { singleCopyWorld } from './register.ts';
import { twoPhaseWorld } from './tla-two-phase.ts';

const managers = { rms: { about: 'resource managers', default: 3, range: [1, 5] } } as const;
const drops = { drops: { about: 'messages lost in a run', default: 1, range: [0, 3] } } as const;
const clients = { clients: { about: 'clients', default: 2, range: [1, 3] } } as const;

export const worldsAtLast: readonly ExploredScenario[] = [
  {
    name: 'decision-at-last',
    story: 'Two-phase commit: a manager that has all votes commits, or it aborts; nobody stays in doubt.',
    expect: { type: 'holds' },
    parameters: managers,
    world: ({ rms }) => decisionAtLast(Number(rms), false),
  },
  {
    name: 'decision-at-last-no-decision',
    story: 'The manager may put its decision off for ever, and its resource managers wait.',
    expect: { type: 'breaks', what: ['all decide'] },
    parameters: managers,
    world: ({ rms }) => decisionAtLast(Number(rms), true),
  },
  {
    name: 'rumour-at-last',
    story: 'A node that lacks a rumour asks for it again and again; lost messages do not keep it from hearing.',
    expect: { type: 'holds' },
    parameters: drops,
    world: ({ drops: lost }) => rumourAtLast(Number(lost), 'n2'),
  },
  {
    name: 'rumour-at-last-asked-in-vain',
    story: 'Only the node that knows the rumour asks what it lacks: the two talk for ever, and one never hears.',
    expect: { type: 'breaks', what: ['everybody hears'] },
    parameters: drops,
    world: ({ drops: lost }) => rumourAtLast(Number(lost), 'n1'),
  },
  {
    name: 'answers-at-last',
    story: 'A register on one server answers every client.',
    expect: { type: 'holds' },
    parameters: clients,
    world: (set) => answersAtLast(Number(set['clients']), 0),
  },
  {
    name: 'answers-at-last-lost-message',
    story: 'One message is lost, and nobody sends it again: a client waits for ever.',
    expect: { type: 'breaks', what: ['all are answered'] },
    parameters: clients,
    world: (set) => answersAtLast(Number(set['clients']), 1),
  },
];

/** @param isPatient whether the transaction manager may wait for ever for a vote that does not come. */
function decisionAtLast(managers: number, isPatient: boolean): ExploredWorld {
  const decides = inevitable('all decide', 'No resource manager stays in doubt.', (nodes) =>
    nodes.slice(1).every(({ state }) => ['committed', 'aborted'].includes((state as ResourceManagerState).phase)),
  );
  const world = { ...twoPhaseWorld(managers), properties: [decides] };
  return isPatient ? { ...world, timers: (node) => node !== 'tm' } : world;
}

/**
 * A rumour that n1 has on its disk, and anti-entropy for ever, with some messages lost.
 * @param asks who asks what it lacks: it helps who does not know, and nobody else.
 */
function rumourAtLast(drops: number, asks: 'n1' | 'n2'): ExploredWorld {
  const protocol = gossip({ fanOut: 1, rounds: 1, antiEntropyEvery: 1 });
  return {
    nodes: [
      { id: 'n1', protocol, disk: { cells: {}, logs: { rumours: { first: 0, records: [1] } } } },
      { id: 'n2', protocol },
    ],
    network: 'unordered',
    effectless: 'counted',
    faults: { drops },
    timers: (node, timer) => timer === 'anti-entropy' && node === asks,
    timersFire: 'when quiet', // else a timer may run out any number of times before the first message arrives
    properties: [inevitable('everybody hears', 'Who lacks a rumour learns it.', (nodes) => nodes.every(knows))],
  };
}

/** @param drops messages lost in a run; nobody repeats any. */
function answersAtLast(clients: number, drops: number): ExploredWorld {
  const answered = inevitable('all are answered', 'No client waits for ever.', (processes) =>
    processes.slice(1).every(({ state }) => {
      const { awaiting, sent } = state as RegisterClientState;
      return awaiting === null && sent === 2;
    }),
  );
  return { ...singleCopyWorld({ clients }), faults: { drops }, properties: [answered] };
}

function knows({ state }: NodeInWorld): boolean {
  return (state as Gossip['state']).known.length > 0;
}
