// A client of a Redis server: each operation is a pipeline of commands for one server, and its result what the server replied.
import type { Context, Json, NodeId, Protocol, Request } from '../../sim/index.ts';
import type { RedisMessage } from './messages.ts';
import { describeReply } from './reply.ts';

export interface RedisClient {
  state: { request: number; readonly pushed: string[] };
  message: RedisMessage;
  timer: never;
  request: Request;
  response: Json;
}

/**
 * Operations are `redis` with `[server, line, line, ...]` as value, each line as in redis-cli; the response is the list of
 * replies in words. An operation that is not answered in time ends as unknown. What is pushed is kept, and noted.
 */
export const redisClient: Protocol<RedisClient> = {
  start(ctx) {
    for (const peer of ctx.peers) ctx.send(peer, { type: 'Connect' });
    return { request: ctx.random(2 ** 30), pushed: [] };
  },
  onRequest(state, { value }, ctx: Context<RedisClient>) {
    const [server, ...lines] = value as readonly string[];
    state.request++;
    ctx.send(server as NodeId, { type: 'Commands', request: state.request, commands: lines.map(wordsOf) });
  },
  onMessage(state, from, message, ctx) {
    if (message.type === 'Push') {
      state.pushed.push(message.text);
      ctx.note('pushed', { from, channel: message.channel, text: message.text });
    }
    if (message.type !== 'Replies' || message.request !== state.request) return;
    ctx.ok(message.replies.map(describeReply));
  },
  onRefused: (_state, _peer, _message, ctx) => ctx.fail('connection refused'),
};

/** The words of a command line; one in double quotes may hold spaces. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, text, word]) => text ?? word ?? '');
}
