// The semaphore: a number of permits that clients take and give back.
import { lockFault, readLockWords } from '../locks/vocabulary.ts';
import { canonical } from '../canonical.ts';
import type { Call, Model, Step } from '../model.ts';
import { unknownFunction } from './cell.ts';
import { next, refuseBecause } from './collection.ts';
import { describeLock } from './lock.ts';

/** How many permits each client has; clients without are missing. */
type Holdings = { readonly [client: string]: number };

/**
 * A semaphore with `acquire` and `release`, of one permit or as many as `{ permits }` says. A client gives back only what it
 * has. An acquire that returned false found too few permits, a release that returned false that the client had too few.
 * @param permits how many there are.
 * @throws RangeError if that is no positive integer.
 */
export function semaphore(permits: number): Model<Holdings> {
  if (!Number.isSafeInteger(permits) || permits < 1) {
    throw new RangeError(`expected a positive integer as the number of permits, found ${permits}`);
  }
  return {
    name: 'semaphore',
    init: {},
    ownerAware: true,
    step: (state, call) => stepSemaphore(state, call, permits),
    key: (state) => canonical(state),
    observes: (call) => readLockWords(call).isRefused,
    describe: describeLock,
    fault: (call) => unknownFunction(call, ['acquire', 'release']) ?? lockFault(call),
    partition: (call) => readLockWords(call).lock,
  };
}

function stepSemaphore(state: Holdings, call: Call, total: number): Step<Holdings> {
  const { permits, isRefused, lock } = readLockWords(call);
  const client = call.client ?? '';
  const own = state[client] ?? 0;
  const taken = Object.values(state).reduce((sum, count) => sum + count, 0);
  const isAcquire = call.f === 'acquire';
  const isPossible = isAcquire ? taken + permits <= total : own >= permits;
  if (isPossible === isRefused) {
    return refuseBecause(() =>
      isAcquire
        ? `${total - taken} of ${total} permits of ${lock} were free`
        : `${client} had ${own} permits of ${lock}`,
    );
  }
  if (isRefused) return next(state);
  const { [client]: _, ...others } = state;
  const left = isAcquire ? own + permits : own - permits;
  return next(left === 0 ? others : { ...others, [client]: left });
}
