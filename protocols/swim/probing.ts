// Failure detection: in each period a member pings another, asks a few others to ping it when it does not answer in time,
// and suspects it when nobody brings an answer until the period ends. (SWIM, section 3.1, 4.3; Lifeguard IV-A.)
import type { NodeId } from '../../sim/index.ts';
import { adjustAwareness, scaled } from './awareness.ts';
import { broadcast, catchUpOnGossip, takeBroadcasts } from './broadcasts.ts';
import { isLive, onSuspect } from './membership.ts';
import { passThrough, pickMembers, takeNext } from './order.ts';
import { dropMember, findMember } from './table.ts';
import type { Member, Turn, Update } from './types.ts';

/** Bytes of a ping or an ack without what it carries. */
export const pingBytes = 40;

/** The end of one period and the beginning of the next. */
export function onProbeTimer(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  catchUpOnGossip(turn, swim.probeDue);
  endProbe(turn);
  if (swim.isLeaving) return;
  const target = nextTarget(turn);
  const period = scaled(turn, agent.config.probeInterval);
  swim.probeDue = ctx.monotonic() + period;
  ctx.setTimer('swim probe', period);
  if (target === undefined) return;
  const sequence = ++swim.sequence;
  swim.probe = {
    target: target.name,
    incarnation: target.incarnation,
    sequence,
    acked: false,
    expectedNacks: 0,
    nacks: 0,
  };
  ctx.setTimer('swim probe timeout', scaled(turn, agent.config.probeTimeout));
  ctx.note('probe', { target: target.name });
  ping(turn, target.name, target.address, sequence);
}

/** No direct answer in time: others try, and so does a reliable connection. */
export function onProbeTimeout(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  const { probe } = swim;
  if (probe === null || probe.acked) return;
  const target = findMember(swim.members, probe.target);
  if (target === undefined) return;
  const helpers = pickMembers(turn, agent.config.indirectChecks, (member) => agent.rules.mayHelp(member, target));
  const { sequence } = probe;
  probe.expectedNacks = helpers.length;
  ctx.note('asks', { target: target.name, helpers: helpers.map(({ name }) => name) });
  for (const helper of helpers) {
    const updates = takeBroadcasts(turn, pingBytes);
    const request = { sequence, target: target.name, address: target.address, updates };
    ctx.send(helper.address, { type: 'PingRequest', ...request });
  }
  if (agent.config.reliablePing) onReliableTimer(turn);
}

/** A connection repeats what is not acknowledged, as TCP does, until the period is over. */
export function onReliableTimer({ swim, agent, ctx }: Turn): void {
  const { probe } = swim;
  if (probe === null || probe.acked) return;
  const target = findMember(swim.members, probe.target);
  if (target === undefined) return;
  ctx.send(target.address, { type: 'ReliablePing', sequence: probe.sequence, target: target.name });
  ctx.setTimer('swim reliable', agent.config.reliableRetry);
}

export function onAck(turn: Turn, sequence: number): void {
  const { swim, agent, ctx } = turn;
  const relay = swim.relays.get(sequence);
  if (relay !== undefined) {
    swim.relays.delete(sequence);
    ctx.clearTimer(`swim relay ${sequence}`);
    if (agent.rules.helperVouches) vouch(turn, relay.target);
    const answered = agent.rules.relayedSequence(relay.sequence, sequence);
    ctx.send(relay.asker, { type: 'Ack', sequence: answered, updates: takeBroadcasts(turn, pingBytes) });
    return;
  }
  if (swim.probe === null || swim.probe.acked || !agent.rules.answersProbe(swim, sequence)) return;
  swim.probe.acked = true;
  ctx.clearTimer('swim probe timeout');
  ctx.clearTimer('swim reliable');
  adjustAwareness(turn, agent.rules.awarenessAfterSuccess);
}

export function onNack({ swim, agent }: Turn, sequence: number): void {
  const { probe } = swim;
  if (probe?.sequence !== sequence) return;
  probe.nacks++;
  if (agent.rules.nackProvesLife) probe.acked = true;
}

/** Pings for somebody else, who hears of the answer, or after a while that there was none. */
export function onPingRequest(turn: Turn, asker: NodeId, theirs: number, target: string, address: NodeId): void {
  const { swim, agent, ctx } = turn;
  const sequence = ++swim.sequence;
  swim.relays.set(sequence, { asker, sequence: theirs, target });
  ctx.setTimer(`swim relay ${sequence}`, agent.config.nackTimeout);
  ping(turn, target, address, sequence);
}

export function onRelayOver({ swim, ctx }: Turn, sequence: number): void {
  const relay = swim.relays.get(sequence);
  swim.relays.delete(sequence);
  if (relay !== undefined) ctx.send(relay.asker, { type: 'Nack', sequence: relay.sequence });
}

function ping(turn: Turn, target: string, address: NodeId, sequence: number): void {
  const updates = [...buddyNews(turn, target), ...takeBroadcasts(turn, pingBytes)];
  turn.ctx.send(address, { type: 'Ping', sequence, target, updates });
}

/** Buddy system: who is suspected hears of it with the first ping, and can object at once. (Lifeguard IV-C.) */
function buddyNews({ swim, agent }: Turn, target: string): readonly Update[] {
  const known = findMember(swim.members, target);
  if (!agent.config.lifeguard.buddy || known?.status !== 'suspect') return [];
  return [{ type: 'suspect', member: target, incarnation: known.incarnation, from: swim.name }];
}

/** Whoever has not answered by the end of the period is suspected. */
function endProbe(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  const { probe } = swim;
  swim.probe = null;
  ctx.clearTimer('swim reliable');
  if (probe === null || probe.acked) return;
  adjustAwareness(turn, agent.rules.awarenessAfterMissing(probe.expectedNacks, probe.nacks));
  const known = findMember(swim.members, probe.target);
  if (known === undefined) return;
  ctx.note('probe failed', { member: known.name });
  onSuspect(turn, { member: known.name, incarnation: probe.incarnation, from: swim.name });
}

/** What a helper must not do: speak for another with an incarnation of its own making. */
function vouch(turn: Turn, name: string): void {
  const known = findMember(turn.swim.members, name);
  if (known === undefined) return;
  broadcast(turn, { type: 'alive', member: { ...known, status: 'alive', incarnation: known.incarnation + 1 } });
}

/** The next one in a shuffled round: everybody is probed once before anybody is probed twice. */
function nextTarget(turn: Turn): Member | undefined {
  const { swim, agent } = turn;
  if (agent.config.targets === 'random') return pickMembers(turn, 1, isLive)[0];
  for (let looked = 0; looked <= swim.roster.length; looked++) {
    if (swim.pass.place >= swim.pass.end) beginPass(turn);
    const name = takeNext(turn);
    const known = name === undefined ? undefined : findMember(swim.members, name);
    if (known !== undefined && name !== swim.name && isLive(known)) return known;
  }
  return undefined;
}

/** Forgets those who are long dead, and begins with the others anew. */
function beginPass({ swim, agent, ctx }: Turn): void {
  const now = ctx.monotonic();
  const forgotten = new Set<string>();
  for (const [name, since] of swim.since) {
    const known = findMember(swim.members, name);
    if (known === undefined || isLive(known) || now - since <= agent.config.gossipToTheDeadTime) continue;
    forgotten.add(name);
    dropMember(swim.members, name);
    swim.since.delete(name);
    ctx.note('forgotten', { member: name });
  }
  if (forgotten.size > 0) swim.roster = swim.roster.filter((name) => !forgotten.has(name));
  swim.pass = passThrough(swim.roster.length);
}
