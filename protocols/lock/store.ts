// What the lock guards: one number that clients read, increase and write back. With fencing the store remembers the
// greatest token it has seen and refuses whoever comes with a smaller one (Kleppmann, "How to do distributed locking", 2016).
import type { Protocol } from '../../sim/index.ts';
import type { LockMessage } from './messages.ts';

export interface Store {
  state: StoreState;
  message: LockMessage;
  timer: never;
  request: never;
  response: never;
}

/** The value, the greatest token seen, and the token of the last write: a holder writes once, so a repeated write is no new one. */
export type StoreState = { value: number; fence: number; writtenBy: number };

export interface StoreOptions {
  /** Whether the store refuses tokens smaller than the greatest it has seen. */
  readonly fencing?: boolean;
}

export function store({ fencing = true }: StoreOptions = {}): Protocol<Store> {
  return {
    start(ctx) {
      const kept = ctx.disk.get<StoreState>('store');
      ctx.disk.sync(); // what the page cache kept over a crash must be on disk before anybody reads it
      return { ...(kept ?? { value: 0, fence: 0, writtenBy: 0 }) };
    },

    onMessage(state, from, message, ctx) {
      if (message.type !== 'read' && message.type !== 'write') return;
      const { type, request, token } = message;
      if (type === 'write' && token === state.writtenBy) return ctx.send(from, { type: 'stored', request });
      if (fencing && token < state.fence) {
        ctx.note('refused', { token, fence: state.fence });
        return ctx.send(from, { type: 'refused', request });
      }
      state.fence = Math.max(state.fence, token);
      if (type === 'write') Object.assign(state, { value: message.value, writtenBy: token });
      ctx.disk.set('store', { ...state });
      ctx.disk.sync();
      if (type === 'read') return ctx.send(from, { type: 'value', request, value: state.value });
      ctx.note('stored', { token, value: state.value });
      ctx.send(from, { type: 'stored', request });
    },
  };
}
