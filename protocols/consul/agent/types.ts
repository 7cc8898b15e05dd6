// A client agent as a node: a member of the LAN without a vote, which keeps what was registered with it and asks servers.
import type { Micros, NodeId } from '../../../sim/index.ts';
import type { SwimMessage } from '../../swim/index.ts';
import type { Gossip, LanTimer, Pool } from '../gossip.ts';
import type { ConsulRequest } from '../requests.ts';
import type { Asked } from '../asked.ts';
import type { Answer, Ask } from '../types.ts';
import type { LocalState } from './local.ts';

/** What a server is asked for. */
export type Purpose =
  | { readonly type: 'client'; readonly from: NodeId; readonly id: number }
  /** Full synchronization, in two steps. */
  | { readonly type: 'compare services' }
  | { readonly type: 'compare checks' }
  | { readonly type: 'push'; readonly key: string; readonly version: number };

export interface Call {
  readonly purpose: Purpose;
  readonly request: ConsulRequest;
  readonly server: NodeId;
  /** When the client's patience with servers that have no leader ends (`rpc_hold_timeout`). */
  readonly retriesUntil: Micros;
  /** When the connection is taken for dead, or, while no server is asked, when one is. */
  readonly until: Micros;
  /** It waits to be asked again. */
  readonly isWaiting: boolean;
}

export interface AgentState {
  readonly lan: Pool;
  readonly local: LocalState;
  readonly calls: Map<number, Call>;
  /** Numbers calls; a process never begins where an earlier one of the same agent was. */
  serial: number;
  readonly asked: Asked;
  /** The place of the server that it asks in the list of those alive; moves on when one fails. */
  preferred: number;
}

export interface ConsulAgent {
  state: AgentState;
  message: SwimMessage | Ask | Answer;
  timer: LanTimer | 'sync' | 'calls' | 'ttl' | 'outputs';
  request: never;
  response: never;
}

export interface AgentConfig {
  /** How long it asks on while servers have no leader (`rpc_hold_timeout`); 7 s. */
  readonly rpcHoldTimeout: Micros;
  /** How long an answer may take before the connection is taken for dead; 10 s, blocking queries longer. */
  readonly rpcTimeout: Micros;
  /** Full synchronization takes place after this and up to as much again; 60 s, longer in datacenters of more than 128. */
  readonly syncInterval: Micros;
  /** How long it waits when one failed, and up to as much again; 15 s. */
  readonly syncRetry: Micros;
  /** What only the output of a check says is told after half of this and up to as much again (`check_update_interval`); 5 min, 0
   * for at once. */
  readonly checkUpdateInterval: Micros;
}

export interface AgentRules {
  /** Whether a request may be sent again after the connection broke on which it was sent. */
  mayRepeat(request: ConsulRequest): boolean;
  /** Full synchronization repairs what differs in the catalog. */
  readonly repairs: boolean;
  /** A TTL check that was not updated in time turns critical. */
  readonly expires: boolean;
}

/** A client agent's fixed parts. */
export interface AgentParts {
  readonly config: AgentConfig;
  readonly rules: AgentRules;
  readonly gossip: Gossip;
}
