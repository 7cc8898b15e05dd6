// A client of the replicated store: finds the leader, opens a session, and repeats a command under the same sequence number
// until it is answered, so that each takes effect exactly once (section 8; thesis, section 6.3).
import { ms, type Context, type Json, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import type { Command } from './key-value.ts';
import type { ClientReply, Message } from './raft.ts';

export interface RaftClient {
  state: ClientState;
  message: Message;
  timer: 'retry';
  request: Request;
  response: Json;
}

interface ClientState {
  session: number | null;
  /** Starts at a random number, so that an answer meant for an earlier life of this client is not taken for a new one. */
  sequence: number;
  target: NodeId;
  pending: Request | null;
}

export interface RaftClientOptions {
  /** How long to wait for an answer before asking another server; default 300 ms. */
  readonly retryAfter?: Micros;
  /** How long to wait when nobody is known to lead; default 30 ms. */
  readonly pauseAfterRefusal?: Micros;
}

/** Its operations: `read [key, null]`, `write [key, value]`, `cas [key, [from, to]]`. */
export function raftClient(options: RaftClientOptions = {}): Protocol<RaftClient> {
  const { retryAfter = ms(300), pauseAfterRefusal = ms(30) } = options;
  const ask = (state: ClientState, ctx: Context<RaftClient>): void => {
    if (state.pending === null) return;
    ctx.send(state.target, messageFor(state, state.pending));
    ctx.setTimer('retry', retryAfter);
  };
  const next = (state: ClientState, ctx: Context<RaftClient>): void => {
    const servers = ctx.peers;
    state.target = servers[(servers.indexOf(state.target) + 1) % servers.length] as NodeId;
  };
  return {
    start(ctx) {
      const target = ctx.peers[ctx.random(ctx.peers.length)] as NodeId;
      return { session: null, sequence: ctx.random(2 ** 30), target, pending: null };
    },
    onRequest(state, request, ctx) {
      state.pending = request;
      state.sequence++;
      ask(state, ctx);
    },
    onTimer(state, _timer, ctx) {
      next(state, ctx);
      ask(state, ctx);
    },
    onRefused(state, _peer, _message, ctx) {
      next(state, ctx);
      ctx.setTimer('retry', pauseAfterRefusal);
    },
    onMessage(state, from, message, ctx) {
      if (message.type !== 'ClientReply' || message.sequence !== state.sequence || state.pending === null) return;
      if (message.answer.type === 'not-leader') {
        const { leader } = message.answer;
        if (leader === null || leader === from) ctx.setTimer('retry', pauseAfterRefusal);
        else {
          state.target = leader;
          ask(state, ctx);
        }
        return;
      }
      state.target = from;
      finish(state, state.pending, message.answer, ctx);
      ask(state, ctx); // the session is open: now the command itself
    },
  };
}

function messageFor(state: ClientState, request: Request): Message {
  const { sequence } = state;
  if (request.f === 'read') return { type: 'ClientRead', sequence, key: keyOf(request) };
  const command: Command =
    state.session === null
      ? { type: 'register' }
      : { type: 'apply', session: state.session, sequence, operation: writeOf(request) };
  return { type: 'ClientCommand', sequence, command };
}

function writeOf(request: Request): Extract<Command, { type: 'apply' }>['operation'] {
  const [key, argument] = request.value as [string, Json];
  if (request.f === 'write') return { type: 'write', key, value: argument };
  if (request.f !== 'cas')
    throw new RangeError(`a Raft client reads, writes and compares-and-sets; it cannot ${request.f}`);
  const [from, to] = argument as [Json, Json];
  return { type: 'cas', key, from, to };
}

function keyOf(request: Request): string {
  return (request.value as [string, Json])[0];
}

type Answer = Exclude<ClientReply['answer'], { type: 'not-leader' }>;

function finish(state: ClientState, request: Request, answer: Answer, ctx: Context<RaftClient>): void {
  if (answer.type === 'registered') {
    state.session = answer.session;
    state.sequence++;
    return;
  }
  state.pending = null;
  ctx.clearTimer('retry');
  switch (answer.type) {
    case 'done':
      return ctx.ok([keyOf(request), request.f === 'read' ? answer.value : (request.value as [string, Json])[1]]);
    case 'mismatch':
      return ctx.fail(`found ${JSON.stringify(answer.found)}`);
    case 'session-expired':
      state.session = null;
      return ctx.unknown('the session expired');
  }
}
