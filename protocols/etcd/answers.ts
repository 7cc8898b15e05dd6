// Answering: whoever waits for a request gets the response with the whole header, once.
import type { EtcdResponse } from './api.ts';
import type { Refusal } from './errors.ts';
import { idOf } from './hash.ts';
import type { Answered, Pending } from './messages.ts';
import type { EtcdContext, EtcdState } from './state.ts';
import type { ResponseHeader } from './api.ts';

/** The id of the cluster that every member's header bears. */
const clusterId = idOf('cluster');

export function headerAt(state: EtcdState, revision: number, ctx: EtcdContext): ResponseHeader {
  return { clusterId, memberId: idOf(ctx.id), revision, raftTerm: state.raft.currentTerm };
}

/** Ends a request. */
export function answer(state: EtcdState, pending: Pending, result: EtcdResponse | Refusal, ctx: EtcdContext): void {
  drop(state, pending);
  const { waiter } = pending;
  switch (waiter.type) {
    case 'client':
      return ctx.send(waiter.client, { type: 'Answer', call: waiter.call, answer: withHeader(state, result, ctx) });
    case 'member':
      return ctx.send(waiter.member, { type: 'RelayAnswer', id: waiter.id, answer: result });
    case 'nobody':
      return;
  }
}

export function drop(state: EtcdState, pending: Pending): void {
  const at = state.pending.indexOf(pending);
  if (at >= 0) state.pending.splice(at, 1);
}

function withHeader(state: EtcdState, result: EtcdResponse | Refusal, ctx: EtcdContext): Answered | Refusal {
  if (result.type === 'error') return result;
  return { ...result, header: headerAt(state, result.header.revision, ctx) };
}
