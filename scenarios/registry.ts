// Every scenario there is, by name. Each one that holds is followed by the broken variants of its protocol.
import { distance } from 'fastest-levenshtein';
import { InputError, type Scenario } from '../sim/index.ts';
import { antiEntropy } from './anti-entropy.ts';
import { consul, consulDefaultReads, consulStaleReads, consulTrustedErrors } from './consul.ts';
import { consulBlackout, consulPowerCut } from './consul-blackout.ts';
import { consulBoundedStaleness, consulLastContact, consulMaxStale } from './consul-contact.ts';
import { consulDatacenters } from './consul-datacenters.ts';
import { consulGossipLock, consulLock, consulLockDelayOvertaken, consulLockIndexReset } from './consul-lock.ts';
import { consulServices } from './consul-services.ts';
import { consulWatch } from './consul-watch.ts';
import { counter } from './counter.ts';
import { crdt } from './crdt.ts';
import { election } from './election.ts';
import { epidemicSpreads } from './epidemic.ts';
import { etcdKeyValue, etcdSerializableReads } from './etcd.ts';
import { etcdLease } from './etcd-lease.ts';
import { etcdLock } from './etcd-lock.ts';
import { etcdWatch } from './etcd-watch.ts';
import { gossipSpreads } from './gossip.ts';
import { antiEntropyKnownBugs } from './known-bugs/anti-entropy.ts';
import { consulKnownBugs } from './known-bugs/consul.ts';
import { counterEarlyAcknowledgement } from './known-bugs/counter-early-acknowledgement.ts';
import { crdtKnownBugs } from './known-bugs/crdt.ts';
import { electionEarlyLeader } from './known-bugs/election-early-leader.ts';
import { electionImpatient } from './known-bugs/election-impatient.ts';
import { epidemicCold } from './known-bugs/epidemic-cold.ts';
import { etcdKnownBugs } from './known-bugs/etcd.ts';
import { gossipNoAntiEntropy } from './known-bugs/gossip-no-anti-entropy.ts';
import { lockTrustedLease } from './known-bugs/lock-trusted-lease.ts';
import { lockWithoutFencing } from './known-bugs/lock-without-fencing.ts';
import { pingPongLatePong } from './known-bugs/ping-pong-late-pong.ts';
import { twoPhaseCommitForgottenDecision } from './known-bugs/two-phase-commit-forgotten-decision.ts';
import { twoPhaseCommitForgottenVote } from './known-bugs/two-phase-commit-forgotten-vote.ts';
import { twoPhaseCommitImpatient } from './known-bugs/two-phase-commit-impatient.ts';
import { raftKnownBugs } from './known-bugs/raft.ts';
import { redlockKnownBugs } from './known-bugs/redlock.ts';
import { zabKnownBugs } from './known-bugs/zab.ts';
import { swimKnownBugs } from './known-bugs/swim.ts';
import { plumtreeKnownBugs } from './known-bugs/plumtree.ts';
import { zooKeeperKnownBugs } from './known-bugs/zookeeper.ts';
import { lock } from './lock.ts';
import { lockServiceStories } from './lock-services/stories.ts';
import { pingPong } from './ping-pong.ts';
import { plumtreeSpreads } from './plumtree.ts';
import { raftKv } from './raft.ts';
import { redisLockStories } from './redis-lock.ts';
import { redlockDebate } from './redlock-debate.ts';
import { redlockProgress } from './redlock-progress.ts';
import { redlock } from './redlock.ts';
import { swimScenarios } from './swim.ts';
import { swimSpreads } from './swim-spreads.ts';
import { twoPhaseCommit } from './two-phase-commit.ts';
import { zabBroadcast } from './zab.ts';
import { zooKeeperConfiguration, zooKeeperLock, zooKeeperLockOverlap } from './zookeeper-recipes.ts';
import {
  zooKeeperDeposedSync,
  zooKeeperLocalReads,
  zooKeeperStaleReads,
  zooKeeperSyncReads,
  zooKeeperWrites,
} from './zookeeper.ts';

export const scenarios: readonly Scenario[] = [
  pingPong,
  pingPongLatePong,
  counter,
  counterEarlyAcknowledgement,
  gossipSpreads,
  gossipNoAntiEntropy,
  epidemicSpreads,
  epidemicCold,
  antiEntropy,
  ...antiEntropyKnownBugs,
  crdt,
  ...crdtKnownBugs,
  plumtreeSpreads,
  ...plumtreeKnownBugs,
  ...swimScenarios,
  swimSpreads,
  ...swimKnownBugs,
  election,
  electionEarlyLeader,
  electionImpatient,
  twoPhaseCommit,
  twoPhaseCommitImpatient,
  twoPhaseCommitForgottenDecision,
  twoPhaseCommitForgottenVote,
  lock,
  lockWithoutFencing,
  lockTrustedLease,
  ...redisLockStories,
  redlock,
  ...redlockDebate,
  ...redlockProgress,
  ...redlockKnownBugs,
  raftKv,
  ...raftKnownBugs,
  zabBroadcast,
  ...zabKnownBugs,
  consul,
  consulDefaultReads,
  consulStaleReads,
  consulTrustedErrors,
  consulBoundedStaleness,
  consulLastContact,
  consulMaxStale,
  consulLock,
  consulGossipLock,
  consulLockIndexReset,
  consulLockDelayOvertaken,
  consulWatch,
  consulServices,
  consulDatacenters,
  consulBlackout,
  consulPowerCut,
  ...consulKnownBugs,
  etcdKeyValue,
  etcdSerializableReads,
  etcdWatch,
  etcdLease,
  etcdLock,
  ...etcdKnownBugs,
  zooKeeperWrites,
  zooKeeperLocalReads,
  zooKeeperStaleReads,
  zooKeeperSyncReads,
  zooKeeperDeposedSync,
  zooKeeperLock,
  zooKeeperLockOverlap,
  zooKeeperConfiguration,
  ...zooKeeperKnownBugs,
  lockServiceStories,
];

/** @throws InputError that names the scenarios with the most similar names when there is none of this name. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const near = nearestNames(name);
  const hint = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  throw new InputError(`there is no scenario ${JSON.stringify(name)}${hint} (\`faultline list\` lists them all)`);
}

/** Up to three names that contain the wanted one, or that a few strokes turn into it. */
function nearestNames(wanted: string): string[] {
  const name = wanted.trim().toLowerCase();
  if (name === '') return [];
  return scenarios
    .map((scenario) => {
      const contains = name.length >= 3 && scenario.name.includes(name);
      return { name: scenario.name, strokes: contains ? 0 : distance(name, scenario.name) };
    })
    .filter(({ strokes }) => strokes <= Math.max(2, Math.floor(name.length / 3)))
    .sort((one, other) => one.strokes - other.strokes)
    .slice(0, 3)
    .map(({ name: near }) => near);
}
