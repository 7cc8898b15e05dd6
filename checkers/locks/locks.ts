// The lock check: mutual exclusion, leases, fencing and progress of locks, from what their clients saw.
import type { History } from '../../sim/history.ts';
import type { Micros } from '../../sim/time.ts';
import type { Check } from '../../sim/verdict.ts';
import { asCheck, EvidenceBook, type Judgement } from '../family/evidence.ts';
import { quantilesOf, type Quantiles } from '../family/quantiles.ts';
import { HistoryError, pairOperations } from '../operations.ts';
import { judgeActs, judgeExclusion } from './exclusion.ts';
import { judgeFencing } from './fencing.ts';
import { findHoldings, groupByLock, type Span } from './holdings.ts';
import { findWaits, judgeProgress } from './progress.ts';
import { lockFault } from './vocabulary.ts';

export type LockAnomaly =
  /** The service gave the lock to two clients at once. */
  | 'double-grant'
  /** A holder whose lease had run out acted on, and was let, while another held the lock. */
  | 'expired-holder-acts'
  /** Somebody acted who had released the lock or never had it. */
  | 'non-holder-acts'
  /** A lease had run out before its client heard of it. */
  | 'expired-grant'
  | 'token-reused'
  | 'token-order'
  /** The resource accepted a token that it had seen a greater one than. */
  | 'stale-write'
  /** A free lock was given to nobody although somebody waited. */
  | 'not-granted';

export interface LockOptions {
  /** The lease of acquires that name none, in microseconds from their invocation; without it they last until the release. */
  readonly lease?: Micros;
  /** Whether a holder may acquire again, and releases as many times; not by default. */
  readonly isReentrant?: boolean;
  /** How long a lock may be free while somebody waits for it; not judged by default. */
  readonly grantWithin?: Micros;
}

/** Two clients' turns that surely overlapped. */
export interface Overlap extends Span {
  readonly lock: string;
  /** The two acquires. */
  readonly operations: readonly [number, number];
}

export interface LockResult extends Judgement<LockAnomaly> {
  readonly grants: number;
  /** By lock and then by time: the first 10,000; the evidence counts all. */
  readonly overlaps: readonly Overlap[];
  /** How long clients waited that got the lock, from the first attempt on. */
  readonly waits: Quantiles | undefined;
  /** The most that a client was overtaken by others that began to wait later. */
  readonly maxOvertakes: number;
}

const mostOverlaps = 10_000;

/**
 * Judges `acquire`, `release`, `extend` and guarded `write` operations; `vocabulary.ts` lists what their values may say.
 * A client holds a lock for sure from the completion of its acquire to the invocation of its release, its last sign of
 * life, or the end of its lease, whichever comes first; the lease is counted from the invocation. Only what is sure proves
 * anything: no acquire or release of unknown outcome makes a valid history invalid. Other functions are not looked at.
 * Unknown if nobody got a lock.
 * @throws HistoryError on a history that pairs badly and on a lease that cannot be.
 */
export function checkLocks(history: History, options: LockOptions = {}): LockResult {
  const { lease, isReentrant = false, grantWithin } = options;
  const operations = pairOperations(history);
  const lastSeen = new Map(history.map(({ client, time }) => [client, time]));
  const endings = new Map(
    history.flatMap(({ type, operation, time }) => (type === 'invoke' ? [] : [[operation, time]])),
  );
  const end = history.at(-1)?.time ?? 0;
  const book = new EvidenceBook<LockAnomaly>();
  const overlaps: Overlap[] = [];
  const waitTimes: Micros[] = [];
  let grants = 0;
  let maxOvertakes = 0;
  for (const [lock, calls] of groupByLock(operations)) {
    for (const { operation } of calls) {
      const fault = lockFault(operation);
      if (fault !== undefined) throw new HistoryError(operation.called.index, fault.expected, fault.found);
    }
    const rules = { lease, isReentrant };
    const holdings = findHoldings(calls, rules, lastSeen);
    const waits = findWaits(calls, endings, end);
    grants += holdings.length;
    const room = mostOverlaps - overlaps.length;
    for (const overlap of judgeExclusion(lock, holdings, book, room)) overlaps.push(overlap);
    if (calls.some(({ operation }) => operation.f === 'acquire')) judgeActs(lock, calls, holdings, book);
    judgeFencing(lock, calls, holdings, book);
    if (grantWithin !== undefined)
      judgeProgress(lock, calls, holdings, waits, { ...rules, grantWithin, endings }, book);
    for (const { isGranted, from, to, overtakes } of waits) {
      if (isGranted) waitTimes.push(to - from);
      maxOvertakes = Math.max(maxOvertakes, overtakes);
    }
  }
  const doubt = grants === 0 ? 'nobody got a lock' : '';
  return { ...book.judge(doubt), grants, overlaps, waits: quantilesOf(waitTimes), maxOvertakes };
}

/** Lock safety as a check for scenarios. */
export function lockSafety(options: LockOptions = {}): Check {
  const about =
    "No two clients hold a lock at once, nobody acts on a lock that is another's, and fencing tokens go up.";
  return asCheck('lock', about, (history) => checkLocks(history, options));
}
