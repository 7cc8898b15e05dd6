// What goes between Redis clients, servers and their replicas.
import type { Reply } from './reply.ts';
import type { Entry } from './state.ts';

/** Commands that a client sent in one go: they run in order, and their replies come back together (pipelining). */
export interface Commands {
  readonly type: 'Commands';
  readonly request: number;
  readonly commands: readonly (readonly string[])[];
}

export interface Replies {
  readonly type: 'Replies';
  readonly request: number;
  readonly replies: readonly Reply[];
}

/** The client begins anew: what the server knew of its connection before is gone. */
export interface Connect {
  readonly type: 'Connect';
}

/** A message on a channel that the client subscribed to. */
export interface Push {
  readonly type: 'Push';
  readonly channel: string;
  readonly pattern: string | null;
  readonly text: string;
}

/** A replica asks for everything from an offset on; -1 for all there is. */
export interface Follow {
  readonly type: 'Follow';
  readonly history: number;
  readonly offset: number;
}

/** The whole keyspace as it is at an offset of a history of writes. */
export interface FullSync {
  readonly type: 'FullSync';
  readonly history: number;
  readonly offset: number;
  readonly entries: readonly (readonly [key: string, entry: Entry])[];
}

/** Writes in the order in which the primary made them, from `offset` on; none of them is a heartbeat. */
export interface Stream {
  readonly type: 'Stream';
  readonly history: number;
  readonly offset: number;
  readonly commands: readonly (readonly string[])[];
}

/** What a replica has applied. */
export interface Applied {
  readonly type: 'Applied';
  readonly history: number;
  readonly offset: number;
}

export type RedisMessage = Connect | Commands | Replies | Push | Follow | FullSync | Stream | Applied;
