// Discovery, phase 1 of the paper: a prospective leader and a quorum agree on an epoch that none of them has accepted before,
// and the leader makes sure that no history in that quorum is newer than its own.
import type { NodeId } from '../../sim/index.ts';
import { establishIfReady } from './broadcast.ts';
import { close, nextConnection, openChannel, transmit } from './channel.ts';
import { lastLogged } from './history.ts';
import { enter, giveUp } from './part.ts';
import { isObserver, isQuorum, learnersOf } from './quorum.ts';
import { writeAcceptedEpoch, writeCurrentEpoch } from './storage.ts';
import { synchronize } from './sync-leader.ts';
import type { Turn } from './turn.ts';
import type { Channel, Credentials, Following, Leading, Learner, Payload } from './types.ts';

export function startLeading(turn: Turn): void {
  chooseEpoch(turn, beginToLead(turn));
}

export function beginToLead(turn: Turn): Leading {
  const leading: Leading = {
    epoch: 0,
    learners: {},
    epochAcks: [],
    newLeaderAcks: [],
    proposed: 0,
    logged: 0,
    ahead: null,
    syncs: [],
    lonely: 0,
  };
  turn.state.leading = leading;
  enter(turn, 'LEADING', 'DISCOVERY', 0);
  setTick(turn);
  return leading;
}

export function startFollowing(turn: Turn, leader: NodeId): void {
  const following = follow(turn, leader, openChannel(nextConnection(turn)));
  const type = isObserver(turn, turn.ctx.id) ? 'OBSERVERINFO' : 'FOLLOWERINFO';
  transmit(turn, leader, following.channel, { type, acceptedEpoch: turn.state.acceptedEpoch });
}

export function follow(turn: Turn, leader: NodeId, channel: Channel): Following {
  const following: Following = {
    leader,
    channel,
    epoch: 0,
    plan: { truncateTo: null, snapshot: null, entries: [], committed: 0 },
    isNewLeaderAcknowledged: false,
    silence: 0,
  };
  turn.state.following = following;
  enter(turn, isObserver(turn, turn.ctx.id) ? 'OBSERVING' : 'FOLLOWING', 'DISCOVERY', 0);
  setTick(turn);
  return following;
}

/** A learner connects. */
export function onLearnerInfo(
  turn: Turn,
  from: NodeId,
  connection: number,
  info: Extract<Payload, { type: 'FOLLOWERINFO' | 'OBSERVERINFO' }>,
): void {
  const leading = turn.state.leading as Leading;
  const learner = newLearner(turn, from, openChannel(connection, nextConnection(turn)), info.acceptedEpoch);
  learner.channel.received = 1;
  leading.learners[from] = learner;
  if (leading.epoch === 0) chooseEpoch(turn, leading);
  else invite(turn, leading, from);
}

export function newLearner(turn: Turn, peer: NodeId, channel: Channel, acceptedEpoch: number): Learner {
  return {
    channel,
    isObserver: isObserver(turn, peer),
    acceptedEpoch,
    stage: 'connected',
    credentials: { currentEpoch: 0, lastZxid: 0 },
    snapshotZxid: 0,
    acked: 0,
    silence: 0,
  };
}

/** With a quorum connected, the epoch is one after the latest that any of them has accepted. */
function chooseEpoch(turn: Turn, leading: Leading): void {
  const { state, ctx, rules } = turn;
  const voters = learnersOf(leading).filter(([, { isObserver }]) => !isObserver || rules.weightOfObserver > 0);
  if (!isQuorum(turn, [ctx.id, ...voters.map(([id]) => id)])) return;
  lead(turn, leading, rules.epochAfter([state.acceptedEpoch, ...voters.map(([, { acceptedEpoch }]) => acceptedEpoch)]));
  for (const [peer] of learnersOf(leading)) invite(turn, leading, peer);
}

/** The leader accepts its own epoch before anybody else does. */
export function lead(turn: Turn, leading: Leading, epoch: number): void {
  const { ctx } = turn;
  leading.epoch = epoch;
  leading.lonely = 0; // each phase has the whole of initLimit
  acceptEpoch(turn, epoch);
  leading.epochAcks = [ctx.id];
  beginSynchronization(turn, leading);
}

function acceptEpoch(turn: Turn, epoch: number): void {
  writeAcceptedEpoch(turn, epoch);
  if (turn.rules.persistsAcceptedEpoch) turn.ctx.disk.sync();
  turn.ctx.note('accepts-epoch', { epoch });
}

export function invite(turn: Turn, leading: Leading, peer: NodeId, credentials?: Credentials): void {
  const learner = leading.learners[peer];
  if (learner === undefined) return;
  learner.stage = 'invited';
  const info: Payload = { type: 'LEADERINFO', epoch: leading.epoch, ...(credentials && { credentials }) };
  transmit(turn, peer, learner.channel, info);
}

/** The leader names its epoch: the learner accepts it, for good, and says how new its history is. */
export function onLeaderInfo(turn: Turn, following: Following, epoch: number): void {
  const { state, rules } = turn;
  if (!rules.acceptsEpoch(state.acceptedEpoch, epoch))
    return giveUp(turn, `epoch ${epoch} is earlier than ${state.acceptedEpoch}`);
  const isAcknowledged = rules.acknowledgesEpoch(state.acceptedEpoch, epoch);
  if (epoch > state.acceptedEpoch) acceptEpoch(turn, epoch);
  following.epoch = epoch;
  transmit(turn, following.leader, following.channel, {
    type: 'ACKEPOCH',
    currentEpoch: isAcknowledged ? state.currentEpoch : -1,
    lastZxid: lastLogged(state),
    snapshotZxid: state.snapshotZxid,
  });
  enter(turn, state.role, 'SYNCHRONIZATION', epoch);
}

export function onAckEpoch(turn: Turn, from: NodeId, ack: Extract<Payload, { type: 'ACKEPOCH' }>): void {
  const { state, rules } = turn;
  const leading = state.leading as Leading;
  const learner = leading.learners[from];
  if (learner === undefined || learner.stage !== 'invited') return;
  learner.stage = 'acknowledged';
  learner.credentials = { currentEpoch: ack.currentEpoch, lastZxid: ack.lastZxid };
  learner.snapshotZxid = ack.snapshotZxid;
  if (state.phase !== 'DISCOVERY') return synchronize(turn, from, learner);
  if (ack.currentEpoch === -1) return; // it accepted this epoch before, perhaps from another leader
  if (rules.isNewer(learner.credentials, credentialsOf(turn))) return giveUp(turn, `${from} has a newer history`);
  if (!leading.epochAcks.includes(from)) leading.epochAcks.push(from);
  beginSynchronization(turn, leading);
}

/** A quorum has accepted the epoch: the leader's own history becomes the initial history of the epoch. */
function beginSynchronization(turn: Turn, leading: Leading): void {
  const { state, ctx } = turn;
  if (!isQuorum(turn, leading.epochAcks)) return;
  ctx.note('initial-history', { epoch: leading.epoch, last: lastLogged(state), previousEpoch: state.currentEpoch });
  writeCurrentEpoch(turn, leading.epoch);
  ctx.disk.sync();
  leading.newLeaderAcks = [ctx.id];
  leading.lonely = 0;
  enter(turn, 'LEADING', 'SYNCHRONIZATION', leading.epoch);
  for (const [peer, learner] of learnersOf(leading)) {
    if (learner.stage === 'acknowledged') synchronize(turn, peer, learner);
  }
  establishIfReady(turn);
}

export function credentialsOf({ state }: Turn): Credentials {
  return { currentEpoch: state.currentEpoch, lastZxid: lastLogged(state) };
}

/** The leader lets go of a learner that is silent, or that breaks the protocol. */
export function dropLearner(turn: Turn, peer: NodeId): void {
  const { leading } = turn.state;
  const learner = leading?.learners[peer];
  if (leading === null || learner === undefined) return;
  delete leading.learners[peer];
  close(turn, peer, learner.channel.connection);
}

export function setTick({ config, ctx }: Turn): void {
  ctx.setTimer('zab-tick', Math.floor(config.tickTime / 2));
}
