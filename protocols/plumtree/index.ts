// Broadcast trees over an overlay that heals.
export { plumtreeClient, type PlumtreeClient } from './client.ts';
export { plumtree } from './plumtree.ts';
export { plumtreeDefaults, plumtreeRules, type Plumtree, type PlumtreeOptions, type PlumtreeRules } from './types.ts';
