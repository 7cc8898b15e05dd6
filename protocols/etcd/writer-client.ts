// A client that writes and is told the revisions: puts, deletes, transactions over several keys, and compaction.
import type { Context, Json, Protocol, Request } from '../../sim/index.ts';
import type { EtcdRequest } from './api.ts';
import {
  call,
  defaultCallOptions,
  onCallMessage,
  onCallTimer,
  startCalls,
  type CallOptions,
  type Calls,
  type Settled,
} from './calls.ts';
import type { ClientMessage, EtcdMessage } from './messages.ts';

export interface WriterClient {
  state: WriterClientState;
  message: EtcdMessage;
  timer: 'calls';
  request: Request;
  response: Json;
}

export interface WriterClientState {
  readonly calls: Calls;
  pending: number;
  /** The newest revision that it has been told. */
  revision: number;
}

/**
 * Its operations: `put [key, value]` and `delete [key, null]`, whose results are the revision, or null where nothing was
 * deleted; `put-all [[key, value], …]` in one transaction; and `compact n`, which forgets all but the last n revisions that
 * it knows of.
 */
export function writerClient(given: Partial<CallOptions> = {}): Protocol<WriterClient> {
  const options: CallOptions = { ...defaultCallOptions, ...given };
  return {
    start: (ctx) => ({ calls: startCalls(ctx), pending: -1, revision: 1 }),
    onRequest(state, request, ctx) {
      state.pending = call(state.calls, requestOf(request, state.revision), options, ctx);
    },
    onMessage(state, from, message, ctx) {
      finish(state, onCallMessage(state.calls, from, message as ClientMessage, options, ctx), ctx);
    },
    onTimer(state, _timer, ctx) {
      finish(state, onCallTimer(state.calls, options, ctx), ctx);
    },
  };
}

function requestOf({ f, value }: Request, revision: number): EtcdRequest {
  switch (f) {
    case 'put':
      return putOf(value);
    case 'delete':
      return { type: 'deleteRange', key: (value as [string])[0] };
    case 'put-all':
      return { type: 'txn', success: (value as Json[]).map(putOf) };
    case 'compact':
      return { type: 'compact', revision: Math.max(1, revision - (value as number)) };
    default:
      throw new RangeError(`a writer puts, deletes and compacts; it cannot ${f}`);
  }
}

function putOf(pair: Json): Extract<EtcdRequest, { type: 'put' }> {
  const [key, value] = pair as [string, Json];
  return { type: 'put', key, value: JSON.stringify(value) };
}

function finish(state: WriterClientState, settled: readonly Settled[], ctx: Context<WriterClient>): void {
  for (const one of settled) {
    if (one.call !== state.pending) continue;
    state.pending = -1;
    if (one.type === 'refused') ctx.fail(one.refusal.error);
    else if (one.type === 'unknown') ctx.unknown(one.error);
    else {
      const { answer } = one;
      state.revision = Math.max(state.revision, answer.header.revision);
      const nothingDone = answer.type === 'deleteRange' && answer.deleted === 0;
      ctx.ok(nothingDone ? null : answer.header.revision);
    }
  }
}
