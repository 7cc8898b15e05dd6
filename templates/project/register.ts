// A protocol: one server keeps a value for its clients. What a node does is plain functions over plain state; everything that it
// does to the world goes through `ctx`.
import type { Json, Protocol, Request } from 'faultline';

export type Message = { type: 'read' } | { type: 'write'; value: Json } | { type: 'is'; value: Json };

interface Server {
  state: { value: Json };
  message: Message;
  timer: never;
  request: never;
  response: never;
}

interface Client {
  state: object;
  message: Message;
  timer: never;
  request: Request;
  response: Json;
}

export const server: Protocol<Server> = {
  // At birth and after each crash: the state is what the disk has kept.
  start: (ctx) => ({ value: ctx.disk.get('value') ?? null }),
  onMessage(state, from, message, ctx) {
    if (message.type === 'write') {
      state.value = message.value;
      ctx.disk.set('value', message.value);
      ctx.disk.sync(); // what follows leaves when the disk is done
    }
    ctx.send(from, { type: 'is', value: state.value });
  },
};

export const client: Protocol<Client> = {
  start: () => ({}),
  onRequest(_state, { f, value }, ctx) {
    ctx.send('n1', f === 'read' ? { type: 'read' } : { type: 'write', value });
  },
  onMessage(_state, _from, message, ctx) {
    if (message.type === 'is') ctx.ok(message.value);
  },
};
