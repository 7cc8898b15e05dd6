// Fast leader election: servers that look for a leader vote in rounds for the newest history they have heard of, until a quorum
// agrees (ZooKeeper's FastLeaderElection). It only proposes a leader: discovery makes sure that there is one in an epoch.
import type { NodeId } from '../../sim/index.ts';
import { startFollowing, startLeading } from './discovery.ts';
import { electByOracle } from './oracle.ts';
import { isObserver, isQuorum, others, weightOf } from './quorum.ts';
import type { Turn } from './turn.ts';
import type { Notification, Vote } from './types.ts';

/** Begins a new round with a vote for itself. */
export function lookForLeader(turn: Turn): void {
  const { state, config, ctx } = turn;
  if (config.election === 'oracle') return electByOracle(turn);
  const { election } = state;
  Object.assign(election, { isResting: false, isDeciding: false, interval: config.finalizeWait });
  beginRound(turn, election.round + 1, ownVote(turn));
  ctx.setTimer('zab-election', election.interval);
  decide(turn);
}

/** Waits a little before it looks for a leader. */
export function rest(turn: Turn): void {
  if (turn.config.election === 'oracle') return electByOracle(turn);
  turn.state.election.isResting = true;
  turn.ctx.setTimer('zab-election', turn.config.finalizeWait);
}

/** Nobody has said anything better in time: the decision stands, or the vote is repeated. */
export function onElectionTimeout(turn: Turn): void {
  const { state, config, ctx } = turn;
  const { election } = state;
  if (state.role !== 'LOOKING') return;
  if (election.isResting) return lookForLeader(turn);
  if (election.isDeciding) return settle(turn, election.vote.leader);
  election.interval = Math.min(2 * election.interval, config.longestNotificationInterval);
  broadcastVote(turn);
  ctx.setTimer('zab-election', election.interval);
}

export function onNotification(turn: Turn, from: NodeId, notification: Notification): void {
  const { state } = turn;
  if (state.role !== 'LOOKING') {
    if (notification.role === 'LOOKING') sendVote(turn, from);
    return;
  }
  if (state.election.isResting) return;
  if (weightOf(turn, from) === 0) {
    if (notification.role === 'LOOKING') sendVote(turn, from); // it asks, and has no say
    return;
  }
  if (notification.role === 'LOOKING') onCandidacy(turn, from, notification);
  else onLeaderKnown(turn, from, notification);
}

/** Another server looks for a leader as well. */
function onCandidacy(turn: Turn, from: NodeId, notification: Notification): void {
  const { rules } = turn;
  const { election } = turn.state;
  delete election.outside[from]; // it follows nobody any more
  if (notification.round < election.round) return sendVote(turn, from);
  if (notification.round > election.round) {
    const own = ownVote(turn);
    beginRound(turn, notification.round, rules.isBetterVote(notification, own) ? voteOf(notification) : own);
  } else if (
    rules.isBetterVote(notification, election.vote) &&
    (!election.isDeciding || rules.yields(election.vote, notification))
  ) {
    changeVote(turn, voteOf(notification));
  }
  election.received[from] = notification;
  decide(turn);
}

/** A server that has a leader says so. One that is late joins when a quorum and the leader itself agree. */
function onLeaderKnown(turn: Turn, from: NodeId, notification: Notification): void {
  const { election } = turn.state;
  const { leader, round } = notification;
  election.outside[from] = notification;
  const agree = Object.entries(election.outside).filter(
    ([, other]) => other.leader === leader && other.round === round,
  );
  const isConfirmed =
    leader === turn.ctx.id
      ? round === election.round
      : agree.some(([id, { role }]) => id === leader && role === 'LEADING');
  const followers = agree.map(([id]) => id);
  const inRound = Object.entries(election.received).filter(
    ([, other]) => round === election.round && isSame(other, notification),
  );
  const quorum = [...new Set([...followers, ...inRound.map(([id]) => id)])];
  if (!isConfirmed || !isQuorum(turn, quorum)) return;
  election.round = round;
  election.vote = voteOf(notification);
  settle(turn, leader);
}

/** Does a quorum of this round agree with the server's vote? Then only a better vote within the finalize wait changes it. */
function decide(turn: Turn): void {
  const { state, config, ctx } = turn;
  const { election } = state;
  const agree = Object.entries(election.received).filter(([, vote]) => isSame(vote, election.vote));
  const isDecided = isQuorum(
    turn,
    agree.map(([id]) => id),
  );
  if (isDecided && !election.isDeciding) ctx.setTimer('zab-election', config.finalizeWait);
  election.isDeciding = isDecided;
}

function settle(turn: Turn, leader: NodeId): void {
  turn.ctx.clearTimer('zab-election');
  turn.ctx.note('elects', { leader, round: turn.state.election.round });
  if (leader === turn.ctx.id) startLeading(turn);
  else startFollowing(turn, leader);
}

function beginRound(turn: Turn, round: number, vote: Vote): void {
  const { election } = turn.state;
  election.round = round;
  election.received = {};
  election.outside = {};
  changeVote(turn, vote, true);
}

function changeVote(turn: Turn, vote: Vote, isFirst = false): void {
  const { state, ctx } = turn;
  const { election } = state;
  election.vote = vote;
  election.isDeciding = false;
  if (weightOf(turn, ctx.id) > 0) election.received[ctx.id] = notificationOf(turn);
  ctx.note('vote', { round: election.round, isFirst, ...vote });
  broadcastVote(turn);
}

function broadcastVote(turn: Turn): void {
  for (const peer of others(turn)) sendVote(turn, peer);
}

function sendVote(turn: Turn, to: NodeId): void {
  turn.ctx.send(to, notificationOf(turn));
}

function notificationOf({ state }: Turn): Notification {
  return { type: 'Notification', role: state.role, round: state.election.round, ...state.election.vote };
}

/** A server votes for itself at first; an observer, which cannot lead, for nobody. */
function ownVote(turn: Turn): Vote {
  const { state, ctx, rules } = turn;
  if (isObserver(turn, ctx.id) && rules.weightOfObserver === 0) return { leader: '', zxid: -1, epoch: -1 };
  return { leader: ctx.id, zxid: rules.standsFor(state), epoch: state.currentEpoch };
}

function voteOf({ leader, zxid, epoch }: Vote): Vote {
  return { leader, zxid, epoch };
}

function isSame(one: Vote, other: Vote): boolean {
  return one.leader === other.leader && one.zxid === other.zxid && one.epoch === other.epoch;
}
