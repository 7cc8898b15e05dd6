// Raft: the seam for services, a replicated key-value store on it, the rules it hangs on, and the properties it guarantees.
export { raftAdministrator, type RaftAdministrator } from './administrator.ts';
export { roleChart, roleMoves } from './chart.ts';
export { raftClient, type RaftClient, type RaftClientOptions } from './client.ts';
export { defaultConfig as defaultRaftConfig, type RaftConfig } from './config.ts';
export * from './configuration.ts';
export { keyValueService } from './key-value.ts';
export { configurationAt, entryAt, lastIndex, nextIndex, termAt } from './log.ts';
export type { MembershipRequest } from './membership.ts';
export * from './properties/index.ts';
export { roleDiagram } from './role-diagram.ts';
export { raft, type ClientMessage, type KeyValueConfig, type KeyValueState, type Message, type Raft } from './raft.ts';
export { paperRules, type Rules } from './rules.ts';
export type { RaftContext, RaftHooks, RaftHost, RaftServer, Service } from './server.ts';
export * from './service.ts';
export { cells as raftDiskNames, type Recovered } from './storage.ts';
export type { Entry, RaftMessage, RaftState, RaftTimer, Role, Snapshot } from './types.ts';
