// The catalogue of what goes wrong in Raft servers, as the paper, the thesis, guides for students, model checkers and the
// issues of real systems name it: for each a known bug that a scenario finds, or why there is none.
import { expect, test } from 'vitest';
import type { Rules } from '../../../protocols/raft/index.ts';
import { raftKnownBugs } from '../../../scenarios/known-bugs/raft.ts';
import { Stepper } from './stepper.ts';
import { electionStories } from './stories-elections.ts';
import { flowStories } from './stories-flow.ts';
import { membershipStories } from './stories-membership.ts';
import { probingStories } from './stories-probing.ts';
import { readStories } from './stories-reads.ts';

const found: Readonly<Record<string, string>> = {
  'commits an entry of an earlier term by counting replicas': 'raft-old-term-commit',
  'stops counting at an entry of an earlier term': 'raft-old-term-blocks',
  'does not write its vote down': 'raft-forgotten-vote',
  'does not write its term down': 'raft-unwritten-term',
  'begins again in term 0': 'raft-forgotten-term',
  'votes without comparing logs': 'raft-vote-for-anyone',
  'compares only the lengths of logs': 'raft-length-only',
  'keeps its vote in a new term': 'raft-vote-for-life',
  'votes for several in one term': 'raft-two-votes',
  'counts a vote twice': 'raft-duplicate-votes',
  'counts votes of an earlier candidacy': 'raft-stale-votes',
  'does not put its candidacy off when it votes': 'raft-impatient-voter',
  'leads on in spite of a higher term': 'raft-deaf-leader',
  'leaves messages of an earlier term unanswered': 'raft-silence',
  'takes half for a majority': 'raft-small-quorum',
  'does not look at the entry before the new ones': 'raft-append-anywhere',
  'looks for the entry before the new ones, not at its term': 'raft-no-previous-check',
  'drops what lies behind a late message': 'raft-always-truncates',
  'answers before its disk has it': 'raft-ack-before-sync',
  'counts itself before its disk has it': 'raft-counts-before-sync',
  'takes an acknowledgement for one of its whole log': 'raft-optimistic-match',
  'acknowledges what was not compared': 'raft-boastful-follower',
  'commits what was not compared': 'raft-commits-tail',
  'goes by acknowledgements of its own earlier term': 'raft-stale-replies',
  'lets the commit index go back': 'raft-commit-goes-back',
  'applies before it is committed': 'raft-applies-early',
  'executes a command again': 'raft-duplicate-commands',
  'expires sessions by its own clock': 'raft-own-clock-expiry',
  'sends entries where it should send a snapshot': 'raft-snapshot-boundary',
  'installs an old snapshot': 'raft-snapshot-goes-back',
  'goes back to the term of a snapshot': 'raft-snapshot-term',
  'leaves the members out of a snapshot': 'raft-snapshot-configuration',
  'leaves the sessions out of a snapshot': 'raft-snapshot-sessions',
  'applies again what is in its snapshot': 'raft-applies-again',
  'cuts its log at a corrupt record': 'raft-truncated-corruption',
  'changes members before it has committed anything': 'raft-early-change',
  'changes members twice at a time': 'raft-two-changes',
  'goes by a configuration once it is committed': 'raft-late-configuration',
  'takes both halves of a joint configuration for one': 'raft-joint-union',
  'leaves a joint configuration early': 'raft-early-leave',
  'counts learners': 'raft-learners-count',
  'counts itself when it is being removed': 'raft-removed-counts',
  'leads on when it is removed': 'raft-removed-leads',
  'forgets its state when it is removed': 'raft-forgotten-member',
  'reads without asking': 'raft-local-reads',
  'takes an earlier heartbeat for a confirmation': 'raft-early-round',
  'reads before it knows what is committed': 'raft-read-before-noop',
  'reads before it has applied': 'raft-read-before-apply',
  'asks for two reads under one number': 'raft-reused-number',
  'trusts a lease with clocks that run apart': 'raft-fast-clocks',
  'counts its lease from the answer': 'raft-lease-from-answer',
  'trusts its lease while it hands over': 'raft-lease-outlives-transfer',
};

test('Every known bug is in the catalogue, and everything that is said to be found has its known bug', () => {
  expect(Object.values(found).sort()).toEqual(raftKnownBugs.map(({ name }) => name).sort());
});

/** What each story tells under other rules; why it cannot go on is told as well. */
function told(rules: Partial<Rules>): Map<string, string> {
  const stories = [...electionStories, ...flowStories, ...probingStories, ...membershipStories, ...readStories];
  return new Map(
    stories.map((story) => {
      const cluster = new Stepper({ ...story.options, rules });
      try {
        story.play(cluster);
      } catch (error) {
        cluster.lines.push(String(error));
      }
      return [story.name, [...cluster.lines, ...cluster.show()].join('\n')];
    }),
  );
}

const asItIs = told({});
const differing = (rules: Partial<Rules>): string[] =>
  [...told(rules)].filter(([name, text]) => text !== asItIs.get(name)).map(([name]) => name);

test('A leader that may vote for others never does: its no-op makes its log newer than any candidate’s of its term', () => {
  const rules: Partial<Rules> = {
    isFreeToVote: (raft, candidate) => raft.role === 'leader' || raft.votedFor === null || raft.votedFor === candidate,
  };
  expect(differing(rules)).toEqual([]);
  // A leader whose log does not decide would be found out at once.
  const cluster = new Stepper({ nodes: 3, rules: { ...rules, isUpToDate: () => true } });
  cluster.timeOut('n1');
  cluster.deliverAmong('n1', 'n3');
  cluster.inject('n2', 'n1', { type: 'RequestVote', term: 1, lastLogIndex: 0, lastLogTerm: 0, transfer: false });
  cluster.deliver();
  expect(cluster.lines).toContain('n1 → n2 RequestVoteReply term=1 granted=true');
});

test('Entries that begin the log match whatever is there: what lies at or before its base was compacted, so committed', () => {
  const rules: Partial<Rules> = {
    matchesPrevious: (raft, { prevLogIndex, prevLogTerm }) =>
      prevLogIndex === 0 ||
      prevLogIndex <= raft.log.base ||
      raft.log.entries[prevLogIndex - raft.log.base - 1]?.term === prevLogTerm,
  };
  expect(differing(rules)).toEqual([]);
});

test('Whoever puts its candidacy off for hopeless candidates is found by a story: it takes time, and no promise is broken', () => {
  expect(differing({ resetsTimer: () => true })).toContain('hopeless-candidate');
});

// Acknowledgements of the disk that are matched with entries by index only (etcd: async_storage_writes_append_aba_race) need
// writes that overlap. Here a handler's writes are durable before the next handler runs, so there is nothing to match.
// Servers that disturb when they come back, and leaders that half the cluster does not hear (thesis 4.2.3; Howard and Abraham
// 2020), are what `preVote`, `checkQuorum` and `stickiness` are for: knobs, with stories of what each of them is good for.
