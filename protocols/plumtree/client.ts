// A client that hands each operation's value, a number that is unique in the run, to a random member, which broadcasts it.
import type { NodeId, Protocol, Request } from '../../sim/index.ts';
import type { PlumtreeMessage } from './types.ts';

export interface PlumtreeClient {
  state: { id: number };
  message: PlumtreeMessage;
  timer: never;
  request: Request;
  response: number;
}

export const plumtreeClient: Protocol<PlumtreeClient> = {
  start: () => ({ id: -1 }),
  onRequest(state, { value }, ctx) {
    state.id = value as number;
    ctx.send(ctx.peers[ctx.random(ctx.peers.length)] as NodeId, { type: 'broadcast', id: state.id });
  },
  onMessage(state, _from, message, ctx) {
    if (message.type === 'broadcasting' && message.id === state.id) ctx.ok(state.id);
  },
};
