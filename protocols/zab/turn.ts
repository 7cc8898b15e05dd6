// What the functions of a server work on while one event is handled: its configuration, its rules, its state, the world.
import type { Context } from '../../sim/index.ts';
import type { Rules } from './rules.ts';
import type { AnyService, Hooks, ZabTypes } from './service.ts';
import type { ZabConfig, ZabState } from './types.ts';

export interface Server {
  readonly config: ZabConfig;
  readonly rules: Rules;
  readonly service: AnyService;
  readonly hooks: Hooks<ZabTypes>;
}

export interface Turn extends Server {
  readonly state: ZabState;
  readonly ctx: Context<ZabTypes>;
  /** The whole state of the protocol that Zab lives in, for its hooks. */
  readonly host: ZabTypes['state'];
}
