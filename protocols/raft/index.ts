// Raft with a replicated key-value store: servers, clients, the rules it hangs on, and the properties it guarantees.
export { roleChart, roleMoves } from './chart.ts';
export { raftClient, type RaftClient, type RaftClientOptions } from './client.ts';
export * from './properties.ts';
export { defaultConfig, raft } from './raft.ts';
export { paperRules, type Rules } from './rules.ts';
export type { Entry, Message, Raft, RaftConfig, RaftState, Role } from './types.ts';
