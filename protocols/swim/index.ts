// SWIM with Lifeguard, as memberlist does it: the member as a part of a bigger protocol, its knobs and its rules; Serf's events
// and queries on it; and the member on its own.
export { memberChart, memberMoves } from './chart.ts';
export { swimClient, type SwimClient } from './client.ts';
export { lan, local, swimPresets, wan, type SwimConfig } from './config.ts';
export { pushPullEvery } from './gossip.ts';
export { isLive } from './membership.ts';
export { swimRules, type SwimRules } from './rules.ts';
export * from './serf.ts';
export { swim, type MemberRequest, type MemberResponse, type Swim, type SwimOptions } from './server.ts';
export { suspicionLength, suspicionTimeout } from './suspicion.ts';
export * from './swim.ts';
export { startingMembers, type StartingMembers } from './table.ts';
export type {
  Member,
  Status,
  SwimAgent,
  SwimContext,
  SwimHooks,
  SwimHost,
  SwimMessage,
  SwimState,
  SwimTimer,
  UserUpdate,
} from './types.ts';
