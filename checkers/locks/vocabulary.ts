// The words of lock histories: what acquire, release, extend and write may say, and how it is read.
//
//   value of a call     null: the only lock · "name" or 7: that lock · ["name", token] · { lock?, token?, lease?, permits? }
//                       of a write only the last two and null name a lock; anything else is what was written
//   result of acquire   null, true or the call's own value: taken · false: refused · 33: taken, with fencing token 33
//                       · { token?, lease? } · ["name", any of these]
//   result of others    false: refused, as the caller did not hold the lock or its token was stale; anything else: done
//
// A lease is a duration in microseconds. That of the result goes before that of the call.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault } from '../model.ts';

/** What one call on a lock says. */
export interface LockWords {
  /** The lock's name; `the lock` if the history names none. */
  readonly lock: string;
  /** The service or the resource said no. */
  readonly isRefused: boolean;
  /** The fencing token that came with the lock, or that a write carried. */
  readonly token: number | undefined;
  /** How long the lock is lent, in microseconds. */
  readonly lease: number | undefined;
  /** How many permits of a semaphore; 1 unless the call says more. */
  readonly permits: number;
}

/** Reads a call on a lock, whatever its function. */
export function readLockWords(call: Call): LockWords {
  const { name, detail } = askedOf(call);
  const answer = answerOf(call);
  const bare = call.f === 'acquire' ? (numberOf(answer) ?? numberOf(detail)) : numberOf(detail);
  return {
    lock: name === null ? 'the lock' : typeof name === 'string' ? name : canonical(name),
    isRefused: answer === false || fieldOf(answer, 'acquired') === false || fieldOf(answer, 'accepted') === false,
    token: numberOf(fieldOf(answer, 'token')) ?? numberOf(fieldOf(detail, 'token')) ?? bare,
    lease: numberOf(fieldOf(answer, 'lease')) ?? numberOf(fieldOf(detail, 'lease')),
    permits: numberOf(fieldOf(detail, 'permits')) ?? 1,
  };
}

/** The fault of a call on a lock whose lease or number of permits cannot be. */
export function lockFault(call: Call): Fault | undefined {
  const { lease, permits } = readLockWords(call);
  if (lease !== undefined && !(lease >= 0)) return { expected: 'a lease of 0 µs or more', found: String(lease) };
  if (Number.isSafeInteger(permits) && permits >= 1) return undefined;
  return { expected: 'a positive whole number of permits', found: String(permits) };
}

function askedOf({ f, value }: Call): { readonly name: Json; readonly detail: Json } {
  if (value === null || (f === 'write' && typeof value !== 'object')) return { name: null, detail: null };
  if (isArray(value)) return { name: value[0] ?? null, detail: value[1] ?? null };
  if (typeof value === 'object') return { name: value['lock'] ?? null, detail: value };
  return { name: value, detail: null };
}

/** What came back, without the lock's name; null if the result only repeats the call's value. */
function answerOf({ value, result, type }: Call): Json {
  if (type !== 'ok' || result === null) return null;
  if (typeof result !== 'boolean' && canonical(value) === canonical(result)) return null;
  return isArray(result) ? (result[1] ?? null) : result;
}

function fieldOf(detail: Json, name: string): Json {
  if (detail === null || typeof detail !== 'object' || isArray(detail)) return null;
  return detail[name] ?? null;
}

function numberOf(value: Json): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
