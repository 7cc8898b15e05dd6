// SWIM with Lifeguard, as memberlist does it: the member as a part of a bigger protocol, its knobs and its rules.
export { lan, local, swimPresets, wan, type SwimConfig } from './config.ts';
export { isLive } from './membership.ts';
export { swimRules, type SwimRules } from './rules.ts';
export * from './swim.ts';
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
