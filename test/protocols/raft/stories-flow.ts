// Stories of replication, commitment and snapshots (sections 5.3, 5.4 and 7).
import type { RaftMessage } from '../../../protocols/raft/index.ts';
import type { Stepper } from './stepper.ts';
import type { Story } from './stories.test.ts';

const all3 = 'n1 n2 n3 /  / ';

/** n1 leads and has committed `commands` with everybody. */
function lead(cluster: Stepper, ...commands: string[]): void {
  cluster.campaign('n1');
  for (const command of commands) cluster.propose('n1', command);
  cluster.settle('n1');
}

const append = (rest: Partial<Extract<RaftMessage<string>, { type: 'AppendEntries' }>>): RaftMessage<string> => ({
  ...{ type: 'AppendEntries', term: 1, prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0, round: 1 },
  ...rest,
});

export const flowStories: readonly Story[] = [
  {
    name: 'log-repair',
    title: 'An old leader comes back with entries that nobody else has: a message each term, and they are gone.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster, 'a');
      for (const command of ['x', 'y', 'z']) cluster.propose('n1', command);
      cluster.deliver(() => false);
      cluster.timeOut('n2');
      cluster.deliverAmong('n2', 'n3');
      cluster.propose('n2', 'b');
      cluster.deliverAmong('n2', 'n3');
      cluster.settle('n2');
    },
    outcome: [
      `n1 follower term 2 log 1 1 2 2 commit 4 voters ${all3}`,
      `n2 leader term 2 log 1 1 2 2 commit 4 voters ${all3}`,
      `n3 follower term 2 log 1 1 2 2 commit 4 voters ${all3}`,
    ],
    told: ['n1 notes truncate from=3 to=5 term=1'],
  },
  {
    name: 'old-term-waits',
    title:
      'A majority holds an entry of an earlier term: it is committed only with one of the leader’s own (Figure 8).',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster);
      cluster.propose('n1', 'a');
      cluster.deliver(({ to, message }) => to === 'n2' && message.type === 'AppendEntries');
      cluster.crash('n1');
      cluster.timeOut('n2');
      // Everything reaches n3 but the no-op of the new term.
      const isNoop = (message: RaftMessage<string>): boolean =>
        message.type === 'AppendEntries' && message.entries.some(({ term }) => term === 2);
      cluster.deliver(({ message }) => !isNoop(message));
      if (cluster.raft('n2').commitIndex !== 1) throw new Error('an entry of an earlier term was committed by count');
      cluster.timeOut('n2', 'heartbeat');
      cluster.deliver();
    },
    outcome: [
      'n1 is down',
      `n2 leader term 2 log 1 1 2 commit 3 voters ${all3}`,
      `n3 follower term 2 log 1 1 2 commit 1 voters ${all3}`,
    ],
  },
  {
    name: 'commit-what-was-compared',
    title:
      'A follower with a longer log commits only as far as the message reached, whatever the leader has committed.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster, 'a', 'b');
      cluster.propose('n1', 'x');
      cluster.deliver(({ to, message }) => to === 'n2' && message.type === 'AppendEntries');
      cluster.inject('n3', 'n2', append({ term: 2, prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 9 }));
      cluster.deliver();
    },
    outcome: [
      `n1 leader term 1 log 1 1 1 1 commit 3 voters ${all3}`,
      `n2 follower term 2 log 1 1 1 1 commit 3 voters ${all3}`,
      `n3 follower term 2 log 1 1 1 commit 3 voters ${all3}`,
    ],
    told: [
      'n2 → n3 AppendEntriesReply term=2 success=true matchIndex=3 conflictTerm=0 conflictIndex=0 prevLogIndex=3 round=1',
    ],
  },
  {
    name: 'late-message-keeps-the-tail',
    title: 'A message that overtook nothing new arrives late: what lies behind its entries stays.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster, 'a', 'b', 'c');
      cluster.inject('n1', 'n2', append({ entries: [{ term: 1, type: 'noop' }], leaderCommit: 1 }));
      cluster.deliver(({ to }) => to === 'n2');
    },
    outcome: [
      `n1 leader term 1 log 1 1 1 1 commit 4 voters ${all3}`,
      `n2 follower term 1 log 1 1 1 1 commit 4 voters ${all3}`,
      `n3 follower term 1 log 1 1 1 1 commit 4 voters ${all3}`,
    ],
  },
  {
    name: 'stale-reply',
    title: 'An acknowledgement of an earlier term of the leader’s own says nothing about the log as it is now.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster, 'a');
      cluster.campaign('n2');
      cluster.campaign('n1');
      cluster.propose('n1', 'b');
      cluster.inTransit.length = 0;
      cluster.inject('n2', 'n1', {
        ...{ type: 'AppendEntriesReply', term: 1, success: true, matchIndex: 5, conflictTerm: 0, conflictIndex: 0 },
        ...{ prevLogIndex: 2, round: 9 },
      });
      cluster.deliver();
    },
    outcome: [
      `n1 leader term 3 log 1 1 2 3 3 commit 4 voters ${all3}`,
      `n2 follower term 3 log 1 1 2 3 commit 3 voters ${all3}`,
      `n3 follower term 3 log 1 1 2 3 commit 2 voters ${all3}`,
    ],
  },
  {
    name: 'lost-entries',
    title: 'Entries sent on trust are lost; the next heartbeat finds the gap, and they are sent again.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster);
      cluster.propose('n1', 'a');
      cluster.propose('n1', 'b');
      cluster.deliver(({ to }) => to !== 'n3');
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log 1 1 1 commit 3 voters ${all3}`,
      `n2 follower term 1 log 1 1 1 commit 3 voters ${all3}`,
      `n3 follower term 1 log 1 1 1 commit 3 voters ${all3}`,
    ],
    told: ['n1 notes back-up peer=n3 conflictIndex=1 conflictTerm=1 next=2'],
  },
  {
    name: 'replicate-pause',
    title: 'No more than two messages with entries are under way to a silent follower; its answer lets the rest go.',
    options: { nodes: 3, config: { maxInflight: 2 } },
    play(cluster) {
      lead(cluster);
      for (const command of ['a', 'b', 'c', 'd']) cluster.propose('n1', command);
      const toN3 = cluster.inTransit.filter(({ to, message }) => to === 'n3' && message.type === 'AppendEntries');
      if (toN3.length !== 2) throw new Error(`expected 2 messages under way, found ${toN3.length}`);
      cluster.deliver();
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log 1 1 1 1 1 commit 5 voters ${all3}`,
      `n2 follower term 1 log 1 1 1 1 1 commit 5 voters ${all3}`,
      `n3 follower term 1 log 1 1 1 1 1 commit 5 voters ${all3}`,
    ],
  },
  {
    name: 'uncommitted-limit',
    title: 'A leader that cannot commit drops proposals beyond the limit, and takes them again when it can.',
    options: { nodes: 3, config: { maxUncommittedBytes: 4 } },
    play(cluster) {
      lead(cluster);
      cluster.propose('n1', 'aaa');
      cluster.propose('n1', 'bbb');
      cluster.deliver();
      cluster.propose('n1', 'ccc');
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log 1 1 1 commit 3 voters ${all3}`,
      `n2 follower term 1 log 1 1 1 commit 3 voters ${all3}`,
      `n3 follower term 1 log 1 1 1 commit 3 voters ${all3}`,
    ],
    told: ['n1 refuses bbb: dropped'],
  },
  {
    name: 'single-node',
    title: 'A cluster of one elects itself, commits and applies alone, and comes back with what it had.',
    options: { nodes: 1 },
    play(cluster) {
      cluster.timeOut('n1');
      cluster.propose('n1', 'a');
      cluster.crash('n1');
      cluster.start('n1');
      cluster.timeOut('n1');
    },
    outcome: ['n1 leader term 2 log 1 1 2 commit 3 voters n1 /  / '],
  },
  {
    name: 'slow-follower-after-compaction',
    title: 'A follower needs entries that are compacted: it gets a snapshot in chunks, then the rest.',
    options: { nodes: 3, config: { snapshotThreshold: 3, trailing: 0, snapshotChunk: 5 } },
    play(cluster) {
      lead(cluster);
      cluster.crash('n3');
      for (const command of ['a', 'b', 'c']) cluster.propose('n1', command);
      cluster.deliver();
      cluster.start('n3');
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log (3) 1 commit 4 voters ${all3}`,
      `n2 follower term 1 log (4)  commit 4 voters ${all3}`,
      `n3 follower term 1 log (3) 1 commit 4 voters ${all3}`,
    ],
    told: ['n3 restores a b'],
  },
  {
    name: 'crash-after-snapshot',
    title: 'A server restarts with a snapshot and a log that still holds entries before it: nothing is applied twice.',
    options: { nodes: 1, config: { snapshotThreshold: 3, trailing: 2 } },
    play(cluster) {
      cluster.timeOut('n1');
      for (const command of ['a', 'b', 'c', 'd']) cluster.propose('n1', command);
      cluster.crash('n1');
      cluster.start('n1');
      cluster.timeOut('n1');
      cluster.propose('n1', 'e');
      const { machine } = cluster.raft('n1');
      if (machine.join(' ') !== 'a b c d e') throw new Error(`the machine holds ${machine.join(' ')}`);
    },
    outcome: ['n1 leader term 2 log (4) 1 2 2 commit 7 voters n1 /  / '],
  },
  {
    name: 'crash-between-snapshot-and-trim',
    title:
      'The snapshot is durable, the trimming of the log is not: the server comes back with what the snapshot says.',
    options: { nodes: 1, config: { snapshotThreshold: 3, trailing: 1 } },
    play(cluster) {
      cluster.timeOut('n1');
      cluster.propose('n1', 'a');
      cluster.propose('n1', 'b');
      cluster.crash('n1');
      cluster.start('n1');
      cluster.timeOut('n1');
      const { machine } = cluster.raft('n1');
      if (machine.join(' ') !== 'a b') throw new Error(`the machine holds ${machine.join(' ')}`);
    },
    outcome: ['n1 leader term 2 log (2) 1 2 commit 4 voters n1 /  / '],
  },
  {
    name: 'snapshot-over-conflict',
    title:
      'A follower has other entries where a snapshot ends: the snapshot replaces its log, and a restart finds that.',
    options: { nodes: 3, config: { snapshotThreshold: 3, trailing: 0 } },
    play(cluster) {
      lead(cluster);
      for (const command of ['x', 'y', 'z']) cluster.propose('n1', command);
      cluster.deliver(() => false);
      cluster.timeOut('n2');
      cluster.deliverAmong('n2', 'n3');
      cluster.propose('n2', 'b');
      cluster.deliverAmong('n2', 'n3');
      cluster.timeOut('n2', 'heartbeat');
      cluster.deliverAmong('n2', 'n3');
      cluster.settle('n2');
      cluster.propose('n2', 'c');
      cluster.settle('n2');
      cluster.crash('n1');
      cluster.start('n1');
      cluster.settle('n2');
      const { machine } = cluster.raft('n1');
      if (machine.join(' ') !== 'b c') throw new Error(`the machine holds ${machine.join(' ')}`);
    },
    outcome: [
      `n1 follower term 2 log (3) 2 commit 4 voters ${all3}`,
      `n2 leader term 2 log (3) 2 commit 4 voters ${all3}`,
      `n3 follower term 2 log (3) 2 commit 4 voters ${all3}`,
    ],
    told: ['n1 restores b'],
  },
];
