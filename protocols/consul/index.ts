// Consul: servers on Raft, their HTTP API as values, the state that they replicate, and clients of it.
export * from './client.ts';
export * from './http-form.ts';
export * from './requests.ts';
export { consulRules, type ConsulRules } from './rules.ts';
export { consulRaft, consulServer, type ConsulOptions } from './server.ts';
export type { ConsulState, KvEntry, Session } from './state/types.ts';
export * from './watch-client.ts';
export type { Consul, ConsulConfig, ConsulMessage, ConsulServerState } from './types.ts';
