// Stories of reads that write nothing (thesis, section 6.4).
import type { Story } from './stories.test.ts';

const all3 = 'n1 n2 n3 /  / ';

export const readStories: readonly Story[] = [
  {
    name: 'read-index',
    title: 'A read waits for a round of heartbeats that began after it, answered by a quorum.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.campaign('n1');
      cluster.read('n1');
      if (cluster.lines.some((line) => line.includes('may serve'))) throw new Error('it was served without a quorum');
      cluster.deliverAmong('n1', 'n2');
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 1 voters ${all3}`,
      `n3 follower term 1 log 1 commit 0 voters ${all3}`,
    ],
    told: ['n1 may serve read 1 at 1'],
  },
  {
    name: 'read-waits-for-noop',
    title: 'A new leader does not know what is committed: a read waits until the no-op of its term is.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.timeOut('n1');
      cluster.deliver(({ message }) => message.type === 'RequestVote' || message.type === 'RequestVoteReply');
      cluster.read('n1');
      cluster.deliver(({ message }) => message.type !== 'AppendEntries' || message.entries.length === 0);
      if (cluster.lines.some((line) => line.includes('may serve'))) throw new Error('it was served before the no-op');
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 1 voters ${all3}`,
      `n3 follower term 1 log 1 commit 1 voters ${all3}`,
    ],
    told: ['n1 may serve read 1 at 1'],
  },
  {
    name: 'forwarded-read',
    title: 'A follower asks the leader for the index of a read, and serves it once it has applied that much.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.campaign('n1');
      cluster.propose('n1', 'a');
      cluster.deliverAmong('n1', 'n2');
      cluster.settle('n1');
      cluster.read('n3');
      cluster.deliver();
    },
    outcome: [
      `n1 leader term 1 log 1 1 commit 2 voters ${all3}`,
      `n2 follower term 1 log 1 1 commit 2 voters ${all3}`,
      `n3 follower term 1 log 1 1 commit 2 voters ${all3}`,
    ],
    told: ['n3 may serve read 1 at 2'],
  },
  {
    name: 'old-leader-drops-reads',
    title: 'A leader that was deposed hears of it while a read waits: the read is dropped, never served.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.campaign('n1');
      cluster.timeOut('n2');
      cluster.deliverAmong('n2', 'n3');
      cluster.read('n1');
      cluster.deliver();
    },
    outcome: [
      `n1 follower term 2 log 1 commit 1 voters ${all3}`,
      `n2 leader term 2 log 1 2 commit 2 voters ${all3}`,
      `n3 follower term 2 log 1 2 commit 0 voters ${all3}`,
    ],
    told: ['n1 drops read 1'],
  },
  {
    name: 'lease',
    title:
      'Within its lease a leader serves at once; afterwards it asks a quorum, and after a transfer it always does.',
    options: { nodes: 3, config: { reads: 'lease', checkQuorum: true, stickiness: true } },
    play(cluster) {
      cluster.pass(1_000);
      cluster.campaign('n1');
      cluster.read('n1');
      cluster.pass(121); // 150 ms / 1.25 is 120 ms
      cluster.read('n1');
      cluster.inTransit.length = 0;
      if (cluster.lines.includes('n1 may serve read 2 at 1')) throw new Error('the lease was over');
      cluster.settle('n1');
      cluster.transfer('n1', 'n2');
      cluster.inTransit.length = 0;
      cluster.read('n1');
      if (cluster.lines.includes('n1 may serve read 3 at 1')) throw new Error('the lease was given away');
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 1 voters ${all3}`,
      `n3 follower term 1 log 1 commit 1 voters ${all3}`,
    ],
    told: ['n1 may serve read 1 at 1', 'n1 may serve read 2 at 1'],
  },
  {
    name: 'lost-question',
    title:
      'A follower’s question for an index is lost: after two election time-outs nobody waits for the answer any longer.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.pass(1_000);
      cluster.campaign('n1');
      cluster.settle('n1');
      cluster.read('n2');
      cluster.deliver(() => false);
      cluster.pass(299);
      cluster.read('n2');
      if (cluster.lines.includes('n2 drops read 1')) throw new Error('the answer may still come');
      cluster.pass(2);
      cluster.read('n2');
      cluster.deliver();
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 1 voters ${all3}`,
      `n3 follower term 1 log 1 commit 1 voters ${all3}`,
    ],
    told: ['n2 drops read 1', 'n2 may serve read 2 at 1', 'n2 may serve read 3 at 1'],
  },
  {
    name: 'forfeited-lease',
    title:
      'A transfer that is given up does not bring the lease back: the successor may be asked late, and stand then.',
    options: { nodes: 3, config: { reads: 'lease', checkQuorum: true, stickiness: true } },
    play(cluster) {
      cluster.pass(1_000);
      cluster.campaign('n1');
      cluster.transfer('n1', 'n2');
      const late = cluster.inTransit.splice(0);
      cluster.pass(200);
      cluster.settle('n1');
      cluster.read('n1');
      if (cluster.lines.includes('n1 may serve read 1 at 1')) throw new Error('n2 may lead by now');
      cluster.deliver();
      for (const { from, to, message } of late) cluster.inject(from, to, message);
      cluster.deliver();
    },
    outcome: [
      `n1 follower term 2 log 1 2 commit 1 voters ${all3}`,
      `n2 leader term 2 log 1 2 commit 2 voters ${all3}`,
      `n3 follower term 2 log 1 2 commit 1 voters ${all3}`,
    ],
    told: ['n1 may serve read 1 at 1', 'n2 leads'],
  },
  {
    name: 'late-round',
    title: 'An answer to a heartbeat from before the read proves nothing, even if it arrives after it.',
    options: { nodes: 3 },
    play(cluster) {
      cluster.campaign('n1');
      cluster.read('n1');
      cluster.inTransit.length = 0;
      cluster.inject('n2', 'n1', {
        ...{ type: 'AppendEntriesReply', term: 1, success: true, matchIndex: 1, conflictTerm: 0, conflictIndex: 0 },
        ...{ prevLogIndex: 1, round: 1 },
      });
      cluster.deliver(({ to }) => to === 'n1');
      if (cluster.lines.some((line) => line.includes('may serve'))) throw new Error('an old answer confirmed the read');
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 0 voters ${all3}`,
      `n3 follower term 1 log 1 commit 0 voters ${all3}`,
    ],
  },
];
