// A client process and its operations: one at a time, in order, each not before its time. What does not complete in time
// ends as info, and the process starts afresh under a new number, as in Jepsen.
import { eventKind, type Kernel } from './kernel.ts';
import type { Request } from './scenario.ts';
import type { ClientWork, Outcome, SimNode } from './node.ts';

/** Queues the invocation of the client's next operation. */
export function scheduleNext(kernel: Kernel, node: SimNode, work: ClientWork): void {
  const next = work.operations[work.next];
  if (next === undefined || work.current !== undefined) return;
  kernel.queue.push(Math.max(next.at, kernel.now), eventKind.invoke, node.index, work.next, 0, undefined);
}

/** Invokes the operation at `place` if it is the next one; the caller then runs the client's `onRequest`. */
export function invokeNext(kernel: Kernel, node: SimNode, work: ClientWork, place: number): Request | undefined {
  const operation = work.operations[place];
  if (operation === undefined || work.current !== undefined || work.next !== place) return undefined;
  work.current = operation;
  work.next++;
  kernel.recorder.cause = kernel.addHistory(node, work.process, 'invoke', operation, operation.value);
  kernel.queue.push(kernel.now + work.timeout, eventKind.timeout, node.index, operation.id, 0, undefined);
  return { f: operation.f, value: operation.value };
}

/** Ends the operation under way; a process that has none is left alone (its operation timed out before). */
export function completeOperation(kernel: Kernel, node: SimNode, outcome: Outcome): void {
  const work = node.work;
  if (work?.current === undefined) return;
  const operation = work.current;
  work.current = undefined;
  if (outcome.type === 'ok') kernel.addHistory(node, work.process, 'ok', operation, outcome.value);
  else kernel.addHistory(node, work.process, outcome.type, operation, operation.value, outcome.error);
  if (outcome.type === 'info') work.process += kernel.nodes.filter((other) => other.work !== undefined).length;
  scheduleNext(kernel, node, work);
}
