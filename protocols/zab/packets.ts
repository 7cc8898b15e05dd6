// Packets that arrive: which connection they belong to, and which part of the protocol they are for.
import type { NodeId } from '../../sim/index.ts';
import { onAck, onBroadcastPacket, onSync, propose } from './broadcast.ts';
import { close, ping, receive, resend } from './channel.ts';
import { onAckEpoch, onLeaderInfo, onLearnerInfo } from './discovery.ts';
import { followByOracle } from './oracle.ts';
import { giveUp, objectTo } from './part.ts';
import { onSyncPacket } from './sync-learner.ts';
import type { Turn } from './turn.ts';
import type { Channel, Following, Leading, Learner, Packet, Payload } from './types.ts';

export function onPacket(turn: Turn, from: NodeId, packet: Packet): void {
  const { state, config } = turn;
  const { leading, following } = state;
  const isInvitation = config.election === 'oracle' && packet.type === 'LEADERINFO';
  if (isInvitation) return followByOracle(turn, from, packet);
  if (following !== null && from === following.leader && packet.connection === following.channel.connection)
    return onLeaderPacket(turn, following, packet);
  const learner = leading?.learners[from];
  if (leading !== null && learner !== undefined && isOf(learner.channel, packet))
    return onLearnerPacket(turn, leading, from, learner, packet);
  if (packet.type === 'FOLLOWERINFO' || packet.type === 'OBSERVERINFO') {
    if (state.role === 'LOOKING') return; // it may yet be elected: the learner will ask again
    const known = learner?.channel.connection ?? 0;
    if (leading !== null && packet.connection > known) return onLearnerInfo(turn, from, packet.connection, packet);
    if (packet.connection === known && learner !== undefined) return resend(turn, from, learner.channel);
  }
  if (packet.type !== 'CLOSE') close(turn, from, packet.connection);
}

/** The peer's machine answers that no server runs there. */
export function onRefusal(turn: Turn, peer: NodeId, packet: Packet): void {
  const { following, leading } = turn.state;
  if (following?.leader === peer && following.channel.connection === packet.connection)
    return giveUp(turn, `${peer} is down`);
  if (leading?.learners[peer]?.channel.connection === packet.connection) delete leading.learners[peer];
}

/** A connection is known by the names that both ends gave it; a CLOSE may come from an end that has forgotten its own. */
function isOf({ connection, accepted }: Channel, packet: Packet): boolean {
  return packet.connection === connection && (packet.accepted === accepted || packet.type === 'CLOSE');
}

function onLeaderPacket(turn: Turn, following: Following, packet: Packet): void {
  const { channel } = following;
  if (packet.type === 'CLOSE') return giveUp(turn, `${following.leader} closed the connection`);
  if (channel.accepted === 0 && packet.type === 'LEADERINFO') channel.accepted = packet.accepted;
  if (channel.accepted === 0) return; // until LEADERINFO has come
  // It leads anew, and took an old packet of this connection for the beginning of another.
  if (!isOf(channel, packet)) return giveUp(turn, `${following.leader} has forgotten the connection`);
  following.silence = 0;
  if (packet.type === 'PING') ping(turn, following.leader, following.channel);
  if (!receive(turn, following.leader, following.channel, packet)) return;
  const payload: Payload = packet;
  switch (payload.type) {
    case 'LEADERINFO':
      return onLeaderInfo(turn, following, payload.epoch);
    case 'TRUNC':
    case 'DIFF':
    case 'SNAP':
    case 'NEWLEADER':
    case 'UPTODATE':
    case 'PROPOSAL':
    case 'COMMIT':
    case 'INFORM':
      if (!turn.state.isActive) return onSyncPacket(turn, following, payload);
      return onBroadcastPacket(turn, payload);
    case 'SYNC':
      return onBroadcastPacket(turn, payload);
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
    case 'ACKEPOCH':
    case 'ACK':
    case 'REQUEST':
      return objectTo(turn, 'state', `the leader sends ${payload.type}`);
  }
}

function onLearnerPacket(turn: Turn, leading: Leading, from: NodeId, learner: Learner, packet: Packet): void {
  if (packet.type === 'CLOSE') {
    delete leading.learners[from];
    return;
  }
  learner.silence = 0;
  if (!receive(turn, from, learner.channel, packet)) return;
  const payload: Payload = packet;
  switch (payload.type) {
    case 'ACKEPOCH':
      return onAckEpoch(turn, from, payload);
    case 'ACK':
      return onAck(turn, from, learner, payload.zxid);
    case 'REQUEST':
      return propose(turn, payload.request, payload.origin);
    case 'SYNC':
      return onSync(turn, from, payload.ticket);
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
    case 'LEADERINFO':
    case 'TRUNC':
    case 'DIFF':
    case 'SNAP':
    case 'NEWLEADER':
    case 'UPTODATE':
    case 'PROPOSAL':
    case 'COMMIT':
    case 'INFORM':
      return objectTo(turn, 'state', `a learner sends ${payload.type}`);
  }
}
