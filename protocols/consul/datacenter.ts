// The fixed parts of a Consul server: its knobs, the rules it keeps, and the Raft server underneath.
import type { RaftServer } from '../raft/index.ts';
import type { Gossip } from './gossip.ts';
import type { ConsulRules } from './rules.ts';
import type { ConsulCommand, ConsulOutcome } from './state/machine.ts';
import type { ConsulState } from './state/types.ts';
import type { Consul, ConsulConfig } from './types.ts';

export interface Datacenter {
  readonly config: ConsulConfig;
  readonly rules: ConsulRules;
  /** Null where the catalog is left to those who register nodes themselves. */
  readonly gossip: Gossip | null;
  readonly raft: RaftServer<Consul, ConsulState, ConsulCommand, ConsulOutcome>;
}
