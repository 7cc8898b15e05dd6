// The rules that safety hangs on, each small and by itself. A server is built with these; a broken variant replaces one of them
// by a one-liner, so that every rule can be shown to matter.
import type { Json } from '../../sim/index.ts';
import type { Credentials, Entry, Leading, Payload, SyncStep, Vote, ZabState } from './types.ts';
import { compareIds } from './quorum.ts';
import { zxidOf, type Zxid } from './zxid.ts';

export interface Rules {
  // Election.
  /** Votes are totally ordered by (epoch, zxid, id): the newest history leads. */
  isBetterVote(one: Vote, other: Vote): boolean;
  /** What a server stands for in an election: the last transaction on its disk, in whatever epoch. */
  standsFor(state: ZabState): Zxid;
  /** More than half of all weight. Two quorums share a server. */
  isQuorum(weight: number, total: number): boolean;
  /** Observers have no weight. */
  weightOfObserver: number;
  /** A decided server that is told of a better vote within the finalize wait changes its mind. */
  yields(vote: Vote, better: Vote): boolean;
  // Discovery (phase 1 of the paper).
  /** The new epoch is later than any that a quorum has accepted. */
  epochAfter(accepted: readonly number[]): number;
  /** A server accepts no epoch earlier than one that it has accepted. */
  acceptsEpoch(accepted: number, epoch: number): boolean;
  /** A server tells which epoch it has accepted only when that is on its disk. */
  readonly persistsAcceptedEpoch: boolean;
  /** An epoch is accepted once by each server. */
  acknowledgesEpoch(accepted: number, epoch: number): boolean;
  /** A leader must not find, in the quorum that accepts its epoch, a history newer than its own. */
  isNewer(follower: Credentials, leader: Credentials): boolean;
  // Synchronization (phase 2).
  /** The greatest transaction that both histories share; what follows it at the learner was never committed. */
  truncatesTo(common: Zxid): Zxid;
  /** The transactions that a learner lacks, of those that the leader has after what they share. */
  missing(entries: readonly Entry[]): readonly Entry[];
  /** NEWLEADER follows everything that belongs to the initial history. */
  packetsInOrder(packets: readonly Payload[]): readonly Payload[];
  /** A learner makes the leader's history its own, on disk, then the epoch, and only then acknowledges the leader. */
  readonly atNewLeader: readonly SyncStep[];
  /** What is known to be committed is applied before the server serves. */
  readonly atUpToDate: readonly SyncStep[];
  /** Before NEWLEADER is acknowledged, proposals wait with the rest of the history. */
  holdsProposal(isNewLeaderAcknowledged: boolean): boolean;
  /** A COMMIT that comes before UPTODATE names a transaction that was gathered before NEWLEADER, or one that came after it. */
  awaitsCommit(gathered: readonly Entry[], after: readonly Entry[]): readonly Entry[];
  /** UPTODATE tells what the leader has committed. */
  committedAtUpToDate(state: ZabState, leading: Leading): Zxid;
  /** A leader begins to broadcast when a quorum has its history on disk. */
  mayEstablish(isQuorumReady: boolean, leading: Leading): boolean;
  // Broadcast (phase 3).
  /** The proposals of an epoch are numbered without a gap. */
  nextCounter(counter: number): number;
  /** A server acknowledges what is on its disk. */
  readonly syncsBeforeAck: boolean;
  /** A follower counts for what it said it has. */
  holds(acked: Zxid, zxid: Zxid): boolean;
  /** A transaction may be applied once it is committed. */
  mayApply(zxid: Zxid, committed: Zxid): boolean;
  // Snapshots.
  /** What a snapshot is called by is the last transaction that its machine has applied, not one that is under way. */
  snapshotHolds(applied: Zxid, underWay: Zxid): Zxid;
  /** A snapshot holds nothing that is not in the log. */
  maySnapshot(applied: Zxid, logged: Zxid): boolean;
  /** What is written of a snapshot, one sync after the other: all of it at once, so that none is found in part. */
  snapshotWrites(machine: Json): readonly Json[];
  // The end of a part.
  /** What waits to be written is written before a server looks for a leader. */
  readonly drainsQueue: boolean;
  /** A server takes into an election the history that it has on disk. */
  historyAtElection(log: readonly Entry[], lastApplied: Zxid): readonly Entry[];
}

export const zabRules: Rules = {
  isBetterVote: (one, other) =>
    one.epoch > other.epoch ||
    (one.epoch === other.epoch &&
      (one.zxid > other.zxid || (one.zxid === other.zxid && compareIds(one.leader, other.leader) > 0))),
  standsFor: ({ log, base }) => log.at(-1)?.zxid ?? base,
  isQuorum: (weight, total) => weight * 2 > total,
  weightOfObserver: 0,
  yields: () => true,
  epochAfter: (accepted) => Math.max(...accepted) + 1,
  acceptsEpoch: (accepted, epoch) => epoch >= accepted,
  persistsAcceptedEpoch: true,
  acknowledgesEpoch: (accepted, epoch) => epoch > accepted,
  isNewer: (follower, leader) =>
    follower.currentEpoch > leader.currentEpoch ||
    (follower.currentEpoch === leader.currentEpoch && follower.lastZxid > leader.lastZxid),
  truncatesTo: (common) => common,
  missing: (entries) => entries,
  packetsInOrder: (packets) => packets,
  atNewLeader: ['write history', 'sync', 'set epoch', 'sync', 'acknowledge'],
  atUpToDate: ['apply', 'serve'],
  holdsProposal: (isNewLeaderAcknowledged) => !isNewLeaderAcknowledged,
  awaitsCommit: (gathered, after) => [...gathered, ...after],
  committedAtUpToDate: ({ committed }) => committed,
  mayEstablish: (isQuorumReady) => isQuorumReady,
  nextCounter: (counter) => counter + 1,
  syncsBeforeAck: true,
  holds: (acked, zxid) => acked >= zxid,
  mayApply: (zxid, committed) => zxid <= committed,
  snapshotHolds: (applied) => applied,
  maySnapshot: (applied, logged) => applied <= logged,
  snapshotWrites: (machine) => [machine],
  drainsQueue: true,
  historyAtElection: (log) => log,
};

/** The zxid that acknowledges NEWLEADER: no transaction has it. */
export function newLeaderZxid(epoch: number): Zxid {
  return zxidOf(epoch, 0);
}
