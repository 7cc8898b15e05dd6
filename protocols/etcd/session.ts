// A client's lease as the client knows it: granted, kept alive at a third of its time to live, and trusted for less than it
// was granted, counted on the client's own clock from before it asked.
import { seconds, type Micros } from '../../sim/index.ts';
import { call, type CallContext, type CallOptions, type Calls, type Settled } from './calls.ts';

export interface Session {
  status: 'none' | 'granting' | 'held' | 'lost';
  lease: number;
  /** In seconds. */
  ttl: number;
  /** The call under way, and when it was made. */
  call: number;
  askedAt: Micros;
  trustedUntil: Micros;
}

export function noSession(): Session {
  return { status: 'none', lease: 0, ttl: 0, call: -1, askedAt: 0, trustedUntil: 0 };
}

/** Asks for a lease. @param ttl in seconds */
export function openSession(session: Session, calls: Calls, ttl: number, options: CallOptions, ctx: CallContext): void {
  const number = call(calls, { type: 'leaseGrant', ttl }, options, ctx);
  Object.assign(session, {
    status: 'granting',
    lease: 0,
    ttl,
    call: number,
    askedAt: ctx.monotonic(),
    trustedUntil: 0,
  });
}

/** Forgets the lease; it runs out by itself. */
export function leaveSession(session: Session, ctx: CallContext): void {
  Object.assign(session, noSession());
  ctx.clearTimer('keep-alive');
}

/** The timer `keep-alive`: asks for the whole time again. */
export function keepAlive(session: Session, calls: Calls, options: CallOptions, ctx: CallContext): void {
  if (session.status !== 'held') return;
  ctx.setTimer('keep-alive', thirdOf(session));
  if (session.call >= 0) return; // the last one is still under way
  session.askedAt = ctx.monotonic();
  session.call = call(calls, { type: 'leaseKeepAlive', id: session.lease }, options, ctx);
}

/** Takes what became of the session's calls. True when it has just been granted, or could not be. */
export function onSessionSettled(session: Session, settled: Settled, share: number, ctx: CallContext): boolean {
  if (settled.call !== session.call) return false;
  session.call = -1;
  const isGrant = session.status === 'granting';
  if (settled.type !== 'answered') {
    if (isGrant) session.status = 'lost';
    return isGrant;
  }
  const { answer } = settled;
  if (answer.type === 'leaseGrant') {
    Object.assign(session, { status: 'held', lease: answer.id, ttl: answer.ttl });
    ctx.setTimer('keep-alive', thirdOf(session));
  } else if (answer.type === 'leaseKeepAlive' && answer.ttl === 0) {
    ctx.note('lease lost', { id: session.lease });
    session.status = 'lost';
    return false;
  }
  session.trustedUntil = session.askedAt + Math.floor(seconds(session.ttl) * share);
  ctx.note('lease trusted', { id: session.lease, left: session.trustedUntil - ctx.monotonic() });
  return isGrant;
}

/** The share of its time to live for which a client trusts a lease: clocks may run differently by a tenth or so. */
export const trustedShare = 0.75;

export function isTrusted({ status, trustedUntil }: Session, ctx: CallContext): boolean {
  return status === 'held' && ctx.monotonic() < trustedUntil;
}

function thirdOf({ ttl }: Session): Micros {
  return Math.floor(seconds(ttl) / 3);
}
