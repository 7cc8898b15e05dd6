// What happens to a message between `send` and its handler: cut, lost, held, duplicated, delayed, refused, delivered.
import { digestOf } from './hash.ts';
import { eventKind, type Kernel } from './kernel.ts';
import type { Link, SingledOut } from './network.ts';
import type { SimNode } from './node.ts';
import { kindNumber } from './trace.ts';

/** Puts a message on the link from `node` to `to` at this instant. */
export function transmit(kernel: Kernel, node: SimNode, to: number, message: object): void {
  const { recorder, network, statistics } = kernel;
  const number = kernel.messages++;
  statistics.sent++;
  const row = recorder.add(
    kernel.now,
    kindNumber.send,
    node.index,
    to,
    number,
    digestOfMessage(kernel, message),
    message,
  );
  if (recorder.recording) kernel.sendRows[number] = row;
  if (to === node.index) {
    kernel.queue.push(kernel.now, eventKind.arrive, to, to, number, message);
    return;
  }
  const link = network.link(node.index, to);
  const delay = network.drawDelay(link);
  const lost = network.draws(link, 'loss');
  const overtakes = network.draws(link, 'reorder');
  const chosen = takeSingledOut(link, link.sent++);
  if (chosen?.type === 'lost') return lose(kernel, node.index, to, number, 'singled out');
  if (link.cuts > 0) return lose(kernel, node.index, to, number, 'cut');
  if (lost) return lose(kernel, node.index, to, number, 'loss');
  if (link.inFlight + link.held.length >= link.capacity) return lose(kernel, node.index, to, number, 'overflow');
  const arrival = carry(kernel, link, number, message, delay, overtakes, chosen?.type === 'late' ? chosen.by : 0);
  if (chosen?.type === 'copied') {
    const copy = recordCopy(kernel, link, number, message);
    carry(kernel, link, copy, message, (arrival ?? kernel.now) - kernel.now + chosen.by, true);
  }
  if (network.draws(link, 'duplicate')) {
    const copy = recordCopy(kernel, link, number, message);
    carry(kernel, link, copy, message, network.drawDelay(link), true);
  }
}

function takeSingledOut(link: Link, place: number): SingledOut | undefined {
  if (link.singledOut.size === 0) return undefined;
  const chosen = link.singledOut.get(place);
  link.singledOut.delete(place);
  return chosen;
}

/** A copy of a message has a number of its own. */
function recordCopy(kernel: Kernel, { from, to }: Link, number: number, message: object): number {
  const { recorder, statistics } = kernel;
  const copy = kernel.messages++;
  statistics.duplicated++;
  const row = recorder.add(kernel.now, kindNumber.duplicate, from, to, copy, number, message);
  if (recorder.recording) kernel.sendRows[copy] = row;
  return copy;
}

/** The digest of a message that goes to several destinations in a row is computed once. */
function digestOfMessage(kernel: Kernel, message: object): number {
  if (kernel.lastMessage !== message) {
    kernel.lastMessage = message;
    kernel.lastDigest = digestOf(message);
  }
  return kernel.lastDigest;
}

/** A message reaches its destination's machine. Returns whether the process gets to see it. */
export function arrives(kernel: Kernel, to: number, from: number, number: number, message: object): boolean {
  const node = kernel.node(to);
  if (from !== to) {
    const link = kernel.network.link(from, to);
    link.inFlight--;
    if (link.cuts > 0) {
      loseOnArrival(kernel, to, from, number, 'cut on the way');
      return false;
    }
  }
  if (node.status === 'up' || node.status === 'paused') return true;
  if (kernel.network.refuses) refuse(kernel, to, from, number, message);
  else loseOnArrival(kernel, to, from, number, node.status === 'unborn' ? 'not there yet' : 'down');
  return false;
}

/** Sends on what a link held while it was held. */
export function release(kernel: Kernel, link: Link): void {
  const held = link.held;
  link.held = [];
  for (const { message, payload } of held) {
    carry(kernel, link, message, payload as object, kernel.network.drawDelay(link), false);
  }
}

/** A message that waited in the inbox of a process that died is lost with it. */
export function loseOnArrival(kernel: Kernel, to: number, from: number, number: number, why: string): void {
  causedBySend(kernel, number, () => lose(kernel, to, from, number, why));
}

/** Runs `record` with the row of the message's sending as its cause. */
export function causedBySend(kernel: Kernel, number: number, record: () => void): void {
  const { recorder } = kernel;
  const before = recorder.cause;
  recorder.cause = recorder.recording ? (kernel.sendRows[number] ?? -1) : -1;
  record();
  recorder.cause = before;
}

/**
 * Puts a message on its way; a late one keeps the place on its link that it would have had, and so delays nobody else.
 * @returns when it arrives; undefined when the link holds it.
 */
function carry(
  kernel: Kernel,
  link: Link,
  number: number,
  message: object,
  delay: number,
  overtakes: boolean,
  late = 0,
): number | undefined {
  if (link.holds > 0) {
    link.held.push({ message: number, payload: message });
    kernel.record('hold', link.from, link.to, number);
    return undefined;
  }
  let arrival = kernel.now + delay;
  if (!overtakes) {
    if (arrival < link.lastArrival) arrival = link.lastArrival;
    link.lastArrival = arrival;
  }
  link.inFlight++;
  kernel.queue.push(arrival + late, eventKind.arrive, link.to, link.from, number, message);
  return arrival;
}

function lose(kernel: Kernel, at: number, other: number, number: number, why: string): void {
  kernel.statistics.lost++;
  kernel.record('lose', at, other, number, why);
}

/** The machine answers that nothing listens: the answer travels back like a message. */
function refuse(kernel: Kernel, to: number, from: number, number: number, message: object): void {
  kernel.statistics.lost++;
  causedBySend(kernel, number, () => kernel.record('refuse', to, from, number));
  const sender = kernel.node(from);
  if (sender.protocol.onRefused === undefined) return;
  const back = kernel.network.link(to, from);
  if (back.cuts > 0) return;
  back.inFlight++;
  kernel.queue.push(kernel.now + kernel.network.drawDelay(back), eventKind.arrive, from, to, -1 - number, message);
}
