// A client of a lock on Consul: a session, an acquire with it, and the count of acquisitions (LockIndex) as its sequencer, which
// the store that the lock guards compares. A holder believes in its session for a while after it last heard that it lives, as
// the lock-delay allows, or for ever, as many do.
import { seconds, type Context, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import type { LockMessage } from '../lock/messages.ts';
import type { ConsulRequest, ConsulResponse } from './requests.ts';
import type { KvEntry } from './state/types.ts';
import type { Answer, Ask } from './types.ts';

export interface ConsulLockClient {
  state: ConsulLockState;
  message: Ask | Answer | LockMessage;
  timer: 'give up';
  request: Request;
  response: boolean | number | { readonly token: number; readonly lease?: number };
}

export interface ConsulLockState {
  step:
    'idle' | 'opening' | 'renewing' | 'acquiring' | 'looking' | 'announcing' | 'writing' | 'releasing' | 'overwriting';
  serial: number;
  session: string | null;
  /** The LockIndex under which it believes that it holds the lock. */
  token: number | null;
  /** What the store held when it came. */
  value: number;
  /** Until when it believes, on its own monotonic clock. */
  believesUntil: Micros;
}

export interface ConsulLockClientOptions {
  readonly agent: NodeId;
  readonly store: NodeId;
  readonly key: string;
  /** Of its sessions; 0 for sessions that last as long as their node. */
  readonly ttl: Micros;
  readonly lockDelay: Micros;
  /** How long it believes in a session that it has just heard of: at most the lock-delay. Infinity: it never doubts. */
  readonly lease: Micros;
  /** How long an operation may take; default 3 s. */
  readonly timeout?: Micros;
  /** Whether it asks for its session's life before it acquires again with it; default true. */
  readonly renews?: boolean;
}

type Ctx = Context<ConsulLockClient>;

/** Operations are `acquire` (once, refused if somebody has the lock), `write`, `release`, and `overwrite`: a plain PUT of the key. */
export function consulLockClient(options: ConsulLockClientOptions): Protocol<ConsulLockClient> {
  const { timeout = seconds(3) } = options;
  return {
    start(ctx) {
      const serial = ctx.random(2 ** 30);
      const left = ctx.disk.get<string>('session') ?? null;
      if (left !== null) ask(options, { serial }, { type: 'session-destroy', session: left }, ctx);
      return { step: 'idle', serial: serial + 1, session: null, token: null, value: 0, believesUntil: 0 };
    },
    onRequest(state, { f }, ctx) {
      ctx.setTimer('give up', timeout);
      begin(options, state, f, ctx);
    },
    onMessage(state, _from, message, ctx) {
      if (message.type === 'Answer') {
        if (message.id === state.serial) onAnswer(options, state, message.response, ctx);
      } else if ('request' in message && message.type !== 'Ask' && message.request === state.serial) {
        onStore(options, state, message, ctx);
      }
    },
    onTimer(state, _timer, ctx) {
      const { step } = state;
      abandon(options, state, ctx);
      if (step === 'opening' || step === 'renewing') end(state, ctx, () => ctx.fail('no answer'));
      else if (step !== 'idle') end(state, ctx, () => ctx.unknown(`no answer while ${step}`));
    },
  };
}

function begin(options: ConsulLockClientOptions, state: ConsulLockState, f: string, ctx: Ctx): void {
  const { key, ttl, store, lockDelay } = options;
  const { session, token } = state;
  switch (f) {
    case 'acquire':
      if (token !== null) return end(state, ctx, () => ctx.fail('holds the lock'));
      state.believesUntil = ctx.monotonic() + options.lease;
      if (session !== null && options.renews === false) {
        return go(options, state, 'acquiring', { type: 'kv-put', key, value: ctx.id, acquire: session }, ctx);
      }
      if (session !== null) return go(options, state, 'renewing', { type: 'session-renew', session }, ctx);
      return go(options, state, 'opening', { type: 'session-create', session: { ttl, lockDelay } }, ctx);
    case 'overwrite':
      return go(options, state, 'overwriting', { type: 'kv-put', key, value: 'maintenance' }, ctx);
    case 'write': {
      if (token === null || ctx.monotonic() >= state.believesUntil) {
        if (token !== null) abandon(options, state, ctx); // it may have lost the lock, so it begins anew with another session
        return end(state, ctx, () => ctx.fail('does not hold the lock'));
      }
      state.step = 'writing';
      ctx.note('writes', { token });
      return ctx.send(store, { type: 'write', request: ++state.serial, token, value: state.value + 1 });
    }
    default:
      if (token === null || session === null) return end(state, ctx, () => ctx.fail('does not hold the lock'));
      state.token = null;
      return go(options, state, 'releasing', { type: 'kv-put', key, value: '', release: session }, ctx);
  }
}

function go(
  options: ConsulLockClientOptions,
  state: ConsulLockState,
  step: ConsulLockState['step'],
  request: ConsulRequest,
  ctx: Ctx,
): void {
  state.step = step;
  state.serial++;
  ask(options, state, request, ctx);
}

function onAnswer(
  options: ConsulLockClientOptions,
  state: ConsulLockState,
  { status, body }: ConsulResponse,
  ctx: Ctx,
): void {
  const { key, store } = options;
  const { step } = state;
  const isOver = status === 404 && step === 'renewing';
  if (status !== 200 && !isOver) {
    abandon(options, state, ctx);
    const isHarmless = step === 'opening' || step === 'renewing';
    const error = JSON.stringify(body);
    return end(state, ctx, () => (isHarmless ? ctx.fail(error) : ctx.unknown(error)));
  }
  switch (step) {
    case 'opening':
      state.session = (body as { readonly ID: string }).ID;
      ctx.disk.set('session', state.session);
      ctx.disk.sync();
      return go(options, state, 'acquiring', { type: 'kv-put', key, value: ctx.id, acquire: state.session }, ctx);
    case 'renewing':
      if (isOver) {
        state.session = null;
        return begin(options, state, 'acquire', ctx);
      }
      return go(options, state, 'acquiring', { type: 'kv-put', key, value: ctx.id, acquire: state.session ?? '' }, ctx);
    case 'acquiring':
      if (body !== true) return end(state, ctx, () => ctx.ok(false));
      return go(options, state, 'looking', { type: 'kv-get', key, consistency: 'consistent' }, ctx);
    case 'looking': {
      const entry = (body as unknown as readonly KvEntry[] | null)?.[0];
      if (entry === undefined || entry.session !== state.session) return end(state, ctx, () => ctx.ok(false));
      state.token = entry.lockIndex;
      state.step = 'announcing';
      return ctx.send(store, { type: 'read', request: ++state.serial, token: state.token });
    }
    case 'releasing':
      return end(state, ctx, () => ctx.ok(body === true));
    case 'overwriting':
      return end(state, ctx, () => ctx.ok(true));
    default:
      return;
  }
}

function onStore(options: ConsulLockClientOptions, state: ConsulLockState, message: LockMessage, ctx: Ctx): void {
  const { token } = state;
  if (token === null) return;
  if (message.type === 'value' && state.step === 'announcing') {
    if (ctx.monotonic() >= state.believesUntil) {
      abandon(options, state, ctx); // it was stopped meanwhile: what it was given may be somebody else's by now
      return end(state, ctx, () => ctx.ok(false));
    }
    state.value = message.value;
    ctx.note('acquired', { token });
    const { lease } = options;
    end(state, ctx, () => ctx.ok(lease === Infinity ? { token } : { token, lease }));
  } else if (message.type === 'stored' && state.step === 'writing') {
    end(state, ctx, () => ctx.ok(state.value + 1));
  } else if (message.type === 'refused') {
    const { step } = state;
    ctx.note('fenced off', { token });
    abandon(options, state, ctx);
    end(state, ctx, () => (step === 'announcing' ? ctx.ok(false) : ctx.fail('fenced off')));
  }
}

/** What became of its session is in doubt: it begins anew with another. */
function abandon(options: ConsulLockClientOptions, state: ConsulLockState, ctx: Ctx): void {
  const { session } = state;
  state.session = null;
  state.token = null;
  state.serial++;
  if (session !== null) ask(options, state, { type: 'session-destroy', session }, ctx);
  state.serial++;
}

function ask(
  { agent }: ConsulLockClientOptions,
  { serial }: { serial: number },
  request: ConsulRequest,
  ctx: Ctx,
): void {
  ctx.send(agent, { type: 'Ask', id: serial, request, isForwarded: false });
}

function end(state: ConsulLockState, ctx: Ctx, tell: () => void): void {
  state.step = 'idle';
  ctx.clearTimer('give up');
  tell();
}
