// A client of the lock: takes it, reads the store, works for a while, writes back what it read plus one, and lets go. It
// measures its lease on its own monotonic clock, from before it asked, and stops well before the server would.
import { ms, type Context, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import type { LockMessage } from './messages.ts';

export interface LockClient {
  state: LockClientState;
  message: LockMessage;
  timer: 'retry' | 'work done';
  request: Request;
  response: number;
}

export interface LockClientState {
  step: 'idle' | 'acquiring' | 'reading' | 'working' | 'writing';
  request: number;
  token: number;
  value: number;
  /** Until when it may believe that it holds the lock, on its own monotonic clock. */
  leaseEnds: Micros;
}

export interface LockClientOptions {
  readonly server: NodeId;
  readonly store: NodeId;
  /** How long the client believes in a lease; well below the server's time to live, for clocks drift. */
  readonly lease: Micros;
  /** How long the guarded work takes; default 40 ms. */
  readonly workFor?: Micros;
  /** Default 50 ms. */
  readonly retryAfter?: Micros;
  /** Whether it looks at its clock before it writes; without that it trusts a lease that may be long over. */
  readonly checksLease?: boolean;
}

type Ctx = Context<LockClient>;

/** Operations are `add n`, with a number n that is unique in the run; the response is the value written. */
export function lockClient(options: LockClientOptions): Protocol<LockClient> {
  const { server, store, lease, workFor = ms(40), retryAfter = ms(50), checksLease = true } = options;

  const ask = (state: LockClientState, ctx: Ctx): void => {
    const { request, token, value } = state;
    if (state.step === 'acquiring') ctx.send(server, { type: 'acquire', request, asked: ctx.monotonic() });
    if (state.step === 'reading') ctx.send(store, { type: 'read', request, token });
    if (state.step === 'writing') ctx.send(store, { type: 'write', request, token, value: value + 1 });
    ctx.setTimer('retry', retryAfter);
  };
  const next = (state: LockClientState, step: LockClientState['step'], ctx: Ctx): void => {
    state.step = step;
    ask(state, ctx);
  };
  const letGo = (state: LockClientState, ctx: Ctx): void => {
    state.step = 'idle';
    ctx.clearTimer('retry');
    ctx.send(server, { type: 'release', token: state.token });
  };

  return {
    start: () => ({ step: 'idle', request: -1, token: 0, value: 0, leaseEnds: 0 }),

    onRequest(state, request, ctx) {
      state.request = request.value as number;
      next(state, 'acquiring', ctx);
    },

    onMessage(state, _from, message, ctx) {
      if (!('request' in message) || message.request !== state.request) return;
      if (message.type === 'granted' && state.step === 'acquiring') {
        state.token = message.token;
        state.leaseEnds = message.asked + lease;
        next(state, 'reading', ctx);
      } else if (message.type === 'value' && state.step === 'reading') {
        state.value = message.value;
        state.step = 'working';
        ctx.clearTimer('retry');
        ctx.setTimer('work done', workFor);
      } else if (message.type === 'stored' && state.step === 'writing') {
        letGo(state, ctx);
        ctx.ok(state.value + 1);
      } else if (message.type === 'refused' && (state.step === 'reading' || state.step === 'writing')) {
        const wrote = state.step === 'writing'; // an earlier copy of the write may have been stored
        letGo(state, ctx);
        if (wrote) ctx.unknown('fenced off');
        else ctx.fail('fenced off');
      }
    },

    onTimer(state, timer, ctx) {
      if (timer === 'work done') {
        if (checksLease && ctx.monotonic() >= state.leaseEnds) {
          ctx.note('gave up', { token: state.token });
          letGo(state, ctx);
          return ctx.fail('the lease ran out');
        }
        ctx.note('writes', { token: state.token });
        return next(state, 'writing', ctx);
      }
      ask(state, ctx);
    },
  };
}
