// A client of the key-value service: reads, writes, compare-and-set and deletes single keys, as transactions where needed.
import type { Context, Json, Protocol, Request } from '../../sim/index.ts';
import type { EtcdRequest, TxnResponse } from './api.ts';
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
import { isRaftMessage } from '../raft/index.ts';
import type { Answered, ClientMessage, EtcdMessage } from './messages.ts';

export interface KeyValueClient {
  state: KeyValueClientState;
  message: EtcdMessage;
  timer: 'calls';
  request: Request;
  response: Json;
}

export interface KeyValueClientState {
  readonly calls: Calls;
  pending: { readonly call: number; readonly request: Request } | null;
}

export interface KeyValueClientOptions extends Partial<CallOptions> {
  /** Reads are answered from the member's own store, up to date or not. */
  readonly serializable?: boolean;
}

/**
 * Its operations: `read [key, null]`, `write [key, value]`, `cas [key, [from, to]]`, `delete [key, null]`. Values are kept as
 * JSON; null is a key that does not exist.
 */
export function keyValueClient(options: KeyValueClientOptions = {}): Protocol<KeyValueClient> {
  const callOptions: CallOptions = { ...defaultCallOptions, ...options };
  const finish = (state: KeyValueClientState, settled: readonly Settled[], ctx: Context<KeyValueClient>): void => {
    for (const one of settled) if (one.call === state.pending?.call) end(state, one, ctx);
  };
  return {
    start: (ctx) => ({ calls: startCalls(ctx), pending: null }),
    onRequest(state, request, ctx) {
      const asked = requestOf(request, options.serializable === true);
      state.pending = { call: call(state.calls, asked, callOptions, ctx), request };
    },
    onMessage(state, from, message, ctx) {
      if (!isRaftMessage(message))
        finish(state, onCallMessage(state.calls, from, message as ClientMessage, callOptions, ctx), ctx);
    },
    onTimer(state, _timer, ctx) {
      finish(state, onCallTimer(state.calls, callOptions, ctx), ctx);
    },
  };
}

function requestOf({ f, value }: Request, serializable: boolean): EtcdRequest {
  const [key, argument] = value as [string, Json];
  switch (f) {
    case 'read':
      return { type: 'range', key, serializable };
    case 'write':
      return { type: 'put', key, value: JSON.stringify(argument) };
    case 'delete':
      return { type: 'deleteRange', key };
    case 'cas': {
      const [from, to] = argument as [Json, Json];
      return {
        type: 'txn',
        compare: [
          from === null
            ? { key, target: 'version', result: 'equal', than: 0 }
            : { key, target: 'value', result: 'equal', than: JSON.stringify(from) },
        ],
        success: [{ type: 'put', key, value: JSON.stringify(to) }],
      };
    }
    default:
      throw new RangeError(`a key-value client reads, writes, deletes and compares-and-sets; it cannot ${f}`);
  }
}

function end(state: KeyValueClientState, settled: Settled, ctx: Context<KeyValueClient>): void {
  const { request } = state.pending as { readonly request: Request };
  state.pending = null;
  switch (settled.type) {
    case 'refused':
      return ctx.fail(settled.refusal.error);
    case 'unknown':
      return ctx.unknown(settled.error);
    case 'answered':
      return succeed(request, settled.answer, ctx);
  }
}

function succeed({ f, value }: Request, answer: Answered, ctx: Context<KeyValueClient>): void {
  const [key] = value as [string, Json];
  if (answer.type === 'range') {
    const found = answer.kvs[0];
    return ctx.ok([key, found === undefined ? null : (JSON.parse(found.value) as Json)]);
  }
  if (f === 'cas' && !(answer as unknown as TxnResponse).succeeded) return ctx.fail('the value is another');
  ctx.ok(value);
}
