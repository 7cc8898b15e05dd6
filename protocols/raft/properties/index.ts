// What Raft guarantees (Figure 3 of the paper, and the invariants of etcd's TLA+ specification), as white-box properties
// judged at the moment that matters: when a server votes, is elected, appends, commits, applies. They fit every protocol
// that keeps a Raft server in `state.raft`.
import { sometimesNoted, type AnyProtocol, type Micros, type Property } from '../../../sim/index.ts';
import type { Service } from '../server.ts';
import {
  askedVotes,
  electionSafety,
  endedOffices,
  oneVoteATerm,
  patientVoters,
  roleChartIsKept,
  termMonotonicity,
  upToDateVotes,
} from './elections.ts';
import { durablePromises, quorumDurability, truthfulProgress } from './durability.ts';
import { followersCatchUp, looseEnds, progress } from './liveness.ts';
import {
  commitMonotonicity,
  comparedCommits,
  currentAcknowledgements,
  leaderCompleteness,
  logMatching,
  stateMachineSafety,
  truncation,
} from './logs.ts';
import { configurationSafety } from './membership.ts';
import { freshReads, leaseSafety, unusedNumbers } from './reads.ts';
import { snapshotEquality } from './snapshots.ts';

export {
  askedVotes,
  electionSafety,
  endedOffices,
  oneVoteATerm,
  patientVoters,
  roleChartIsKept,
  termMonotonicity,
  upToDateVotes,
} from './elections.ts';
export { durablePromises, quorumDurability, truthfulProgress } from './durability.ts';
export { followersCatchUp, looseEnds, progress } from './liveness.ts';
export {
  commitMonotonicity,
  comparedCommits,
  currentAcknowledgements,
  leaderCompleteness,
  logMatching,
  stateMachineSafety,
  truncation,
} from './logs.ts';
export { configurationSafety } from './membership.ts';
export { freshReads, leaseSafety, unusedNumbers } from './reads.ts';
export { currentLeader, knownVoters, raftOf } from './view.ts';
export { snapshotEquality } from './snapshots.ts';

export interface RaftPropertyOptions {
  /** The unbroken state machine, to prove snapshots against; left out, snapshots are only compared with each other. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any machine will do
  readonly service?: Service<any, any, any>;
  /** The servers' shortest election time-out; left out, nothing is said of how long who has voted waits. */
  readonly electionTimeout?: Micros;
  /** How long after healing the first operation may take; left out, nothing is said of progress. */
  readonly progressWithin?: Micros;
  /** How long after healing it may take until every member follows closely and nothing is left half done; left out, nothing is
   * said of it. */
  readonly catchUpWithin?: Micros;
}

/** All properties of a cluster whose servers run `server`. */
export function raftProperties(server: AnyProtocol, options: RaftPropertyOptions = {}): Property[] {
  const { service, electionTimeout, progressWithin, catchUpWithin } = options;
  return [
    electionSafety(),
    oneVoteATerm(),
    askedVotes(),
    ...(electionTimeout === undefined ? [] : [patientVoters(electionTimeout)]),
    upToDateVotes(),
    logMatching(),
    truncation(),
    leaderCompleteness(),
    stateMachineSafety(),
    comparedCommits(),
    quorumDurability(),
    truthfulProgress(),
    currentAcknowledgements(),
    durablePromises(),
    termMonotonicity(),
    configurationSafety(),
    snapshotEquality(service),
    freshReads(),
    leaseSafety(),
    unusedNumbers(),
    commitMonotonicity(),
    roleChartIsKept(),
    endedOffices(),
    sometimesNoted('truncate', 'a follower drops entries that conflict with its leader’s'),
    ...(progressWithin === undefined ? [] : [progress(progressWithin)]),
    ...(catchUpWithin === undefined ? [] : [followersCatchUp(server, catchUpWithin), looseEnds(server, catchUpWithin)]),
  ];
}
