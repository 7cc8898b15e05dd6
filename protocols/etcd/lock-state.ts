// The state of a lock client, its knobs, and the call that each of its steps consists of.
import type { Context, Json, Micros, Request } from '../../sim/index.ts';
import type { EtcdRequest } from './api.ts';
import { call, type CallOptions, type Calls } from './calls.ts';
import type { EtcdMessage } from './messages.ts';
import type { Session } from './session.ts';
import type { WatchOptions, WatchStream } from './watch-stream.ts';

export interface MutexClient {
  state: MutexClientState;
  message: EtcdMessage;
  timer: 'calls' | 'keep-alive' | 'watch' | 'worked' | 'patience';
  request: Request;
  response: Json;
}

export interface MutexClientState {
  readonly calls: Calls;
  readonly session: Session;
  readonly stream: WatchStream;
  step:
    | 'idle'
    | 'granting'
    | 'entering'
    | 'asking'
    | 'waiting'
    | 'checking'
    | 'held'
    | 'reading'
    | 'working'
    | 'writing'
    | 'leaving'
    | 'giving-up';
  name: string;
  /** The call under way for the step. */
  call: number;
  /** The creation revision of its key: its place in the queue, and its fencing token. */
  token: number;
  /** When it was asked for the lock, on its own monotonic clock. */
  invokedAt: Micros;
  /** What it read under the lock. */
  value: number;
}

export interface MutexClientOptions extends CallOptions, WatchOptions {
  /** Of its lease, in seconds; default 3. */
  readonly ttl: number;
  /** The share of it for which it trusts the lease; default three quarters. */
  readonly trusts: number;
  /** How long it waits for the lock before it leaves the queue; default 4 s. */
  readonly patience: Micros;
  /** How long it works between reading and writing; default 100 ms. */
  readonly workFor: Micros;
  /** Whether the write is refused if the lock is not its own any more; default true. */
  readonly guards: boolean;
  /** Whether it looks at its clock before it writes; default true. */
  readonly checksLease: boolean;
}

export type MutexContext = Context<MutexClient>;

/** Makes the call that a step consists of. */
export function ask(
  state: MutexClientState,
  step: MutexClientState['step'],
  request: EtcdRequest,
  options: MutexClientOptions,
  ctx: MutexContext,
): void {
  state.step = step;
  state.call = call(state.calls, request, options, ctx);
}

/** The key of the number that a lock guards. */
export function numberOf(name: string): string {
  return `number of ${name}`;
}
