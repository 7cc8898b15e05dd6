// A lock on Consul: a session, and a write of the lock's key that acquires it with the session. The count of acquisitions
// (LockIndex), which one more read tells, is the fencing token; who needs none does without that read.
import type { Context, Json, NodeId, Protocol, Request } from '../../sim/index.ts';
import type { ConsulRequest, ConsulResponse } from '../../protocols/consul/requests.ts';
import type { KvEntry } from '../../protocols/consul/state/types.ts';
import type { Answer, Ask } from '../../protocols/consul/types.ts';
import type { LockMessage } from '../../protocols/lock/messages.ts';
import { isOfStore, type ServiceClientOptions } from './etcd-client.ts';
import { beginOperation, beginWrite, endAttempt, endRelease, onStore, startHolder, type Holder } from './holder.ts';

interface ConsulLock {
  state: State;
  message: Ask | Answer | LockMessage;
  timer: 'no answer';
  request: Request;
  response: Json;
}

interface State {
  readonly holder: Holder;
  step: 'idle' | Step;
  serial: number;
  session: string | null;
}

type Step = 'registering' | 'opening' | 'acquiring' | 'looking' | 'releasing' | 'destroying';
type Ctx = Context<ConsulLock>;

export interface ConsulTryLockOptions extends ServiceClientOptions {
  /** The server that it asks. */
  readonly server: NodeId;
  readonly lockDelay: number;
  /** Whether it reads LockIndex, to have a token. */
  readonly fences: boolean;
}

/** Operations are `open` (registers the client's node), `acquire` (one attempt), `write` of `{ lock, number }` and `release`. */
export function consulTryLock(options: ConsulTryLockOptions): Protocol<ConsulLock> {
  return {
    start: (ctx) => ({ holder: startHolder(), step: 'idle', serial: ctx.random(2 ** 30), session: null }),
    onRequest(state, request, ctx) {
      beginOperation(state.holder, request);
      switch (request.f) {
        case 'open':
          return ask(options, state, 'registering', registrationOf(ctx.id), ctx);
        case 'acquire':
          return ask(options, state, 'opening', sessionOf(options, ctx.id), ctx);
        case 'write':
          return beginWrite(state.holder, request, ctx);
        default:
          return beginRelease(options, state, ctx);
      }
    },
    onMessage(state, _from, message, ctx) {
      if (message.type === 'Answer') {
        if (message.id === state.serial) onAnswer(options, state, message.response, ctx);
      } else if (isOfStore(message)) onStore(state.holder, message, ctx);
    },
  };
}

function beginRelease(options: ConsulTryLockOptions, state: State, ctx: Ctx): void {
  const { session, holder } = state;
  if (session === null) return endRelease(holder, ctx);
  if (holder.token === null) return ask(options, state, 'destroying', { type: 'session-destroy', session }, ctx);
  ask(options, state, 'releasing', { type: 'kv-put', key: holder.lock, value: '', release: session }, ctx);
}

function onAnswer(options: ConsulTryLockOptions, state: State, { status, body }: ConsulResponse, ctx: Ctx): void {
  const { step, holder } = state;
  state.step = 'idle';
  if (status !== 200) {
    state.session = null; // it runs out by itself
    return step === 'opening' ? ctx.fail(JSON.stringify(body)) : ctx.unknown(JSON.stringify(body));
  }
  switch (step) {
    case 'registering':
      return ctx.ok(null);
    case 'opening': {
      const session = (body as { readonly ID: string }).ID;
      state.session = session;
      return ask(
        options,
        state,
        'acquiring',
        { type: 'kv-put', key: holder.lock, value: ctx.id, acquire: session },
        ctx,
      );
    }
    case 'acquiring':
      if (body !== true) return endAttempt(holder, null, ctx);
      if (!options.fences) return endAttempt(holder, 0, ctx);
      return ask(options, state, 'looking', { type: 'kv-get', key: holder.lock, consistency: 'consistent' }, ctx);
    case 'looking': {
      const entry = (body as unknown as readonly KvEntry[] | null)?.[0];
      return endAttempt(holder, entry?.session === state.session ? entry.lockIndex : null, ctx);
    }
    case 'releasing':
      return ask(options, state, 'destroying', { type: 'session-destroy', session: state.session ?? '' }, ctx);
    case 'destroying':
      state.session = null;
      return endRelease(holder, ctx);
    case 'idle':
  }
}

function ask({ server }: ConsulTryLockOptions, state: State, step: Step, request: ConsulRequest, ctx: Ctx): void {
  state.step = step;
  ctx.send(server, { type: 'Ask', id: ++state.serial, request, isForwarded: false });
}

function registrationOf(node: string): ConsulRequest {
  return { type: 'catalog-register', registration: { node, address: node } };
}

function sessionOf({ ttl, lockDelay }: ConsulTryLockOptions, node: string): ConsulRequest {
  return { type: 'session-create', session: { node, checks: [], ttl, lockDelay } };
}
