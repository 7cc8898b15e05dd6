// A client of the members: sends an event, asks a query, has a member leave, or reads a member's list of members. The operation's
// value is `[member, value]`, or `null` in the place of the member for any of them.
import type { Json, NodeId, Protocol, Request } from '../../sim/index.ts';
import type { MemberRequest, Swim } from './server.ts';

export interface SwimClient {
  state: { serial: number };
  message: Swim['message'];
  timer: never;
  request: Request;
  response: Json;
}

export const swimClient: Protocol<SwimClient> = {
  // After a time-out it starts afresh, and late answers are to smaller numbers.
  start: (ctx) => ({ serial: ctx.monotonic() }),
  onRequest(state, { f, value }, ctx) {
    const [member, payload] = value as [NodeId | null, Json];
    const serial = ++state.serial;
    const to = member ?? (ctx.peers[ctx.random(ctx.peers.length)] as NodeId);
    ctx.send(to, requestOf(f as MemberRequest['type'], serial, payload));
  },
  onMessage(state, _from, message, ctx) {
    if (message.type === 'done' && message.serial === state.serial) ctx.ok(message.value);
  },
};

function requestOf(type: MemberRequest['type'], serial: number, value: Json): MemberRequest {
  switch (type) {
    case 'event':
    case 'query':
      return { type, serial, name: 'deploy', value };
    case 'leave':
    case 'members':
      return { type, serial };
  }
}
