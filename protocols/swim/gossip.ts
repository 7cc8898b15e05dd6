// Dissemination beside what other messages carry: rounds of gossip, and now and then the exchange of all that two members
// know, which closes the gaps that gossip leaves. (memberlist: gossip, pushPull; Serf: reconnect.)
import type { Micros, NodeId } from '../../sim/index.ts';
import { armGossip, takeBroadcasts } from './broadcasts.ts';
import { ceilLog2 } from './logarithms.ts';
import { isLive, mergeMembers } from './membership.ts';
import { pickMembers } from './order.ts';
import { findMember, listMembers } from './table.ts';
import { hostContext } from './turn.ts';
import type { Member, SwimMessage, Turn } from './types.ts';

/** Tells a few members what is new; the dead as well for a while, so that they can object. */
export function onGossipTimer(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  const { gossipNodes, gossipToTheDeadTime } = agent.config;
  swim.isGossiping = false;
  const now = ctx.monotonic();
  const hears = (member: Member): boolean => {
    if (isLive(member)) return true;
    if (member.status === 'left' || !agent.rules.talksToTheDead) return false;
    return now - (swim.since.get(member.name) ?? now) <= gossipToTheDeadTime;
  };
  for (const peer of pickMembers(turn, gossipNodes, hears)) {
    const updates = takeBroadcasts(turn, 0);
    if (updates.length > 0) ctx.send(peer.address, { type: 'Gossip', updates });
  }
  if (swim.queue.length > 0) armGossip(turn);
}

/** The full exchange becomes rarer in clusters of more than 32 members (pushPullScale). */
export function pushPullEvery(interval: Micros, n: number): Micros {
  return n <= 32 ? interval : interval * (ceilLog2(n) - 5 + 1);
}

export function onPushPullTimer(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  if (swim.isLeaving) return;
  ctx.setTimer('swim push-pull', pushPullEvery(agent.config.pushPullInterval, swim.members.size));
  for (const peer of pickMembers(turn, 1, ({ status }) => status === 'alive')) exchange(turn, peer.address);
}

/** Asks to be let in until somebody has answered. */
export function onJoinTimer(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  if (swim.isLeaving || swim.members.size > 1 || swim.contacts.length === 0) return;
  for (const contact of swim.contacts) exchange(turn, contact);
  ctx.setTimer('swim join', agent.config.joinRetry);
}

/** Calls one of those that failed: each about once in the interval, whoever of the live ones it is that calls. */
export function onReconnectTimer(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  if (swim.isLeaving) return;
  ctx.setTimer('swim reconnect', agent.config.reconnectInterval);
  const failed = [...swim.failed.values()];
  if (failed.length === 0 || !agent.rules.talksToTheDead) return;
  const gone = [...swim.since.keys()].filter((name) => !isLive(findMember(swim.members, name) ?? { status: 'dead' }));
  const live = swim.members.size - gone.length;
  if (ctx.random(live) < failed.length) exchange(turn, failed[ctx.random(failed.length)] as NodeId);
}

/** Sends all that this member knows, and hears all that the other one knows. */
export function exchange(turn: Turn, peer: NodeId): void {
  turn.ctx.send(peer, fullState(turn, false));
}

export function onPushPull(turn: Turn, from: NodeId, message: SwimMessage & { type: 'PushPull' }): void {
  if (!message.isReply) turn.ctx.send(from, fullState(turn, true));
  mergeMembers(turn, message.members);
  if (message.user !== null) turn.agent.hooks.mergeState?.(turn.host, message.user, hostContext(turn));
}

function fullState(turn: Turn, isReply: boolean): SwimMessage {
  const user = turn.agent.hooks.localState?.(turn.host, hostContext(turn)) ?? null;
  return { type: 'PushPull', members: listMembers(turn.swim.members), isReply, user };
}
