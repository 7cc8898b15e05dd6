// First-in-first-out queues whose values are all different, in O(n log n). Such a history is linearizable exactly if no value
// is removed before or without its insertion or twice, no two values overtake each other, and no dequeue found the queue
// empty that cannot have been (Henzinger, Sezgin & Vafeiadis 2013, theorem 1; Bouajjani et al. 2015, section 5).
import type { Json } from '../../sim/protocol.ts';
import type { Operation } from '../operations.ts';
import { judgeMatching, match, operationsOf, type Matching } from './matching.ts';
import { contradiction, declined, type MonitorOutcome } from './monitor.ts';
import { checkEmpties } from './presence.ts';

/** Judges `enqueue` and `dequeue` (or `enq` and `deq`) of one queue that is empty at first; null is the result when empty. */
export function judgeQueue(operations: readonly Operation[], initial: readonly Json[]): MonitorOutcome {
  if (initial.length > 0) return declined('it is not empty at first');
  const isShort = operations.some(({ f }) => f === 'enq' || f === 'deq');
  const matching = isShort ? match(operations, 'enq', 'deq') : match(operations, 'enqueue', 'dequeue');
  if (matching.type !== 'matched') return matching;
  return judgeMatching(matching, (form) => {
    const order = checkOrder(form);
    return order.type === 'valid' ? checkEmpties(operations, form) : order;
  });
}

/** Two values in whose order one was enqueued entirely before the other, but dequeued entirely after it, or never. */
function checkOrder(matching: Matching): MonitorOutcome {
  const { insertCall, insertEnd, removeCall, removeEnd } = matching;
  const byEnd = Int32Array.from(insertEnd.keys()).sort((one, other) => insertEnd[one]! - insertEnd[other]!);
  let entered = 0;
  let last = -1; // of the values enqueued before this one was called: that whose dequeue was called last
  for (let value = 0; value < insertCall.length; value += 1) {
    for (; entered < byEnd.length && insertEnd[byEnd[entered]!]! < insertCall[value]!; entered += 1) {
      const other = byEnd[entered]!;
      if (last === -1 || removeCall[other]! > removeCall[last]!) last = other;
    }
    if (last === -1 || removeCall[last]! <= removeEnd[value]!) continue;
    const reason = 'a value that was enqueued later was dequeued first';
    return contradiction(operationsOf(matching, [last, value]), reason);
  }
  return { type: 'valid' };
}
