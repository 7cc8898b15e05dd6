// etcd: a multi-version key-value store with watches and leases on Raft, the clients that use it, and the recipes for locks
// and elections.
export { etcd } from './server.ts';
export { defaultEtcdConfig, etcdRules, type EtcdConfig, type EtcdRules } from './config.ts';
export type { Etcd, EtcdState } from './state.ts';
export { keyValueClient, type KeyValueClient, type KeyValueClientOptions } from './key-value-client.ts';
export { watchClient, type WatchClient, type WatchClientOptions } from './watch-client.ts';
export { writerClient, type WriterClient } from './writer-client.ts';
export { leaseClient, type LeaseClient } from './lease-client.ts';
export { mutexClient, defaultMutexOptions } from './lock-client.ts';
export type { MutexClient, MutexClientOptions } from './lock-state.ts';
export { ctlClient, type CtlClient } from './ctl-client.ts';
