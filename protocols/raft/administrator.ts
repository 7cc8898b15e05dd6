// An administrator of a cluster: asks whoever leads to change the membership or to hand over, and asks again elsewhere until
// somebody takes or refuses it. What it asks for may happen twice; both kinds of requests bear that.
import { ms, type Context, type Json, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import type { MembershipChange, Transition } from './configuration.ts';
import type { AdminCommand, Message } from './raft.ts';

export interface RaftAdministrator {
  state: AdministratorState;
  message: Message;
  timer: 'retry';
  request: Request;
  response: Json;
}

interface AdministratorState {
  sequence: number;
  target: NodeId;
  pending: AdminCommand['request'] | null;
}

export interface RaftAdministratorOptions {
  /** How long to wait before asking another server; default 300 ms. */
  readonly retryAfter?: Micros;
}

/** Its operations: `change [changes, transition]`, where a change is `[type, server]`, and `transfer server`. */
export function raftAdministrator(options: RaftAdministratorOptions = {}): Protocol<RaftAdministrator> {
  const { retryAfter = ms(300) } = options;
  const ask = (state: AdministratorState, ctx: Context<RaftAdministrator>): void => {
    if (state.pending === null) return;
    ctx.send(state.target, { type: 'AdminCommand', sequence: state.sequence, request: state.pending });
    ctx.setTimer('retry', retryAfter);
  };
  const askNext = (state: AdministratorState, ctx: Context<RaftAdministrator>): void => {
    state.target = ctx.peers[(ctx.peers.indexOf(state.target) + 1) % ctx.peers.length] as NodeId;
    ask(state, ctx);
  };
  return {
    start: (ctx) => ({
      sequence: ctx.random(2 ** 30),
      target: ctx.peers[ctx.random(ctx.peers.length)] as NodeId,
      pending: null,
    }),
    onRequest(state, request, ctx) {
      state.pending = requestOf(request);
      state.sequence++;
      ask(state, ctx);
    },
    onTimer: (state, _timer, ctx) => askNext(state, ctx),
    onRefused: (state, _peer, _message, ctx) => askNext(state, ctx),
    onMessage(state, from, message, ctx) {
      if (message.type !== 'AdminReply' || message.sequence !== state.sequence || state.pending === null) return;
      const { refused, leader } = message;
      if (refused === 'not-leader') {
        if (leader === null || leader === from) return; // the timer asks elsewhere
        state.target = leader;
        return ask(state, ctx);
      }
      state.pending = null;
      ctx.clearTimer('retry');
      if (refused === null) ctx.ok(null);
      else ctx.fail(refused);
    },
  };
}

function requestOf({ f, value }: Request): AdminCommand['request'] {
  if (f === 'transfer') return { type: 'transfer', target: value as NodeId };
  if (f !== 'change') throw new RangeError(`a Raft administrator changes and transfers; it cannot ${f}`);
  const [changes, transition] = value as unknown as [[MembershipChange['type'], NodeId][], Transition];
  return { type: 'change', changes: changes.map(([type, server]) => ({ type, server })), transition };
}
