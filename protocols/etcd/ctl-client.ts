// A client that does what it is told, as `etcdctl` does: an operation is a request of the API, its result the response.
import type { Context, Json, NodeId, Protocol, Request } from '../../sim/index.ts';
import type { EtcdRequest } from './api.ts';
import {
  call,
  defaultCallOptions,
  onCallMessage,
  onCallTimer,
  reconnect,
  startCalls,
  type CallOptions,
  type Calls,
  type Settled,
} from './calls.ts';
import type { ClientMessage, EtcdMessage } from './messages.ts';

export interface CtlClient {
  state: { readonly calls: Calls; pending: number };
  message: EtcdMessage;
  timer: 'calls';
  request: Request;
  response: Json;
}

/**
 * Its operations: `call { request, member? }`. With `member` it asks that one first. A refusal ends it with its text as a
 * failure, and as unknown where the request may have happened.
 */
export function ctlClient(given: Partial<CallOptions> = {}): Protocol<CtlClient> {
  const options: CallOptions = { ...defaultCallOptions, ...given };
  return {
    start: (ctx) => ({ calls: startCalls(ctx), pending: -1 }),
    onRequest(state, { value }, ctx) {
      const { request, member } = value as unknown as { readonly request: EtcdRequest; readonly member?: NodeId };
      if (member !== undefined && member !== state.calls.member) {
        const { endpoints } = state.calls;
        state.calls.member = endpoints.at(endpoints.indexOf(member) - 1) as NodeId; // the one before it
        reconnect(state.calls, options, ctx);
      }
      state.pending = call(state.calls, request, options, ctx);
    },
    onMessage(state, from, message, ctx) {
      finish(state, onCallMessage(state.calls, from, message as ClientMessage, options, ctx), ctx);
    },
    onTimer(state, _timer, ctx) {
      finish(state, onCallTimer(state.calls, options, ctx), ctx);
    },
  };
}

function finish(state: CtlClient['state'], settled: readonly Settled[], ctx: Context<CtlClient>): void {
  for (const one of settled) {
    if (one.call !== state.pending) continue;
    state.pending = -1;
    if (one.type === 'refused') ctx.fail(one.refusal.error);
    else if (one.type === 'unknown') ctx.unknown(one.error);
    else ctx.ok(one.answer as unknown as Json);
  }
}
