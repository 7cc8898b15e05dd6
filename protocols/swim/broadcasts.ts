// What is new goes round with other messages and in rounds of its own, until it was passed on often enough for everybody to have
// heard it: λ log n times (section 4.1). What was passed on least goes first, and of that the newest.
import type { Broadcast, Turn, Update } from './types.ts';

/** Bytes of a compound message, and of each part of it. */
const packetOverhead = 10;
const partOverhead = 2;
/** No update is shorter. */
const leastBytes = 16;

/** Puts news into circulation, in the place of older news of the same member. */
export function broadcast(turn: Turn, update: Update): void {
  const { swim, agent } = turn;
  const subject = subjectOf(update);
  if (agent.rules.supersedes) {
    const older = swim.queue.findIndex((other) => subjectOf(other.update) === subject);
    if (older >= 0) swim.queue.splice(older, 1);
  }
  enqueue(swim.queue, { update, bytes: sizeOf(update), serial: swim.serial++, transmits: 0 });
  armGossip(turn);
}

/** The news for one packet that has `used` bytes already; each counts as passed on once more. */
export function takeBroadcasts({ swim, agent }: Turn, used: number): readonly Update[] {
  const { queue } = swim;
  if (queue.length === 0) return [];
  let free = agent.config.udpBufferSize - packetOverhead - used;
  const taken: Broadcast[] = [];
  for (const one of queue) {
    if (free < leastBytes) break;
    if (one.bytes + partOverhead > free) continue;
    free -= one.bytes + partOverhead;
    taken.push(one);
  }
  if (taken.length === 0) return [];
  const limit = agent.rules.retransmitLimit(agent.config.retransmitMult, swim.members.size);
  const gone = new Set(taken);
  let kept = 0;
  for (const one of queue) if (!gone.has(one)) queue[kept++] = one;
  queue.length = kept;
  for (const one of taken) {
    one.transmits++;
    if (one.transmits < limit) enqueue(queue, one);
  }
  return taken.map(({ update }) => update);
}

/** Rounds of gossip are due while there is something to tell, at the times at which this member always gossips. */
export function armGossip({ swim, agent, ctx }: Turn): void {
  const { gossipInterval, gossipNodes } = agent.config;
  if (swim.isGossiping || gossipNodes === 0) return;
  swim.isGossiping = true;
  const passed = (((ctx.monotonic() - swim.gossipPhase) % gossipInterval) + gossipInterval) % gossipInterval;
  ctx.setTimer('swim gossip', gossipInterval - passed);
}

/** The queue is kept in order, so that nothing is sorted when a packet leaves. */
function enqueue(queue: Broadcast[], one: Broadcast): void {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byUrgency(queue[middle] as Broadcast, one) < 0) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, one);
}

function byUrgency(one: Broadcast, other: Broadcast): number {
  if (one.transmits !== other.transmits) return one.transmits - other.transmits;
  if (one.bytes !== other.bytes) return other.bytes - one.bytes; // as memberlist: the longer one first
  return other.serial - one.serial;
}

/** News of members about whom older news are overtaken, and news of the service by its own name. */
function subjectOf(update: Update): string {
  switch (update.type) {
    case 'alive':
      return update.member.name;
    case 'user':
      return `user ${update.name}`;
    default:
      return update.member;
  }
}

/** About what memberlist's encoding takes. */
function sizeOf(update: Update): number {
  switch (update.type) {
    case 'alive':
      return 50 + update.member.name.length + update.member.meta.length;
    case 'suspect':
    case 'dead':
      return 30 + update.member.length + update.from.length;
    case 'user':
      return update.bytes;
  }
}
