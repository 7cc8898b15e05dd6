// Time-outs, counted in half ticks: leader and learners ping each other, a learner that hears nothing gives up, and a leader
// without a quorum of learners that it hears of gives up as well.
import { ping, resend } from './channel.ts';
import { dropLearner, setTick } from './discovery.ts';
import { giveUp } from './part.ts';
import { isQuorum, learnersOf } from './quorum.ts';
import type { Turn } from './turn.ts';
import type { Following, Leading } from './types.ts';

export function onTick(turn: Turn): void {
  const { state, hooks, host, ctx } = turn;
  if (state.leading !== null) tickLeader(turn, state.leading);
  else if (state.following !== null) tickLearner(turn, state.following);
  if (state.role === 'LOOKING') return;
  setTick(turn);
  if (!state.isActive) return;
  hooks.ticked?.(
    host,
    state.role === 'LEADING' ? 'leading' : state.role === 'OBSERVING' ? 'observing' : 'following',
    ctx,
  );
}

function tickLeader(turn: Turn, leading: Leading): void {
  const { state, config, ctx } = turn;
  for (const [peer, learner] of learnersOf(leading)) {
    const limit = learner.stage === 'active' ? config.syncLimit : config.initLimit;
    if (++learner.silence > 2 * limit) dropLearner(turn, peer);
    else ping(turn, peer, learner.channel);
  }
  if (state.phase !== 'BROADCAST') {
    if (++leading.lonely > 2 * config.initLimit) giveUp(turn, 'no quorum synchronized in time');
    return;
  }
  const active = Object.keys(leading.learners).filter((peer) => leading.learners[peer]?.stage === 'active');
  leading.lonely = isQuorum(turn, [ctx.id, ...active]) ? 0 : leading.lonely + 1;
  if (leading.lonely >= 2) giveUp(turn, 'the quorum is lost');
}

function tickLearner(turn: Turn, following: Following): void {
  const { state, config } = turn;
  const limit = state.isActive ? config.syncLimit : config.initLimit;
  if (++following.silence > 2 * limit) return giveUp(turn, `nothing heard from ${following.leader}`);
  // Until the leader has answered it does not ping: what opens the connection is sent again.
  if (following.channel.received === 0) resend(turn, following.leader, following.channel);
}
