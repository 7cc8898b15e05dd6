// Zab with one rule broken at a time, each by one line, and what must catch it. The names in brackets are ZooKeeper's issues, as
// told by the model-checking studies of its protocol (zookeeper-tla-spec; Remix, EuroSys 2025; SandTable, EuroSys 2024).
import type { ZabRules } from '../../protocols/zab/index.ts';
import { ms, type NemesisOptions, type Scenario } from '../../sim/index.ts';
import { zabScenario, type ZabVariant } from '../zab.ts';

const crashes: NemesisOptions = {
  classes: ['crash', 'power-loss', 'crash-at-write', 'isolate'],
  every: ms(150),
  longest: ms(600),
};
const partitions: NemesisOptions = {
  classes: ['isolate', 'partition', 'crash', 'pause'],
  every: ms(150),
  longest: ms(900),
};

/** A server that stops to lead stands for what it has applied, and forgets what is in its log beyond that [ZOOKEEPER-2845]. */
export const zabDatabaseRetained = broken(
  'zab-database-retained',
  'A server keeps its state in memory when it looks for a leader again, and does not see what its log holds beyond it.',
  ['durable log', 'no bad packet', 'total order', 'primary integrity', 'initial history', 'handlers do not throw'],
  { historyAtElection: (log, lastApplied) => log.filter(({ zxid }) => zxid <= lastApplied) },
  { nemesis: partitions },
);

/** A learner acknowledges the leader before it has written what it was given [ZOOKEEPER-3911]. */
export const zabEarlyAcknowledgement = broken(
  'zab-early-acknowledgement',
  'A learner acknowledges NEWLEADER before the history that it was given is in its log.',
  ['initial history', 'epoch promises', 'durable log', 'quorum durability'],
  { atNewLeader: ['acknowledge', 'write history', 'sync', 'set epoch', 'sync'] },
  { nemesis: crashes },
);

/** The epoch is on disk before the history that belongs to it [ZOOKEEPER-4643]. */
export const zabEpochBeforeHistory = broken(
  'zab-epoch-before-history',
  'A learner writes the new epoch before the history, crashes between the two, and wins the next election with the old one.',
  ['primary integrity', 'total order', 'nothing applied is dropped', 'initial history', 'linearizable key-value'],
  { atNewLeader: ['set epoch', 'sync', 'write history', 'sync', 'acknowledge'] },
  {
    nemesis: {
      classes: ['crash-at-write', 'power-loss'],
      every: ms(40),
      longest: ms(150),
      allClasses: true,
      budget: 'over',
    },
    fixed: { voters: 3, observers: 0, network: 'lan', tick: 30, syncLimit: 2, whenDown: 'refuse' },
  },
);

/** The history is in the page cache when NEWLEADER is acknowledged [ZOOKEEPER-4646]. */
export const zabAsynchronousLog = broken(
  'zab-asynchronous-log',
  'A learner acknowledges NEWLEADER when its history is written, but not synced.',
  ['initial history', 'epoch promises', 'durable log', 'quorum durability'],
  { atNewLeader: ['write history', 'set epoch', 'acknowledge', 'sync'] },
  { nemesis: crashes },
);

/** Proposals are logged and acknowledged while the learner still synchronizes [ZOOKEEPER-4685]. */
export const zabProposalOvertakes = broken(
  'zab-proposal-overtakes',
  'A learner acknowledges a proposal before it has acknowledged NEWLEADER.',
  ['no bad packet', 'durable log', 'handlers do not throw'],
  { holdsProposal: () => false },
  { nemesis: partitions },
);

/** What waits for the disk survives the end of the part, and is logged afterwards [ZOOKEEPER-4712]. */
export const zabQueueSurvives = broken(
  'zab-queue-survives',
  'A server that gives up does not write what waits in its queue; it gets into the log when another history is there.',
  ['no bad packet', 'durable log', 'total order', 'initial history'],
  { drainsQueue: false },
  { nemesis: partitions, config: { groupCommit: ms(60) }, every: ms(30) },
);

/** A COMMIT between NEWLEADER and UPTODATE is looked for among what came before NEWLEADER [ZOOKEEPER-4394]. */
export const zabUnexpectedCommit = broken(
  'zab-unexpected-commit',
  'A learner does not know a transaction that is committed between NEWLEADER and UPTODATE, and gives up, again and again.',
  ['no bad packet'],
  { awaitsCommit: (gathered) => gathered },
  { nemesis: partitions, every: ms(20) },
);

/** A learner serves before it has applied what the leader had committed [ZOOKEEPER-3023]. */
export const zabServesTooEarly = broken(
  'zab-serves-too-early',
  'A learner serves as soon as it hears UPTODATE, before it has applied the history that it was given.',
  ['primary integrity'],
  { atUpToDate: ['serve'] },
);

/** Votes are compared by zxid and id even across epochs [ZOOKEEPER-1419]. */
export const zabVoteCycle = broken(
  'zab-vote-cycle',
  'A vote of an earlier epoch beats one of a later epoch by its id: votes are no total order, and can go round in a circle.',
  ['votes improve', 'progress', 'primary integrity', 'total order'],
  {
    isBetterVote: (one, other) =>
      one.epoch > other.epoch ||
      (one.epoch === other.epoch && one.zxid > other.zxid) ||
      (one.zxid === other.zxid && one.leader > other.leader),
  },
  { nemesis: partitions },
);

/** NEWLEADER is sent before the snapshot [ZOOKEEPER-3104]. */
export const zabNewLeaderTooEarly = broken(
  'zab-new-leader-too-early',
  'The leader sends NEWLEADER before the snapshot or the log that the learner needs.',
  ['initial history', 'no bad packet', 'durable log', 'quorum durability'],
  { packetsInOrder: (packets) => packets.toReversed() },
  { nemesis: partitions },
);

/** Truncation stops one transaction late [ZOOKEEPER-1154, 1156, 1489, 3701]. */
export const zabFailedTruncation = broken(
  'zab-failed-truncation',
  'A learner that is told to truncate its log does not, and goes on.',
  ['no bad packet', 'durable log', 'initial history', 'total order'],
  { truncatesTo: () => Infinity },
  { nemesis: partitions },
);

/** A leader that is not established stands for the first zxid of its epoch [ZOOKEEPER-790]. */
export const zabStandsForItsEpoch = broken(
  'zab-stands-for-its-epoch',
  'A server that once accepted an epoch stands in elections for more than its history holds.',
  ['primary integrity', 'total order', 'progress', 'initial history', 'nothing applied is dropped'],
  { standsFor: ({ acceptedEpoch }) => acceptedEpoch * 2 ** 32, isNewer: () => false },
  { nemesis: partitions },
);

/** The epoch is written at UPTODATE only [ZOOKEEPER-1282, 335, 1081]. */
export const zabEpochAtUpToDate = broken(
  'zab-epoch-at-up-to-date',
  'A learner acknowledges NEWLEADER before the epoch is on its disk, and writes it when it is up to date.',
  ['epoch promises', 'quorum durability', 'initial history', 'primary integrity'],
  {
    atNewLeader: ['write history', 'sync', 'acknowledge'],
    atUpToDate: ['set epoch', 'sync', 'apply', 'serve'],
  },
);

/** The accepted epoch is told before it is on disk [ZOOKEEPER-1291]. */
export const zabForgottenPromise = broken(
  'zab-forgotten-promise',
  'A server tells the epoch that it accepts before that is on its disk.',
  ['epoch promises', 'primary uniqueness'],
  { persistsAcceptedEpoch: false },
);

/** A later leader skips a transaction that was committed while it synchronized itself [ZOOKEEPER-4925]. */
export const zabHoleInTheLog = broken(
  'zab-hole-in-the-log',
  'A leader leaves out the first of the transactions that a learner lacks.',
  ['no bad packet', 'initial history', 'total order'],
  { missing: (entries) => entries.slice(1) },
);

/** UPTODATE carries what was proposed instead of what is committed [zookeeper-tla-spec, issue 3]. */
export const zabUpToDateTooFar = broken(
  'zab-up-to-date-too-far',
  'A learner that joins applies what the leader has proposed, committed or not.',
  ['no bad packet', 'primary integrity', 'total order', 'nothing applied is dropped', 'linearizable key-value'],
  { committedAtUpToDate: (_state, leading) => leading.proposed },
  { nemesis: partitions, every: ms(20) },
);

/** A leader does not compare its history with those of its followers, and anybody is elected. */
export const zabLeaderBehind = broken(
  'zab-leader-behind',
  'Votes do not tell how much of the epoch a server has, and the leader does not find out that its followers have more.',
  ['primary integrity', 'total order', 'nothing applied is dropped', 'initial history', 'linearizable key-value'],
  { isNewer: () => false, standsFor: () => 0 },
);

/** Observers count for the quorum [ZOOKEEPER-764]. */
export const zabObserversCount = broken(
  'zab-observers-count',
  'The votes and acknowledgements of observers count, but the quorum is that of the voters.',
  ['quorum durability', 'quorums elect', 'primary uniqueness', 'primary integrity', 'role chart', 'total order'],
  { weightOfObserver: 1 },
  { nemesis: partitions, fixed: { voters: 3, observers: 2 } },
);

/** Half of an even ensemble is a quorum. */
export const zabHalfIsEnough = broken(
  'zab-half-is-enough',
  'Half of the voters count as a quorum.',
  ['quorums elect', 'quorum durability', 'primary integrity', 'total order', 'primary uniqueness'],
  { isQuorum: (weight, total) => weight * 2 >= total },
  { nemesis: partitions, fixed: { voters: 4 } },
);

/** Proposals are acknowledged before they are on disk. */
export const zabAcknowledgedUnsynced = broken(
  'zab-acknowledged-unsynced',
  'A server acknowledges proposals before its disk has them.',
  ['durable log', 'quorum durability'],
  { syncsBeforeAck: false },
);

/** A leader serves before a quorum has its history. */
export const zabEstablishedAlone = broken(
  'zab-established-alone',
  'A leader broadcasts as soon as its epoch is accepted, before a quorum has its history.',
  ['quorum durability', 'primary integrity', 'commit monotonicity', 'no bad packet'],
  { mayEstablish: () => true },
);

/** A snapshot is called by a transaction that is under way, and is not in it [ZOOKEEPER-3144, 3127]. */
export const zabFuzzySnapshot = broken(
  'zab-fuzzy-snapshot',
  'A snapshot is taken in the midst of a transaction and is called by it; who starts from it never applies that one.',
  ['same machines', 'total order', 'primary order', 'linearizable key-value'],
  { snapshotHolds: (_applied, underWay) => underWay },
  { nemesis: crashes, every: ms(20), fixed: { snapshotEvery: 3 } },
);

/** A snapshot holds what is committed, and a crash loses the log that should lead there [ZOOKEEPER-2872, 3642]. */
export const zabSnapshotAheadOfLog = broken(
  'zab-snapshot-ahead-of-log',
  'A server takes a snapshot of what is committed elsewhere before it has logged it itself.',
  ['snapshots follow the log', 'durable log', 'initial history'],
  { maySnapshot: () => true },
  { nemesis: crashes, every: ms(20), config: { groupCommit: ms(20) }, fixed: { snapshotEvery: 3 } },
);

/** The leader's snapshot is written piece by piece, and a piece is trusted at the next start [ZOOKEEPER-3642]. */
export const zabPartialSnapshot = broken(
  'zab-partial-snapshot',
  'A server crashes while it writes a snapshot, and takes the part that it finds for the whole.',
  ['same machines', 'linearizable key-value'],
  { snapshotWrites: (machine) => [{ data: {}, sessions: {} }, machine] },
  { nemesis: crashes, fixed: { snapshotEvery: 3 } },
);

export const zabKnownBugs: readonly Scenario[] = [
  zabDatabaseRetained,
  zabEarlyAcknowledgement,
  zabEpochBeforeHistory,
  zabAsynchronousLog,
  zabProposalOvertakes,
  zabQueueSurvives,
  zabUnexpectedCommit,
  zabServesTooEarly,
  zabVoteCycle,
  zabNewLeaderTooEarly,
  zabFailedTruncation,
  zabStandsForItsEpoch,
  zabEpochAtUpToDate,
  zabForgottenPromise,
  zabHoleInTheLog,
  zabUpToDateTooFar,
  zabLeaderBehind,
  zabObserversCount,
  zabHalfIsEnough,
  zabAcknowledgedUnsynced,
  zabEstablishedAlone,
  zabFuzzySnapshot,
  zabSnapshotAheadOfLog,
  zabPartialSnapshot,
];

function broken(
  name: string,
  story: string,
  what: readonly string[],
  rules: Partial<ZabRules>,
  rest: Partial<ZabVariant> = {},
): Scenario {
  return zabScenario({ name, story, expect: { type: 'breaks', what }, rules, ...rest });
}
