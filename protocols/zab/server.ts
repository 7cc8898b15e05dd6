// A whole server: Zab with the key-value service on it, which clients may ask at any server. Reads are transactions here, so
// that every answer is linearizable.
import type { NodeId, Protocol } from '../../sim/index.ts';
import { keyValueService, type KeyValueAnswer, type KeyValueRequest } from './key-value.ts';
import type { Rules } from './rules.ts';
import type { ZabConfig, ZabMessage, ZabState, ZabTimer } from './types.ts';
import { isZabMessage, zabComponent } from './zab.ts';

export type ClientMessage =
  | { readonly type: 'ClientRequest'; readonly request: KeyValueRequest }
  | {
      readonly type: 'ClientReply';
      readonly life: number;
      readonly sequence: number;
      /** `not-serving`: nothing happened here; another server may know. */
      readonly answer: KeyValueAnswer | { readonly type: 'not-serving' };
    };

export interface ZabServerState {
  readonly zab: ZabState;
  /** Requests under way, by ticket. */
  waiting: Record<number, { readonly client: NodeId; readonly life: number; readonly sequence: number }>;
}

export interface ZabServer {
  state: ZabServerState;
  message: ZabMessage | ClientMessage;
  timer: ZabTimer;
  request: never;
  response: never;
}

/** A Zab server with a replicated key-value store. */
export function zab(config: Partial<ZabConfig> = {}, rules: Partial<Rules> = {}): Protocol<ZabServer> {
  const component = zabComponent({
    service: keyValueService,
    config,
    rules,
    hooks: {
      applied(state: ZabServerState, { ticket, answer }, ctx) {
        const asked = ticket === null ? undefined : state.waiting[ticket];
        if (asked === undefined || ticket === null) return;
        delete state.waiting[ticket];
        const { client, life, sequence } = asked;
        ctx.send(client, { type: 'ClientReply', life, sequence, answer });
      },
      deactivated(state: ZabServerState) {
        state.waiting = {};
      },
    },
  });
  return {
    start: (ctx) => ({ zab: component.start(ctx), waiting: {} }),
    onMessage(state, from, message, ctx) {
      if (isZabMessage(message)) return component.onMessage(state, from, message, ctx);
      if (message.type !== 'ClientRequest') return;
      const { client, life, sequence } = message.request;
      const ticket = component.submit(state, message.request, ctx);
      if (ticket === null) ctx.send(from, { type: 'ClientReply', life, sequence, answer: { type: 'not-serving' } });
      else state.waiting[ticket] = { client, life, sequence };
    },
    onTimer: (state, timer, ctx) => component.onTimer(state, timer, ctx),
    onRefused(state, peer, message, ctx) {
      if (isZabMessage(message)) component.onRefused(state, peer, message, ctx);
    },
  };
}
