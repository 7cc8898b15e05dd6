// What a Raft server is made of, and what each of its parts is handed: the server's fixed parts, its state, its host's state,
// and the context of the handler under way.
import type { Context, NodeId, Types } from '../../sim/index.ts';
import type { RaftConfig } from './config.ts';
import type { Configuration } from './configuration.ts';
import type { Rules } from './rules.ts';
import type { RaftMessage, RaftState, RaftTimer } from './types.ts';

/** A protocol that embeds a Raft server: its state has it in `raft`, its messages and timers include Raft's. */
export interface RaftHost extends Types {
  state: { readonly raft: RaftState };
}

/** A replicated state machine. The machine is plain data (objects, arrays, Map and Set), mutated in place. */
export interface Service<M, C, R> {
  initial(): M;
  /** Deterministic: every server that applies the same commands in the same order holds the same machine. */
  apply(machine: M, command: C, at: { readonly index: number; readonly term: number }): R;
  /** What a snapshot keeps of the machine, if not all of it; plain data as well. */
  save?(machine: M): unknown;
  /** The machine that `save` kept. */
  load?(saved: unknown): M;
  /** The size of a command in bytes, for the limits; default the length of its JSON. */
  size?(command: C): number;
}

/** What the node does beside the machine: answer waiters, feed watchers. None of it is replicated. */
export interface RaftHooks<H extends RaftHost, C, R> {
  /** Called on every server for every committed command, in order; waiters know theirs by index and term. */
  applied?(
    state: H['state'],
    entry: { readonly index: number; readonly term: number; readonly command: C },
    result: R,
    ctx: Context<H>,
  ): void;
  /** Elected; the no-op of the term is in the log, not yet committed. */
  becameLeader?(state: H['state'], ctx: Context<H>): void;
  /** No longer leader; what was proposed may still be committed. */
  lostLeadership?(state: H['state'], ctx: Context<H>): void;
  /** A snapshot took the machine's place: what derives from it has to be built anew. */
  restored?(state: H['state'], ctx: Context<H>): void;
  /** The machine holds everything that was committed when the read was asked for. */
  readReady?(state: H['state'], id: number, readIndex: number, ctx: Context<H>): void;
  /** That read will never be ready: ask again. */
  readDropped?(state: H['state'], id: number, ctx: Context<H>): void;
  /** A change of membership was committed, and is applied here. */
  configured?(state: H['state'], configuration: Configuration, ctx: Context<H>): void;
}

/** A server's fixed parts. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the parts of Raft itself serve any host and machine
export interface RaftServer<H extends RaftHost = any, M = any, C = any, R = any> {
  readonly service: Service<M, C, R>;
  readonly hooks: RaftHooks<H, C, R>;
  readonly config: RaftConfig;
  readonly rules: Rules;
}

export interface RaftTypes extends Types {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- commands pass through unseen
  message: RaftMessage<any>;
  timer: RaftTimer;
}

/** The part of a host's context that Raft needs: the context of any host fits. */
export type RaftContext = Pick<
  Context<RaftTypes>,
  'id' | 'peers' | 'send' | 'setTimer' | 'clearTimer' | 'random' | 'monotonic' | 'disk' | 'note'
>;

/** All that a rule of the protocol may look at and do, while one handler runs. */
export interface Turn {
  readonly server: RaftServer;
  readonly raft: RaftState;
  readonly host: RaftHost['state'];
  readonly ctx: RaftContext;
}

/** The context as the hooks know it. */
export function hostContext({ ctx }: Turn): Context<RaftHost> {
  return ctx as unknown as Context<RaftHost>;
}

/** The first configuration: what the knobs say, else all nodes of the world. */
export function firstVoters({ config }: RaftServer, ctx: RaftContext): readonly NodeId[] {
  return config.voters ?? [ctx.id, ...ctx.peers];
}

/** How many bytes a command counts for. */
export function sizeOf({ service }: RaftServer, command: unknown): number {
  return service.size?.(command) ?? JSON.stringify(command).length;
}
