// Zab, ZooKeeper's atomic broadcast: the component for services, the rules it hangs on, a small service to run it by, and what
// it guarantees.
export { zabChart, zabMoves } from './chart.ts';
export { zabClient, type ZabClient, type ZabClientOptions } from './client.ts';
export { currentLeader, zabProperties, zabSafety, type ZabPropertyOptions } from './properties/index.ts';
export { zabRules, type Rules as ZabRules } from './rules.ts';
export { zab, type ZabServer, type ZabServerState } from './server.ts';
export type { ActiveRole, Applied, Hooks, Preparing, Service, Zab, ZabHost, ZabStatus } from './service.ts';
export type { Entry, Phase, Role, ZabConfig, ZabMessage, ZabState, ZabTimer } from './types.ts';
export { isZabMessage, isZabTimer, zabComponent, zabDefaults, type ZabParts } from './zab.ts';
export { counterOf, epochOf, formatZxid, zxidOf, type Zxid } from './zxid.ts';
