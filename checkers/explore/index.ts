// The explorer's public face: a world to explore, its properties, the search, and how to run a counterexample again.
export { describeAction, type Action } from './action.ts';
export { EncodingError } from './encoding.ts';
export { explore, type Exploration, type ExploreOptions, type ExploreStatistics } from './explore.ts';
export { explorePlain, type PlainExploration } from './plain.ts';
export { ExploreError } from './prepared-world.ts';
export {
  alwaysAll,
  alwaysEach,
  alwaysPair,
  noDeadlock,
  reachable,
  reachableByOne,
  type WorldProperty,
} from './properties.ts';
export type { ScheduleName } from './schedules.ts';
export { noHandlerThrows, type StopRule, type Violation } from './violations.ts';
export { walk, type Walk, type WalkOptions } from './random-walk.ts';
export { retrace, type Retraced } from './retrace.ts';
export type {
  DiskContents,
  ExploredClient,
  ExploredNode,
  ExploredWorld,
  FaultBounds,
  FreeClock,
  NetworkKind,
  NodeInWorld,
  Partition,
  PartitionChoice,
} from './world.ts';
