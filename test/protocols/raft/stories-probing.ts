// Stories of how a leader finds out what its followers hold: the logs of Figure 7, lost messages, snapshots on their way.
import type { Entry, RaftMessage } from '../../../protocols/raft/index.ts';
import type { Stepper } from './stepper.ts';
import type { Story } from './stories.test.ts';

const all3 = 'n1 n2 n3 /  / ';

/** The logs of Figure 7 as the terms of their entries; the first is that of the leader of term 8. */
const figure7 = {
  n1: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
  n2: [1, 1, 1, 4, 4, 5, 5, 6, 6],
  n3: [1, 1, 1, 4],
  n4: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
  n5: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
  n6: [1, 1, 1, 4, 4, 4, 4],
  n7: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
};

/** Gives a server a log, as leaders of the past would have. */
function give(cluster: Stepper, id: string, terms: readonly number[]): void {
  const entries: Entry<string>[] = terms.map((term, place) => {
    return { term, type: 'command', command: `${place + 1}@${term}` };
  });
  const sender = id === 'n1' ? 'n2' : 'n1';
  const rest = { prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0, round: 1 };
  cluster.inject(sender, id, { type: 'AppendEntries', term: 7, entries, ...rest });
  cluster.deliver(({ message }) => message.type === 'AppendEntries');
}

function lead(cluster: Stepper, ...commands: string[]): void {
  cluster.campaign('n1');
  for (const command of commands) cluster.propose('n1', command);
  cluster.settle('n1');
}

const isEntries = (message: RaftMessage<string>): boolean =>
  message.type === 'AppendEntries' && message.entries.length > 0;

export const probingStories: readonly Story[] = [
  {
    name: 'figure-7',
    title:
      'The logs of Figure 7: the leader of term 8 is elected, and makes every log its own, a term with each message.',
    options: { nodes: 7 },
    play(cluster) {
      for (const [id, terms] of Object.entries(figure7)) give(cluster, id, terms);
      cluster.lines.length = 0;
      cluster.campaign('n1');
      cluster.settle('n1');
    },
    outcome: [
      'n1 leader term 8 log 1 1 1 4 4 5 5 6 6 6 8 commit 11 voters n1 n2 n3 n4 n5 n6 n7 /  / ',
      'n2 follower term 8 log 1 1 1 4 4 5 5 6 6 6 8 commit 11 voters n1 n2 n3 n4 n5 n6 n7 /  / ',
      'n3 follower term 8 log 1 1 1 4 4 5 5 6 6 6 8 commit 11 voters n1 n2 n3 n4 n5 n6 n7 /  / ',
      'n4 follower term 8 log 1 1 1 4 4 5 5 6 6 6 8 commit 11 voters n1 n2 n3 n4 n5 n6 n7 /  / ',
      'n5 follower term 8 log 1 1 1 4 4 5 5 6 6 6 8 commit 11 voters n1 n2 n3 n4 n5 n6 n7 /  / ',
      'n6 follower term 8 log 1 1 1 4 4 5 5 6 6 6 8 commit 11 voters n1 n2 n3 n4 n5 n6 n7 /  / ',
      'n7 follower term 8 log 1 1 1 4 4 5 5 6 6 6 8 commit 11 voters n1 n2 n3 n4 n5 n6 n7 /  / ',
    ],
  },
  {
    name: 'heartbeat-recovers-from-probing',
    title: 'A probe is lost, and nothing more is sent until a heartbeat asks again.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster);
      cluster.crash('n3');
      cluster.propose('n1', 'a');
      cluster.deliver();
      cluster.start('n3');
      cluster.timeOut('n1', 'heartbeat');
      cluster.deliver(({ to, message }) => !(to === 'n3' && isEntries(message)));
      if (cluster.raft('n1').progress['n3']?.mode !== 'probe') throw new Error('expected n1 to probe n3');
      cluster.propose('n1', 'b');
      if (cluster.inTransit.some(({ to }) => to === 'n3')) throw new Error('a probe under way is waited for');
      cluster.deliver();
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log 1 1 1 commit 3 voters ${all3}`,
      `n2 follower term 1 log 1 1 1 commit 3 voters ${all3}`,
      `n3 follower term 1 log 1 1 1 commit 3 voters ${all3}`,
    ],
  },
  {
    name: 'lagging-commit',
    title: 'A follower has all entries and did not hear that they are committed: the next heartbeat says so.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster);
      cluster.propose('n1', 'a');
      cluster.deliver();
      if (cluster.raft('n3').commitIndex !== 1) throw new Error('n3 could not know yet');
      cluster.timeOut('n1', 'heartbeat');
      cluster.deliver();
    },
    outcome: [
      `n1 leader term 1 log 1 1 commit 2 voters ${all3}`,
      `n2 follower term 1 log 1 1 commit 2 voters ${all3}`,
      `n3 follower term 1 log 1 1 commit 2 voters ${all3}`,
    ],
  },
  {
    name: 'snapshot-answer-lost',
    title:
      'A snapshot is installed and the answer to it is lost; a heartbeat repeats its end, and is told that it is there.',
    options: { nodes: 3, config: { snapshotThreshold: 2, trailing: 0 } },
    play(cluster) {
      lead(cluster);
      cluster.crash('n3');
      for (const command of ['a', 'b', 'c']) cluster.propose('n1', command);
      cluster.deliver();
      cluster.start('n3');
      cluster.timeOut('n1', 'heartbeat');
      cluster.deliver(({ message }) => message.type !== 'InstallSnapshotReply');
      if (cluster.raft('n1').progress['n3']?.mode !== 'snapshot') throw new Error('n1 could not know yet');
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log (4)  commit 4 voters ${all3}`,
      `n2 follower term 1 log (4)  commit 4 voters ${all3}`,
      `n3 follower term 1 log (4)  commit 4 voters ${all3}`,
    ],
  },
  {
    name: 'snapshot-begins-anew',
    title:
      'A chunk counts where the ones before it are there: not behind a restart, and not behind those of another snapshot.',
    options: { nodes: 3 },
    play(cluster) {
      lead(cluster);
      const chunk = (lastIndex: number, offset: number, data: string, done: boolean): number | undefined => {
        const { configuration } = cluster.raft('n3');
        const about = { type: 'InstallSnapshot', term: 1, lastIndex, lastTerm: 1, configuration, round: 9 } as const;
        cluster.inject('n1', 'n3', { ...about, offset, data, done });
        let next: number | undefined;
        cluster.deliver(({ to, message }) => {
          if (message.type === 'InstallSnapshotReply') next = message.offset;
          return to === 'n3';
        });
        return next;
      };
      const wanted = [
        chunk(8, 0, '["a"', false),
        chunk(9, 0, '["a",', false),
        chunk(9, 8, '"c"]', true), // the one before it was lost
        chunk(9, 5, '"b"', false),
        chunk(8, 4, ',"b"]', true), // of the one that was given up
        chunk(9, 0, '["a",', false),
      ];
      cluster.crash('n3');
      cluster.start('n3');
      wanted.push(chunk(9, 5, '"b"]', true), chunk(9, 0, '["a",', false), chunk(9, 5, '"b"]', true));
      if (wanted.join(' ') !== '4 5 5 8 0 5 0 5 0') throw new Error(`n3 wanted ${wanted.join(' ')}`);
    },
    outcome: [
      `n1 leader term 1 log 1 commit 1 voters ${all3}`,
      `n2 follower term 1 log 1 commit 1 voters ${all3}`,
      `n3 follower term 1 log (9)  commit 9 voters ${all3}`,
    ],
    told: ['n3 restores a b'],
  },
  {
    name: 'snapshot-succeeded-behind',
    title:
      'While a snapshot is on its way the leader takes the next one: the follower is still behind, and gets that too.',
    options: { nodes: 3, config: { snapshotThreshold: 2, trailing: 0, snapshotChunk: 4 } },
    play(cluster) {
      lead(cluster);
      cluster.crash('n3');
      for (const command of ['a', 'b', 'c']) cluster.propose('n1', command);
      cluster.deliver();
      cluster.start('n3');
      cluster.timeOut('n1', 'heartbeat');
      cluster.deliver(({ message }) => message.type !== 'InstallSnapshotReply');
      for (const command of ['d', 'e']) cluster.propose('n1', command);
      cluster.deliverAmong('n1', 'n2');
      cluster.settle('n1');
      cluster.settle('n1');
    },
    outcome: [
      `n1 leader term 1 log (6)  commit 6 voters ${all3}`,
      `n2 follower term 1 log (6)  commit 6 voters ${all3}`,
      `n3 follower term 1 log (6)  commit 6 voters ${all3}`,
    ],
  },
];
