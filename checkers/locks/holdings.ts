// Who held a lock for sure, and when: from the completion of an acquire to the invocation of the release, as long as the
// lease was valid. What a client could have held beyond that is never taken as proof.
import type { Micros } from '../../sim/time.ts';
import type { Operation } from '../operations.ts';
import { readLockWords, type LockWords } from './vocabulary.ts';

/** A span of true time, without its ends. */
export interface Span {
  readonly from: Micros;
  readonly to: Micros;
}

/** An operation on a lock, with its words read. */
export interface LockOperation {
  readonly operation: Operation;
  readonly words: LockWords;
}

/** One turn of a client with a lock. */
export interface Holding {
  readonly client: string;
  readonly acquire: Operation;
  readonly token: number | undefined;
  /** The release that ended it, whether it succeeded or not. */
  release: Operation | undefined;
  /** When the client had the lock and its lease had not run out: one span, or more if it was extended too late. */
  readonly valid: { readonly from: Micros; to: Micros }[];
  /** Until when the client took itself for the holder: its release, or its last sign of life without one. */
  believedUntil: Micros;
  /** When its lease ran out, extensions included; undefined without a lease. */
  leaseEnd: Micros | undefined;
}

/** What is counted as holding. */
export interface HoldingRules {
  /** The lease of acquires that name none; undefined if they last until the release. */
  readonly lease: Micros | undefined;
  /** Whether a holder may acquire again, and releases as many times. */
  readonly isReentrant: boolean;
}

/** The operations by lock, in the order of their calls. Those that failed did not happen and are left out. */
export function groupByLock(operations: readonly Operation[]): ReadonlyMap<string, readonly LockOperation[]> {
  const locks = new Map<string, LockOperation[]>();
  for (const operation of operations) {
    if (!functions.has(operation.f)) continue;
    const words = readLockWords(operation);
    const others = locks.get(words.lock);
    if (others === undefined) locks.set(words.lock, [{ operation, words }]);
    else others.push({ operation, words });
  }
  return locks;
}

/**
 * The turns with one lock, in the order of their acquires' calls.
 * @param lastSeen for each client the time of its last event in the history: beyond it the client may be dead.
 */
export function findHoldings(
  operations: readonly LockOperation[],
  rules: HoldingRules,
  lastSeen: ReadonlyMap<string, Micros>,
): readonly Holding[] {
  const holdings: Holding[] = [];
  const current = new Map<string, { readonly holding: Holding; depth: number; seen: Micros }>();
  for (const { operation, words } of operations) {
    const { client, f, called, returned, type } = operation;
    const open = current.get(client);
    if (f === 'acquire') {
      if (type !== 'ok' || words.isRefused) continue;
      if (open !== undefined && rules.isReentrant) {
        open.depth += 1;
        continue;
      }
      if (open !== undefined) end(open.holding, open.seen); // it forgot its turn, as after a restart
      const holding = begin(operation, words, rules, lastSeen.get(client) ?? returned!.time);
      holdings.push(holding);
      current.set(client, { holding, depth: 1, seen: returned!.time });
    } else if (open !== undefined) {
      open.seen = returned?.time ?? called.time;
      if (f === 'extend' && type === 'ok' && !words.isRefused) extend(open.holding, operation, words, rules);
      if (f !== 'release' || type === 'fail') continue;
      open.depth -= 1;
      if (open.depth > 0) continue;
      open.holding.release = operation;
      end(open.holding, called.time);
      current.delete(client);
    }
  }
  return holdings;
}

const functions = new Set(['acquire', 'release', 'extend', 'write']);

function begin(acquire: Operation, words: LockWords, rules: HoldingRules, lastSeen: Micros): Holding {
  const from = acquire.returned!.time;
  const lease = words.lease ?? rules.lease;
  const leaseEnd = lease === undefined ? undefined : acquire.called.time + lease;
  return {
    client: acquire.client,
    acquire,
    token: words.token,
    release: undefined,
    valid: [{ from, to: Math.min(lastSeen, leaseEnd ?? Infinity) }],
    believedUntil: lastSeen,
    leaseEnd,
  };
}

/** An extension in time prolongs the lease; one that came too late begins a new span. */
function extend(holding: Holding, { called, returned }: Operation, words: LockWords, rules: HoldingRules): void {
  const lease = words.lease ?? rules.lease;
  if (lease === undefined || holding.leaseEnd === undefined) return;
  const last = holding.valid.at(-1)!;
  const leaseEnd = Math.max(holding.leaseEnd, called.time + lease);
  const to = Math.min(leaseEnd, holding.believedUntil);
  if (returned!.time <= holding.leaseEnd) last.to = to;
  else holding.valid.push({ from: returned!.time, to });
  holding.leaseEnd = leaseEnd;
}

function end(holding: Holding, at: Micros): void {
  holding.believedUntil = at;
  for (const span of holding.valid) span.to = Math.min(span.to, at);
}
