// A lock with a time to live on one server (a lease: Gray and Cheriton, SOSP 1989). It grants the lock to one client at a
// time, with a number that rises from grant to grant: the fencing token (the lock generation of Burrows, "Chubby", 2006).
import { type Context, type Micros, type NodeId, type Protocol } from '../../sim/index.ts';
import type { LockMessage } from './messages.ts';

export interface LockServer {
  state: LockServerState;
  message: LockMessage;
  timer: never;
  request: never;
  response: never;
}

export interface LockServerState {
  /** The token of the last grant. */
  token: number;
  holder: Holder | null;
  /** When the lease ends, on the server's monotonic clock. */
  expiresAt: Micros;
}

type Holder = {
  readonly client: NodeId;
  readonly request: number;
  readonly asked: Micros;
};

type Cell = Pick<LockServerState, 'token' | 'holder'>;

/** @param ttl how long a grant lasts, on the server's monotonic clock */
export function lockServer(ttl: Micros): Protocol<LockServer> {
  return {
    start(ctx) {
      const { token, holder } = ctx.disk.get<Cell>('lock') ?? { token: 0, holder: null };
      // It cannot know how much of the lease had run out when it died, so the holder gets all of it again.
      return { token, holder, expiresAt: ctx.monotonic() + ttl };
    },

    onMessage(state, from, message, ctx) {
      if (message.type === 'release') {
        if (message.token !== state.token || state.holder?.client !== from) return;
        state.holder = null;
        return save(state, ctx);
      }
      if (message.type !== 'acquire') return;
      const { request, asked } = message;
      const isHolder = state.holder?.client === from && state.holder.request === request;
      const expired = ctx.monotonic() >= state.expiresAt;
      if (state.holder !== null && !expired && !isHolder) return ctx.send(from, { type: 'busy', request });
      if (!isHolder || expired) grant(state, { client: from, request, asked }, ctx);
      ctx.send(from, { type: 'granted', request, token: state.token, asked: state.holder?.asked ?? asked });
    },
  };

  function grant(state: LockServerState, holder: Holder, ctx: Context<LockServer>): void {
    if (state.holder !== null) ctx.note('lease expired', { token: state.token, holder: state.holder.client });
    state.token++;
    state.holder = holder;
    state.expiresAt = ctx.monotonic() + ttl;
    save(state, ctx);
    ctx.note('granted', { token: state.token, to: holder.client });
  }
}

function save({ token, holder }: LockServerState, ctx: Context<LockServer>): void {
  ctx.disk.set('lock', { token, holder } satisfies Cell);
  ctx.disk.sync();
}
