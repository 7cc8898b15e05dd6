// Redlock: a lock on a majority of independent Redis servers, with the settings that libraries ship, and a store that checks tokens.
export { lockClientChart, lockClientMoves, type Step } from './chart.ts';
export { redlockClient, type RedlockClient, type RedlockOptions } from './client.ts';
export { redlockPresets, type RedlockConfig } from './config.ts';
export { resource, type Resource } from './resource.ts';
export { redlockRules, type RedlockRules } from './rules.ts';
