// The explorer's public face: a world to explore, its properties, the search, and how to run a counterexample again.
export type { Checkpoint } from './checkpoint.ts';
export { describeAction, type Action } from './action.ts';
export { coordinate, exploreInParts, type DividedOptions } from './divided-search.ts';
export { SearchPart, type PartOrder, type PartReply } from './search-part.ts';
export { EncodingError } from './encoding.ts';
export { explore, type Exploration, type ExploreOptions, type ExploreStatistics } from './explore.ts';
export type { Progress } from './progress.ts';
export { explorePlain, type PlainExploration } from './plain.ts';
export { ExploreError } from './prepared-world.ts';
export {
  alwaysAll,
  alwaysEach,
  alwaysPair,
  inevitable,
  noDeadlock,
  reachable,
  reachableByOne,
  type WorldProperty,
} from './properties.ts';
export type { ScheduleName } from './schedules.ts';
export { noHandlerThrows, type StopRule, type Violation } from './violations.ts';
export { joinWalks, walk, type Walk, type WalkOptions } from './random-walk.ts';
export { actionEvery, runOf } from './explored-run.ts';
export { narrate, transcriptOf, type Narrated } from './narrate.ts';
export { faultClasses } from './prepared-world.ts';
export { isRecordedRun, parseRecordedRun, recordRun, rerun, type RecordedRun, type Rerun } from './recorded-run.ts';
export { asJson, provesViolation, retrace, RetraceError, type Retraced } from './retrace.ts';
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
