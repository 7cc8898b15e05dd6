// The scenarios, and how to find one by its name.
export { findScenario, scenarios } from './registry.ts';
export { budgetNames, budgetsIn, parseBudgets, withBudgets } from './models/budgets.ts';
export { exploredScenarios, findExploredScenario, type ExploredScenario } from './models/registry.ts';
export { shrinkFound } from './models/shrink.ts';
export { raftKv, raftScenario, type RaftVariant } from './raft.ts';
