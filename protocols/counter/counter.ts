// A counter with a write-ahead log: an increment is appended to the log, synced, and only then acknowledged. After a crash
// the log is read again; what was lost or torn at its end was never acknowledged. (Gray, "Notes on Data Base
// Operating Systems", 1978, calls the rule write-ahead log.)
import { ms, type Context, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';

export type CounterMessage =
  | { readonly type: 'increment'; readonly id: number }
  | { readonly type: 'incremented'; readonly id: number; readonly count: number }
  | { readonly type: 'read'; readonly id: number }
  | { readonly type: 'count'; readonly id: number; readonly count: number };

export interface CounterServer {
  /** The count, and for each client the last increment that was counted: a repeated one counts once. */
  state: { count: number; last: Record<NodeId, number> };
  message: CounterMessage;
  timer: never;
  request: never;
  response: never;
}

type LogRecord = { readonly client: NodeId; readonly id: number };

export interface CounterOptions {
  /** Whether an increment is acknowledged only when it is on disk. */
  readonly syncsFirst?: boolean;
}

export function counterServer({ syncsFirst = true }: CounterOptions = {}): Protocol<CounterServer> {
  return {
    start(ctx) {
      const { records, damage } = ctx.disk.read<LogRecord>('log');
      if (damage !== undefined) {
        ctx.note('torn tail', { at: damage.index });
        ctx.disk.truncate('log', damage.index);
      }
      ctx.disk.sync(); // what the page cache kept over a crash must be on disk before anybody reads it
      const state: CounterServer['state'] = { count: 0, last: {} };
      for (const record of records) apply(state, record);
      if (records.length > 0) ctx.note('recovered', { count: state.count });
      return state;
    },

    onMessage(state, from, message, ctx) {
      const { id } = message;
      switch (message.type) {
        case 'read':
          return ctx.send(from, { type: 'count', id, count: state.count });
        case 'increment':
          if (id > (state.last[from] ?? -1)) {
            ctx.disk.append('log', { client: from, id } satisfies LogRecord);
            apply(state, { client: from, id });
          }
          if (syncsFirst) ctx.disk.sync();
          ctx.send(from, { type: 'incremented', id, count: state.count });
          if (!syncsFirst) ctx.disk.sync();
          return;
        case 'incremented':
        case 'count':
          return; // only clients get these
      }
    },
  };
}

function apply(state: CounterServer['state'], { client, id }: LogRecord): void {
  state.count++;
  state.last[client] = id;
}

export interface CounterClient {
  /** The request under way, which is repeated until it is answered. */
  state: { asking: { type: 'increment' | 'read'; id: number } | null };
  message: CounterMessage;
  timer: 'retry';
  request: Request;
  response: number;
}

/** Operations are `increment n` and `read n`, where the numbers n of a client rise; the response is the count. */
export function counterClient(server: NodeId, retryAfter: Micros = ms(60)): Protocol<CounterClient> {
  const ask = (state: CounterClient['state'], ctx: Context<CounterClient>): void => {
    if (state.asking === null) return;
    ctx.send(server, { ...state.asking });
    ctx.setTimer('retry', retryAfter);
  };
  return {
    start: () => ({ asking: null }),
    onRequest(state, { f, value }, ctx) {
      state.asking = { type: f === 'read' ? 'read' : 'increment', id: value as number };
      ask(state, ctx);
    },
    onTimer: (state, _timer, ctx) => ask(state, ctx),
    onMessage(state, _from, message, ctx) {
      if (message.type !== 'incremented' && message.type !== 'count') return;
      if (message.id !== state.asking?.id) return;
      state.asking = null;
      ctx.clearTimer('retry');
      ctx.ok(message.count);
    },
  };
}
