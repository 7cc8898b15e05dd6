// A client of two-phase commit: asks the coordinator for a transaction and waits for its outcome. It asks once: an answer
// that does not come leaves the outcome unknown.
import type { NodeId, Protocol, Request } from '../../sim/index.ts';
import type { CommitMessage, Decision } from './messages.ts';

export interface CommitClient {
  state: { request: number };
  message: CommitMessage;
  timer: never;
  request: Request;
  response: Decision;
}

/** Operations are `transact n`, with a number n that is unique in the run; the response is the decision. */
export function commitClient(coordinator: NodeId): Protocol<CommitClient> {
  return {
    start: () => ({ request: -1 }),
    onRequest(state, request, ctx) {
      state.request = request.value as number;
      ctx.send(coordinator, { type: 'begin', request: state.request });
    },
    onMessage(state, _from, message, ctx) {
      if (message.type === 'outcome' && message.request === state.request) ctx.ok(message.decision);
    },
  };
}
