// Stories of changes of membership and of handing over (thesis, sections 3.10 and 4; etcd's confchange scenarios).
import type { Stepper } from './stepper.ts';
import type { Story } from './stories.test.ts';

/** n1 leads voters n1 to n3, and has committed its no-op. */
function lead(cluster: Stepper): void {
  cluster.campaign('n1');
  cluster.settle('n1');
}

const voters = ['n1', 'n2', 'n3'];

export const membershipStories: readonly Story[] = [
  {
    name: 'add-learner-then-promote',
    title: 'A server is added as a learner, catches up, and is promoted.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['add-learner n4']);
      cluster.deliver();
      cluster.settle('n1');
      cluster.change('n1', ['add-voter n4']);
      cluster.settle('n1');
    },
    outcome: [
      'n1 leader term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / ',
      'n2 follower term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / ',
      'n3 follower term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / ',
      'n4 follower term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / ',
    ],
  },
  {
    name: 'add-double-auto',
    title: 'Two voters at once go through a joint configuration, which is left by itself once it is committed.',
    options: { nodes: 5, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['add-voter n4', 'add-voter n5']);
      cluster.propose('n1', 'a'); // a proposal in between does not leave early
      if (cluster.raft('n1').configuration.outgoing.length !== 3)
        throw new Error('the joint configuration was left early');
      cluster.settle('n1');
    },
    outcome: [1, 2, 3, 4, 5].map(
      (number) =>
        `n${number} ${number === 1 ? 'leader' : 'follower'} term 1 log 1 1 1 1 commit 4 voters n1 n2 n3 n4 n5 /  / `,
    ),
  },
  {
    name: 'explicit-joint',
    title: 'An explicit joint configuration stays until it is left; a second change is refused meanwhile.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['add-voter n4'], 'explicit');
      cluster.settle('n1');
      cluster.change('n1', ['remove n2']);
      cluster.change('n1', []);
      cluster.settle('n1');
      cluster.change('n1', []);
    },
    outcome: [1, 2, 3, 4].map(
      (number) =>
        `n${number} ${number === 1 ? 'leader' : 'follower'} term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / `,
    ),
    told: [
      'n1 refuses the change: the configuration is joint: it must be left first',
      'n1 refuses the change: the configuration is not joint',
    ],
  },
  {
    name: 'one-change-at-a-time',
    title: 'A second change waits until the first is committed, and the first until the leader has committed a no-op.',
    options: { nodes: 5, config: { voters } },
    play(cluster) {
      cluster.timeOut('n1');
      cluster.deliver(({ message }) => message.type === 'RequestVote' || message.type === 'RequestVoteReply');
      cluster.change('n1', ['add-voter n4']);
      cluster.settle('n1');
      cluster.change('n1', ['add-voter n4']);
      cluster.change('n1', ['add-voter n5']);
      cluster.settle('n1');
    },
    outcome: [
      'n1 leader term 1 log 1 1 commit 2 voters n1 n2 n3 n4 /  / ',
      'n2 follower term 1 log 1 1 commit 2 voters n1 n2 n3 n4 /  / ',
      'n3 follower term 1 log 1 1 commit 2 voters n1 n2 n3 n4 /  / ',
      'n4 follower term 1 log 1 1 commit 2 voters n1 n2 n3 n4 /  / ',
      'n5 learner term 0 log  commit 0 voters n1 n2 n3 /  / ',
    ],
    told: [
      'n1 refuses the change: nothing of this term is committed yet',
      'n1 refuses the change: an earlier change is not committed yet',
    ],
  },
  {
    name: 'remove-leader',
    title:
      'A leader removes itself: it does not count itself, steps down when that is committed, and another is elected.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['remove n1']);
      if (cluster.raft('n1').commitIndex !== 1) throw new Error('the leader that is to go counted itself');
      cluster.deliver(({ from, to }) => from !== 'n3' && to !== 'n3');
      if (cluster.raft('n1').commitIndex !== 1) throw new Error('one of two is no majority');
      cluster.settle('n1');
      cluster.deliver();
      cluster.timeOut('n1');
      cluster.campaign('n2');
      cluster.settle('n2');
    },
    outcome: [
      'n1 learner term 1 log 1 1 commit 2 voters n2 n3 /  / ',
      'n2 leader term 2 log 1 1 2 commit 3 voters n2 n3 /  / ',
      'n3 follower term 2 log 1 1 2 commit 3 voters n2 n3 /  / ',
    ],
  },
  {
    name: 'removed-leader-waits',
    title:
      'A leader that removes itself leads on while what came before its removal is committed, and the removal is not.',
    options: { nodes: 3, config: { batch: 1 } },
    play(cluster) {
      lead(cluster);
      cluster.propose('n1', 'a');
      cluster.change('n1', ['remove n1']);
      cluster.deliver(({ message }) => message.type !== 'AppendEntries' || message.prevLogIndex === 1);
      const { role, commitIndex } = cluster.raft('n1');
      if (role !== 'leader' || commitIndex !== 2) throw new Error(`n1 is ${role} at ${commitIndex}`);
      cluster.settle('n1');
    },
    outcome: [
      'n1 learner term 1 log 1 1 1 commit 3 voters n2 n3 /  / ',
      'n2 follower term 1 log 1 1 1 commit 3 voters n2 n3 /  / ',
      'n3 follower term 1 log 1 1 1 commit 3 voters n2 n3 /  / ',
    ],
  },
  {
    name: 'removed-leader-is-needed',
    title:
      'A removal that only the leader has in its log: it may stand again, as nobody else can commit it (thesis, 4.2.2).',
    options: { nodes: 2 },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['remove n1']);
      cluster.deliver(() => false);
      cluster.crash('n1');
      cluster.start('n1');
      cluster.campaign('n2');
      cluster.campaign('n1');
      cluster.settle('n1');
    },
    outcome: [
      'n1 learner term 3 log 1 1 3 commit 3 voters n2 /  / ',
      'n2 follower term 3 log 1 1 3 commit 3 voters n2 /  / ',
    ],
  },
  {
    name: 'add-single-auto',
    title: 'One voter is added directly: no joint configuration, in force as soon as it is in the log.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['add-voter n4']);
      if (cluster.raft('n1').configuration.outgoing.length > 0)
        throw new Error('one voter needs no joint configuration');
      cluster.settle('n1');
    },
    outcome: [
      'n1 leader term 1 log 1 1 commit 2 voters n1 n2 n3 n4 /  / ',
      'n2 follower term 1 log 1 1 commit 2 voters n1 n2 n3 n4 /  / ',
      'n3 follower term 1 log 1 1 commit 2 voters n1 n2 n3 n4 /  / ',
      'n4 follower term 1 log 1 1 commit 2 voters n1 n2 n3 n4 /  / ',
    ],
  },
  {
    name: 'add-double-implicit',
    title: 'One voter, but through a joint configuration because that was asked for; it is left by itself.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['add-voter n4'], 'implicit');
      if (cluster.raft('n1').configuration.outgoing.length !== 3) throw new Error('expected a joint configuration');
      cluster.settle('n1');
    },
    outcome: [
      'n1 leader term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / ',
      'n2 follower term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / ',
      'n3 follower term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / ',
      'n4 follower term 1 log 1 1 1 commit 3 voters n1 n2 n3 n4 /  / ',
    ],
  },
  {
    name: 'replace-leader',
    title: 'A leader replaces itself: while both majorities are needed it hands over to the one who comes, who leaves.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['remove n1', 'add-voter n4'], 'explicit');
      cluster.settle('n1');
      cluster.transfer('n1', 'n4');
      cluster.deliver();
      cluster.settle('n4');
      if (cluster.raft('n4').configuration.outgoing.length !== 3)
        throw new Error('the configuration is left only when asked');
      cluster.change('n4', []);
      cluster.settle('n4');
    },
    outcome: [
      'n1 follower term 2 log 1 1 2 commit 3 voters n2 n3 n4 / n1 n2 n3 / ',
      'n2 follower term 2 log 1 1 2 2 commit 4 voters n2 n3 n4 /  / ',
      'n3 follower term 2 log 1 1 2 2 commit 4 voters n2 n3 n4 /  / ',
      'n4 leader term 2 log 1 1 2 2 commit 4 voters n2 n3 n4 /  / ',
    ],
  },
  {
    name: 'replace-leader-stepdown',
    title: 'A leader replaces itself and leaves the joint configuration as its last act; then another is elected.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['remove n1', 'add-voter n4'], 'implicit');
      cluster.settle('n1');
      cluster.settle('n1');
      if (cluster.raft('n1').role !== 'learner') throw new Error('it leads on, although it is no member');
      cluster.campaign('n4');
      cluster.settle('n4');
    },
    outcome: [
      'n1 learner term 1 log 1 1 1 commit 3 voters n2 n3 n4 /  / ',
      'n2 follower term 2 log 1 1 1 2 commit 4 voters n2 n3 n4 /  / ',
      'n3 follower term 2 log 1 1 1 2 commit 4 voters n2 n3 n4 /  / ',
      'n4 leader term 2 log 1 1 1 2 commit 4 voters n2 n3 n4 /  / ',
    ],
  },
  {
    name: 'transfer-in-joint-needs-both',
    title: 'In a joint configuration a candidate needs a majority of the old voters and one of the new.',
    options: { nodes: 6, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['remove n2', 'remove n3', 'add-voter n4', 'add-voter n5'], 'explicit');
      cluster.settle('n1');
      cluster.timeOut('n4');
      cluster.deliverAmong('n4', 'n5'); // two of the new three
      if (cluster.raft('n4').role === 'leader') throw new Error('the old majority was not asked');
      cluster.timeOut('n4');
      cluster.deliverAmong('n4', 'n5', 'n2', 'n3');
      cluster.settle('n4');
    },
    outcome: [
      'n1 follower term 3 log 1 1 3 commit 3 voters n1 n4 n5 / n1 n2 n3 / ',
      'n2 follower term 3 log 1 1 3 commit 3 voters n1 n4 n5 / n1 n2 n3 / ',
      'n3 follower term 3 log 1 1 3 commit 3 voters n1 n4 n5 / n1 n2 n3 / ',
      'n4 leader term 3 log 1 1 3 commit 3 voters n1 n4 n5 / n1 n2 n3 / ',
      'n5 follower term 3 log 1 1 3 commit 3 voters n1 n4 n5 / n1 n2 n3 / ',
      'n6 learner term 0 log  commit 0 voters n1 n2 n3 /  / ',
    ],
  },
  {
    name: 'two-configurations-in-one-message',
    title: 'A server hears in one message that it got a vote, which is committed, and is to lose it, which is not yet.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['add-voter n4']);
      cluster.deliver(({ to }) => to !== 'n4');
      cluster.change('n1', ['add-learner n4']);
      cluster.deliver(() => false);
      cluster.timeOut('n1', 'heartbeat');
      cluster.deliverAmong('n1', 'n4');
      cluster.timeOut('n1', 'heartbeat');
      cluster.deliverAmong('n1', 'n4');
    },
    outcome: [
      'n1 leader term 1 log 1 1 1 commit 2 voters n1 n2 n3 /  / n4',
      'n2 follower term 1 log 1 1 commit 1 voters n1 n2 n3 n4 /  / ',
      'n3 follower term 1 log 1 1 commit 1 voters n1 n2 n3 n4 /  / ',
      'n4 follower term 1 log 1 1 1 commit 2 voters n1 n2 n3 /  / n4',
    ],
  },
  {
    name: 'truncated-configuration',
    title: 'A configuration that never was committed goes with its entry, and the one before is in force again.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.change('n1', ['add-voter n4']);
      cluster.deliver(() => false);
      cluster.timeOut('n2');
      cluster.deliverAmong('n2', 'n3');
      cluster.settle('n2');
    },
    outcome: [
      'n1 follower term 2 log 1 2 commit 2 voters n1 n2 n3 /  / ',
      'n2 leader term 2 log 1 2 commit 2 voters n1 n2 n3 /  / ',
      'n3 follower term 2 log 1 2 commit 2 voters n1 n2 n3 /  / ',
      'n4 learner term 0 log  commit 0 voters n1 n2 n3 /  / ',
    ],
  },
  {
    name: 'transfer',
    title: 'A leader hands over: it brings its successor up to date first, and takes no proposals meanwhile.',
    options: { nodes: 3, config: { stickiness: true, checkQuorum: true } },
    play(cluster) {
      lead(cluster);
      cluster.propose('n1', 'a');
      cluster.deliverAmong('n1', 'n3');
      cluster.transfer('n1', 'n2');
      cluster.propose('n1', 'b');
      cluster.timeOut('n1', 'heartbeat');
      cluster.deliver();
      cluster.settle('n2');
    },
    outcome: [
      'n1 follower term 2 log 1 1 2 commit 3 voters n1 n2 n3 /  / ',
      'n2 leader term 2 log 1 1 2 commit 3 voters n1 n2 n3 /  / ',
      'n3 follower term 2 log 1 1 2 commit 3 voters n1 n2 n3 /  / ',
    ],
    told: ['n1 refuses b: transferring'],
  },
  {
    name: 'transfer-given-up',
    title: 'A successor that does not answer for an election time-out is given up; learners and strangers are refused.',
    options: { nodes: 4, config: { voters } },
    play(cluster) {
      lead(cluster);
      cluster.transfer('n1', 'n4');
      cluster.transfer('n1', 'n1');
      cluster.transfer('n1', 'n3');
      cluster.deliver(() => false);
      cluster.pass(1_000);
      cluster.timeOut('n1', 'heartbeat');
      cluster.propose('n1', 'a');
      cluster.deliver(({ message }) => message.type !== 'TimeoutNow');
    },
    outcome: [
      'n1 leader term 1 log 1 1 commit 2 voters n1 n2 n3 /  / ',
      'n2 follower term 1 log 1 1 commit 1 voters n1 n2 n3 /  / ',
      'n3 follower term 1 log 1 1 commit 1 voters n1 n2 n3 /  / ',
      'n4 learner term 0 log  commit 0 voters n1 n2 n3 /  / ',
    ],
    told: ['n1 refuses to hand over: n4 is not a voter', 'n1 refuses to hand over: it leads already'],
  },
];
