// A client of locks: it queues up under a lease that it keeps alive, works while it has the lock, writes what it worked out
// in a transaction that checks that the lock is still its own, and leaves.
import { ms, seconds, type Protocol, type Request } from '../../sim/index.ts';
import { defaultCallOptions, onCallMessage, onCallTimer, startCalls, type Settled } from './calls.ts';
import type { ClientMessage } from './messages.ts';
import {
  ask,
  numberOf,
  type MutexClient,
  type MutexClientOptions,
  type MutexClientState,
  type MutexContext,
} from './lock-state.ts';
import { onLockSettled, onPatienceOver, onPredecessorGone } from './lock-steps.ts';
import { leave } from './recipes.ts';
import { keepAlive, leaveSession, noSession, openSession, trustedShare } from './session.ts';
import { defaultWatchOptions, followConnection, idleStream, onWatchResponse, onWatchTimer } from './watch-stream.ts';

export const defaultMutexOptions: MutexClientOptions = {
  ...defaultCallOptions,
  ...defaultWatchOptions,
  ttl: 3,
  trusts: trustedShare,
  patience: seconds(4),
  workFor: ms(100),
  guards: true,
  checksLease: true,
};

/**
 * Its operations, on `{ lock }`: `acquire`, whose result has the fencing token and the lease in microseconds for which it is
 * trusted; `write`, which adds one to the number that the lock guards, and whose result has token and value; `release`.
 */
export function mutexClient(given: Partial<MutexClientOptions> = {}): Protocol<MutexClient> {
  const options: MutexClientOptions = { ...defaultMutexOptions, ...given };
  const settle = (state: MutexClientState, settled: readonly Settled[], ctx: MutexContext): void => {
    for (const one of settled) onLockSettled(state, one, options, ctx);
    followConnection(state.stream, state.calls, options, ctx);
  };
  return {
    start: (ctx) => ({
      calls: startCalls(ctx),
      session: noSession(),
      stream: idleStream(ctx),
      step: 'idle',
      name: '',
      call: -1,
      token: 0,
      invokedAt: 0,
      value: 0,
    }),
    onRequest: (state, request, ctx) => begin(state, request, options, ctx),
    onMessage(state, from, message, ctx) {
      if (message.type !== 'WatchResponse')
        return settle(state, onCallMessage(state.calls, from, message as ClientMessage, options, ctx), ctx);
      const { told, settled } = onWatchResponse(state.stream, state.calls, message, options, ctx);
      settle(state, settled, ctx);
      if (told.some(({ type }) => type !== 'bookmark')) onPredecessorGone(state, options, ctx);
    },
    onTimer(state, timer, ctx) {
      switch (timer) {
        case 'calls':
          return settle(state, onCallTimer(state.calls, options, ctx), ctx);
        case 'keep-alive':
          return keepAlive(state.session, state.calls, options, ctx);
        case 'watch':
          return settle(state, onWatchTimer(state.stream, state.calls, options, ctx), ctx);
        case 'patience':
          return onPatienceOver(state, options, ctx);
        case 'worked':
          return onLockSettled(state, 'worked', options, ctx);
      }
    },
  };
}

function begin(state: MutexClientState, { f, value }: Request, options: MutexClientOptions, ctx: MutexContext): void {
  state.name = (value as { readonly lock: string }).lock;
  switch (f) {
    case 'acquire':
      // A lock that it may still have from before is left to its lease: this is another turn, with another token.
      leaveSession(state.session, ctx);
      state.step = 'granting';
      state.invokedAt = ctx.monotonic();
      ctx.setTimer('patience', options.patience);
      return openSession(state.session, state.calls, options.ttl, options, ctx);
    case 'write':
      if (state.step !== 'held') return ctx.fail('it does not have the lock');
      return ask(state, 'reading', { type: 'range', key: numberOf(state.name) }, options, ctx);
    case 'release':
      if (state.step !== 'held') return ctx.fail('it does not have the lock');
      return ask(state, 'leaving', leave(state.name, state.session.lease), options, ctx);
    default:
      throw new RangeError(`a lock client acquires, writes and releases; it cannot ${f}`);
  }
}
