// A register on one server, without replication: linearizable with one server, and not with two that know nothing of each
// other.
import type { Json, Protocol } from '../../sim/index.ts';
import type { RegisterMessage } from './register-client.ts';

export interface SingleCopy {
  state: { value: Json };
  message: RegisterMessage;
  timer: never;
  request: never;
  response: never;
}

export const singleCopy: Protocol<SingleCopy> = {
  start: () => ({ value: null }),
  onMessage(state, from, message, ctx) {
    if (message.type === 'put') {
      state.value = message.value;
      ctx.send(from, { type: 'put ok', request: message.request });
    }
    if (message.type === 'get') ctx.send(from, { type: 'get ok', request: message.request, value: state.value });
  },
};
