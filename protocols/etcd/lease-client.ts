// A client of leases: some it keeps alive while it works and then revokes, others it abandons.
import { seconds, type Context, type Json, type Protocol, type Request } from '../../sim/index.ts';
import {
  call,
  defaultCallOptions,
  onCallMessage,
  onCallTimer,
  startCalls,
  type CallOptions,
  type Calls,
  type Settled,
} from './calls.ts';
import type { ClientMessage, EtcdMessage } from './messages.ts';
import {
  isTrusted,
  keepAlive,
  leaveSession,
  noSession,
  onSessionSettled,
  openSession,
  trustedShare,
  type Session,
} from './session.ts';

export interface LeaseClient {
  state: LeaseClientState;
  message: EtcdMessage;
  timer: 'calls' | 'keep-alive' | 'done';
  request: Request;
  response: Json;
}

export interface LeaseClientState {
  readonly calls: Calls;
  readonly session: Session;
  work: Work | null;
}

interface Work {
  readonly type: 'keep' | 'abandon';
  /** How long it keeps the lease, in seconds. */
  readonly for: number;
  readonly key: string;
  step: 'granting' | 'putting' | 'keeping' | 'revoking';
  call: number;
}

type Ctx = Context<LeaseClient>;

/**
 * Its operations: `keep { ttl, for, key }` puts a key under a lease, keeps it alive for so many seconds and revokes it; the
 * result says whether the key was there all the time. `abandon { ttl, key }` leaves it to run out. The result of both has
 * the lease's id.
 */
export function leaseClient(given: Partial<CallOptions> = {}): Protocol<LeaseClient> {
  const options: CallOptions = { ...defaultCallOptions, ...given };
  const settle = (state: LeaseClientState, settled: readonly Settled[], ctx: Ctx): void => {
    for (const one of settled) take(state, one, options, ctx);
  };
  return {
    start: (ctx) => ({ calls: startCalls(ctx), session: noSession(), work: null }),
    onRequest(state, { f, value }, ctx) {
      const { ttl, for: lasts = 0, key } = value as { ttl: number; for?: number; key: string };
      state.work = { type: f === 'abandon' ? 'abandon' : 'keep', for: lasts, key, step: 'granting', call: -1 };
      openSession(state.session, state.calls, ttl, options, ctx);
    },
    onMessage(state, from, message, ctx) {
      settle(state, onCallMessage(state.calls, from, message as ClientMessage, options, ctx), ctx);
    },
    onTimer(state, timer, ctx) {
      if (timer === 'calls') settle(state, onCallTimer(state.calls, options, ctx), ctx);
      else if (timer === 'keep-alive') keepAlive(state.session, state.calls, options, ctx);
      else if (state.work?.step === 'keeping') revoke(state, state.work, options, ctx);
    },
  };
}

function take(state: LeaseClientState, settled: Settled, options: CallOptions, ctx: Ctx): void {
  const { session, work } = state;
  const isDecided = onSessionSettled(session, settled, trustedShare, ctx);
  if (work === null) return;
  if (session.status === 'lost') return end(state, () => ctx.fail('the lease was lost'), ctx);
  if (isDecided) {
    work.step = 'putting';
    work.call = call(state.calls, { type: 'put', key: work.key, value: '1', lease: session.lease }, options, ctx);
  } else if (settled.call === work.call) {
    if (settled.type !== 'answered') return end(state, () => ctx.unknown('who knows'), ctx);
    if (work.step === 'revoking') return end(state, () => ctx.ok({ id: session.lease }), ctx);
    if (work.type === 'abandon') return end(state, () => ctx.ok({ id: session.lease }), ctx);
    work.step = 'keeping';
    ctx.setTimer('done', seconds(work.for));
  }
}

function revoke(state: LeaseClientState, work: Work, options: CallOptions, ctx: Ctx): void {
  ctx.note(isTrusted(state.session, ctx) ? 'lease kept' : 'lease not kept', { id: state.session.lease });
  work.step = 'revoking';
  ctx.note('lease given up', { id: state.session.lease });
  work.call = call(state.calls, { type: 'leaseRevoke', id: state.session.lease }, options, ctx);
}

function end(state: LeaseClientState, complete: () => void, ctx: Ctx): void {
  complete();
  state.work = null;
  ctx.clearTimer('done');
  leaveSession(state.session, ctx);
}
