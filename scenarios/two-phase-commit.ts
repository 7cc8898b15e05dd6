// Two-phase commit under crashes, power losses and partitions: the story of what has to be on disk before it is said, and of
// participants that block while the only one who knows is away.
import { commitClient } from '../protocols/two-phase-commit/client.ts';
import { coordinator, type CoordinatorOptions } from '../protocols/two-phase-commit/coordinator.ts';
import { participant, type ParticipantOptions } from '../protocols/two-phase-commit/participant.ts';
import {
  alwaysOn,
  defineScenario,
  eventually,
  ms,
  nemesis,
  nodeIds,
  seconds,
  sometimes,
  sometimesNoted,
  standardFaults,
  workload,
  type ParameterSpecs,
  type Property,
  type World,
} from '../sim/index.ts';

export const twoPhaseCommitParameters = {
  participants: { about: 'how many participants', default: 3, range: [1, 9] },
  votesNo: {
    about: 'how often of a hundred a participant votes no',
    default: 10,
    range: [0, 100],
    draw: (random) => random.pick([0, 5, 25]),
  },
} as const satisfies ParameterSpecs;

export const twoPhaseCommit = defineScenario({
  name: 'two-phase-commit',
  story: 'A coordinator and its participants commit together or not at all, through crashes and partitions.',
  protocol: 'two-phase-commit',
  expect: { type: 'holds' },
  parameters: twoPhaseCommitParameters,
  world: (parameters) => twoPhaseCommitWorld(parameters),
});

export function twoPhaseCommitWorld(
  { participants, votesNo }: { participants: number; votesNo: number },
  options: CoordinatorOptions & Omit<ParticipantOptions, 'coordinator'> = {},
): World {
  const follower = participant({ coordinator: 'tm', votesNo, ...options });
  const leader = coordinator(options);
  const ids = nodeIds('p', participants);
  return {
    nodes: [{ id: 'tm', protocol: leader }, ...ids.map((id) => ({ id, protocol: follower }))],
    clients: ['c1', 'c2'].map((id) => ({ id, protocol: commitClient('tm'), timeout: seconds(2) })),
    network: { latency: 'lan' },
    until: seconds(10),
    tail: seconds(4),
    workload: (random, setting) =>
      workload({ every: ms(150), draw: (_random, serial) => ({ f: 'transact', value: serial }) })(random, {
        ...setting,
        until: setting.healAt,
      }),
    roles: { coordinator: () => 'tm' },
    faults: nemesis({ classes: standardFaults, budget: participants }),
    properties: [
      ...decisionProperties(ids),
      eventually('everybody decides', 'nobody is in doubt', seconds(3), (view) => {
        const inDoubt = view.running(follower).flatMap(({ id, state }) =>
          Object.entries(state.transactions)
            .filter(([, is]) => is === 'prepared')
            .map(([tx]) => `${id} about ${tx}`),
        );
        return inDoubt.length === 0 ? undefined : `in doubt: ${inDoubt.join(', ')}`;
      }),
      sometimesNoted('in doubt', 'a participant has voted yes and waits in vain'),
      sometimes('a commit happens', 'a transaction commits', (view) =>
        view.history.some(({ type, value }) => type === 'ok' && value === 'commit'),
      ),
    ],
    checks: [],
  };
}

/** What nodes note of a transaction when they vote, and when they decide. */
type DecisionNote = { readonly tx: string; readonly vote: string; readonly decision: string };

/** The three rules of atomic commitment (Bernstein, Hadzilacos and Goodman 1987, chapter 7), from what nodes note. */
function decisionProperties(participants: readonly string[]): Property[] {
  return [
    alwaysOn(['decided'], 'agreement', 'no two nodes decide a transaction differently', () => {
      const first = new Map<string, { node: string; decision: string }>();
      return (_view, { node, note }) => {
        const { tx, decision } = (note?.data ?? {}) as DecisionNote;
        const before = first.get(tx);
        if (before === undefined) first.set(tx, { node: node.id, decision });
        else if (before.decision !== decision && before.node !== node.id)
          return `${before.node} decided ${before.decision} of transaction ${tx}, ${node.id} decided ${decision}`;
        return undefined;
      };
    }),
    alwaysOn(['decided'], 'stability', 'a node never takes a decision back, not even by a crash', () => {
      const decisions = new Map<string, string>();
      return (_view, { node, note }) => {
        const { tx, decision } = (note?.data ?? {}) as DecisionNote;
        const key = `${node.id} of transaction ${tx}`;
        const before = decisions.get(key) ?? decision;
        decisions.set(key, decision);
        return before === decision ? undefined : `the decision of ${key} was ${before} and is ${decision}`;
      };
    }),
    alwaysOn(['voted', 'decided'], 'validity', 'a transaction commits only if all voted yes', () => {
      const yes = new Map<string, Set<string>>();
      return (_view, { node, note }) => {
        const { tx, vote, decision } = (note?.data ?? {}) as DecisionNote;
        const voters = yes.get(tx) ?? new Set();
        yes.set(tx, voters);
        if (vote === 'yes') voters.add(node.id);
        if (vote === 'no') voters.delete(node.id);
        const missing = participants.filter((id) => !voters.has(id));
        return decision === 'commit' && missing.length > 0
          ? `${node.id} commits transaction ${tx} without a yes of ${missing.join(', ')}`
          : undefined;
      };
    }),
  ];
}
