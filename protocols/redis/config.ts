// The knobs of a Redis server, with the names of redis.conf where it has one.
import { ms, seconds, type Micros, type NodeId } from '../../sim/index.ts';
import { standardScripts, type Script } from './scripts.ts';

export interface RedisConfig {
  /**
   * `none`: the memory is all there is. `always`, `everysec`, `no`: an append-only file, synced before each reply, once a
   * second, or when the system likes (every 30 s here). Default `none`.
   */
  readonly appendfsync: 'none' | 'always' | 'everysec' | 'no';
  /** How often a second the server looks for keys that ran out; 10. 0 switches it off. */
  readonly hz: number;
  /** Records of the append-only file after which it is rewritten as what they amount to; 10,000. */
  readonly rewriteAt: number;
  /** How long a server that comes back refuses all commands, so that the locks it forgot run out (Redlock); 0. */
  readonly delayedRestart: Micros;
  /** The server that this one copies from the start; null for a primary. */
  readonly replicaOf: NodeId | null;
  /** The server that this one copies when it comes back after a crash, as a sentinel would tell it; null to be what it was. */
  readonly rejoins: NodeId | null;
  /** How often a primary tells its replicas that it is there, and a replica what it has; 1 s. */
  readonly replPing: Micros;
  /** A replica that hears nothing from its primary for so long takes its place; 0, the default, for never. */
  readonly failoverAfter: Micros;
  /** Writes that a primary keeps for replicas that come back; 10,000. */
  readonly backlog: number;
  /** Whether subscribers of `__keyevent@0__:<event>` hear of what happens to keys; false. */
  readonly notifyKeyspaceEvents: boolean;
  /** CPU time of one command; 10 µs. */
  readonly serviceTime: Micros;
  /** Scripts that clients may run, by name. */
  readonly scripts: Readonly<Record<string, Script>>;
}

export const redisDefaults: RedisConfig = {
  appendfsync: 'none',
  hz: 10,
  rewriteAt: 10_000,
  delayedRestart: 0,
  replicaOf: null,
  rejoins: null,
  replPing: seconds(1),
  failoverAfter: 0,
  backlog: 10_000,
  notifyKeyspaceEvents: false,
  serviceTime: Math.floor(ms(1) / 100),
  scripts: standardScripts,
};
