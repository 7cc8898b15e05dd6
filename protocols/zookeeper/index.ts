// A ZooKeeper-like service on Zab: the replicated tree of znodes, sessions and watches, its client library, and recipes.
export { clientProcess, type Api, type App, type ClientProcess } from './client/app.ts';
export { keyValueApp, type KeyValueState, type ReadMode } from './client/key-value-app.ts';
export { scriptApp, type Answer, type LogEntry, type ScriptState } from './client/script-app.ts';
export type { Reply, SessionNews, SessionOptions, SessionState } from './client/types.ts';
export { errorCodes, type ErrorName } from './errors.ts';
export type { ServiceRequest } from './messages.ts';
export * from './properties.ts';
export { barrierApp, type BarrierState } from './recipes/barrier-app.ts';
export { configurationApp, type ConfigurationState } from './recipes/configuration-app.ts';
export { lockApp, type LockAppOptions, type LockAppState } from './recipes/lock-app.ts';
export { queueApp, type QueueState } from './recipes/queue-app.ts';
export { serviceRules, type ServiceRules } from './rules.ts';
export { zooKeeper, type ZooKeeperOptions } from './server.ts';
export type { ServerConfig, ServerState, ZooKeeper } from './server-types.ts';
export { statOf, type Tree, type Znode } from './tree.ts';
export * from './types.ts';
export type { WatchEvent } from './watches.ts';
