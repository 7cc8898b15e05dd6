// Who hears of what: messages that were published, and, where the server is told to say so, what happened to keys.
import type { Context } from '../../sim/index.ts';
import type { RedisConfig } from './config.ts';
import { globMatcher } from './glob.ts';
import type { Redis } from './server.ts';
import type { Turn } from './state.ts';

/** Who hears a channel: a client and, if it was a pattern that fitted, the pattern. */
export function subscribersOf({ state }: Pick<Turn, 'state'>, channel: string) {
  const heard: { readonly client: string; readonly pattern: string | undefined }[] = [];
  for (const [client, { channels, patterns }] of state.connections) {
    if (channels.has(channel)) heard.push({ client, pattern: undefined });
    for (const pattern of patterns) if (globMatcher(pattern)(channel)) heard.push({ client, pattern });
  }
  return heard;
}

/** Sends what a turn published and what it did to keys; nobody hears what was said before it subscribed or while it was away. */
export function tellSubscribers(turn: Turn, config: RedisConfig, ctx: Context<Redis>): void {
  const events = config.notifyKeyspaceEvents ? turn.events : [];
  const told = events.flatMap(({ event, key }) => [
    { channel: `__keyspace@0__:${key}`, message: event },
    { channel: `__keyevent@0__:${event}`, message: key },
  ]);
  for (const { channel, message } of [...turn.published, ...told]) {
    for (const { client, pattern } of subscribersOf(turn, channel)) {
      ctx.send(client, { type: 'Push', channel, pattern: pattern ?? null, text: message });
    }
  }
}
