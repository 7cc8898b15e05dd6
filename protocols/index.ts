// The protocols. Those at the top are small and meant to be read first.
export * from './ping-pong/ping-pong.ts';
export * from './counter/counter.ts';
export * from './gossip/gossip.ts';
export * from './election/bully.ts';
export * from './two-phase-commit/client.ts';
export * from './two-phase-commit/coordinator.ts';
export * from './two-phase-commit/messages.ts';
export * from './two-phase-commit/participant.ts';
export * from './lock/lock-client.ts';
export * from './lock/lock-server.ts';
export * from './lock/messages.ts';
export * from './lock/store.ts';
export * from './raft/index.ts';
export * from './etcd/index.ts';
export * from './redis/index.ts';
export * from './redlock/index.ts';
export * as zookeeper from './zookeeper/index.ts';
