// A client that watches: it collects what its watch is told, and an operation takes what has been collected since the last.
import { ms, type Context, type Json, type Micros, type Protocol, type Request } from '../../sim/index.ts';
import {
  defaultCallOptions,
  onCallMessage,
  onCallTimer,
  reconnect,
  startCalls,
  type CallOptions,
  type Calls,
} from './calls.ts';
import type { WatchFilter } from './events.ts';
import { withPrefix } from './keys.ts';
import type { ClientMessage, EtcdMessage } from './messages.ts';
import {
  defaultWatchOptions,
  followConnection,
  idleStream,
  onWatchResponse,
  onWatchTimer,
  openWatch,
  type Told,
  type WatchOptions,
  type WatchStream,
} from './watch-stream.ts';

export interface WatchClient {
  state: WatchClientState;
  message: EtcdMessage;
  timer: 'calls' | 'watch' | 'poll';
  request: Request;
  response: Json;
}

export interface WatchClientState {
  readonly calls: Calls;
  readonly stream: WatchStream;
  /** What was told and not yet taken. */
  told: Json[];
  isWaiting: boolean;
}

export interface WatchClientOptions extends Partial<CallOptions>, Partial<WatchOptions> {
  /** How long an operation waits for something to take; default 400 ms. */
  readonly patience?: Micros;
  /** Results are the responses as they came, and may have been filtered: `{ …filter, from? }` is the value then. */
  readonly isRaw?: boolean;
}

type Ctx = Context<WatchClient>;

/**
 * Its operations: `watch { watch, prefix?, key?, from? }`; one with `from` begins a watch at that revision, one without goes
 * on. The result is the list of responses: `{ events: [{ type, key, value, revision }] }`, or `{ revision }` for a bookmark.
 * And `move null`: it leaves its member for the next one.
 */
export function watchClient(given: WatchClientOptions = {}): Protocol<WatchClient> {
  const { patience = ms(400) } = given;
  const options = { ...defaultCallOptions, ...defaultWatchOptions, ...given };
  return {
    start: (ctx) => ({ calls: startCalls(ctx), stream: idleStream(ctx), told: [], isWaiting: false }),
    onRequest(state, { f, value }, ctx) {
      if (f === 'move') {
        reconnect(state.calls, options, ctx);
        followConnection(state.stream, state.calls, options, ctx);
        return ctx.ok(null);
      }
      const { from, prefix, key } = value as { from?: number; prefix?: string; key?: string };
      if (from !== undefined || state.stream.status === 'idle') {
        state.told = [];
        const asked = key === undefined ? withPrefix(prefix ?? '') : { key };
        const filter = given.isRaw === true ? (value as unknown as WatchFilter) : asked;
        openWatch(state.stream, state.calls, filter, from ?? 0, options, ctx);
      }
      state.isWaiting = true;
      if (state.told.length > 0) finish(state, ctx);
      else ctx.setTimer('poll', patience);
    },
    onMessage(state, from, message, ctx) {
      if (message.type === 'WatchResponse') {
        const { told } = onWatchResponse(state.stream, state.calls, message, options, ctx);
        state.told.push(
          ...(given.isRaw === true ? (told as unknown as Json[]) : told.flatMap((one) => toJson(one, ctx))),
        );
        if (state.isWaiting && state.told.length > 0) finish(state, ctx);
      } else onCallMessage(state.calls, from, message as ClientMessage, options, ctx);
      followConnection(state.stream, state.calls, options, ctx);
    },
    onTimer(state, timer, ctx) {
      if (timer === 'poll') finish(state, ctx);
      else if (timer === 'watch') onWatchTimer(state.stream, state.calls, options, ctx);
      else onCallTimer(state.calls, options, ctx);
      if (timer === 'calls') followConnection(state.stream, state.calls, options, ctx);
    },
  };
}

function finish(state: WatchClientState, ctx: Ctx): void {
  if (!state.isWaiting) return;
  state.isWaiting = false;
  ctx.clearTimer('poll');
  ctx.ok(state.told);
  state.told = [];
}

function toJson(told: Told, ctx: Ctx): Json[] {
  switch (told.type) {
    case 'bookmark':
      return [{ revision: told.revision }];
    case 'ended':
      ctx.note('watch ended', { compactRevision: told.compactRevision });
      return [];
    case 'events':
      return [
        {
          events: told.events.map(({ type, kv }) => ({
            type,
            key: kv.key,
            value: type === 'put' ? (JSON.parse(kv.value) as Json) : null,
            revision: kv.modRevision,
          })),
        },
      ];
  }
}
