// Stories of elections: who is elected, who is not, and who may not disturb (section 5; thesis, sections 4.2.3, 6.2, 9.6).
import type { Stepper } from './stepper.ts';
import type { Story } from './stories.test.ts';

const all3 = 'n1 n2 n3 /  / ';
const guarded = { preVote: true, checkQuorum: true, stickiness: true } as const;

export const electionStories: readonly Story[] = [
  {
    name: 'campaign',
    title:
      'A server times out, is elected, commits the no-op of its term, and tells the others with the next heartbeat.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.campaign('n1');
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 1 voters ${all3}`,
      `n3 follower term 1 log 1 commit 1 voters ${all3}`,
    ],
  },
  {
    name: 'dueling-candidates',
    title: 'Two stand in one term; nobody has a majority of four until one of them stands again.',
    options: { nodes: 4 },
    play(cluster) {
      cluster.timeOut('n1');
      cluster.timeOut('n2');
      cluster.deliver(({ from, to }) => !(from === 'n1' && to === 'n4') && !(from === 'n2' && to === 'n3'));
      mustBe(cluster.show().filter((line) => line.includes('leader')).length, 0);
      cluster.campaign('n1');
    },
    outcome: [
      'n1 leader term 2 log 2 commit 1 voters n1 n2 n3 n4 /  / ',
      'n2 follower term 2 log 2 commit 0 voters n1 n2 n3 n4 /  / ',
      'n3 follower term 2 log 2 commit 0 voters n1 n2 n3 n4 /  / ',
      'n4 follower term 2 log 2 commit 0 voters n1 n2 n3 n4 /  / ',
    ],
  },
  {
    name: 'vote-once-a-term',
    title: 'A voter restarts between two candidates of one term, and remembers whom it voted for.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.timeOut('n1');
      cluster.deliver(({ message, to }) => message.type === 'RequestVote' && to === 'n3');
      cluster.crash('n3');
      cluster.start('n3');
      cluster.timeOut('n2');
      cluster.deliverAmong('n2', 'n3');
    },
    outcome: [
      `n1 candidate term 1 log  commit 0 voters ${all3}`,
      `n2 candidate term 1 log  commit 0 voters ${all3}`,
      `n3 follower term 1 log  commit 0 voters ${all3}`,
    ],
    told: ['n3 → n2 RequestVoteReply term=1 granted=false'],
  },
  {
    name: 'stale-log-loses',
    title: 'A server that lacks committed entries is not elected, however high its term.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.campaign('n1');
      cluster.propose('n1', 'a');
      cluster.deliverAmong('n1', 'n2');
      cluster.timeOut('n3');
      cluster.campaign('n3');
      cluster.campaign('n2');
      cluster.settle('n2');
    },
    outcome: [
      `n1 follower term 4 log 1 1 4 commit 3 voters ${all3}`,
      `n2 leader term 4 log 1 1 4 commit 3 voters ${all3}`,
      `n3 follower term 4 log 1 1 4 commit 3 voters ${all3}`,
    ],
  },
  {
    name: 'prevote',
    title: 'A server that was cut off asks first, is refused, and does not raise anybody’s term.',
    options: { nodes: 3, config: { preVote: true } },
    play(cluster) {
      cluster.campaign('n1');
      cluster.propose('n1', 'a');
      cluster.deliverAmong('n1', 'n2');
      for (let time = 0; time < 3; time++) cluster.timeOut('n3');
      cluster.deliver();
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log 1 1 commit 2 voters ${all3}`,
      `n2 follower term 1 log 1 1 commit 2 voters ${all3}`,
      `n3 follower term 1 log 1 1 commit 2 voters ${all3}`,
    ],
  },
  {
    name: 'stickiness',
    title: 'Voters that hear from their leader ignore a candidate, its term included; once it is silent they vote.',
    options: { nodes: 3, config: { stickiness: true, checkQuorum: true } },
    play(cluster) {
      cluster.campaign('n1');
      cluster.timeOut('n3');
      cluster.deliver(({ from }) => from === 'n3');
      mustBe(cluster.raft('n2').currentTerm, 1);
      cluster.pass(1_000);
      cluster.timeOut('n3');
      cluster.deliverAmong('n2', 'n3');
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 3 log 1 3 commit 0 voters ${all3}`,
      `n3 leader term 3 log 1 3 commit 2 voters ${all3}`,
    ],
  },
  {
    name: 'check-quorum',
    title: 'A leader that nobody answers for an election time-out steps down, in its own term.',
    options: { nodes: 3, config: { checkQuorum: true, stickiness: true } },
    play(cluster) {
      cluster.campaign('n1');
      cluster.timeOut('n1'); // they answered since
      mustBe(cluster.raft('n1').role, 'leader');
      cluster.timeOut('n1');
    },
    outcome: [
      `n1 follower term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 0 voters ${all3}`,
      `n3 follower term 1 log 1 commit 0 voters ${all3}`,
    ],
    told: ['n1 leads no longer'],
  },
  {
    name: 'stuck-high-term',
    title: 'A server with a higher term answers its old leader, which steps down, so that all come together again.',
    options: { nodes: 3, config: { checkQuorum: true, stickiness: true } },
    play(cluster) {
      cluster.campaign('n1');
      cluster.timeOut('n3');
      cluster.deliver(() => false);
      cluster.timeOut('n1', 'heartbeat');
      cluster.deliver();
      cluster.pass(1_000);
      cluster.campaign('n1');
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 3 log 1 3 commit 2 voters ${all3}`,
      `n2 follower term 3 log 1 3 commit 2 voters ${all3}`,
      `n3 follower term 3 log 1 3 commit 2 voters ${all3}`,
    ],
  },
  {
    name: 'stale-vote',
    title: 'A vote that was given in an earlier candidacy does not count in the next one.',
    options: { nodes: 3, config: {} },
    play(cluster) {
      cluster.timeOut('n1');
      cluster.deliver(() => false);
      cluster.timeOut('n1');
      cluster.deliver(() => false);
      cluster.inject('n2', 'n1', { type: 'RequestVoteReply', term: 1, granted: true });
      cluster.deliver();
    },
    outcome: [
      `n1 candidate term 2 log  commit 0 voters ${all3}`,
      `n2 follower term 0 log  commit 0 voters ${all3}`,
      `n3 follower term 0 log  commit 0 voters ${all3}`,
    ],
  },
  {
    name: 'learner-votes',
    title: 'A learner that is asked votes: it may have been promoted by an entry that it does not have yet.',
    options: { nodes: 3, config: { voters: ['n1', 'n2'] } },
    play(cluster) {
      cluster.timeOut('n3');
      cluster.inject('n1', 'n3', { type: 'RequestVote', term: 1, lastLogIndex: 0, lastLogTerm: 0, transfer: false });
      cluster.deliver();
    },
    outcome: [
      'n1 follower term 1 log  commit 0 voters n1 n2 /  / ',
      'n2 follower term 0 log  commit 0 voters n1 n2 /  / ',
      'n3 learner term 1 log  commit 0 voters n1 n2 /  / ',
    ],
    told: ['n3 → n1 RequestVoteReply term=1 granted=true'],
  },
  {
    name: 'messages-of-the-past',
    title:
      'A request to vote, entries and a call to take over, all of an earlier term: answered or ignored, never obeyed.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.campaign('n2');
      cluster.campaign('n3');
      cluster.settle('n3');
      cluster.inject('n2', 'n1', { type: 'RequestVote', term: 1, lastLogIndex: 9, lastLogTerm: 9, transfer: false });
      cluster.inject('n2', 'n1', { type: 'TimeoutNow', term: 1 });
      cluster.inject('n2', 'n1', {
        ...{ type: 'AppendEntries', term: 1, prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 2, round: 1 },
        entries: [{ term: 1, type: 'command', command: 'x' }],
      });
      cluster.deliver();
    },
    outcome: [
      `n1 follower term 2 log 1 2 commit 2 voters ${all3}`,
      `n2 follower term 2 log 1 2 commit 2 voters ${all3}`,
      `n3 leader term 2 log 1 2 commit 2 voters ${all3}`,
    ],
    told: ['n1 → n2 RequestVoteReply term=2 granted=false'],
  },
  {
    name: 'prevote-check-quorum',
    title: 'A server that lost its leader helps nobody; two that lost it are a quorum, and replace it though it lives.',
    options: { nodes: 3, config: guarded },
    play(cluster) {
      cluster.campaign('n1');
      cluster.settle('n1');
      cluster.campaign('n2');
      mustBe(cluster.raft('n2').role, 'pre-candidate');
      cluster.campaign('n3');
      cluster.settle('n3');
    },
    outcome: [
      `n1 follower term 2 log 1 2 commit 2 voters ${all3}`,
      `n2 follower term 2 log 1 2 commit 2 voters ${all3}`,
      `n3 leader term 2 log 1 2 commit 2 voters ${all3}`,
    ],
  },
  {
    name: 'hopeless-candidate',
    title: 'Who refuses a candidate does not put its own candidacy off for it; who votes for one does.',
    options: { nodes: 4 },
    play(cluster) {
      const isElection = ({ message }: { message: { type: string } }): boolean =>
        message.type.startsWith('RequestVote');
      const putOff = 'n4 puts off its next candidacy';
      cluster.timeOut('n1');
      cluster.deliverAmong('n1', 'n2', 'n4');
      cluster.lines.length = 0;
      cluster.timeOut('n3'); // which lacks the no-op of n1
      cluster.deliver(isElection);
      mustBe(cluster.lines.includes(putOff), false);
      cluster.timeOut('n2');
      cluster.deliver(isElection);
      mustBe(cluster.lines.includes(putOff), true);
    },
    outcome: [
      'n1 follower term 2 log 1 commit 1 voters n1 n2 n3 n4 /  / ',
      'n2 leader term 2 log 1 2 commit 0 voters n1 n2 n3 n4 /  / ',
      'n3 follower term 2 log  commit 0 voters n1 n2 n3 n4 /  / ',
      'n4 follower term 2 log 1 commit 0 voters n1 n2 n3 n4 /  / ',
    ],
  },
  ...[
    { name: 'forget-leader', config: { ...guarded, preVote: false }, what: 'a candidate', term: 3 },
    { name: 'forget-leader-prevote', config: guarded, what: 'a pre-candidate', term: 2 },
  ].map(({ name, config, what, term }) => ({
    name,
    title: `A follower that forgot its leader votes for ${what} at once; one that was told of it again does not.`,
    options: { nodes: 3, config },
    play(cluster: Stepper) {
      cluster.campaign('n1');
      cluster.settle('n1');
      cluster.forget('n3');
      cluster.settle('n1');
      cluster.campaign('n2');
      mustBe(cluster.raft('n1').role, 'leader');
      mustBe(cluster.raft('n3').currentTerm, 1);
      cluster.forget('n3');
      cluster.campaign('n2');
      cluster.settle('n2');
    },
    outcome: [
      `n1 follower term ${term} log 1 ${term} commit 2 voters ${all3}`,
      `n2 leader term ${term} log 1 ${term} commit 2 voters ${all3}`,
      `n3 follower term ${term} log 1 ${term} commit 2 voters ${all3}`,
    ],
  })),
  {
    name: 'forget-leader-lease',
    title: 'Where reads trust leases nobody forgets a leader, nor does a leader forget itself.',
    options: { nodes: 3, config: { ...guarded, reads: 'lease' } },
    play(cluster) {
      cluster.pass(1_000);
      cluster.campaign('n1');
      cluster.settle('n1');
      cluster.forget('n3');
      cluster.forget('n1');
      mustBe(cluster.raft('n3').leader, 'n1');
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 1 voters ${all3}`,
      `n3 follower term 1 log 1 commit 1 voters ${all3}`,
    ],
    told: ['n3 does not forget: leases stand on it', 'n1 does not forget: it leads itself'],
  },
];

/** Between two scenes: what must be so by then. */
function mustBe(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`expected ${String(expected)}, found ${String(found)}`);
}
