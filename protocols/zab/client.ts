// A client of the key-value service: asks any server, and asks another one under the same number when no answer comes.
import { ms, type Context, type Json, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import type { KeyValueRequest } from './key-value.ts';
import type { ClientMessage } from './server.ts';

export interface ZabClient {
  state: ClientState;
  message: ClientMessage;
  timer: 'retry';
  request: Request;
  response: Json;
}

interface ClientState {
  readonly life: number;
  sequence: number;
  target: NodeId;
  pending: Request | null;
}

export interface ZabClientOptions {
  /** How long to wait for an answer before asking another server; default 300 ms. */
  readonly retryAfter?: Micros;
  /** How long to wait after a server said that it does not serve; default 20 ms. */
  readonly pauseAfterRefusal?: Micros;
}

/** Its operations: `read [key, null]`, `write [key, value]`, `cas [key, [from, to]]`. */
export function zabClient(options: ZabClientOptions = {}): Protocol<ZabClient> {
  const { retryAfter = ms(300), pauseAfterRefusal = ms(20) } = options;
  const ask = (state: ClientState, ctx: Context<ZabClient>): void => {
    if (state.pending === null) return;
    ctx.send(state.target, { type: 'ClientRequest', request: requestOf(state, state.pending, ctx.id) });
    ctx.setTimer('retry', retryAfter);
  };
  const next = (state: ClientState, ctx: Context<ZabClient>): void => {
    state.target = ctx.peers[(ctx.peers.indexOf(state.target) + 1) % ctx.peers.length] as NodeId;
  };
  return {
    start(ctx) {
      const target = ctx.peers[ctx.random(ctx.peers.length)] as NodeId;
      return { life: ctx.random(2 ** 30), sequence: 0, target, pending: null };
    },
    onRequest(state, request, ctx) {
      state.pending = request;
      state.sequence++;
      ask(state, ctx);
    },
    onTimer(state, _timer, ctx) {
      next(state, ctx);
      ask(state, ctx);
    },
    onRefused(_state, _peer, _message, ctx) {
      ctx.setTimer('retry', pauseAfterRefusal);
    },
    onMessage(state, _from, message, ctx) {
      if (message.type !== 'ClientReply' || message.life !== state.life || message.sequence !== state.sequence) return;
      if (state.pending === null) return;
      if (message.answer.type === 'not-serving') return ctx.setTimer('retry', pauseAfterRefusal);
      const { value } = state.pending;
      const isRead = state.pending.f === 'read';
      const [key, argument] = value as [string, Json];
      state.pending = null;
      ctx.clearTimer('retry');
      switch (message.answer.type) {
        case 'done':
          return ctx.ok([key, isRead ? message.answer.value : argument]);
        case 'mismatch':
          return ctx.fail(`found ${JSON.stringify(message.answer.found)}`);
        case 'forgotten':
          return ctx.unknown('the session is forgotten');
      }
    },
  };
}

function requestOf({ life, sequence }: ClientState, { f, value }: Request, client: NodeId): KeyValueRequest {
  const [key, argument] = value as [string, Json];
  const common = { client, life, sequence, key };
  switch (f) {
    case 'read':
      return { ...common, f };
    case 'write':
      return { ...common, f, value: argument };
    case 'cas': {
      const [from, to] = argument as [Json, Json];
      return { ...common, f, from, to };
    }
    default:
      throw new RangeError(`a Zab client reads, writes and compares-and-sets; it cannot ${f}`);
  }
}
