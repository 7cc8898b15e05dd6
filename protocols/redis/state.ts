// What a Redis server holds in memory: the keyspace, what it knows of each connection, and the turn of one command, which
// collects what the command does beyond its reply: which keys it touched, what subscribers and replicas must hear.
import { array, bulk, integer, type Reply } from './reply.ts';

export type Value =
  { readonly type: 'string'; readonly text: string } | { readonly type: 'list'; readonly items: readonly string[] };

export interface Entry {
  readonly value: Value;
  /** Absolute, in Unix milliseconds of the server's wall clock; null for a key that stays. */
  readonly expireAt: number | null;
}

export interface RedisState {
  readonly entries: Map<string, Entry>;
  readonly connections: Map<string, Connection>;
  /** The scripts that were loaded, by digest. */
  readonly scripts: Set<string>;
  /** A replica removes no key by its own clock: it waits for its primary to say so. */
  role: 'primary' | 'replica';
}

export interface Connection {
  /** The commands queued since MULTI; null outside a transaction. */
  queue: (readonly string[])[] | null;
  /** A command was refused at queueing: EXEC will abort. */
  refused: boolean;
  /** The watched keys, and whether each had run out already when it was watched. */
  readonly watched: Map<string, boolean>;
  /** A watched key was touched. */
  dirty: boolean;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  /** How many writes of the server's history there were when the connection last wrote. */
  writtenTo: number;
}

/** What a command can learn of replication. */
export interface ReplicationView {
  /** How many replicas have all that the client wrote before. */
  readonly caughtUp: number;
  /** The answer to ROLE. */
  describe(): Reply;
}

/** The time and the effects of one command, or of one script or transaction. */
export interface Turn {
  readonly state: RedisState;
  readonly client: string;
  /** Unix milliseconds when the turn began: keys do not run out while it lasts. */
  readonly now: number;
  /** Microseconds of the wall clock, which goes on while a script works. */
  readonly clock: () => number;
  readonly replication: ReplicationView;
  /** What happened to which key, in order: `set`, `del`, `expired`. */
  readonly events: { readonly event: string; readonly key: string }[];
  /** What the log and the replicas get: commands whose effect does not depend on when they are run. */
  readonly propagated: (readonly string[])[];
  /** What was published on which channel. */
  readonly published: { readonly channel: string; readonly message: string }[];
}

export function emptyRedis(role: RedisState['role'] = 'primary'): RedisState {
  return { entries: new Map(), connections: new Map(), scripts: new Set(), role };
}

export function connectionOf(state: RedisState, client: string): Connection {
  const known = state.connections.get(client);
  if (known !== undefined) return known;
  const connection: Connection = {
    queue: null,
    refused: false,
    watched: new Map(),
    dirty: false,
    channels: new Set(),
    patterns: new Set(),
    writtenTo: 0,
  };
  state.connections.set(client, connection);
  return connection;
}

/** A connection that listens to channels is good for little else (RESP2). */
export function isSubscribed({ channels, patterns }: Connection): boolean {
  return channels.size + patterns.size > 0;
}

/** @param clock the server's wall clock in microseconds */
export function beginTurn(
  state: RedisState,
  client: string,
  clock: () => number,
  replication: ReplicationView = alone,
): Turn {
  const now = Math.floor(clock() / 1_000);
  return { state, client, now, clock, replication, events: [], propagated: [], published: [] };
}

const alone: ReplicationView = {
  caughtUp: 0,
  describe: () => array([bulk('master'), integer(0), array([])]),
};
