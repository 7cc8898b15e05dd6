// Dissemination beside what other messages carry: rounds of gossip, and now and then the exchange of all that two members
// know, which closes the gaps that gossip leaves. (memberlist: gossip, pushPull.)
import type { Micros, NodeId } from '../../sim/index.ts';
import { takeBroadcasts } from './broadcasts.ts';
import { ceilLog2 } from './logarithms.ts';
import { isLive, mergeMembers } from './membership.ts';
import { pickMembers } from './probing.ts';
import { hostContext } from './turn.ts';
import type { SwimMessage, Turn } from './types.ts';

/** Tells a few members what is new; the dead as well for a while, so that they can object. */
export function onGossipTimer(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  const { gossipInterval, gossipNodes, gossipToTheDeadTime } = agent.config;
  ctx.setTimer('swim gossip', gossipInterval);
  if (swim.queue.length === 0) return;
  const now = ctx.monotonic();
  const hears = (name: NodeId): boolean => {
    const known = swim.members.get(name);
    if (known === undefined) return false;
    return isLive(known) || now - (swim.since.get(name) ?? 0) <= gossipToTheDeadTime;
  };
  for (const peer of pickMembers(turn, gossipNodes, hears)) {
    const updates = takeBroadcasts(turn, 0);
    if (updates.length > 0) ctx.send(peer, { type: 'Gossip', updates });
  }
}

/** The full exchange becomes rarer in clusters of more than 32 members (pushPullScale). */
export function pushPullEvery(interval: Micros, n: number): Micros {
  return n <= 32 ? interval : interval * (ceilLog2(n) - 5 + 1);
}

export function onPushPullTimer(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  ctx.setTimer('swim push-pull', pushPullEvery(agent.config.pushPullInterval, swim.members.size));
  for (const peer of pickMembers(turn, 1, (name) => swim.members.get(name)?.status === 'alive')) exchange(turn, peer);
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
  return { type: 'PushPull', members: [...turn.swim.members.values()], isReply, user };
}
