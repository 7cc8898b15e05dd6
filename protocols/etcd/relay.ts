// What only the leader can answer, because only the leader measures leases and changes the membership: other members relay
// it there, and the answer back.
import type { NodeId } from '../../sim/index.ts';
import { answer } from './answers.ts';
import type { MemberMessage, Pending } from './messages.ts';
import type { EtcdContext, EtcdState, Member } from './state.ts';

/** Runs `here` on the leader, relays the request to it, or keeps it until there is one. */
export function atLeader(
  _member: Member,
  state: EtcdState,
  pending: Pending,
  ctx: EtcdContext,
  here: () => void,
): void {
  if (state.raft.role === 'leader') return here();
  const { leader } = state.raft;
  if (leader === null || leader === ctx.id) {
    pending.stage = 'queued';
    return;
  }
  pending.stage = 'proposed';
  // A relayed request is answered by the leader or not at all: it is not relayed again.
  if (pending.waiter.type !== 'member') ctx.send(leader, { type: 'Relay', id: pending.id, request: pending.request });
}

export function onRelayAnswer(
  state: EtcdState,
  _from: NodeId,
  { id, answer: result }: Extract<MemberMessage, { type: 'RelayAnswer' }>,
  ctx: EtcdContext,
): void {
  const pending = state.pending.find((other) => other.id === id);
  if (pending !== undefined) answer(state, pending, result, ctx);
}
