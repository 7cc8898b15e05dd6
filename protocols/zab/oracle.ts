// Election and discovery as one step, for exploration: a server that looks for a leader may at any time turn out to be the one
// that the others elect. Which outcomes are legal is what the two phases guarantee: the epoch is new to everybody who follows,
// and nobody who follows has a newer history. So a search reaches the phases in which histories are at stake a dozen
// actions earlier (Ouyang et al. 2025, "Multi-grained specifications", coarsen the same two phases).
import type { NodeId } from '../../sim/index.ts';
import { nextConnection, openChannel } from './channel.ts';
import { beginToLead, credentialsOf, follow, invite, lead, newLearner, onLeaderInfo } from './discovery.ts';
import { leave } from './part.ts';
import { others, weightOf } from './quorum.ts';
import type { Turn } from './turn.ts';
import type { Packet } from './types.ts';

/** The server may be elected from now on. */
export function electByOracle({ ctx, config }: Turn): void {
  ctx.setTimer('zab-election', config.finalizeWait);
}

/** It is elected, for the next epoch that it knows of or the one after, and invites all others. That it lost its leader is part of it. */
export function leadByOracle(turn: Turn): void {
  const { state, ctx } = turn;
  if (weightOf(turn, ctx.id) === 0) return;
  leave(turn);
  electByOracle(turn); // again, later
  const credentials = credentialsOf(turn);
  const leading = beginToLead(turn);
  lead(turn, leading, state.acceptedEpoch + 1 + ctx.random(2));
  for (const peer of others(turn)) {
    leading.learners[peer] = newLearner(turn, peer, openChannel(nextConnection(turn), leading.epoch), 0);
    invite(turn, leading, peer, credentials);
  }
}

/** It is invited. If that outcome is legal here it follows, whatever it did before: that it lost its leader is part of the step. */
export function followByOracle(turn: Turn, from: NodeId, packet: Packet): void {
  const { state, rules } = turn;
  if (packet.type !== 'LEADERINFO' || packet.credentials === undefined) return;
  if (packet.epoch <= state.acceptedEpoch || rules.isNewer(credentialsOf(turn), packet.credentials)) return;
  leave(turn);
  onLeaderInfo(turn, follow(turn, from, openChannel(packet.connection, packet.accepted)), packet.epoch);
}
