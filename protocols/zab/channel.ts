// Connections. Zab asks for channels that lose nothing and keep the order (section II of the paper: TCP); the network here
// loses, repeats and reorders. So payloads are numbered, and sent again from the first one that the other side lacks.
import type { NodeId } from '../../sim/index.ts';
import type { Turn } from './turn.ts';
import type { Channel, Frame, Packet, Payload, Upkeep } from './types.ts';

/** The opener's end has no `accepted` name before the other side answers. */
export function openChannel(connection: number, accepted = 0): Channel {
  return { connection, accepted, sent: 0, received: 0, unacknowledged: [], asked: -1 };
}

/** The name of a new connection: greater than that of every earlier one of this server. */
export function nextConnection({ state }: Turn): number {
  return state.boot * 2 ** 20 + ++state.connections;
}

export function transmit({ config, ctx }: Turn, to: NodeId, channel: Channel, payload: Payload): void {
  if (config.transport === 'fifo') {
    ctx.send(to, { ...payload, ...nameOf(channel), sequence: 1, acknowledged: 0 });
    return;
  }
  const frame = { ...nameOf(channel), sequence: ++channel.sent, acknowledged: channel.received };
  const packet: Packet = { ...payload, ...frame };
  channel.unacknowledged.push(packet);
  ctx.send(to, packet);
}

/** Keeps the connection alive, and tells both ends what may have been lost. */
export function ping(turn: Turn, to: NodeId, channel: Channel): void {
  if (turn.config.transport === 'lossy') upkeep(turn, to, channel, { type: 'PING', sent: channel.sent });
}

/** Sends everything again that is not known to have arrived. */
export function resend({ ctx }: Turn, to: NodeId, channel: Channel): void {
  for (const packet of channel.unacknowledged) ctx.send(to, packet);
}

export function close({ config, ctx }: Turn, to: NodeId, connection: number): void {
  // Where elections are an oracle's, so is the news that a connection broke.
  if (config.election === 'fast')
    ctx.send(to, { type: 'CLOSE', connection, accepted: 0, sequence: 0, acknowledged: 0 });
}

/** Takes note of a packet's frame; true if it is a payload and the next in order. */
export function receive(turn: Turn, from: NodeId, channel: Channel, packet: Packet): packet is Payload & Packet {
  if (turn.config.transport === 'fifo') return true;
  forget(channel, packet.acknowledged);
  if (packet.type === 'RESEND') resend(turn, from, channel);
  const isBehind = packet.type === 'PING' && packet.sent > channel.received;
  const isEarly = packet.sequence > channel.received + 1 && channel.asked !== channel.received;
  if (isBehind || isEarly) {
    channel.asked = channel.received;
    upkeep(turn, from, channel, { type: 'RESEND' });
  }
  if (packet.sequence !== channel.received + 1) return false;
  channel.received++;
  return true;
}

function nameOf({ connection, accepted }: Channel): Pick<Frame, 'connection' | 'accepted'> {
  return { connection, accepted };
}

function forget(channel: Channel, acknowledged: number): void {
  const { unacknowledged } = channel;
  let known = 0;
  while (known < unacknowledged.length && (unacknowledged[known] as Packet).sequence <= acknowledged) known++;
  if (known > 0) unacknowledged.splice(0, known);
}

function upkeep({ ctx }: Turn, to: NodeId, channel: Channel, what: Upkeep): void {
  ctx.send(to, { ...what, ...nameOf(channel), sequence: 0, acknowledged: channel.received });
}
