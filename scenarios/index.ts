// The scenarios, and how to find one by its name.
export { findScenario, scenarios } from './registry.ts';
export { exploredScenarios, findExploredScenario, type ExploredScenario } from './models/registry.ts';
export { raftKv, raftScenario, type RaftVariant } from './raft.ts';
