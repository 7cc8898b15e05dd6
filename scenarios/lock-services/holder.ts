// What the clients of all lock services share: one lock at a time, tried once, and a store that is written under its token.
// An attempt ends with the service's answer; what it leaves behind is cleared away by the release that follows it.
import type { Context, Json, Request, Types } from '../../sim/index.ts';
import type { LockMessage } from '../../protocols/lock/messages.ts';

/** Where the numbers are kept that locks guard. */
export const storeId = 'store';

/** What a client knows of its lock. Plain data. */
export interface Holder {
  lock: string;
  /** Of the lock that it has; null if it has none. */
  token: number | null;
  /** Numbers what it asks the store. */
  request: number;
  /** Whether it waits for the store. */
  isWriting: boolean;
}

export interface HolderHost extends Types {
  message: LockMessage;
  request: Request;
  response: Json;
}

type HolderContext = Pick<Context<HolderHost>, 'send' | 'ok' | 'fail' | 'note'>;

export function startHolder(): Holder {
  return { lock: '', token: null, request: 0, isWriting: false };
}

/** An operation begins. A turn whose end is in doubt is over when the next one begins. */
export function beginOperation(holder: Holder, { f, value }: Request): void {
  holder.lock = (value as { readonly lock: string }).lock;
  if (f === 'acquire') holder.token = null;
}

/** The service has answered an attempt: with a token, or null if somebody else has the lock. */
export function endAttempt(holder: Holder, token: number | null, ctx: HolderContext): void {
  holder.token = token;
  if (token === null) return ctx.ok({ lock: holder.lock, acquired: false });
  ctx.note('acquired', { lock: holder.lock, token });
  ctx.ok({ lock: holder.lock, token });
}

/** The turn is over, and the service has heard of it. */
export function endRelease(holder: Holder, ctx: HolderContext): void {
  const had = holder.token !== null;
  holder.token = null;
  if (had) ctx.ok({ lock: holder.lock });
  else ctx.fail('not held');
}

/** Writes to the store under the token; whether the service still thinks so is not asked. */
export function beginWrite(holder: Holder, { value }: Request, ctx: HolderContext): void {
  if (holder.token === null) return ctx.fail('not held');
  holder.isWriting = true;
  const { number } = value as { readonly number: number };
  ctx.send(storeId, { type: 'write', request: ++holder.request, token: holder.token, value: number });
}

/** Takes what the store says. */
export function onStore(holder: Holder, message: LockMessage, ctx: HolderContext): void {
  if (!holder.isWriting || !('request' in message) || message.request !== holder.request) return;
  holder.isWriting = false;
  if (message.type === 'refused') return ctx.fail('refused: its token was stale');
  ctx.ok({ lock: holder.lock, token: holder.token });
}
