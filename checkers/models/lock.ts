// Locks as objects: the plain mutex of Knossos, and those that know their owner, let it in again, or number its turns. The
// variants are those of Jepsen's tests of Hazelcast.
import { lockFault, readLockWords } from '../locks/vocabulary.ts';
import type { Call, Model, Step } from '../model.ts';
import { unknownFunction } from './cell.ts';
import { next, refuseBecause } from './collection.ts';

/** Who holds the lock and how many times over, and the highest fencing token given so far. */
type LockState = readonly [owner: string | null, depth: number, token: number | null];

interface LockRules {
  readonly name: string;
  readonly isOwned: boolean;
  readonly maxDepth: number;
  readonly isFenced: boolean;
}

/**
 * The mutex of Knossos: `acquire` of a free lock, `release` of a taken one, no matter by whom. For all locks here: values
 * and results are those of `locks/vocabulary.ts`, locks of different names are judged apart, an acquire that returned
 * false found the lock taken, a release that returned false found that it was not the caller's, and a `write` or `extend`
 * is an act of the holder.
 */
export function mutex(): Model<LockState> {
  return lock({ name: 'mutex', isOwned: false, maxDepth: 1, isFenced: false });
}

/** A mutex that only its holder may release; a client that has it cannot acquire it again. */
export function ownedMutex(): Model<LockState> {
  return lock({ name: 'owned-mutex', isOwned: true, maxDepth: 1, isFenced: false });
}

/**
 * A lock that its holder may acquire again, and that is free after as many releases.
 * @param maxDepth how many times over it can be held.
 */
export function reentrantLock(maxDepth = Infinity): Model<LockState> {
  return lock({ name: 'reentrant-lock', isOwned: true, maxDepth, isFenced: false });
}

/**
 * An owned lock whose acquire returns a fencing token that is greater than all before (Kleppmann 2016).
 * @param maxDepth how many times over it can be held; the token stays the same meanwhile.
 */
export function fencedLock(maxDepth = 1): Model<LockState> {
  return lock({ name: 'fenced-lock', isOwned: true, maxDepth, isFenced: true });
}

function lock(rules: LockRules): Model<LockState> {
  return {
    name: rules.name,
    init: [null, 0, null],
    ownerAware: rules.isOwned,
    step: (state, call) => stepLock(state, call, rules),
    key: ([owner, depth, token]) => `${depth} ${token} ${owner}`,
    observes: (call) => (call.f !== 'acquire' && call.f !== 'release') || readLockWords(call).isRefused,
    describe: describeLock,
    fault: (call) => unknownFunction(call, ['acquire', 'release', 'extend', 'write']) ?? lockFault(call),
    partition: (call) => readLockWords(call).lock,
  };
}

function stepLock(state: LockState, call: Call, rules: LockRules): Step<LockState> {
  const [owner, depth, last] = state;
  const { lock, isRefused } = readLockWords(call);
  const caller = rules.isOwned ? (call.client ?? '') : 'someone';
  const isAcquire = call.f === 'acquire';
  const isPossible = isAcquire
    ? owner === null || (rules.isOwned && owner === caller && depth < rules.maxDepth)
    : owner === caller;
  if (isPossible === isRefused) return refuseBecause(() => describeState(state, lock));
  if (isRefused || (!isAcquire && call.f !== 'release')) return next(state);
  if (!isAcquire) return next(depth === 1 ? [null, 0, last] : [owner, depth - 1, last]);
  return rules.isFenced ? acquireFenced(state, call, caller) : next([caller, depth + 1, last]);
}

function acquireFenced(state: LockState, call: Call, caller: string): Step<LockState> {
  const [owner, depth, last] = state;
  const { token } = readLockWords(call);
  if (call.type === 'info') return next([caller, depth + 1, last]); // some greater token that nobody saw
  if (token === undefined) return refuseBecause(() => 'it came without a fencing token');
  const fits = owner === null || last === null ? token > (last ?? -Infinity) : token >= last;
  if (!fits) return refuseBecause(() => `token ${last} had been given`);
  return next([caller, depth + 1, token]);
}

function describeState([owner, depth]: LockState, lock: string): string {
  if (owner === null) return `${lock} was free`;
  return `${owner} held ${lock}${depth > 1 ? ` ${depth} times over` : ''}`;
}

/** The words for a call on a lock. */
export function describeLock(call: Call): string {
  const { lock, isRefused, token } = readLockWords(call);
  if (call.type === 'info') return `${call.f} of ${lock} without a result`;
  return `${call.f} of ${lock}${token === undefined ? '' : ` with token ${token}`}${isRefused ? ' that was refused' : ''}`;
}
