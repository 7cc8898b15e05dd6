// What is new goes round with other messages and in rounds of its own, until it was passed on often enough for everybody to have
// heard it: λ log n times (section 4.1). News of members go before those of the service, then what was passed on least, and of that
// the longest and newest.
import type { Micros } from '../../sim/index.ts';
import type { Broadcast, Turn, Update } from './types.ts';

/** Bytes of a compound message, and of each part of it (compoundHeaderOverhead, compoundOverhead). */
const packetOverhead = 2;
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
export function takeBroadcasts(turn: Turn, used: number): readonly Update[] {
  const { swim, agent, ctx } = turn;
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
    else if (isOwnLeave(turn, one.update)) ctx.setTimer('swim left', agent.config.leavePropagateDelay);
  }
  return taken.map(({ update }) => update);
}

/** Rounds of gossip are due while there is something to tell, at the times at which this member always gossips. */
export function armGossip(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  const { gossipInterval, gossipNodes } = agent.config;
  if (swim.isGossiping || gossipNodes === 0) return;
  swim.isGossiping = true;
  ctx.setTimer('swim gossip', gossipInterval - sinceRound(turn, ctx.monotonic()));
}

/** A process that was stopped finds one round overdue, however many it has missed: it gossips as soon as it has read what waited
 * for it. `due` is when it should have run. */
export function catchUpOnGossip(turn: Turn, due: Micros): void {
  const { swim, agent, ctx } = turn;
  const late = ctx.monotonic() - due;
  if (agent.config.gossipNodes === 0 || late <= sinceRound(turn, ctx.monotonic())) return;
  swim.isGossiping = true;
  ctx.setTimer('swim gossip', 0);
}

/** How long ago, on this member's clock, the last round was due. */
function sinceRound({ swim, agent }: Turn, now: Micros): Micros {
  const { gossipInterval } = agent.config;
  return (((now - swim.gossipPhase) % gossipInterval) + gossipInterval) % gossipInterval;
}

/** Whether it says that this member leaves. */
function isOwnLeave({ swim }: Turn, update: Update): boolean {
  return swim.isLeaving && update.type === 'dead' && update.member === swim.name;
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
  const [isUser, otherIsUser] = [one.update.type === 'user', other.update.type === 'user'];
  if (isUser !== otherIsUser) return isUser ? 1 : -1; // what is left in the packet is the service's (getBroadcasts)
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
