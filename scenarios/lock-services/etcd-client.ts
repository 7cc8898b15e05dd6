// A lock on etcd as python-etcd3 takes it: a lease, and a transaction that writes the lock's key under it unless the key is
// there. The creation revision of the key is the fencing token.
import type { Context, Json, Micros, NodeId, Protocol, Request } from '../../sim/index.ts';
import {
  call,
  defaultCallOptions,
  onCallMessage,
  onCallTimer,
  startCalls,
  type Calls,
  type Settled,
} from '../../protocols/etcd/calls.ts';
import type { EtcdRequest } from '../../protocols/etcd/api.ts';
import type { ClientMessage, EtcdMessage } from '../../protocols/etcd/messages.ts';
import type { LockMessage } from '../../protocols/lock/messages.ts';
import { beginOperation, beginWrite, endAttempt, endRelease, onStore, startHolder, type Holder } from './holder.ts';

interface EtcdLock {
  state: { readonly calls: Calls; readonly holder: Holder; step: 'idle' | Step; call: number; lease: number };
  message: EtcdMessage | LockMessage;
  timer: 'calls';
  request: Request;
  response: Json;
}

type Step = 'granting' | 'taking' | 'revoking';
type State = EtcdLock['state'];
type Ctx = Context<EtcdLock>;

export interface ServiceClientOptions {
  /** Of the lease or session that the lock hangs on. */
  readonly ttl: Micros;
}

export interface EtcdTryLockOptions extends ServiceClientOptions {
  readonly members: readonly NodeId[];
}

/** Operations are `acquire` (one attempt), `write` of `{ lock, number }` and `release`, on `{ lock }`. */
export function etcdTryLock({ members, ttl }: EtcdTryLockOptions): Protocol<EtcdLock> {
  const ask = (state: State, step: Step, request: EtcdRequest, ctx: Ctx): void => {
    state.step = step;
    state.call = call(state.calls, request, defaultCallOptions, ctx);
  };
  const settle = (state: State, settled: readonly Settled[], ctx: Ctx): void => {
    for (const one of settled) if (one.call === state.call) onSettled(state, one, ask, ctx);
  };
  return {
    start: (ctx) => ({ calls: startCalls(ctx, members), holder: startHolder(), step: 'idle', call: -1, lease: 0 }),
    onRequest(state, request, ctx) {
      beginOperation(state.holder, request);
      if (request.f === 'acquire')
        return ask(state, 'granting', { type: 'leaseGrant', ttl: Math.ceil(ttl / 1_000_000) }, ctx);
      if (request.f === 'write') return beginWrite(state.holder, request, ctx);
      if (state.lease === 0) return endRelease(state.holder, ctx);
      ask(state, 'revoking', { type: 'leaseRevoke', id: state.lease }, ctx);
    },
    onMessage(state, from, message, ctx) {
      if (isOfStore(message)) return onStore(state.holder, message, ctx);
      settle(state, onCallMessage(state.calls, from, message as ClientMessage, defaultCallOptions, ctx), ctx);
    },
    onTimer: (state, _timer, ctx) => settle(state, onCallTimer(state.calls, defaultCallOptions, ctx), ctx),
  };
}

function onSettled(
  state: State,
  settled: Settled,
  ask: (state: State, step: Step, request: EtcdRequest, ctx: Ctx) => void,
  ctx: Ctx,
): void {
  const { step, holder } = state;
  state.step = 'idle';
  state.call = -1;
  if (settled.type !== 'answered') {
    const error = settled.type === 'refused' ? settled.refusal.error : settled.error;
    if (step === 'revoking') Object.assign(state, { lease: 0 }); // gone already, or it runs out by itself
    if (step === 'revoking' && settled.type === 'refused') return endRelease(holder, ctx);
    return step === 'granting' ? ctx.fail(error) : ctx.unknown(error);
  }
  const { answer } = settled;
  switch (answer.type) {
    case 'leaseGrant':
      state.lease = answer.id;
      return ask(state, 'taking', take(holder.lock, answer.id), ctx);
    case 'txn':
      return endAttempt(holder, answer.succeeded ? answer.header.revision : null, ctx);
    default:
      state.lease = 0;
      return endRelease(holder, ctx);
  }
}

function take(key: string, lease: number): EtcdRequest {
  return {
    type: 'txn',
    compare: [{ key, target: 'create', result: 'equal', than: 0 }],
    success: [{ type: 'put', key, value: 'held', lease }],
  };
}

const ofStore = new Set(['stored', 'refused', 'value']);

/** Whether a message comes from the store and not from the service. */
export function isOfStore(message: { readonly type: string }): message is LockMessage {
  return ofStore.has(message.type);
}
