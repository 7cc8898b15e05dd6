// The life of a process: it starts, handles one thing at a time, is paused, dies and starts again. What arrives while it is
// busy or paused waits in its inbox in order.
import { completeOperation, invokeNext, scheduleNext } from './client.ts';
import { armTimer, perform } from './context.ts';
import { allowWorld, refusePromise } from './debug.ts';
import { eventKind, type Kernel } from './kernel.ts';
import type { UnsyncedFate } from './disk.ts';
import type { InboxItem, SimNode, Timer } from './node.ts';
import { DiskError, type AnyProtocol } from './protocol.ts';
import { seconds, type Micros } from './time.ts';
import { kindNumber } from './trace.ts';
import { arrives, loseOnArrival } from './wire.ts';

/** A process that died of its own error is started again after so long, as a supervisor would. */
const supervisorDelay = seconds(1);
const inboxLimit = 100_000;

/** Starts a process that is not running: at birth, and after each crash. */
export function startProcess(kernel: Kernel, node: SimNode): void {
  if (node.status === 'up' || node.status === 'paused') return;
  node.status = 'up';
  node.pausedBy.clear();
  boot(kernel, node);
}

/** The process dies: memory, timers and inbox are gone; its unsynced writes meet their fate, or stay with a `process` crash. */
export function crash(kernel: Kernel, node: SimNode, unsynced: UnsyncedFate | 'process'): void {
  if (node.status === 'unborn') return;
  if (node.status === 'down') return losePowerWhileDown(kernel, node, unsynced);
  node.status = 'down';
  kernel.statistics.crashes++;
  kernel.record('crash', node.index, -1, 0, unsynced === 'process' ? 'crash' : 'power loss');
  if (unsynced === 'process') node.disk.crashProcess(kernel.now);
  else {
    const lost = node.disk.losePower(kernel.now, unsynced, node.diskRandom);
    if (lost > 0) kernel.record('unsynced', node.index, -1, lost, unsynced);
  }
  completeOperation(kernel, node, { type: 'info', error: 'the client process crashed' });
  for (const item of node.inbox) {
    if (item.type === 'message') loseOnArrival(kernel, node.index, item.from, item.number, 'died unread');
  }
  node.forget();
  kernel.touch(node);
}

/** The machine of a dead process loses its power: what was left in the page cache meets its fate now. */
function losePowerWhileDown(kernel: Kernel, node: SimNode, unsynced: UnsyncedFate | 'process'): void {
  if (unsynced === 'process') return;
  const lost = node.disk.losePower(kernel.now, unsynced, node.diskRandom);
  if (lost > 0) kernel.record('unsynced', node.index, -1, lost, unsynced);
}

/** An aimed crash has found its moment; the injector then starts counting how long the node stays down. */
export function crashAsArmed(kernel: Kernel, node: SimNode): void {
  if (node.armed === undefined) return;
  const { fault, unsynced } = node.armed;
  node.downBy.add(fault);
  crash(kernel, node, unsynced);
  kernel.queue.push(kernel.now, eventKind.faultEnd, fault, 1, 0, undefined);
}

export function pause(kernel: Kernel, node: SimNode): void {
  if (node.status !== 'up') return;
  node.status = 'paused';
  node.pausedAt = kernel.now;
  node.workGeneration++;
  kernel.record('pause', node.index, -1, 0);
}

/** The process goes on where it was: what it has still to do is late. */
export function resume(kernel: Kernel, node: SimNode): void {
  if (node.status !== 'paused') return;
  node.status = 'up';
  kernel.record('resume', node.index, -1, 0);
  const late = lateness(node, kernel.now);
  for (const effect of node.effects) {
    effect.at += late;
    if (effect.type === 'synced' && effect.asked > node.pausedAt) effect.asked += late;
  }
  if (node.busy) {
    node.cursor += late;
    continueLater(kernel, node);
  } else drainInbox(kernel, node);
}

/** By the length of the pause; but a disk goes on with a sync that it was asked for, and only what was left of it is waited for. */
function lateness(node: SimNode, now: Micros): Micros {
  const next = node.effects[0];
  const syncing = next?.type === 'synced' && next.asked <= node.pausedAt;
  return syncing ? Math.max(0, now - next.at) : now - node.pausedAt;
}

/** A queued message arrives. */
export function arrive(kernel: Kernel, to: number, from: number, number: number, message: object): void {
  const node = kernel.node(to);
  if (number < 0 && node.status !== 'up' && node.status !== 'paused') {
    kernel.network.link(from, to).inFlight--; // a refusal is never refused in turn
    return;
  }
  if (!arrives(kernel, to, from, number < 0 ? -1 - number : number, message)) return;
  const free = node.status === 'up' && !node.busy;
  if (number < 0) {
    const item = { type: 'refused', peer: from, number: -1 - number, message } as const;
    if (free) handle(kernel, node, item);
    else enqueue(node, item);
  } else if (free) deliver(kernel, node, from, number, message);
  else if (!enqueue(node, { type: 'message', from, number, message })) {
    loseOnArrival(kernel, to, from, number, 'inbox full');
  }
}

/** A queued timer event is due. Returns false when it was void or early: that is no event of the run. */
export function timerDue(kernel: Kernel, node: SimNode, timer: Timer, generation: number): boolean {
  if (timer.generation !== generation) return false;
  timer.queuedAt = -1;
  if (!timer.active) {
    node.timers.delete(timer.name);
    return false;
  }
  if (node.clock.monotonic(kernel.now) < timer.deadline) {
    armTimer(kernel, node, timer);
    return false;
  }
  const item: InboxItem = { type: 'timer', timer, deadline: timer.deadline };
  if (node.status === 'up' && !node.busy) handle(kernel, node, item);
  else enqueue(node, item);
  return true;
}

/** What a client process is told: to begin its next operation, or that its time is up. */
export function toClient(kernel: Kernel, node: SimNode, item: InboxItem): void {
  if (node.status === 'up' && !node.busy) handle(kernel, node, item);
  else if (node.status === 'up' || node.status === 'paused') enqueue(node, item);
}

/** A sync or some work is done, or a deferred effect is due. */
export function continueWork(kernel: Kernel, node: SimNode, generation: number): boolean {
  if (node.workGeneration !== generation || node.status !== 'up') return false;
  kernel.touch(node);
  const effects = node.effects;
  let done = 0;
  while (done < effects.length && (effects[done] as { at: number }).at <= kernel.now) {
    perform(kernel, node, effects[done++] as (typeof effects)[number]);
    if (node.effects !== effects) return true; // it crashed, and forgot them
  }
  if (done === effects.length) node.effects = [];
  else effects.splice(0, done);
  if (node.effects.length > 0 || node.cursor > kernel.now) continueLater(kernel, node);
  else {
    node.busy = false;
    drainInbox(kernel, node);
  }
  return true;
}

function deliver(kernel: Kernel, node: SimNode, from: number, number: number, message: object): void {
  const { recorder } = kernel;
  kernel.statistics.delivered++;
  recorder.cause = recorder.recording ? (kernel.sendRows[number] ?? -1) : -1;
  recorder.cause = recorder.add(kernel.now, kindNumber.deliver, node.index, from, number, 0, undefined);
  node.cursor = kernel.now;
  if (node.perEvent > 0 || node.slowness > 0) chargeEvent(node);
  kernel.touch(node);
  try {
    kernel.debug?.before(node);
    const result: unknown = node.protocol.onMessage(node.state, kernel.node(from).id, message, node.context);
    if (result !== undefined) refusePromise('onMessage', result);
    kernel.debug?.after(node);
  } catch (error) {
    panic(kernel, node, 'onMessage', error);
  }
  settle(kernel, node);
}

/** Everything but a message from a peer, which has its own short path above. */
function handle(kernel: Kernel, node: SimNode, item: InboxItem): void {
  if (item.type === 'message') return deliver(kernel, node, item.from, item.number, item.message);
  const run = prepare(kernel, node, item);
  if (run === undefined) return;
  node.cursor = kernel.now;
  chargeEvent(node);
  kernel.touch(node);
  try {
    kernel.debug?.before(node);
    const result: unknown = run.call();
    if (result !== undefined) refusePromise(run.handler, result);
    kernel.debug?.after(node);
  } catch (error) {
    panic(kernel, node, run.handler, error);
  }
  if (item.type === 'timer' && !item.timer.active && item.timer.queuedAt < 0) node.timers.delete(item.timer.name);
  settle(kernel, node);
}

interface Handler {
  readonly handler: string;
  readonly call: () => unknown;
}

/** Records the item and says which handler to run; undefined when there is nothing to do any more. */
function prepare(kernel: Kernel, node: SimNode, item: Exclude<InboxItem, { type: 'message' }>): Handler | undefined {
  const { recorder } = kernel;
  const protocol: AnyProtocol = node.protocol;
  const context = node.context;
  recorder.cause = -1;
  switch (item.type) {
    case 'refused':
      recorder.cause = recorder.recording ? (kernel.sendRows[item.number] ?? -1) : -1;
      return {
        handler: 'onRefused',
        call: () => protocol.onRefused?.(node.state, kernel.node(item.peer).id, item.message, context),
      };
    case 'timer':
      if (!item.timer.active || item.timer.deadline !== item.deadline) return undefined;
      item.timer.active = false;
      kernel.statistics.timersFired++;
      recorder.cause = kernel.record('timer', node.index, -1, 0, item.timer.name);
      return { handler: 'onTimer', call: () => protocol.onTimer?.(node.state, item.timer.name, context) };
    case 'request': {
      const request = node.work === undefined ? undefined : invokeNext(kernel, node, node.work, item.place);
      if (request === undefined) return undefined;
      return { handler: 'onRequest', call: () => protocol.onRequest?.(node.state, request, context) };
    }
    case 'timeout':
      if (node.work?.current?.id === item.operation) restartClient(kernel, node);
      return undefined;
  }
}

/** An operation ran out of time: it may or may not have happened, and the process starts afresh. */
function restartClient(kernel: Kernel, node: SimNode): void {
  completeOperation(kernel, node, { type: 'info', error: 'timed out' });
  const waiting = node.inbox;
  node.forget();
  for (const item of waiting) {
    if (item.type === 'message') loseOnArrival(kernel, node.index, item.from, item.number, 'died unread');
  }
  boot(kernel, node);
}

function boot(kernel: Kernel, node: SimNode): void {
  node.incarnation++;
  node.cursor = kernel.now;
  kernel.recorder.cause = -1;
  kernel.recorder.cause = kernel.record('start', node.index, -1, node.incarnation);
  kernel.touch(node);
  try {
    kernel.debug?.before(node);
    const state: unknown = node.protocol.start(node.context);
    if (node.status === 'up') node.state = state; // else it crashed between two effects of its start
    refusePromise('start', state);
    kernel.debug?.after(node);
  } catch (error) {
    panic(kernel, node, 'start', error);
  }
  settle(kernel, node);
  if (node.work !== undefined && node.status === 'up') scheduleNext(kernel, node, node.work);
}

/** After a handler: busy until its cursor if it synced or worked, else free. */
function settle(kernel: Kernel, node: SimNode): void {
  if (node.status !== 'up') return;
  if (node.cursor > kernel.now) {
    node.busy = true;
    continueLater(kernel, node);
  }
}

function continueLater(kernel: Kernel, node: SimNode): void {
  const next = node.effects[0]?.at ?? node.cursor;
  kernel.queue.push(Math.max(next, kernel.now), eventKind.work, node.index, ++node.workGeneration, 0, undefined);
}

function drainInbox(kernel: Kernel, node: SimNode): void {
  while (node.inbox.length > 0 && node.status === 'up' && !node.busy) {
    handle(kernel, node, node.inbox.shift() as InboxItem);
  }
}

function enqueue(node: SimNode, item: InboxItem): boolean {
  if (node.inbox.length >= inboxLimit) return false;
  node.inbox.push(item);
  return true;
}

function chargeEvent(node: SimNode): void {
  node.cursor += node.perEvent * node.cpuFactor + node.slowness;
}

/** A handler threw. A disk error takes the process down as it would in reality; anything else is a finding as well. */
function panic(kernel: Kernel, node: SimNode, handler: string, error: unknown): void {
  if (kernel.debug !== undefined) allowWorld();
  if (node.status !== 'up') return; // it was crashed before it threw
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  kernel.note(node, 'panic', { handler, reason });
  if (!(error instanceof DiskError)) kernel.onPanic?.(node, `${handler} threw ${reason}`);
  crash(kernel, node, 'process');
  kernel.queue.push(kernel.now + supervisorDelay, eventKind.start, node.index, 0, 0, undefined);
}
