// A client that watches a prefix as Consul's documentation tells to: it asks for what is newer than the index it knows, again and
// again, and begins anew with index 0 when the index goes back.
import { ms, seconds, type Context, type Json, type Micros, type NodeId, type Protocol } from '../../sim/index.ts';
import type { Request } from '../../sim/index.ts';
import { jitterFraction } from './queries.ts';
import type { Consistency, ConsulRequest } from './requests.ts';
import type { KvEntry } from './state/types.ts';
import type { ConsulMessage } from './types.ts';

export interface ConsulWatchClient {
  state: ConsulWatchState;
  message: ConsulMessage;
  timer: 'give up';
  request: Request;
  response: Json;
}

export interface ConsulWatchState {
  serial: number;
  isWaiting: boolean;
  /** The index that it knows, or 0. */
  index: number;
}

export interface ConsulWatchOptions {
  /** The servers or agents that it asks, at random; default all nodes. */
  readonly servers?: readonly NodeId[];
  /** How long a query waits for a change; default 5 minutes. */
  readonly wait?: Micros;
  readonly consistency?: Consistency;
}

type Ctx = Context<ConsulWatchClient>;

/** Operations are `watch { prefix }`; each ends with `[[key, value], ...]`, when that changed or when the wait was over. */
export function consulWatchClient(options: ConsulWatchOptions = {}): Protocol<ConsulWatchClient> {
  const { wait = seconds(300), consistency = 'default' } = options;
  return {
    start: (ctx) => ({ serial: ctx.random(2 ** 30), isWaiting: false, index: 0 }),
    onRequest(state, { value }, ctx) {
      const known = options.servers ?? ctx.peers;
      const { index } = state;
      const { prefix } = value as { readonly prefix: string };
      const request: ConsulRequest = {
        ...{ type: 'kv-list', prefix, wait, consistency },
        ...(index > 0 && { index }),
      };
      const to = known[ctx.random(known.length)] as NodeId;
      state.isWaiting = true;
      ctx.send(to, { type: 'Ask', id: ++state.serial, request, isForwarded: false });
      ctx.setTimer('give up', wait + Math.floor(wait / jitterFraction) + ms(1_000));
    },
    onMessage(state, _from, message, ctx) {
      if (message.type !== 'Answer' || message.id !== state.serial || !state.isWaiting) return;
      const { status, body, index = 0 } = message.response;
      if (status >= 500) return end(state, ctx, () => ctx.fail(JSON.stringify(body)));
      state.index = index < state.index ? 0 : Math.max(1, index);
      const entries = (body as unknown as readonly KvEntry[] | null) ?? [];
      const found = entries.map(({ key, value }) => [key, JSON.parse(value) as Json]);
      end(state, ctx, () => ctx.ok(found));
    },
    onTimer: (state, _timer, ctx) => end(state, ctx, () => ctx.fail('no answer')),
    onRefused: (state, _peer, _message, ctx) => end(state, ctx, () => ctx.fail('connection refused')),
  };
}

function end(state: ConsulWatchState, ctx: Ctx, tell: () => void): void {
  if (!state.isWaiting) return;
  state.isWaiting = false;
  ctx.clearTimer('give up');
  tell();
}
