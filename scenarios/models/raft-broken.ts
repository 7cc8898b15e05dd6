// Raft without one of its rules, explored: worlds that are small enough for every run to be followed, some from the middle of
// a story, so that what takes a simulation thousands of seeds to meet is found in seconds, by the shortest run there is.
import { lastIndex, type Configuration } from '../../protocols/raft/index.ts';
import { raftWorld, type ExploredRaftOptions } from './raft.ts';
import type { ExploredScenario } from './registry.ts';

interface BrokenRaft {
  /** The property that is violated first. */
  readonly breaks: string;
  readonly story: string;
  readonly world: ExploredRaftOptions;
}

const oldVoters = ['n1', 'n2', 'n3'];
/** Two more servers are to be caught up first; the entry that says so has reached them, but no other old voter. */
const withLearners = { term: 1, configuration: configurationOf(oldVoters, { learners: ['n4', 'n5'] }) };
/** Two voters are being replaced; the joint configuration has reached the new ones, but neither of those that go. */
const joint = { term: 1, configuration: configurationOf(['n3', 'n4', 'n5'], { outgoing: oldVoters }) };

/** The beginning of Figure 8: n1 has an entry of term 2, n3 one of term 3, and n2 has voted for both of them. */
const figure8 = {
  n1: { term: 3, log: [2] },
  n2: { term: 3, vote: 'n3', log: [] },
  n3: { term: 3, vote: 'n3', log: [3] },
};

/** By name: each with one rule broken. */
export const brokenRafts: Readonly<Record<string, BrokenRaft>> = {
  'forgotten-vote': {
    breaks: 'election safety',
    story: 'A server forgets its vote in a crash, and votes again in the same term.',
    world: { rules: { persistsVote: false }, timeouts: 2, crashes: 1 },
  },
  'unwritten-term': {
    breaks: 'election safety',
    story: 'A server forgets its term in a crash, and votes again in the same term.',
    world: { rules: { persistsTerm: false }, timeouts: 2, crashes: 1 },
  },
  'ack-before-sync': {
    breaks: 'election safety',
    story: 'A server gives its vote before it is on its disk, and the power fails.',
    world: { rules: { syncsBeforeReply: false }, timeouts: 2, crashes: 1 },
  },
  'two-votes': {
    breaks: 'election safety',
    story: 'A server votes for everybody who asks in a term.',
    world: { rules: { isFreeToVote: () => true }, timeouts: 2 },
  },
  'stale-votes': {
    breaks: 'election safety',
    story: 'A candidate counts a vote that was given to it in an earlier term.',
    world: { rules: { countsVote: () => true }, timeouts: 3 },
  },
  'duplicate-votes': {
    breaks: 'election safety',
    story: 'A candidate counts a vote as often as it arrives.',
    world: {
      rules: { isNewVote: () => true },
      servers: 4,
      candidates: ['n1', 'n3'],
      timeouts: 2,
      duplicates: 2,
    },
  },
  'vote-for-anyone': {
    breaks: 'leader completeness',
    story: 'A server votes without comparing logs.',
    world: { rules: { isUpToDate: () => true }, timeouts: 2 },
  },
  'length-only': {
    breaks: 'leader completeness',
    story: 'A server compares the lengths of logs, not their last terms, when it votes.',
    world: {
      rules: { isUpToDate: (raft, lastLogIndex) => lastLogIndex >= lastIndex(raft) },
      candidates: ['n1', 'n2'],
      timeouts: 2,
      starts: { n1: { term: 2, log: [1, 1] }, n2: { term: 2, log: [2] }, n3: { term: 2, log: [2] } },
    },
  },
  'old-term-commit': {
    breaks: 'leader completeness',
    story: 'A leader commits an entry of an earlier term by counting replicas, as in Figure 8 of the paper.',
    world: {
      rules: { mayCommit: () => true },
      config: { batch: 1 },
      candidates: ['n1', 'n3'],
      timeouts: 2,
      starts: figure8,
    },
  },
  'append-anywhere': {
    breaks: 'log matching',
    story: 'A follower accepts entries whatever its log holds before them.',
    world: {
      rules: { matchesPrevious: () => true },
      candidates: ['n1', 'n3'],
      timeouts: 2,
      starts: figure8,
    },
  },
  'always-truncates': {
    breaks: 'state machine safety',
    story: 'A late message shortens the log of a follower that has acknowledged more.',
    world: {
      rules: { conflicts: (raft, index) => index <= lastIndex(raft) },
      config: { batch: 1 },
      candidates: ['n1', 'n3'],
      timeouts: 2,
      duplicates: 1,
      starts: { n1: { term: 1, log: [1] }, n2: { term: 1, log: [] }, n3: { term: 1, log: [1] } },
    },
  },
  'boastful-follower': {
    breaks: 'leader completeness',
    story: 'A follower acknowledges its whole log, not what it compared.',
    world: {
      rules: { acknowledges: lastIndex },
      candidates: ['n1', 'n2'],
      timeouts: 2,
      starts: { n1: { term: 2, log: [1] }, n2: { term: 2, log: [1, 2] }, n3: { term: 2, log: [1] } },
    },
  },
  'optimistic-match': {
    breaks: 'leader completeness',
    story: 'A leader takes an acknowledgement to mean that the follower has its whole log.',
    world: { rules: { matchOf: lastIndex }, timeouts: 2 },
  },
  'learners-count': {
    breaks: 'election safety',
    story: 'Learners count for the quorum, before everybody knows that there are any.',
    world: {
      rules: {
        halves: ({ voters, outgoing, learners }) =>
          outgoing.length > 0 ? [[...voters, ...learners], outgoing] : [[...voters, ...learners]],
      },
      ...fiveServers(withLearners, ['n1', 'n4', 'n5'], ['n1', 'n2']),
    },
  },
  'joint-union': {
    breaks: 'election safety',
    story: 'A joint configuration takes one majority of all its servers, not one of each half.',
    world: {
      rules: { halves: ({ voters, outgoing }) => [[...new Set([...voters, ...outgoing])]] },
      ...fiveServers(joint, ['n3', 'n4', 'n5'], ['n1', 'n5']),
    },
  },
};

export const brokenRaftScenarios: readonly ExploredScenario[] = Object.entries(brokenRafts).map(
  ([name, { breaks, story, world }]) => ({
    name: `raft-explored-${name}`,
    story,
    expect: { type: 'breaks', what: [breaks] },
    parameters: {},
    world: () => raftWorld(world),
  }),
);

/** Three voters of old and two newcomers; some of the five have the entry that says so. */
function fiveServers(
  entry: typeof joint,
  holders: readonly string[],
  candidates: readonly string[],
): Pick<ExploredRaftOptions, 'servers' | 'config' | 'candidates' | 'timeouts' | 'starts'> {
  const starts = [...oldVoters, 'n4', 'n5'].map((id) => [id, { term: 1, log: holders.includes(id) ? [entry] : [] }]);
  return {
    servers: 5,
    config: { voters: oldVoters },
    candidates,
    timeouts: 2,
    starts: Object.fromEntries(starts) as NonNullable<ExploredRaftOptions['starts']>,
  };
}

function configurationOf(voters: readonly string[], more: Partial<Configuration>): Configuration {
  return { voters, outgoing: [], learners: [], learnersNext: [], autoLeave: false, ...more };
}
