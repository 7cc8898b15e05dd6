// What is new goes round with other messages and in rounds of its own, until it was passed on often enough for everybody to have
// heard it: λ log n times (section 4.1). What was passed on least goes first, and of that the newest.
import { ceilLog10OfNext } from './logarithms.ts';
import type { Broadcast, Turn, Update } from './types.ts';

/** Bytes of a compound message, and of each part of it. */
const packetOverhead = 10;
const partOverhead = 2;

/** Puts news into circulation, in the place of older news of the same member. */
export function broadcast({ swim }: Turn, update: Update): void {
  const subject = subjectOf(update);
  swim.queue = swim.queue.filter((other) => subjectOf(other.update) !== subject);
  swim.queue.push({ update, bytes: sizeOf(update), serial: swim.serial++, transmits: 0 });
}

/** The news for one packet that has `used` bytes already; each counts as passed on once more. */
export function takeBroadcasts({ swim, agent }: Turn, used: number): readonly Update[] {
  if (swim.queue.length === 0) return [];
  const limit = retransmitLimit(agent.config.retransmitMult, swim.members.size);
  let free = agent.config.udpBufferSize - packetOverhead - used;
  const taken: Update[] = [];
  let isOver = false;
  for (const one of swim.queue.toSorted(byUrgency)) {
    if (one.bytes + partOverhead > free) continue;
    free -= one.bytes + partOverhead;
    taken.push(one.update);
    one.transmits++;
    if (one.transmits >= limit) isOver = true;
  }
  if (isOver) swim.queue = swim.queue.filter(({ transmits }) => transmits < limit);
  return taken;
}

/** How often an update is passed on in a cluster of n: 4, 8, 12, ... for memberlist's multiplier of 4. */
export function retransmitLimit(mult: number, n: number): number {
  return mult * ceilLog10OfNext(n);
}

function byUrgency(one: Broadcast, other: Broadcast): number {
  if (one.transmits !== other.transmits) return one.transmits - other.transmits;
  if (one.bytes !== other.bytes) return other.bytes - one.bytes; // as memberlist: the longer one first
  return other.serial - one.serial;
}

/** News of members about whom older news are overtaken, and news of the service by its own name. */
function subjectOf(update: Update): string {
  return update.type === 'user' ? `user ${update.name}` : update.member;
}

/** About what memberlist's encoding takes. */
function sizeOf(update: Update): number {
  switch (update.type) {
    case 'alive':
      return 50 + update.member.length;
    case 'suspect':
    case 'dead':
      return 30 + update.member.length + update.from.length;
    case 'user':
      return update.bytes;
  }
}
