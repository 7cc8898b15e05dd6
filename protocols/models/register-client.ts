// The messages and the client of a register service, for models small enough to explore: one request at a time, each to the
// next server in turn, and never a second attempt.
import type { Json, NodeId, Protocol, Request } from '../../sim/index.ts';

export type RegisterMessage =
  | { readonly type: 'put'; readonly request: RequestId; readonly value: Json }
  | { readonly type: 'get'; readonly request: RequestId }
  | { readonly type: 'put ok'; readonly request: RequestId }
  | { readonly type: 'get ok'; readonly request: RequestId; readonly value: Json };

/** Unique in the world. */
export type RequestId = string;

export interface RegisterClient {
  state: RegisterClientState;
  message: RegisterMessage | { readonly type: string };
  timer: never;
  request: Request;
  response: Json;
}

export interface RegisterClientState {
  awaiting: RequestId | null;
  /** Requests sent so far. */
  sent: number;
}

/**
 * Operations are `write` and `read`; the response of a read is the value.
 * @param first the index of the server that the first request goes to.
 */
export function registerClient(servers: readonly NodeId[], first: number): Protocol<RegisterClient> {
  return {
    start: () => ({ awaiting: null, sent: 0 }),
    onRequest(state, { f, value }, ctx) {
      const server = servers[(first + state.sent) % servers.length];
      if (server === undefined) return ctx.fail('no servers');
      state.sent++;
      const request = `${ctx.id}/${state.sent}`;
      state.awaiting = request;
      ctx.send(server, f === 'write' ? { type: 'put', request, value } : { type: 'get', request });
    },
    onMessage(state, _from, received, ctx) {
      const message = received as RegisterMessage;
      if ((message.type !== 'put ok' && message.type !== 'get ok') || message.request !== state.awaiting) return;
      state.awaiting = null;
      ctx.ok(message.type === 'get ok' ? message.value : null);
    },
  };
}
