// A server's history as it has it in memory: the log that is on its disk, and the queue that waits to be written.
import type { Entry, ZabState } from './types.ts';
import { counterOf, epochOf, type Zxid } from './zxid.ts';

/** The last transaction that the server has, written or not. */
export function lastOf({ queue, log, base }: ZabState): Zxid {
  return queue.at(-1)?.zxid ?? log.at(-1)?.zxid ?? base;
}

/** The last transaction on its disk. */
export function lastLogged({ log, base }: ZabState): Zxid {
  return log.at(-1)?.zxid ?? base;
}

/** How many of the entries, which are in order, have a zxid up to this one. */
export function countUpTo(entries: readonly Entry[], zxid: Zxid): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as Entry).zxid <= zxid) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The transactions after one zxid up to another, of log and queue. */
export function between({ log, queue }: Pick<ZabState, 'log' | 'queue'>, after: Zxid, upTo: Zxid): readonly Entry[] {
  const logged = log.slice(countUpTo(log, after), countUpTo(log, upTo));
  return queue.length === 0 ? logged : logged.concat(queue.slice(countUpTo(queue, after), countUpTo(queue, upTo)));
}

/** Whether the server has this very transaction, or its history begins after it. */
export function contains({ log, queue, base }: ZabState, zxid: Zxid): boolean {
  return zxid === base || log[countUpTo(log, zxid) - 1]?.zxid === zxid || queue.some((entry) => entry.zxid === zxid);
}

/** Proposals of one epoch follow each other without a gap, and those of a new epoch begin with 1. */
export function isNext(last: Zxid, zxid: Zxid): boolean {
  return epochOf(zxid) === epochOf(last) ? zxid === last + 1 : zxid > last && counterOf(zxid) === 1;
}
