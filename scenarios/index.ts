// The scenarios, and how to find one by its name.
export { findScenario, scenarios } from './registry.ts';
export { raftKv, raftScenario, type RaftVariant } from './raft.ts';
