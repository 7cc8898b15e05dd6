// The fixed parts of a Consul server: its knobs, the rules it keeps, and the Raft server underneath.
import type { RaftServer } from '../raft/index.ts';
import type { ConsulRules } from './rules.ts';
import type { ConsulCommand, ConsulOutcome } from './state/machine.ts';
import type { ConsulState } from './state/types.ts';
import type { Consul, ConsulConfig } from './types.ts';

export interface Datacenter {
  readonly config: ConsulConfig;
  readonly rules: ConsulRules;
  readonly raft: RaftServer<Consul, ConsulState, ConsulCommand, ConsulOutcome>;
}
