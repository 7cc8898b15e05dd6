// What the lock guards: a store that hands out fencing tokens and, if it looks at them, refuses a write whose token is smaller
// than one that it has given out since. (Kleppmann, "How to do distributed locking", 2016.)
import type { Context, Protocol } from '../../sim/index.ts';

export type ResourceMessage =
  | { readonly type: 'next token'; readonly request: number }
  | { readonly type: 'token'; readonly request: number; readonly token: number }
  | { readonly type: 'write'; readonly request: number; readonly token: number | null; readonly value: number }
  | { readonly type: 'written'; readonly request: number; readonly accepted: boolean };

export interface Resource {
  state: { token: number; value: number | null };
  message: ResourceMessage;
  timer: never;
  request: never;
  response: never;
}

/** @param fences whether it looks at tokens */
export function resource(fences: boolean): Protocol<Resource> {
  const save = ({ token, value }: Resource['state'], ctx: Context<Resource>): void => {
    ctx.disk.set('resource', { token, value });
    ctx.disk.sync();
  };
  return {
    start(ctx) {
      const kept = ctx.disk.get<Resource['state']>('resource');
      ctx.disk.sync(); // what the page cache kept over a crash must be on disk before anybody hears of it
      return { ...(kept ?? { token: 0, value: null }) };
    },
    onMessage(state, from, message, ctx) {
      const { request } = message;
      switch (message.type) {
        case 'next token':
          state.token++;
          save(state, ctx);
          return ctx.send(from, { type: 'token', request, token: state.token });
        case 'write': {
          const { token, value } = message;
          const accepted = !fences || (token ?? 0) >= state.token;
          ctx.note(accepted ? 'accepted' : 'refused', { client: from, token, value });
          if (accepted) {
            state.value = value;
            save(state, ctx);
          }
          return ctx.send(from, { type: 'written', request, accepted });
        }
        case 'token':
        case 'written':
          return; // for clients
      }
    },
  };
}
