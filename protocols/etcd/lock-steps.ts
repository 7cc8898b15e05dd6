// The steps of a lock client, one answer after another: queue up, wait for the one before, look whether one's place is still
// there, then read, work, write and leave.
import type { KeyValue } from './api.ts';
import type { Settled } from './calls.ts';
import { ask, numberOf, type MutexClientOptions, type MutexClientState, type MutexContext } from './lock-state.ts';
import type { Answered } from './messages.ts';
import { enter, placeOf, predecessor, queueKey, stillIn } from './recipes.ts';
import { isTrusted, leaveSession, onSessionSettled } from './session.ts';
import { closeWatch, openWatch } from './watch-stream.ts';

/** Goes on with what became of a call, or with the end of the work. */
export function onLockSettled(
  state: MutexClientState,
  settled: Settled | 'worked',
  options: MutexClientOptions,
  ctx: MutexContext,
): void {
  if (settled === 'worked') {
    if (state.step === 'working') write(state, options, ctx);
    return;
  }
  const isDecided = onSessionSettled(state.session, settled, options.trusts, ctx);
  if (state.step === 'granting' && isDecided) {
    if (state.session.status === 'lost') return giveUp(state, 'no lease', ctx);
    return ask(state, 'entering', enter(state.name, state.session.lease), options, ctx);
  }
  if (settled.call !== state.call) return;
  state.call = -1;
  if (state.step === 'giving-up') return giveUp(state, 'it took too long', ctx);
  if (settled.type === 'answered') return onAnswer(state, settled.answer, options, ctx);
  const error = settled.type === 'refused' ? settled.refusal.error : settled.error;
  if (settled.type === 'refused' || state.step === 'reading') return giveUp(state, error, ctx);
  giveUp(state, undefined, ctx);
  ctx.unknown(error);
}

/** The one before has left the queue, or nobody can tell any more: looks again who is before. */
export function onPredecessorGone(state: MutexClientState, options: MutexClientOptions, ctx: MutexContext): void {
  if (state.step !== 'waiting') return;
  closeWatch(state.stream, state.calls, ctx);
  ask(state, 'asking', predecessor(state.name, state.token), options, ctx);
}

/** It has waited for long enough: it leaves the queue, so that those behind it need not wait for its lease to run out. */
export function onPatienceOver(state: MutexClientState, options: MutexClientOptions, ctx: MutexContext): void {
  if (!queueing.has(state.step)) return;
  closeWatch(state.stream, state.calls, ctx);
  ctx.clearTimer('keep-alive');
  if (state.session.lease === 0) return giveUp(state, 'it took too long', ctx);
  ask(state, 'giving-up', { type: 'leaseRevoke', id: state.session.lease }, options, ctx);
}

const queueing: ReadonlySet<MutexClientState['step']> = new Set([
  'granting',
  'entering',
  'asking',
  'waiting',
  'checking',
]);

function onAnswer(state: MutexClientState, answer: Answered, options: MutexClientOptions, ctx: MutexContext): void {
  const { name, session } = state;
  switch (answer.type) {
    case 'txn': {
      if (state.step === 'writing') return written(state, answer.succeeded, ctx);
      const { revision, first } = placeOf(answer);
      state.token = revision;
      if (first === undefined || first.createRevision === revision) return acquired(state, options, ctx);
      return ask(state, 'asking', predecessor(name, revision), options, ctx);
    }
    case 'range': {
      const found = answer.kvs[0];
      if (state.step === 'reading') return work(state, found, options, ctx);
      if (state.step === 'checking')
        return found?.createRevision === state.token
          ? acquired(state, options, ctx)
          : giveUp(state, 'mutex: session is expired', ctx);
      if (found === undefined)
        return ask(state, 'checking', { type: 'range', key: queueKey(name, session.lease) }, options, ctx);
      state.step = 'waiting';
      const filter = { key: found.key, noPut: true };
      return openWatch(state.stream, state.calls, filter, answer.header.revision + 1, options, ctx);
    }
    case 'deleteRange':
      state.step = 'idle';
      leaveSession(session, ctx);
      return ctx.ok(true);
    default:
      return;
  }
}

/** How much slower than true time a client's clock may run. */
const slowestClock = 0.1;

function acquired(state: MutexClientState, options: MutexClientOptions, ctx: MutexContext): void {
  if (options.checksLease && !isTrusted(state.session, ctx)) return giveUp(state, 'the lease ran out', ctx);
  state.step = 'held';
  ctx.clearTimer('patience');
  ctx.note('acquired', { lock: state.name, token: state.token });
  // Its clock may run slow: to everybody else it trusts the lease for a little longer than it thinks.
  const lease = Math.ceil((state.session.trustedUntil - state.invokedAt) / (1 - slowestClock));
  ctx.ok(options.checksLease ? { token: state.token, lease } : { token: state.token });
}

function work(
  state: MutexClientState,
  found: KeyValue | undefined,
  options: MutexClientOptions,
  ctx: MutexContext,
): void {
  state.value = found === undefined ? 0 : Number(found.value);
  state.step = 'working';
  ctx.setTimer('worked', options.workFor);
}

function write(state: MutexClientState, options: MutexClientOptions, ctx: MutexContext): void {
  const { name, token, session } = state;
  if (options.checksLease && !isTrusted(session, ctx)) return giveUp(state, 'the lease ran out', ctx);
  ctx.note('writes', { lock: name, token });
  const put = { type: 'put', key: numberOf(name), value: String(state.value + 1) } as const;
  const compare = options.guards ? [stillIn(name, session.lease, token)] : [];
  ask(state, 'writing', { type: 'txn', compare, success: [put] }, options, ctx);
}

function written(state: MutexClientState, succeeded: boolean, ctx: MutexContext): void {
  if (!succeeded) {
    ctx.note('fenced off', { lock: state.name, token: state.token });
    return giveUp(state, 'fenced off', ctx);
  }
  state.step = 'held';
  ctx.note('added', { lock: state.name, token: state.token, value: state.value + 1 });
  ctx.ok({ token: state.token, value: state.value + 1 });
}

/** The turn is over; what is left of it in the queue goes with the lease. */
function giveUp(state: MutexClientState, error: string | undefined, ctx: MutexContext): void {
  state.step = 'idle';
  state.call = -1;
  leaveSession(state.session, ctx);
  closeWatch(state.stream, state.calls, ctx);
  ctx.clearTimer('worked');
  ctx.clearTimer('patience');
  if (error !== undefined) ctx.fail(error);
}
