// Ping-pong with retry: the smallest protocol that copes with loss. The client pings until a pong with its number comes back;
// the server answers every ping, so a ping that was sent twice is answered twice and the client must tell them apart.
import type { Context, NodeId, Protocol, Request } from '../../sim/index.ts';
import { ms, type Micros } from '../../sim/index.ts';

type Message = { readonly type: 'ping'; readonly round: number } | { readonly type: 'pong'; readonly round: number };

export interface PingServer {
  state: { answered: number };
  message: Message;
  timer: never;
  request: never;
  response: never;
}

export interface PingClient {
  state: { round: number; waiting: boolean };
  message: Message;
  timer: 'retry';
  request: Request;
  response: number;
}

export const pingServer: Protocol<PingServer> = {
  start: () => ({ answered: 0 }),
  onMessage(state, from, message, ctx) {
    if (message.type !== 'ping') return;
    state.answered++;
    ctx.send(from, { type: 'pong', round: message.round });
  },
};

/**
 * The client of `server`. An operation's value is the number of its round: unique in a run, so that a client which was
 * started afresh does not number its rounds as it did in its former life.
 */
export function pingClient(server: NodeId, options: PingClientOptions = {}): Protocol<PingClient> {
  const { retryAfter = ms(50), checksRound = true } = options;
  const ping = (round: number, ctx: Context<PingClient>): void => {
    ctx.send(server, { type: 'ping', round });
    ctx.setTimer('retry', retryAfter);
  };
  return {
    start: () => ({ round: -1, waiting: false }),
    onRequest(state, request, ctx) {
      state.round = request.value as number;
      state.waiting = true;
      ping(state.round, ctx);
    },
    onTimer(state, _timer, ctx) {
      ctx.note('retry', { round: state.round });
      ping(state.round, ctx);
    },
    onMessage(state, _from, message, ctx) {
      if (message.type !== 'pong' || !state.waiting) return;
      if (checksRound && message.round !== state.round) return ctx.note('late pong', { round: message.round });
      state.waiting = false;
      ctx.clearTimer('retry');
      ctx.note('answered', { round: state.round, by: message.round });
      ctx.ok(message.round);
    },
  };
}

export interface PingClientOptions {
  /** How long the client waits for a pong before it pings again; default 50 ms. */
  readonly retryAfter?: Micros;
  /** Whether a pong must carry the number of the round under way; without it a late pong is taken for a new one. */
  readonly checksRound?: boolean;
}
