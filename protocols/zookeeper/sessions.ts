// Sessions: their ids and passwords, the negotiation of their time-outs, and the buckets of time in which the leader lets
// them expire (SessionTrackerImpl, ExpiryQueue).
import type { Micros } from '../../sim/index.ts';
import type { SessionId } from './types.ts';

/** The first id that a server gives in one life; it counts up from there. `draw` keeps lives apart. */
export function firstSessionId(server: number, draw: (bound: number) => number): SessionId {
  return (server + 1) * 2 ** 44 + draw(2 ** 28) * 2 ** 16 + 1;
}

/** A session's password follows from its id and a secret that all servers share, so none has to be told. */
export function passwordOf(session: SessionId): string {
  let hash = 0xb3415c00 | 0;
  for (const digit of String(session)) hash = Math.imul(hash ^ digit.charCodeAt(0), 0x01000193) ^ (hash >>> 13);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** What the server makes of the time-out that a client asks for. */
export function negotiate(asked: Micros, least: Micros, most: Micros): Micros {
  return Math.min(Math.max(asked, least), most);
}

/** When sessions expire, on the leader's monotonic clock: always at a multiple of the tick. */
export interface ExpiryQueue {
  /** By session: its time-out, and the end of its bucket. */
  sessions: { [session: string]: { timeout: Micros; expiresAt: Micros } };
}

export function emptyExpiry(): ExpiryQueue {
  return { sessions: {} };
}

/** A sign of life: the session lives for its time-out, rounded up to the next whole tick. Tells whether it is tracked. */
export function touch(queue: ExpiryQueue, session: SessionId, now: Micros, tickTime: Micros): boolean {
  const entry = queue.sessions[session];
  if (entry === undefined) return false;
  entry.expiresAt = Math.max(entry.expiresAt, bucketAfter(now + entry.timeout, tickTime));
  return true;
}

/** Begins to track a session, or changes its time-out. */
export function track(queue: ExpiryQueue, session: SessionId, timeout: Micros, now: Micros, tickTime: Micros): void {
  queue.sessions[session] ??= { timeout, expiresAt: 0 };
  queue.sessions[session].timeout = timeout;
  touch(queue, session, now, tickTime);
}

export function untrack(queue: ExpiryQueue, session: SessionId): void {
  delete queue.sessions[session];
}

/** Takes out the sessions whose bucket is over. */
export function takeExpired(queue: ExpiryQueue, now: Micros): SessionId[] {
  const expired = Object.entries(queue.sessions).filter(([, { expiresAt }]) => expiresAt <= now);
  for (const [session] of expired) delete queue.sessions[session];
  return expired.map(([session]) => Number(session));
}

/** The next whole tick after an instant. */
export function bucketAfter(instant: Micros, tickTime: Micros): Micros {
  return (Math.floor(instant / tickTime) + 1) * tickTime;
}
