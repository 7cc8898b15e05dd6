// Failure detection: in each period a member pings another, asks a few others to ping it when it does not answer in time,
// and suspects it when nobody brings an answer until the period ends. (SWIM, section 3.1, 4.3; Lifeguard IV-A.)
import type { NodeId } from '../../sim/index.ts';
import { adjustAwareness, scaled } from './awareness.ts';
import { takeBroadcasts } from './broadcasts.ts';
import { isLive, onSuspect } from './membership.ts';
import type { Turn, Update } from './types.ts';

const pingBytes = 40;

/** The end of one period and the beginning of the next. */
export function onProbeTimer(turn: Turn): void {
  endProbe(turn);
  const target = nextTarget(turn);
  const { swim, agent, ctx } = turn;
  ctx.setTimer('swim probe', scaled(turn, agent.config.probeInterval));
  if (target === undefined) return;
  const sequence = ++swim.sequence;
  swim.probe = { target, sequence, acked: false, expectedNacks: 0, nacks: 0 };
  ctx.setTimer('swim probe timeout', scaled(turn, agent.config.probeTimeout));
  ctx.send(target, {
    type: 'Ping',
    sequence,
    updates: [...accusation(turn, target), ...takeBroadcasts(turn, pingBytes)],
  });
}

/** Buddy system: who is suspected hears of it with the first ping, and can object at once. */
function accusation({ swim, agent, ctx }: Turn, target: NodeId): readonly Update[] {
  const known = swim.members.get(target);
  if (!agent.config.lifeguard.buddy || known?.status !== 'suspect') return [];
  return [{ type: 'suspect', member: target, incarnation: known.incarnation, from: ctx.id }];
}

/** No direct answer in time: others try, and so does a reliable connection. */
export function onProbeTimeout(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  const { probe } = swim;
  if (probe === null || probe.acked) return;
  const { target, sequence } = probe;
  const helpers = pickMembers(turn, agent.config.indirectChecks, (name) => {
    return name !== target && swim.members.get(name)?.status === 'alive';
  });
  probe.expectedNacks = helpers.length;
  for (const helper of helpers) {
    ctx.send(helper, { type: 'PingRequest', sequence, target, updates: takeBroadcasts(turn, pingBytes) });
  }
  if (agent.config.reliablePing) ctx.send(target, { type: 'ReliablePing', sequence });
}

/** Whoever has not answered by the end of the period is suspected. */
function endProbe(turn: Turn): void {
  const { swim, agent, ctx } = turn;
  const { probe } = swim;
  swim.probe = null;
  if (probe === null || probe.acked) return;
  adjustAwareness(turn, agent.rules.awarenessAfterMissing(probe.expectedNacks, probe.nacks));
  const known = swim.members.get(probe.target);
  if (known !== undefined) onSuspect(turn, probe.target, known.incarnation, ctx.id);
}

export function onAck(turn: Turn, sequence: number): void {
  const { swim, agent, ctx } = turn;
  const relay = swim.relays.get(sequence);
  if (relay !== undefined) {
    swim.relays.delete(sequence);
    ctx.clearTimer(`swim relay ${sequence}`);
    ctx.send(relay.asker, { type: 'Ack', sequence: relay.sequence, updates: takeBroadcasts(turn, pingBytes) });
    return;
  }
  if (swim.probe === null || swim.probe.acked || !agent.rules.answersProbe(swim, sequence)) return;
  swim.probe.acked = true;
  ctx.clearTimer('swim probe timeout');
  adjustAwareness(turn, agent.rules.awarenessAfterSuccess);
}

export function onNack({ swim }: Turn, sequence: number): void {
  if (swim.probe?.sequence === sequence) swim.probe.nacks++;
}

/** Pings for somebody else, who hears of the answer, or after a while that there was none. */
export function onPingRequest(turn: Turn, asker: NodeId, theirs: number, target: NodeId): void {
  const { swim, agent, ctx } = turn;
  const sequence = ++swim.sequence;
  swim.relays.set(sequence, { asker, sequence: theirs });
  ctx.setTimer(`swim relay ${sequence}`, agent.config.probeTimeout);
  ctx.send(target, {
    type: 'Ping',
    sequence,
    updates: [...accusation(turn, target), ...takeBroadcasts(turn, pingBytes)],
  });
}

export function onRelayOver({ swim, ctx }: Turn, sequence: number): void {
  const relay = swim.relays.get(sequence);
  swim.relays.delete(sequence);
  if (relay !== undefined) ctx.send(relay.asker, { type: 'Nack', sequence: relay.sequence });
}

/** The next one in a shuffled round: everybody is probed once before anybody is probed twice. */
function nextTarget(turn: Turn): NodeId | undefined {
  const { swim, ctx } = turn;
  for (let looked = 0; looked <= swim.order.length; looked++) {
    if (swim.place >= swim.order.length) beginPass(turn);
    const name = swim.order[swim.place++];
    const known = name === undefined ? undefined : swim.members.get(name);
    if (known !== undefined && name !== ctx.id && isLive(known)) return name;
  }
  return undefined;
}

/** Forgets those who are long dead, and shuffles the others. */
function beginPass({ swim, agent, ctx }: Turn): void {
  swim.place = 0;
  const now = ctx.monotonic();
  for (const [name, since] of swim.since) {
    const known = swim.members.get(name);
    if (known === undefined || isLive(known) || now - since <= agent.config.gossipToTheDeadTime) continue;
    swim.members.delete(name);
    swim.since.delete(name);
  }
  swim.order = swim.order.filter((name) => swim.members.has(name));
  if (!agent.rules.shuffles) return;
  for (let last = swim.order.length - 1; last > 0; last--) {
    const place = ctx.random(last + 1);
    [swim.order[place], swim.order[last]] = [swim.order[last] as NodeId, swim.order[place] as NodeId];
  }
}

/** Up to `count` different members at random that fit; as memberlist, it gives up after 3 n tries. */
export function pickMembers({ swim, ctx }: Turn, count: number, fits: (name: NodeId) => boolean): readonly NodeId[] {
  const { order } = swim;
  const picked: NodeId[] = [];
  for (let tries = 0; tries < 3 * order.length && picked.length < count; tries++) {
    const name = order[ctx.random(order.length)] as NodeId;
    if (name !== ctx.id && !picked.includes(name) && fits(name)) picked.push(name);
  }
  return picked;
}
